"""Parked sequences: in memory, then on disk, then nowhere."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inference.parked import ParkingLot
from core.inference.prefix_cache import Lane

steps = st.lists(st.tuples(st.sampled_from("abcde"), st.booleans(), st.integers(1, 40)), max_size=30)


@given(steps)
def test_what_comes_back_is_what_was_parked(asked: list[tuple[str, bool, int]]) -> None:
    lot = ParkingLot(memory_bytes=60, disk_bytes=60)
    parked: dict[str, bytes] = {}
    for name, takes, size in asked:
        lane = Lane(name, False)
        if takes:
            found = lot.take(lane)
            assert found is None or found[1] == parked[name]
            assert lot.take(lane) is None
        else:
            parked[name] = bytes([size]) * size
            lot.put(lane, range(size), size, parked[name])
            assert lot.n_common(lane, [*range(size), 99]) in (0, size)
        assert lot.n_bytes[0] <= 60
        assert lot.n_bytes[1] <= 60
    lot.close()


def test_the_longest_parked_goes_to_disk_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    lot = ParkingLot(memory_bytes=10, disk_bytes=100)
    lot.put(Lane("a", False), [1], 1, b"a" * 8)
    lot.put(Lane("b", False), [2], 1, b"b" * 8)
    assert lot.n_bytes == (8, 8)
    assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] == [b"a" * 8]
    found = lot.take(Lane("a", False))
    assert found
    assert found[1] == b"a" * 8
    lot.close()
    assert not list(tmp_path.iterdir())


def test_a_lost_file_means_to_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    lot = ParkingLot(memory_bytes=0, disk_bytes=100)
    lot.put(Lane("a", False), [1], 1, b"a" * 8)
    next(path for path in tmp_path.rglob("*") if path.is_file()).unlink()
    assert lot.take(Lane("a", False)) is None
    lot.close()
