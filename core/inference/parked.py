"""States of sequences that had to give way: in memory, then on disk, then nowhere. Pure: knows bytes, not weights."""

import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.inference.prefix_cache import Lane, common_prefix

MEMORY_BYTES = 512 * 2**20
DISK_BYTES = 4 * 2**30


@dataclass(frozen=True, slots=True)
class Parked:
    """A sequence that can come back."""

    tokens: tuple[int, ...]
    n_whole: int
    n_bytes: int
    state: bytes | Path


class ParkingLot:
    """Parked sequences by lane; the ones parked longest ago leave memory first. Its files end with it."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES, disk_bytes: int = DISK_BYTES) -> None:
        self._limits = (memory_bytes, disk_bytes)
        self._parked: OrderedDict[Lane, Parked] = OrderedDict()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def n_bytes(self) -> tuple[int, int]:
        """What is parked in memory and on disk."""
        on_disk = sum(parked.n_bytes for parked in self._parked.values() if isinstance(parked.state, Path))
        return sum(parked.n_bytes for parked in self._parked.values()) - on_disk, on_disk

    def put(self, lane: Lane, tokens: Sequence[int], n_whole: int, state: bytes) -> None:
        """Parks a sequence; an older one of this lane is dropped."""
        self.drop(lane)
        self._parked[lane] = Parked(tuple(tokens), n_whole, len(state), state)
        self._make_room()

    def n_common(self, lane: Lane, tokens: Sequence[int]) -> int:
        """Returns how many of these tokens, from the first, are parked for a lane."""
        parked = self._parked.get(lane)
        return common_prefix(parked.tokens, tokens) if parked else 0

    def take(self, lane: Lane) -> tuple[Parked, bytes] | None:
        """Takes a sequence out; None when it is not there, or its file cannot be read."""
        parked = self._parked.pop(lane, None)
        if parked is None:
            return None
        if isinstance(parked.state, bytes):
            return parked, parked.state
        try:
            return parked, parked.state.read_bytes()
        except OSError:
            return None
        finally:
            parked.state.unlink(missing_ok=True)

    def drop(self, lane: Lane) -> None:
        """Forgets a parked sequence."""
        parked = self._parked.pop(lane, None)
        if parked and isinstance(parked.state, Path):
            parked.state.unlink(missing_ok=True)

    def close(self) -> None:
        """Forgets all and removes the files."""
        self._parked.clear()
        if self._folder:
            self._folder.cleanup()
            self._folder = None

    def _make_room(self) -> None:
        for lane in list(self._parked):
            if self.n_bytes[0] <= self._limits[0]:
                break
            self._move_to_disk(lane)
        for lane in list(self._parked):
            if self.n_bytes[1] <= self._limits[1]:
                break
            if isinstance(self._parked[lane].state, Path):
                self.drop(lane)

    def _move_to_disk(self, lane: Lane) -> None:
        parked = self._parked[lane]
        if not isinstance(parked.state, bytes):
            return
        if parked.n_bytes > self._limits[1]:
            self.drop(lane)
            return
        path: Path | None = None
        try:
            self._folder = self._folder or tempfile.TemporaryDirectory(prefix="tableread-parked-")
            path = Path(self._folder.name, f"{id(parked):x}")
            path.write_bytes(parked.state)
            self._parked[lane] = Parked(parked.tokens, parked.n_whole, parked.n_bytes, path)
        except OSError:  # no room there: reading again is slower, not wrong
            if path:
                with suppress(OSError):
                    path.unlink(missing_ok=True)
            self.drop(lane)
