"""PsyPlay: which traits are told from lines alone."""

import pytest

from core.fidelity.judged.psyplay import (
    FACTORS,
    DesignatedTrait,
    ToldTrait,
    psyplay_metric,
    rises_with_degree,
    success_by_degree,
    success_by_pole,
    told_traits,
    traits_in,
)
from core.fidelity.judging.judge import Judge
from core.fidelity.score import ScoreValue
from core.inference.request import Choose, Request
from tests.core.fidelity.judged.scenes import ABOUT, FACTS, LINES
from tests.scripted_judge import scripted_judge

GIVEN = (
    DesignatedTrait("extraversion", "low", "extremely"),
    DesignatedTrait("neuroticism", "high", "a bit"),
    DesignatedTrait("openness", "high"),
)


def judged(judge: Judge, given: tuple[DesignatedTrait, ...] = GIVEN) -> ScoreValue:
    ask = psyplay_metric({"m": given}).judge_speaker
    assert ask is not None
    return ask(judge, ABOUT, LINES, "m")[0]


def weigh(_: str, options: tuple[str, ...]) -> list[float]:
    """Takes everybody for reserved, for nervous, and for conventional."""
    told = {FACTORS["extraversion"][1]: 9.0, FACTORS["neuroticism"][0]: 3.0, FACTORS["openness"][1]: 4.0}
    return [told.get(option, 1.0) for option in options]


def test_success_is_the_share_told_right() -> None:
    score = judged(scripted_judge(weigh))
    assert score.value == pytest.approx(2 / 3)
    assert [row["p_right"] for row in score.evidence["traits"]] == [0.9, 0.75, 0.2]
    assert told_traits(score)[0] == ToldTrait(GIVEN[0], 0.9)


def test_a_judge_that_cannot_tell_is_a_guess() -> None:
    score = judged(scripted_judge(lambda *_: [1.0, 1.0]))
    assert score.value == 0.5
    assert set(score.evidence["by_pole"].values()) == {0.5}


def test_the_judge_sees_no_line_of_another_and_no_persona() -> None:
    asked: list[Request] = []
    judged(scripted_judge(weigh, asked=asked))
    for request in asked:
        assert isinstance(request, Choose)
        assert "oil ran" not in request.messages[1].content
        assert "stern" not in request.messages[1].content


def test_what_cannot_be_read_is_not_scored() -> None:
    assert judged(scripted_judge(write=lambda *_: "x")).value is None
    score = judged(scripted_judge(weigh), ())
    assert score.value is not None, "the persona's own words name traits"


def test_traits_are_read_in_a_persona() -> None:
    assert traits_in(FACTS) == (
        DesignatedTrait("extraversion", "low", "extremely", 3),
        DesignatedTrait("neuroticism", "high", "a bit", 3),
    )
    assert traits_in(["She isn't kind.", "Never calm.", "Kindness is nothing to her."]) == ()
    assert traits_in(["He is lively.", "Very shy at times."]) == (DesignatedTrait("extraversion", "high", "very", 1),)


def test_success_by_pole_and_degree() -> None:
    told = [ToldTrait(trait, p) for trait, p in zip(GIVEN, (0.9, 0.75, 0.2), strict=True)]
    assert {pole: one.mean for pole, one in success_by_pole(told).items()} == {"high": 0.5, "low": 1.0}
    assert {degree: one.mean for degree, one in success_by_degree(told).items()} == {
        "a bit": 1.0,
        "very": 0.0,
        "extremely": 1.0,
    }
    assert not rises_with_degree(told)
    assert rises_with_degree([ToldTrait(GIVEN[1], 0.6), ToldTrait(GIVEN[0], 0.9)])
