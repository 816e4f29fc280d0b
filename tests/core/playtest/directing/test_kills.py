"""A scene goes on whatever happens to the process of its weights. `tests/fuzz/kills.py` plays a longer one."""

import os

import pytest

from tests.fuzz.kills import compare

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals")


def test_kills_lose_no_turn_and_repeat_no_word() -> None:
    verdict = compare(n_turns=8, n_kills=3, seed=1, max_tokens=60)
    assert (verdict.turns, verdict.kills) == (8, 3)
    assert verdict.restarts >= 1
    assert verdict.numbers_unbroken
    assert verdict.nothing_shown_twice
    assert verdict.first_difference is None or verdict.first_difference >= verdict.first_kill
    assert verdict.scores_lost == 0
