"""A scene with everything on loses nothing when it is killed. `tests/fuzz/stage_kills.py` plays a longer one."""

import os

import pytest

from tests.fuzz.stage_kills import is_good, run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals")


def test_kills_lose_nothing_but_the_half_spoken_turn() -> None:
    verdict = run(n_turns=8, n_kills=2, seed=1, within_s=2.0)
    assert is_good(verdict), verdict
    assert verdict.n_kills == 2
    assert (verdict.n_turns, verdict.ended) == (8, "cap")
    assert verdict.n_unscored == 0
