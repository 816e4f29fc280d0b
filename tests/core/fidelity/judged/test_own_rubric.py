"""A rubric in the user's words, from 1 to 5."""

import json

import pytest

from core.fidelity.judged.own_rubric import rubric_metric
from core.fidelity.judging.judge import Judge
from core.fidelity.score import ScoreValue
from tests.core.fidelity.judged.scenes import ABOUT, LINES
from tests.scripted_judge import scripted_judge, weigh_by

RUBRIC = "The character speaks of the sea."


def judged(judge: Judge, rubric: str = RUBRIC, place: int = 1) -> ScoreValue:
    ask = rubric_metric("own.7", "The sea", rubric, "neither").judge_turn
    assert ask is not None
    return ask(judge, ABOUT, LINES, place)[0]


def write(*_: object) -> str:
    return json.dumps({"words": ["the rocks"], "why": "Rocks are of the sea."})


def test_the_rubric_decides() -> None:
    judge = scripted_judge(weigh_by({RUBRIC: {"4": 1.0, "5": 1.0}}, otherwise=0.0), write)
    score = judged(judge)
    assert score.value == pytest.approx(4.5, abs=1e-6)
    assert score.metric == "own.7"
    assert score.evidence["rubric"] == RUBRIC
    assert score.evidence["words"] == ["the rocks"]
    assert "rubric_was_cut" not in score.evidence


def test_a_rubric_that_is_too_long_says_so() -> None:
    judge = scripted_judge(lambda _, options: [1.0] * len(options), write)
    assert judged(judge, RUBRIC * 100).evidence["rubric_was_cut"] is True


def test_an_empty_rubric_and_an_unreadable_judge_score_nothing() -> None:
    assert judged(scripted_judge(write=write), " ").reason == "The rubric is empty."
    assert judged(scripted_judge(write=lambda *_: "x")).value is None


def test_the_metric_is_what_the_user_called_it() -> None:
    (metric,) = rubric_metric("own.7", "The sea", RUBRIC, "lower").metrics
    assert (metric.name, metric.title, metric.better, metric.scope) == ("own.7", "The sea", "lower", "turn")
