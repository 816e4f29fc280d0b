"""Which dialogues are taken."""

from core.fidelity.validation.dialogues import (
    MAX_TURNS,
    Dialogue,
    Draw,
    find_dialogue,
    find_donor,
    is_held_out,
    shorten,
)
from tests.core.fidelity.validation.small_talks import make_talk


def test_two_speakers_need_to_have_said_enough() -> None:
    turns = [(("Ann", "Ben")[place % 2], f"Line {place}.") for place in range(10)]
    found = find_dialogue("a", "file", turns, {})
    assert found is not None
    assert {found.target, found.partner} == {"Ann", "Ben"}
    assert find_dialogue("a", "file", turns[:9], {}) is None
    assert find_dialogue("a", "file", [("Ann", text) for _, text in turns], {}) is None
    assert find_dialogue("a", "file", [("Narrator" if one == "Ben" else one, text) for one, text in turns], {}) is None
    assert find_dialogue("a", "file", [*turns[:7], *[("Ann", "More.")] * 10], {}) is None


def test_long_dialogues_are_cut_and_empty_lines_left_out() -> None:
    turns = [(("Ann", "Ben")[place % 2], "" if place == 4 else f"Line {place}.") for place in range(200)]
    found = find_dialogue("a", "file", turns, {})
    assert found is not None
    assert len(found.lines) == MAX_TURNS
    assert "Line 5." in [line.text for line in found.lines]
    assert all(line.text for line in found.lines)


def test_who_is_looked_at_is_one_with_a_persona() -> None:
    turns = [(("Ann", "Ben")[place % 2], f"Line {place}.") for place in range(10)]
    for number in range(20):
        found = find_dialogue(
            str(number), "file", turns, {"Ben": ["I am B.", "I sing.", "I swim."], "Ann": ["I am A."]}
        )
        assert found is not None
        assert found.target == "Ben"
        assert found.partner == "Ann"


def test_a_short_version_still_has_both() -> None:
    talk = make_talk(0)
    short = shorten(talk, 8)
    assert short is not None
    assert short.lines == talk.lines[:8]
    assert short.about == talk.about
    assert shorten(talk, 7) is None


def test_the_draw_is_the_same_whatever_the_order_and_half_has_personas() -> None:
    talks = [make_talk(number, facts=number % 3 == 0) for number in range(60)]
    first, second = _draw(talks, 20), _draw(talks[::-1], 20)
    assert first == second
    assert sum(bool(talk.facts) for talk in first) == 10
    assert _draw(talks, 20, seed=1) != first
    assert len({id(talk) for talk in first}) == 20


def test_where_there_are_few_of_one_kind_the_other_fills_up() -> None:
    talks = [make_talk(number, facts=number < 3) for number in range(30)]
    assert sum(bool(talk.facts) for talk in _draw(talks, 20)) == 3
    assert len(_draw(talks, 20)) == 20
    assert len(_draw(talks[:3], 20)) == 3
    assert len(_draw(talks, 1000)) == 30


def test_what_was_held_out_from_training_goes_first() -> None:
    talks = [make_talk(number) for number in range(300)]
    held_out = {talk.id for talk in talks if is_held_out(talk.id)}
    drawn = _draw(talks, len(held_out) + 2)
    assert held_out
    assert held_out <= {talk.id for talk in drawn}


def test_many_more_than_drawn_are_not_kept() -> None:
    talks = [make_talk(number) for number in range(700)]
    draw = Draw(5, 0)
    for talk in talks:
        draw.add(talk)
    assert draw.drawn() == _draw(talks[::-1], 5)
    assert draw.n_seen == 700


def test_another_conversation_lends_a_persona_that_differs() -> None:
    talks = [make_talk(0), make_talk(8), make_talk(1, facts=False), make_talk(2)]
    donor = find_donor(0, talks)
    assert talks[1].about == talks[0].about
    assert donor is talks[3]
    assert find_donor(2, talks) is talks[3]
    assert find_donor(0, talks[:1]) is None


def _draw(talks: list[Dialogue], n: int, seed: int = 0) -> list[Dialogue]:
    draw = Draw(n, seed)
    for talk in talks:
        draw.add(talk)
    return draw.drawn()
