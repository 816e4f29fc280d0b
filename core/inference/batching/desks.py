"""Contexts by adapters: one for the weights as they are, and one for each set of adapters, opened when it is needed.

The weights are in memory once. What a context has read holds for its own adapters alone, so each has its own lanes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from core.errors import UserError
from core.inference.batching.job import Loaded
from core.inference.batching.kept_rows import KeptRows
from core.inference.batching.lane_reader import LaneReader
from core.inference.batching.scheduler import Scheduler
from core.inference.request import Adapter
from core.inference.steering.adapters import AdapterSet

MAX_ADAPTED = 3
"""Contexts with adapters that are open at once; the one used least is closed for another."""
N_SEQUENCES = 4
"""Of a context with adapters: few characters share one."""


@dataclass(eq=False, slots=True)
class Desk:
    """A context, and what decides on its next batch."""

    loaded: Loaded
    scheduler: Scheduler
    n_jobs: int = 0
    """Requests at work here."""
    used: int = 0
    """When a request last came here; higher is later."""
    served: int = 0
    """When it last had a batch; higher is later."""


class Desks:
    """All contexts on one set of weights."""

    def __init__(self, plain: Loaded) -> None:
        self.plain = Desk(plain, Scheduler(plain.context.layout, plain.context.n_batch))
        self._adapted: dict[AdapterSet, Desk] = {}
        self._clock = 0

    def take(self, adapters: Iterable[Adapter]) -> Desk | None:
        """Returns the context for a request with these adapters, which `leave` gives back; None: none is free yet.

        Raises:
            UserError: An adapter cannot be used, or there is no room.
        """
        wanted = AdapterSet.of(adapters)
        if not wanted.adapters:
            desk = self.plain
        elif wanted in self._adapted:
            desk = self._adapted[wanted]
        elif not self._make_room():
            return None
        else:
            desk = self._adapted[wanted] = self._open(wanted)
        self._clock += 1
        desk.used = self._clock
        desk.n_jobs += 1
        return desk

    def leave(self, loaded: Loaded) -> None:
        """A request at a context has ended."""
        for desk in self.all:
            if desk.loaded is loaded:
                desk.n_jobs -= 1

    @property
    def all(self) -> list[Desk]:
        """All that are open."""
        return [self.plain, *self._adapted.values()]

    def holds(self, loaded: Loaded) -> bool:
        """Tells whether a context is still open."""
        return any(desk.loaded is loaded for desk in self.all)

    def in_turn(self, comes_first: Callable[[Desk], bool]) -> list[Desk]:
        """Returns all, those that come first first, and among them the one whose last batch is longest ago."""
        if not self._adapted:
            return [self.plain]
        return sorted(self.all, key=lambda desk: (not comes_first(desk), desk.served))

    def note_batch(self, desk: Desk) -> None:
        """A context has had a batch."""
        self._clock += 1
        desk.served = self._clock

    def forget(self, number: int) -> None:
        """A request has ended."""
        for desk in self.all:
            desk.scheduler.forget(number)

    def close(self) -> None:
        """Frees the memory of all but the context for the weights as they are, which is not theirs."""
        self.plain.loaded.reader.close()
        for wanted in tuple(self._adapted):
            self._close(wanted)

    def _make_room(self) -> bool:
        """Closes a context if there are as many as may be; False: all are at work."""
        if len(self._adapted) < MAX_ADAPTED:
            return True
        idle = [wanted for wanted, desk in self._adapted.items() if not desk.n_jobs]
        if not idle:
            return False
        self._close(min(idle, key=lambda wanted: self._adapted[wanted].used))
        return True

    def _open(self, wanted: AdapterSet) -> Desk:
        plain = self.plain.loaded.context
        needed = plain.kv_bytes * N_SEQUENCES // plain.n_sequences
        import psutil  # the worker has no other use for it

        if not plain.on_gpu and needed > psutil.virtual_memory().available:  # Linux would say so by ending the process
            raise UserError(
                f"An adapter needs a context of its own, and there is no room for {needed / 2**20:,.0f} MiB more.",
                "Close other programs, or choose a smaller context in Weights.",
            )
        context = plain.with_adapters(wanted.adapters, N_SEQUENCES)
        loaded = replace(self.plain.loaded, context=context, reader=LaneReader(context), kept=KeptRows())
        return Desk(loaded, Scheduler(context.layout, context.n_batch))

    def _close(self, wanted: AdapterSet) -> None:
        desk = self._adapted.pop(wanted)
        desk.loaded.reader.close()
        desk.loaded.context.close()
