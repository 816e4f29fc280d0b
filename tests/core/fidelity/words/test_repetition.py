"""Repetition of own words."""

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import measure
from core.fidelity.score import ScoreValue
from core.fidelity.words.repetition import MEASURE, WINDOW


def score(*said: tuple[str, str]) -> list[dict[str, ScoreValue]]:
    found = measure(About(), [Line(*one) for one in said], [MEASURE])
    return [{one.metric: one for one in scores} for scores in found.by_line]


def test_what_was_said_before_by_the_same_speaker():
    first, _other, again = score(
        ("a", "the lamp was lit at dusk"), ("b", "the lamp was lit"), ("a", "I say the lamp was lit and bright")
    )
    assert first["repetition"].value is None
    assert first["repetition.exact"].value == 0
    assert again["repetition"].value == 2 / 6
    assert again["repetition"].evidence == {"words": ["the lamp was lit"], "turn": 1, "n_triples": 6}


def test_stretches_are_apart():
    _first, again = score(("a", "one two three. four five six seven"), ("a", "one two three, no, four five six seven"))
    assert again["repetition"].evidence["words"] == ["one two three", "four five six seven"]


def test_the_same_line_at_any_distance():
    others = [("a", f"line {number} of many lines") for number in range(3 * WINDOW)]
    found = score(("a", "I never saw him before."), *others, ("a", "I never saw him, before!"))
    assert found[-1]["repetition.exact"].value == 1
    assert found[-1]["repetition.exact"].evidence == {"turn": 1}
    assert found[-1]["repetition"].value == 0  # beyond the window


def test_in_the_window_all_is_said_again():
    others = [("a", f"{number} {number + 1} {number + 2}") for number in range(WINDOW - 1)]
    found = score(("a", "I never saw him before."), *others, ("a", "I never saw him before."))
    assert found[-1]["repetition"].value == 1


def test_short_turns_are_not_scored():
    assert all(one.value is None and one.reason for one in score(("a", "Yes."), ("a", "Yes."))[1].values())


def test_what_somebody_does_hides_no_repetition() -> None:
    said = ["And who are you? What is your work?", "*steps back* And who are you? What is your work?", "*waits*"]
    found = measure(About(), [Line("A", text) for text in said], [MEASURE])
    scores = [{score.metric: score for score in scores} for scores in found.by_line]
    assert scores[1]["repetition.exact"].value == 1
    assert scores[1]["repetition"].value == 1
    assert not any("steps" in words for words in scores[1]["repetition"].evidence["words"])
