"""CharacterBox: a critique, seven points, and nothing in place of what could not be read."""

import json

import pytest

from core.fidelity.judged.character_box import METRICS, RUBRICS, judge_speaker
from core.inference.request import Generate, Request
from tests.core.fidelity.judged.scenes import ABOUT, LINES
from tests.scripted_judge import scripted_judge

POINTS = dict(zip(RUBRICS, (5, 4, 3, 2, 1, 2, 3), strict=True))
CRITIQUE = json.dumps({"words": ["It did not run out."], "why": "Never lies."})


def weigh(chat: str, options: tuple[str, ...]) -> list[float]:
    point = next(POINTS[name] for name, rubric in RUBRICS.items() if rubric.points[4] in chat)
    return [float(option == str(point)) for option in options]


def test_seven_points_follow_one_critique() -> None:
    asked: list[Request] = []
    scores = judge_speaker(scripted_judge(weigh, lambda *_: CRITIQUE, asked=asked), ABOUT, LINES, "m")
    assert [score.metric for score in scores] == [metric.name for metric in METRICS]
    assert len(scores) == 7
    assert [score.value for score in scores] == pytest.approx(list(POINTS.values()))
    assert all(score.evidence["rationale"] == "Never lies." for score in scores)
    assert isinstance(asked[0], Generate)
    assert sum(isinstance(request, Generate) for request in asked) == 1


def test_a_point_that_cannot_be_read_is_never_minus_one() -> None:
    said = iter([CRITIQUE, *['{"reason": "r", "score": 4}'] * 3, *["-1"] * 18])
    scores = judge_speaker(scripted_judge(write=lambda *_: next(said)), ABOUT, LINES, "m")
    assert [score.value for score in scores] == [4.0, *[None] * 6]


def test_without_a_critique_nothing_is_rated() -> None:
    scores = judge_speaker(scripted_judge(weigh, lambda *_: "no"), ABOUT, LINES, "m")
    assert {score.value for score in scores} == {None}
