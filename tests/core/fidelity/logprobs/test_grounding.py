"""Grounding: the mean difference, and the tokens behind it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.logprobs.grounding import score_grounding

logprobs = st.floats(-20, 0)


def test_mean_difference_and_its_words():
    score = score_grounding(["I", " kept", " the", " light"], [-1.0, -2.0, -3.0, -1.0], [-1.0, -4.0, -2.5, -6.0])
    assert score.value == pytest.approx((0 + 2 - 0.5 + 5) / 4)
    assert score.evidence == {
        "n_tokens": 4,
        "helped": [{"place": 3, "token": " light", "nats": 5.0}, {"place": 1, "token": " kept", "nats": 2.0}],
        "hurt": [{"place": 2, "token": " the", "nats": -0.5}],
    }


def test_no_tokens_is_not_scored():
    score = score_grounding([], [], [])
    assert (score.value, bool(score.reason)) == (None, True)


@pytest.mark.parametrize("bad", [-math.inf, math.nan])
def test_impossible_token_is_not_scored(bad: float):
    score = score_grounding(["a", "b"], [-1.0, bad], [-1.0, -1.0])
    assert (score.value, bool(score.reason)) == (None, True)


def test_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="2 tokens"):
        score_grounding(["a", "b"], [-1.0], [-1.0, -1.0])


@given(st.lists(st.tuples(logprobs, logprobs), min_size=1, max_size=40))
def test_swapping_the_views_turns_the_sign_and_the_evidence(rows: list[tuple[float, float]]):
    tokens = [f" {place}" for place in range(len(rows))]
    with_persona, without = map(list, zip(*rows, strict=True))
    there = score_grounding(tokens, with_persona, without)
    back = score_grounding(tokens, without, with_persona)
    assert there.value == pytest.approx(-(back.value or 0), abs=1e-9)
    nats = [example["nats"] for example in there.evidence["helped"]]
    assert nats == sorted(nats, reverse=True) == [-example["nats"] for example in back.evidence["hurt"]]
    assert nats == sorted((a - b for a, b in rows if a > b), reverse=True)[:5]


def test_evidence_shows_only_what_was_said() -> None:
    score = score_grounding(["think", "</think>", "lamp", " out"], [0.0, 0.0, -1.0, -2.0], [-9.0, -8.0, -2.0, -1.0], 2)
    assert score.value == pytest.approx((9 + 8 + 1 - 1) / 4)
    assert [one["token"] for one in score.evidence["helped"]] == ["lamp"]
    assert [one["token"] for one in score.evidence["hurt"]] == [" out"]
