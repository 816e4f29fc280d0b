"""Speed by real requests to a real worker."""

from concurrent.futures import CancelledError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inference.request import WeightsSettings
from core.inference.weights.notes import SPEED, hash_of, open_notes
from core.inference.weights.speed import N_SEQUENCES, Speed, measure_speed
from core.playtest.weights_trials import try_speed
from tests.core.inference.conftest import MakeWorker

RATES = st.floats(0.1, 1e6)


def test_reading_and_writing_are_measured_and_remembered(endless_weights: Path) -> None:
    steps: list[tuple[int, int]] = []
    speed = try_speed(WeightsSettings(endless_weights), lambda *step: steps.append(step), lambda: False)
    assert speed.read_tokens_per_s > 10
    assert list(speed.write_tokens_per_s) == list(N_SEQUENCES)
    assert all(rate is not None and rate > 1 for rate in speed.write_tokens_per_s.values())
    assert steps[0] == (0, 4)
    assert steps[-1] == (4, 4)
    with open_notes() as notes:
        sha256 = hash_of(endless_weights, notes)
        note = notes.note(sha256, SPEED)
        assert notes.measured(sha256), "the memory was noted on the way"
    assert note is not None
    assert Speed.from_note(note) == speed


def test_it_ends_when_told_to(endless_weights: Path, make_worker: MakeWorker) -> None:
    steps: list[int] = []
    with pytest.raises(CancelledError):
        measure_speed(make_worker(endless_weights), lambda done, every: steps.append(done), lambda: len(steps) > 1)
    assert max(steps) < 4
    with pytest.raises(CancelledError):
        try_speed(WeightsSettings(endless_weights), lambda done, every: None, lambda: True)


@given(RATES, st.lists(st.none() | RATES, min_size=3, max_size=3), st.integers(1, 64), st.booleans())
def test_a_note_comes_back_as_it_was(read: float, rates: list[float | None], n_threads: int, safe: bool) -> None:
    speed = Speed(read, dict(zip(N_SEQUENCES, rates, strict=True)), n_threads, "", safe, "2026-01-01T00:00:00+00:00")
    assert Speed.from_note(speed.to_note()) == speed
