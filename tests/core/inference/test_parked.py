"""Parked sequences: in memory, then on disk, then nowhere."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inference.batching.parked import ParkingLot
from core.inference.batching.prefix_cache import Lane

steps = st.lists(st.tuples(st.sampled_from("abcde"), st.booleans(), st.integers(1, 40)), max_size=30)


@given(steps)
def test_what_comes_back_is_what_was_parked(asked: list[tuple[str, bool, int]]) -> None:
    lot = ParkingLot(memory_bytes=60, disk_bytes=200)
    parked: dict[str, bytes] = {}
    for number, (name, takes, size) in enumerate(asked):
        lane = Lane(name, False)
        if takes:
            found = lot.take(lane)
            assert found is None or found[1] == parked[name]
            assert lot.take(lane) is None
        else:
            parked[name] = bytes([number]) * size
            lot.put(lane, range(size), size, parked[name])
        assert lot.n_bytes[0] <= 60
        assert lot.n_bytes[1] <= 200
    lot.close()


def test_states_on_disk_are_told_apart() -> None:
    lot = ParkingLot(memory_bytes=0, disk_bytes=10_000)
    for number in range(50):
        lot.put(Lane(f"{number}", False), [number], 1, bytes([number]) * 10)
    for number in range(50):
        found = lot.take(Lane(f"{number}", False))
        assert found
        assert found[1] == bytes([number]) * 10


def test_the_longest_parked_goes_to_disk_and_leaves_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    lot = ParkingLot(memory_bytes=10, disk_bytes=100)
    lot.put(Lane("a", False), [1], 1, b"a" * 8)
    lot.put(Lane("b", False), [2], 1, b"b" * 8)
    assert lot.n_bytes == (8, 8)
    if os.name == "posix":
        assert not list(tmp_path.iterdir()), "a process that is killed leaves nothing"
    found = lot.take(Lane("a", False))
    assert found
    assert found[1] == b"a" * 8
    lot.close()


def test_what_finds_no_room_on_disk_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    lot = ParkingLot(memory_bytes=0, disk_bytes=100)
    lot.put(Lane("a", False), [1], 1, b"a" * 8)
    assert lot.take(Lane("a", False)) is None
