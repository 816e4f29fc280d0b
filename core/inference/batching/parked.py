"""States of sequences that had to give way: in memory, then on disk, then nowhere. Pure: knows bytes, not weights."""

import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import IO

from core.inference.batching.prefix_cache import Lane

MEMORY_BYTES = 512 * 2**20
DISK_BYTES = 4 * 2**30
N_FILES = 128


@dataclass(frozen=True, slots=True)
class Parked:
    """A sequence that can come back."""

    tokens: tuple[int, ...]
    n_whole: int
    n_bytes: int
    state: bytes | IO[bytes]
    """In memory, or a file without a name, which ends with the process however that ends."""

    @property
    def on_disk(self) -> bool:
        """The state is in a file."""
        return not isinstance(self.state, bytes)


class ParkingLot:
    """Parked sequences by lane; the ones parked longest ago leave memory first."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES, disk_bytes: int = DISK_BYTES) -> None:
        self._limits = (memory_bytes, disk_bytes)
        self._parked: OrderedDict[Lane, Parked] = OrderedDict()

    @property
    def n_bytes(self) -> tuple[int, int]:
        """What is parked in memory and on disk."""
        on_disk = sum(parked.n_bytes for parked in self._parked.values() if parked.on_disk)
        return sum(parked.n_bytes for parked in self._parked.values()) - on_disk, on_disk

    def put(self, lane: Lane, tokens: Sequence[int], n_whole: int, state: bytes) -> None:
        """Parks a sequence; an older one of this lane is dropped."""
        self.drop(lane)
        self._parked[lane] = Parked(tuple(tokens), n_whole, len(state), state)
        self._make_room()

    def look(self, lane: Lane) -> Parked | None:
        """Returns what is parked for a lane."""
        return self._parked.get(lane)

    def take(self, lane: Lane) -> tuple[Parked, bytes] | None:
        """Takes a sequence out; None when it is not there, or its file cannot be read."""
        parked = self._parked.pop(lane, None)
        if parked is None or isinstance(parked.state, bytes):
            return (parked, parked.state) if parked and isinstance(parked.state, bytes) else None
        with parked.state as file:
            try:
                file.seek(0)
                state = file.read()
            except OSError:
                return None
        return (parked, state) if len(state) == parked.n_bytes else None

    def drop(self, lane: Lane) -> None:
        """Forgets a parked sequence."""
        parked = self._parked.pop(lane, None)
        if parked and not isinstance(parked.state, bytes):
            parked.state.close()

    def close(self) -> None:
        """Forgets all."""
        for lane in list(self._parked):
            self.drop(lane)

    def _make_room(self) -> None:
        for lane in list(self._parked):
            if self.n_bytes[0] <= self._limits[0]:
                break
            self._move_to_disk(lane)
        for lane in [lane for lane, parked in self._parked.items() if parked.on_disk]:
            n_files = sum(parked.on_disk for parked in self._parked.values())
            if self.n_bytes[1] <= self._limits[1] and n_files <= N_FILES:
                break
            self.drop(lane)

    def _move_to_disk(self, lane: Lane) -> None:
        parked = self._parked[lane]
        if not isinstance(parked.state, bytes):
            return
        if parked.n_bytes > self._limits[1]:
            self.drop(lane)
            return
        file: IO[bytes] | None = None
        try:
            file = tempfile.TemporaryFile(prefix="tableread-parked-")  # noqa: SIM115 - it lives as long as the state
            file.write(parked.state)
            file.flush()
            self._parked[lane] = replace(parked, state=file)
        except OSError:  # no room there: reading again is slower, not wrong
            if file:
                with suppress(OSError):
                    file.close()
            self.drop(lane)
