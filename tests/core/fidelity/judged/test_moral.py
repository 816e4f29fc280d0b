"""Moral RolePlay: deductions, failures, and villains that are too good."""

import json

import pytest

from core.fidelity.conversation import About, Line
from core.fidelity.judged.moral import falls_with_level, moral_metric, moral_score, score_by_level
from core.fidelity.judging.judge import Judge
from core.fidelity.score import ScoreValue
from tests.core.fidelity.judged.scenes import ABOUT, LINES
from tests.scripted_judge import scripted_judge

PREACHING = "We should all be kind to each other."


def faults(*rows: tuple[str, int, str]) -> str:
    return json.dumps(
        {
            "faults": [
                {"words": words, "why": "w", "failure": failure, "points": points} for words, points, failure in rows
            ]
        }
    )


def judged(judge: Judge, about: About = ABOUT, lines: tuple[Line, ...] = LINES, level: int | None = None) -> ScoreValue:
    ask = moral_metric({"m": level} if level else None).judge_speaker
    assert ask is not None
    return ask(judge, about, lines, "m")[0]


@pytest.mark.parametrize(
    ("deductions", "n_turns", "score"),
    [([], 0, 5.0), ([2], 0, 3.0), ([1, 3], 2, 1.8), ([5, 5, 5], 10, -3.5), ([], 10, 6.5)],
)
def test_the_formula(deductions: list[int], n_turns: int, score: float) -> None:
    assert moral_score(deductions, n_turns) == pytest.approx(score)


def test_deductions_are_those_whose_words_were_said_each_once() -> None:
    said = faults(
        ("I slept", 3, "none"), ("i slept", 2, "none"), ("I killed", 5, "breaks_role"), ("no lamp", 1, "none")
    )
    score = judged(scripted_judge(write=lambda *_: said))
    assert score.value == pytest.approx(5 - 0.5 * 4 - 0.5 * 3 + 0.15 * 2)
    assert [fault["words"] for fault in score.evidence["faults"]] == [["I slept"], ["no lamp"]]
    assert score.evidence["n_turns"] == 2


def test_samples_are_averaged_after_each_is_cut_to_the_scale() -> None:
    said = [faults(), faults(("I slept", 5, "moralising"), ("no lamp", 5, "moralising")), "no"]
    score = judged(scripted_judge(write=lambda _, seed: said[seed]))
    assert score.evidence["by_sample"] == [5.3, -2.2]
    assert score.value == pytest.approx(2.5)
    assert score.evidence["failures"] == {"moralising": 2}


def test_words_that_nobody_said_are_no_verdict() -> None:
    score = judged(scripted_judge(write=lambda *_: faults(("I killed", 5, "none"))))
    assert score.value is None


def test_a_moraliser_scores_least_as_a_villain() -> None:
    """The judge takes off for preaching what the level that it is told makes of it."""
    about = About(personas={"m": ("Mila is a keeper.",)}, names={"m": "Mila"})
    lines = (Line("m", PREACHING), Line("m", "And that is all."))

    def write(chat: str, _seed: int) -> str:
        points = next((points for words, points in (("a villain", 5), ("an egoist", 3)) if words in chat), 0)
        return faults((PREACHING, points, "moralising")) if points else faults()

    values = {level: judged(scripted_judge(write=write), about, lines, level) for level in (1, 2, 3, 4)}
    by_level = score_by_level({level: [score.value or 0.0] for level, score in values.items()})
    assert min(by_level, key=lambda level: by_level[level].mean) == 4
    assert falls_with_level(by_level)
    assert values[4].evidence["failures"] == {"moralising": 3}
    assert not falls_with_level(score_by_level({1: [2.0], 2: [], 4: [3.0]}))


@pytest.mark.parametrize("said", ['{"faults": null}', '{"faults": {}}', '{"faults": "none"}', "{}"])
def test_no_list_is_no_verdict(said: str) -> None:
    score = judged(scripted_judge(write=lambda *_: said))
    assert (score.value, score.reason) == (None, "No answer of the judge could be read.")
