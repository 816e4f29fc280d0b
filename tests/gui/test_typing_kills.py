"""A window that is killed while somebody types loses at most a second. `tests/fuzz/typing_kills.py` kills more."""

import os
from pathlib import Path

import pytest

from tests.fuzz.typing_kills import kill_once

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals")


@pytest.mark.parametrize("seed", [1, 2])
def test_what_was_typed_more_than_a_second_before_a_kill_is_there(tmp_path: Path, seed: int) -> None:
    verdict = kill_once(tmp_path, seed, longest_s=3.0)
    assert verdict.n_keys > 0
    assert verdict.is_good, verdict
