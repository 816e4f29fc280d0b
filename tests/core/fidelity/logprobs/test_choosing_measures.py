"""Measures that have options weighed: who said a line, how people answered, what somebody thought."""

import json
import math
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from core.errors import UserError
from core.fidelity.conversation import About, Line
from core.fidelity.logprobs.identification import score_identification
from core.fidelity.logprobs.second_order import (
    find_false_beliefs,
    make_items,
    order_of,
    score_items,
    score_second_order,
    state_of,
)
from core.fidelity.logprobs.simbench import HumanItem, predict, read_human_items, simbench_score
from core.fidelity.logprobs.verbaliser import Verbaliser
from core.fidelity.words.thought_leak import score_leak
from core.inference.request import Ask, Choose, Chosen, OrderedChoice, Request, Result, Score, Scored, Usage

USAGE = Usage(0, 0, 0, 0.0, 0.0)
ABOUT = About(
    personas={"mara": ("I keep the light.",), "ilse": ("I run the harbour inn.",), "theo": ()},
    names={"mara": "Mara Voss", "ilse": "Ilse Ruud", "theo": "Theo"},
)


def choosing(weigh: Callable[[str, Sequence[str]], Sequence[float]], asked: list[Choose] | None = None) -> Ask:
    def ask(request: Request) -> Result | None:
        assert isinstance(request, Choose)
        if asked is not None:
            asked.append(request)
        weights = weigh(request.messages[-1].content, request.options)
        found = tuple(one / sum(weights) for one in weights)
        order = OrderedChoice(tuple(range(len(found))), found, found)
        return Chosen(found, found, found, 1.0, 0.0, (1,) * len(found), (order,), USAGE)

    return ask


def test_a_line_is_recognised_by_its_persona_without_names():
    asked: list[Choose] = []
    lines = [Line("ilse", "Good evening, Mara."), Line("mara", "The light is mine, Ilse. I am Mara Voss.")]
    ask = choosing(lambda _chat, options: [3, 1][: len(options)], asked)
    found = score_identification(ask, "lane", ABOUT, lines, 1)
    assert found.value == pytest.approx(0.75)
    assert found.evidence["candidates"] == [
        {"speaker": "mara", "name": "Mara Voss", "share": pytest.approx(0.75)},
        {"speaker": "ilse", "name": "Ilse Ruud", "share": pytest.approx(0.25)},
    ]
    assert (found.evidence["taken_for"], found.evidence["chance"]) == ("Mara Voss", 0.5)
    shown = asked[0].messages[-1].content
    assert not any(name in shown for name in ("Mara", "Ilse", "Voss", "Ruud"))
    assert "Good evening" not in shown
    assert "I keep the light." in shown


@pytest.mark.parametrize(
    ("about", "line", "reason"),
    [
        (ABOUT, Line("theo", "Yes."), "no statements"),
        (About(personas={"mara": ("I keep the light.",)}), Line("mara", "Yes."), "Nobody else"),
        (ABOUT, Line("mara", "  "), "no words"),
    ],
)
def test_lines_that_nobody_can_be_recognised_by(about: About, line: Line, reason: str):
    found = score_identification(choosing(lambda _chat, options: [1] * len(options)), "lane", about, [line], 0)
    assert found.value is None
    assert reason in found.reason


def test_two_guards_of_one_name_are_two_candidates():
    about = About(personas={"g1": ("I limp.",), "g2": ("I sing.",)}, names={"g1": "Guard", "g2": "Guard"})
    ask = choosing(lambda _chat, _options: [3, 1])
    first, second = (score_identification(ask, "lane", about, [Line(one, "Halt.")], 0) for one in ("g1", "g2"))
    assert (first.value, second.value) == (pytest.approx(0.75), pytest.approx(0.25))
    assert [one["speaker"] for one in second.evidence["candidates"]] == ["g1", "g2"]


def test_stopped_weights_end_the_measure():
    with pytest.raises(CancelledError):
        score_identification(lambda _request: None, "lane", ABOUT, [Line("mara", "Yes.")], 0)


