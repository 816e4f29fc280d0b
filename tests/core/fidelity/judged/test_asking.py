"""Critiques come before points, quotations must stand in the text, and every question fits into its context."""

import json
from collections.abc import Sequence

import pytest

from core.fidelity.judged.asking import Critique, Material, stands_in, write_critique
from core.fidelity.judged.catalogue import JUDGED_METRICS, METRICS
from core.fidelity.judged.excerpt import QUESTION_TOKENS, estimate_tokens
from core.fidelity.judged.own_rubric import rubric_metric
from core.fidelity.judged.playtester import playtester_metric
from core.fidelity.judging.judged_metric import JudgedMetric, Target, ask_judge, targets_of
from core.fidelity.judging.masks import mask_names
from core.fidelity.judging.verdicts import NotJudged
from core.inference.request import Choose, Generate, Request, Score
from tests.core.fidelity.judged.scenes import ABOUT, LINES, long_scene
from tests.scripted_judge import scripted_judge

ALL: Sequence[JudgedMetric] = (
    *JUDGED_METRICS,
    rubric_metric("own.1", "Mine", "Salt in each line. " * 300),
    playtester_metric("Each player has one vote. " * 400),
)


def test_quotations_that_nobody_said_are_dropped() -> None:
    judge = scripted_judge(write=lambda *_: json.dumps({"words": ["LIT no  lamp.", "lit a lamp"], "why": "Honest."}))
    critique = write_critique(judge, Material("I lit no lamp", "Mila", "it"), "What of it?")
    assert critique == Critique(("LIT no  lamp.",), "Honest.", 1)


def test_an_unreadable_critique_is_asked_for_again_and_then_given_up() -> None:
    asked: list[Request] = []
    said = ["no", "{}", json.dumps({"words": "none", "why": "Third time."})]
    judge = scripted_judge(write=lambda _chat, seed: said[seed], asked=asked)
    assert write_critique(judge, Material("x", "Mila", "it"), "What?") == Critique((), "Third time.")
    assert len(asked) == 3
    judge = scripted_judge(write=lambda *_: "no")
    assert isinstance(write_critique(judge, Material("x", "Mila", "it"), "What?"), NotJudged)


@pytest.mark.parametrize(("words", "is_there"), [("“the SEA”", True), ("…", False), ("", False), ("the see", False)])
def test_marks_and_case_do_not_matter(words: str, is_there: bool) -> None:
    assert stands_in(words, "By the\nsea.") == is_there


@pytest.mark.parametrize("judged", ALL, ids=lambda judged: judged.names[0])
def test_every_question_fits_however_long_the_scene_and_names_nobody(judged: JudgedMetric) -> None:
    asked: list[Request] = []
    judge = scripted_judge(lambda _, options: [1.0] * len(options), _write_anything, asked=asked)
    about, lines = long_scene(60)
    masked = mask_names(about, lines)
    for target in targets_of(judged, lines)[-1:]:
        ask_judge(judged, judge, masked, target)
    assert asked or judged.names[0] == "psyplay"
    for request in asked:
        assert isinstance(request, Generate | Choose | Score)
        text = "\n".join(message.content for message in request.messages)
        assert estimate_tokens(text) <= QUESTION_TOKENS
        assert "Mila" not in text
        assert "Vera" not in text


@pytest.mark.parametrize("judged", ALL, ids=lambda judged: judged.names[0])
def test_a_judge_that_cannot_be_read_scores_nothing_and_says_why(judged: JudgedMetric) -> None:
    judge = scripted_judge(write=lambda *_: "I would rather not say.")
    for target in targets_of(judged, LINES):
        scores = ask_judge(judged, judge, mask_names(ABOUT, LINES), target)
        assert tuple(score.metric for score in scores) == judged.names
        assert all(score.value is None and score.reason and score.reason.endswith(".") for score in scores)


@pytest.mark.parametrize("judged", ALL, ids=lambda judged: judged.names[0])
def test_scores_keep_their_judge_and_evidence_is_json(judged: JudgedMetric) -> None:
    judge = scripted_judge(lambda _, options: [1.0] * len(options), _write_anything)
    for target in targets_of(judged, LINES):
        for score in ask_judge(judged, judge, mask_names(ABOUT, LINES), target):
            assert score.evidence["judge"]["name"] == "Scripted judge"
            assert score.evidence["prompt_version"] == judged.prompt_version
            assert json.loads(json.dumps(score.evidence)) == score.evidence
            metric = next(one for one in judged.metrics if one.name == score.metric)
            assert score.value is None or (metric.low or 0) <= score.value <= (metric.high or 0)


def test_nothing_to_judge_is_not_scored() -> None:
    judge = scripted_judge(lambda _, options: [1.0] * len(options), _write_anything)
    for judged in JUDGED_METRICS:
        where = Target(turn=0) if judged.judge_turn else Target(speaker="m") if judged.judge_speaker else Target()
        for score in ask_judge(judged, judge, mask_names(ABOUT, [LINES[0]._replace(text=" ")]), where):
            assert score.value is None


def test_metrics_explain_themselves() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    for metric in METRICS:
        assert metric.needs == metric.cost == "judge"
        assert metric.how_to_read.endswith(".")
        assert len(metric.how_to_read) <= 100
        assert metric.low is not None
        assert metric.high is not None


def _write_anything(chat: str, _seed: int) -> str:
    """Writes an object that has what any of the questions asks for."""
    return json.dumps(
        {
            "words": ["I slept"],
            "why": "It is " + "so " * 200,
            "faults": [],
            "below": [],
            "reached": True,
            "cause": "none",
            "rating": 7,
            "critique": "It holds.",
            "mechanics": "m",
            "dynamics": "d",
            "aesthetics": "a",
        }
    )
