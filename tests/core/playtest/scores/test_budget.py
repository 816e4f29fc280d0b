"""The budget of scores: whatever things cost, the share is kept, and not left lying."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.playtest.scores.budget import CREDIT_S, UNSEEN, ScoreBudget, waited_of

COSTS = st.floats(0.01, 3.0)


def play(budget: ScoreBudget, share: float, n_turns: int, turn_s: float, weigh_s: float, measure_s: float) -> int:
    """Plays turns of one length; returns how many the weights scored."""
    n_weighed = 0
    budget.add_played("a", 100.0)
    budget.add_weighed("a", 100.0)
    budget.add_weighed("a", 100.0)
    for number in range(1, n_turns + 1):
        decided = budget.decide(number, share)
        budget.add_played("a", turn_s)
        if not budget.may_measure(share):
            continue
        assert budget.decided(number, share) == decided
        budget.add_measured(measure_s)
        if decided:
            n_weighed += 1
            budget.add_weighed("a", weigh_s)
    return n_weighed


@given(st.floats(0.05, 1.0), COSTS, COSTS)
def test_a_long_scene_keeps_to_the_share(share: float, turn_s: float, weigh_s: float):
    budget = ScoreBudget()
    play(budget, share, 400, turn_s, weigh_s, turn_s / 1000)
    first = UNSEEN * (weigh_s + turn_s / 1000) + share * CREDIT_S
    assert budget.share <= share + first / (400 * turn_s) + 1e-6


@given(st.floats(0.05, 1.0), COSTS)
def test_what_the_share_allows_is_used(share: float, turn_s: float):
    budget = ScoreBudget()
    n_weighed = play(budget, share, 400, turn_s, turn_s / UNSEEN, 0.0)
    assert n_weighed >= min(400, 400 * share) - 2


def test_without_a_budget_nothing_is_scored():
    assert play(ScoreBudget(), 0.0, 50, 1.0, 0.001, 0.0) == 0


def test_cheap_scores_leave_no_turn_out():
    budget = ScoreBudget()
    assert play(budget, 0.1, 50, 0.1, 0.001, 0.001) == 50


def test_measures_alone_keep_to_the_share_too():
    budget = ScoreBudget()
    assert play(budget, 0.1, 200, 0.1, 1.0, 0.05) == 1
    assert budget.share <= 0.1 + UNSEEN * 1.0 / (200 * 0.1) + 0.01


def test_what_was_decided_before_a_turn_holds_after_it():
    budget = ScoreBudget()
    assert budget.decide(1, 0.5)
    for _ in range(3):
        budget.add_weighed("a", 100.0)
    assert budget.decided(1, 0.5)
    assert not budget.decided(1, 0.5)


@pytest.mark.parametrize(
    ("record", "waited"),
    [
        ({}, 0.0),
        ({"engine": 7}, 0.0),
        ({"engine": {}, "total_s": 3.0}, 0.0),
        ({"engine": {"work_s": 1.0, "waited_s": 0.5}, "total_s": 3.0}, 2.5),
        ({"engine": {"work_s": 3.5, "waited_s": 0.0}, "total_s": 3.0}, 0.0),
    ],
)
def test_waiting_is_what_the_weights_did_not_work(record: dict[str, object], waited: float):
    assert waited_of(record) == pytest.approx(waited)