@pytest.mark.parametrize(
    ("predicted", "score"),
    [((0.2, 0.5, 0.3), -50), ((0.6, 0.3, 0.1), 100), ((1, 1, 1), 0), ((1, 0, 0), -50)],
)
def test_simbench_by_the_numbers(predicted: tuple[float, ...], score: float):
    item = HumanItem("?", ("a", "b", "c"), (0.6, 0.3, 0.1))
    assert simbench_score([item], [predicted]).score == pytest.approx(score, abs=1e-9)


def test_simbench_over_datasets_and_halves():
    agreed = HumanItem("?", ("a", "b"), (0.9, 0.1), dataset="one")
    spread = HumanItem("?", ("a", "b"), (0.6, 0.4), dataset="two")
    found = simbench_score([agreed, spread], [(0.9, 0.1), (0.5, 0.5)])
    assert found.by_item == pytest.approx((100, 0))
    assert (found.low_entropy, found.high_entropy, found.score) == (
        pytest.approx(100),
        pytest.approx(0),
        pytest.approx(50),
    )
    assert found.by_dataset == {"one": pytest.approx(100), "two": pytest.approx(0)}
    with pytest.raises(ValueError, match="no scale"):
        simbench_score([HumanItem("?", ("a", "b"), (0.5, 0.5))], [(1, 0)])


def test_simbench_asks_for_the_group_and_reads_a_file(tmp_path: Path):
    path = tmp_path / "people.jsonl"
    row = {"question": "Tea?", "options": ["yes", "no"], "human": [60, 40], "group": "sailors", "dataset": "drinks"}
    path.write_text(json.dumps(row) + "\n\n", encoding="utf-8")
    (item,) = read_human_items(path)
    assert item == HumanItem("Tea?", ("yes", "no"), (0.6, 0.4), "sailors", "drinks")
    assert predict(choosing(lambda chat, _options: [3, 1] if "sailors" in chat else [1, 1]), "lane", item) == (
        0.75,
        0.25,
    )


@pytest.mark.parametrize(
    "line", ["{", '{"question": "?"}', '{"question": "?", "options": ["a", "b"], "human": [0, 0]}', "[]"]
)
def test_files_that_hold_no_people(tmp_path: Path, line: str):
    path = tmp_path / "people.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(UserError, match=r"Line 1 of people\.jsonl"):
        read_human_items(path)


@pytest.mark.parametrize(
    ("thought", "state", "order"),
    [
        ("I think the lamp was dark.", "belief", 1),
        ("I will ask Mara.", "intention", 1),
        ("I'll ask Mara.", "intention", 1),
        ("I want to go home.", "desire", 1),
        ("I feel cold.", "emotion", 1),
        ("I know where it is.", "knowledge", 1),
        ("I think that she wants the key.", "belief", 2),
        ("I know Mara knows it.", "knowledge", 2),
        ("Hm.", "", 1),
    ],
)
def test_states_and_orders(thought: str, state: str, order: int):
    assert (state_of(thought), order_of(thought)) == (state, order)


THOUGHTS = [
    Line("mara", "Who is there?", "I want to be alone."),
    Line("ilse", "Only me.", "I think that she wants me gone."),
    Line("mara", "Come in.", "I will say nothing of the key."),
    Line("ilse", "Cold night.", "I feel that something is wrong."),
    Line("theo", "Yes.", ""),
]


def test_questions_have_the_true_thought_and_three_others():
    items = make_items(THOUGHTS, seed=3, false_beliefs={1: True})
    assert [item.place for item in items] == [0, 1, 2, 3]
    for item in items:
        assert item.options[item.right] == THOUGHTS[item.place].thought
        assert len(set(item.options)) == 4
    assert [item.is_false_belief for item in items] == [None, True, None, None]
    assert make_items(THOUGHTS, seed=3, false_beliefs={1: True}) == items
    assert make_items(THOUGHTS[:3]) == []


