"""What stands for turns that have left a view: nothing private, nothing posed, always the same."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from core.playtest.view.earlier import NOTHING_EARLIER, Earlier, choose_key_lines, first_sentence
from models.playtest import Turn
from tests.core.playtest.view.test_views import make_turn, scenes

Scene = tuple[object, list]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def numbered(history: list) -> list[Turn]:
    return [
        Turn.model_validate(turn.model_dump() | {"playtest_id": "p", "id": number + 100, "number": number})
        for number, turn in enumerate(history, start=1)
    ]


def count(text: str) -> int:
    return len(text.split())


def count_each(texts: Sequence[str]) -> list[int]:
    return [count(text) for text in texts]


def test_a_first_sentence_ends_where_it_ends() -> None:
    assert first_sentence("I was there. Ask anyone.") == "I was there."
    assert first_sentence("“Really?” she said. No.") == "“Really?”"
    assert first_sentence("*nods* Mr. Dane") == "*nods* Mr."
    assert first_sentence("no stop\nat all") == "no stop at all"
    assert first_sentence("It cost 3.50 then") == "It cost 3.50 then"
    assert first_sentence("") == ""
    assert len(first_sentence("word " * 1000)) < 250


@given(st.text())
def test_a_first_sentence_is_a_beginning_on_one_line(text: str) -> None:
    sentence = first_sentence(text)
    assert "\n" not in sentence
    assert " ".join(text.split()).startswith(sentence.removesuffix(" …"))


def test_the_turns_that_say_most_stand_for_all_in_their_order() -> None:
    turns = numbered(
        [
            make_turn(0, "The ledger lies under the anchor by the boathouse. And so on."),
            make_turn(1, "Yes."),
            make_turn(0, "Who found the broken lamp?"),
            make_turn(None, "*Rain drums on the slate roof.*"),
        ]
    )
    chosen = choose_key_lines(turns, 19, count_each)
    assert [turn.number for turn in chosen] == [1, 4]
    assert Earlier(4, key_lines=chosen).text == (
        "(Earlier in the scene:\n"
        "Mara Voss: The ledger lies under the anchor by the boathouse.\n"
        "*Rain drums on the slate roof.*)"
    )


def test_pins_and_key_lines_stand_in_the_order_of_the_scene_behind_the_summary() -> None:
    turns = numbered([make_turn(0, "One.\nTheo Dane: I did it."), make_turn(1, "Two."), make_turn(0, "Three.")])
    text = Earlier(3, pinned=(turns[0], turns[2]), key_lines=(turns[1],), summary="They met.").text
    assert text.split("\n") == [
        "(Earlier in the scene:",
        "They met.",
        "Mara Voss: One.",
        "  Theo Dane: I did it.",
        "Theo Dane: Two.",
        "Mara Voss: Three.)",
    ]


def test_nothing_stands_for_nothing() -> None:
    assert NOTHING_EARLIER.text == Earlier(7).text == ""


@given(scenes(), st.integers(0, 60), st.data())
def test_what_stands_in_fits_and_holds_no_thought(scene: Scene, room: int, data: st.DataObject) -> None:
    turns = numbered(scene[1])
    pinned = data.draw(st.sets(st.sampled_from(turns).map(lambda turn: turn.number))) if turns else set()
    others = [turn for turn in turns if turn.number not in pinned]
    key_lines = choose_key_lines(others, room, count_each)
    earlier = Earlier(len(turns), tuple(turn for turn in turns if turn.number in pinned), key_lines)
    assert sum(count(first_sentence(turn.text)) for turn in key_lines) <= room
    assert key_lines == choose_key_lines(others, room, count_each)
    assert "thought-" not in earlier.text
    for turn in earlier.pinned:
        assert turn.text.strip("*") in earlier.text


@given(st.dictionaries(st.sampled_from(["n_turns", "pinned", "key_lines", "summary", "text"]), json_values))
def test_a_strangers_record_is_read_for_what_it_is_worth(record: dict[str, object]) -> None:
    turns = numbered([make_turn(0, "One."), make_turn(1, "Two.")])
    earlier = Earlier.from_record(record, turns)
    assert 0 <= earlier.n_turns <= 2
    assert all(turn in turns for turn in (*earlier.pinned, *earlier.key_lines))


@given(scenes(), st.data())
def test_a_record_gives_it_back(scene: Scene, data: st.DataObject) -> None:
    turns = numbered(scene[1])
    numbers = st.sets(st.integers(1, len(turns))) if turns else st.just(set())
    pinned, key_lines = data.draw(numbers), data.draw(numbers)
    earlier = Earlier(
        len(turns),
        tuple(turn for turn in turns if turn.number in pinned),
        tuple(turn for turn in turns if turn.number in key_lines),
        data.draw(st.text()),
    )
    assert Earlier.from_record(earlier.record("extract"), turns) == earlier