def test_accuracy_by_state_order_and_false_belief():
    items = make_items(THOUGHTS, false_beliefs={1: True, 3: False})
    found = score_items(items, [items[0].right, items[1].right, items[2].right, (items[3].right + 1) % 4])
    assert (found.accuracy, found.n_items) == (0.75, 4)
    assert found.by_state == {"desire": 1.0, "belief": 1.0, "intention": 1.0, "emotion": 0.0}
    assert found.by_order == {1: pytest.approx(2 / 3), 2: 1.0}
    assert found.by_false_belief == {True: 1.0, False: 0.0}


def test_a_mind_reader_knows_all_and_sees_no_thought():
    asked: list[Choose] = []

    def read_minds(chat: str, options: Sequence[str]) -> list[float]:
        place = max(place for place, line in enumerate(THOUGHTS) if line.text in chat)
        return [9 if option == THOUGHTS[place].thought else 1 for option in options]

    found = score_second_order(choosing(read_minds, asked), "lane", ABOUT, THOUGHTS)
    assert found.value == 1.0
    assert [item["turn"] for item in found.evidence["items"]] == [1, 2, 3, 4]
    assert not any(line.thought in one.messages[-1].content for one in asked for line in THOUGHTS if line.thought)
    assert "Mara Voss: Come in." in asked[2].messages[-1].content
    assert "Cold night" not in asked[2].messages[-1].content
    none = score_second_order(choosing(read_minds), "lane", ABOUT, THOUGHTS[:2])
    assert none.value is None


def test_of_many_thoughts_some_are_drawn_over_the_whole_scene_and_alone_are_judged():
    lines = [
        Line("mara" if number % 2 else "ilse", f"Line {number}.", f"I think that she wants thing {number}.")
        for number in range(100)
    ]
    lines.insert(0, Line("ilse", "Night.", "I will go."))
    lines.insert(0, Line("mara", "Night.", "I will stay."))
    shown: list[Choose] = []
    judged: list[str] = []

    def contradicts(request: Request) -> Result | None:
        judged.append(request.messages[-1].content)
        return Scored((0,), ("",), (math.log(0.5),), USAGE)

    ask = choosing(lambda _chat, options: [1] * len(options), shown)
    found = score_second_order(ask, "lane", ABOUT, lines, 1, Verbaliser(contradicts))
    assert (found.evidence["n_items"], found.evidence["n_left_out"]) == (40, 62)
    asked_turns = [item["turn"] for item in found.evidence["items"]]
    assert asked_turns == sorted(asked_turns)
    assert asked_turns[-1] > 80
    assert 100 < len(judged) <= 3 * 40
    assert max(one.messages[-1].content.count("\n") for one in shown) < 40


def test_a_thinker_is_guessed_by_what_it_heard():
    shown: list[Choose] = []
    ask = choosing(lambda _chat, options: [1] * len(options), shown)
    score_second_order(ask, "lane", ABOUT, THOUGHTS, heard_before=lambda place: [at for at in range(place) if at != 1])
    assert "Only me." in shown[1].messages[-1].content
    assert not any("Only me." in one.messages[-1].content for one in shown[2:])


def test_a_thought_about_another_that_contradicts_it_is_a_false_belief():
    asked: list[str] = []

    def ask(request: Request) -> Result | None:
        assert isinstance(request, Score)
        asked.append(request.messages[-1].content)
        share = 0.8 if request.completion == "contradicted" else 0.1
        return Scored((0,), (str(request.completion),), (math.log(share),), USAGE)

    assert find_false_beliefs(Verbaliser(ask), ABOUT, THOUGHTS, range(5)) == {1: True}
    assert "Mara Voss thinks, in private: “I want to be alone.”" in asked[0]
    assert "Ilse Ruud thinks: “I think that she wants me gone.”" in asked[0]
    assert find_false_beliefs(Verbaliser(ask), ABOUT, THOUGHTS[2:], range(3)) == {}


def test_a_thought_that_is_said_aloud_is_a_leak():
    assert score_leak(Line("mara", "I will say nothing of the key!", "I will say nothing of the key.")).value == 1.0
    assert score_leak(Line("mara", "Good evening to you.", "I will say nothing of the key.")).value == 0.0
    assert score_leak(Line("mara", "Good evening.")).value is None
