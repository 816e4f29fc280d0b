"""Several engines in one memory: loaded when they are first needed, the least recently used unloaded to make room.

Knows what engines cost and when they were used; not who speaks through them.
"""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace

import psutil

from core.app_settings import Server
from core.errors import UserError
from core.events import OnEvent
from core.inference.engine_choice import EngineChoice
from core.inference.futures import RequestFuture
from core.inference.request import Engine, Request, Result, WeightsInfo, WeightsSettings
from core.inference.weights.catalog import MIN_SEQUENCES, is_gpu_build
from core.inference.weights.fit import KEPT_FREE, estimate_fit
from core.inference.weights.gguf_header import inspect_gguf
from core.inference.worker import Worker

MakeEngine = Callable[[EngineChoice, OnEvent], Engine]


def open_engine(choice: EngineChoice, on_event: OnEvent) -> Engine:
    """Returns an engine that runs what was chosen. Loads nothing yet."""
    if isinstance(choice, Server):
        from core.inference.servers.remote import RemoteEngine  # takes a while to import, and most never need it

        return RemoteEngine(choice)
    return Worker(choice, on_event)


@dataclass(eq=False, slots=True)
class _Slot:
    """An engine that may be loaded."""

    choice: EngineChoice
    engine: Engine | None = None
    n_bytes: int = 0
    """What it takes while it is loaded, by estimate; a server takes nothing."""
    n_pending: int = 0
    used: int = 0
    """Higher is later."""


@dataclass(eq=False, slots=True)
class _Waiting:
    """Something that needs an engine which is not loaded."""

    slot: _Slot
    background: bool
    ready: Future[Engine]
    """Gets the engine, which counts as busy from then on."""
    plan: tuple[EngineChoice, int] | None = None
    """How to load it and what it takes in bytes, once that is known."""

    @property
    def needs_memory(self) -> bool:
        """Whether weights are to be loaded; a server takes no memory, nor do weights that somebody loaded meanwhile."""
        return self.slot.engine is None and isinstance(self.slot.choice, WeightsSettings)


class EnginePool:
    """Hands out engines that load themselves. One thread loads and unloads; everything else may come from any."""

    def __init__(
        self, on_event: OnEvent | None = None, make_engine: MakeEngine = open_engine, memory_bytes: int = 0
    ) -> None:
        """Takes where engines report, and the memory for all together; 0: what is free now, but for a tenth."""
        self._on_event = on_event or (lambda event: None)
        self._make_engine = make_engine
        self._memory_bytes = memory_bytes or round(psutil.virtual_memory().available * (1 - KEPT_FREE))
        self._clock = itertools.count(1)
        self._slots: dict[EngineChoice, _Slot] = {}
        self._engines: dict[EngineChoice, PooledEngine] = {}
        self._waiting: list[_Waiting] = []
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def engine(self, choice: EngineChoice) -> Engine:
        """Returns the engine of a choice; the same one each time. Loads nothing."""
        with self._changed:
            if choice not in self._engines:
                self._slots[choice] = _Slot(choice)
                self._engines[choice] = PooledEngine(self, self._slots[choice])
            return self._engines[choice]

    @property
    def loaded(self) -> tuple[EngineChoice, ...]:
        """What is loaded, the least recently used first."""
        with self._changed:
            slots = [slot for slot in self._slots.values() if slot.engine is not None]
            return tuple(slot.choice for slot in sorted(slots, key=lambda slot: slot.used))

    def close(self) -> None:
        """Ends all engines and frees their memory. Pending requests are cancelled."""
        with self._changed:
            self._closed = True
            waiting, self._waiting = self._waiting, []
            self._changed.notify_all()
        for item in waiting:
            item.ready.cancel()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        for slot in tuple(self._slots.values()):
            self._unload(slot)

    # For PooledEngine

    def acquire(self, slot: _Slot, background: bool) -> Future[Engine]:
        """Returns the engine of a slot as soon as it is loaded. Call `release` once for each that was returned."""
        ready: Future[Engine] = Future()
        with self._changed:
            if self._closed:
                raise UserError("These weights were closed.", "Choose weights again.")
            if slot.engine is not None:
                self._take(slot)
                ready.set_result(slot.engine)
                return ready
            item = _Waiting(slot, background, ready)
            self._waiting.append(item)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="engine-pool", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        ready.add_done_callback(lambda _ready: self._forget(item))
        return ready

    def release(self, slot: _Slot) -> None:
        """Says that what an engine was acquired for is done."""
        with self._changed:
            slot.n_pending -= 1
            self._changed.notify_all()

    def unload(self, slot: _Slot) -> None:
        """Ends the engine of a slot; it is loaded again when it is needed again."""
        self._unload(slot)

    def _take(self, slot: _Slot) -> None:
        slot.n_pending += 1
        slot.used = next(self._clock)

    def _forget(self, item: _Waiting) -> None:
        """Lets nobody wait behind one who was served or gave up."""
        with self._changed:
            if item in self._waiting:
                self._waiting.remove(item)
                self._changed.notify_all()

    # The pool's thread runs all that follows

    def _run(self) -> None:
        while (item := self._next()) is not None:
            try:
                self._load(item)
            except Exception as error:  # noqa: BLE001 - the top of this thread: whoever waits gets the fault or the bug
                self._finish(item, error)

    def _next(self) -> _Waiting | None:
        """Waits until somebody can be served; None: the pool was closed."""
        with self._changed:
            while not self._closed:
                if (item := self._choose()) is not None:
                    return item
                self._changed.wait()
        return None

    def _choose(self) -> _Waiting | None:
        """Returns who can be served now; words come before measures.

        Who needs memory stays in line, or small weights would overtake large ones for ever. Nobody else waits for it.
        """
        is_line_blocked = False
        for item in sorted(self._waiting, key=lambda item: item.background):
            if not item.needs_memory:
                return item
            if not is_line_blocked and (item.plan is None or self._can_fit(item.plan[1])):
                return item
            is_line_blocked = True
        return None

    def _can_fit(self, n_bytes: int) -> bool:
        """Tells whether there is room beside the engines at work. Alone, anything may try."""
        at_work = sum(slot.n_bytes for slot in self._slots_in_memory() if slot.n_pending)
        return not n_bytes or not at_work or at_work + n_bytes <= self._memory_bytes

    def _slots_in_memory(self) -> list[_Slot]:
        return [slot for slot in self._slots.values() if slot.engine is not None and slot.n_bytes]

    def _load(self, item: _Waiting) -> None:
        """Serves one who waits; or only finds out what that takes, whereupon `_choose` tells whether there is room."""
        slot = item.slot
        if slot.engine is None:
            if item.plan is None:
                item.plan = self._plan(slot.choice)
                return
            choice, n_bytes = item.plan
            if item.ready.cancelled() or not self._make_room(n_bytes):
                return
            engine = self._make_engine(choice, self._on_event)
            with self._changed:
                slot.engine, slot.n_bytes = engine, n_bytes
        self._finish(item, None)

    def _finish(self, item: _Waiting, error: Exception | None) -> None:
        """Answers one who waits, unless it gave up."""
        with self._changed:
            if item in self._waiting:
                self._waiting.remove(item)
            if not item.ready.set_running_or_notify_cancel():
                return
            engine = item.slot.engine
            if engine is not None and error is None:
                self._take(item.slot)
        if error is not None or engine is None:
            item.ready.set_exception(error or UserError("These weights were closed.", "Choose weights again."))
        else:
            item.ready.set_result(engine)

    def _plan(self, choice: EngineChoice) -> tuple[EngineChoice, int]:
        """Returns how to load, and what it takes: each weights' sequences keep to an equal share of the memory."""
        if not isinstance(choice, WeightsSettings):
            return choice, 0
        header = inspect_gguf(choice.path)
        with self._changed:
            n_weights = sum(isinstance(other, WeightsSettings) for other in self._slots)
        n_gpu_layers = choice.n_gpu_layers if is_gpu_build() else 0

        def needed(n_sequences: int) -> int:
            return estimate_fit(header, choice.n_ctx, n_sequences, n_gpu_layers).needed_bytes

        n_sequences = max(choice.n_sequences, MIN_SEQUENCES)
        while n_sequences > MIN_SEQUENCES and needed(n_sequences) > self._memory_bytes / n_weights:
            n_sequences -= 1
        return replace(choice, n_sequences=n_sequences), needed(n_sequences)

    def _make_room(self, n_bytes: int) -> bool:
        """Unloads what was not used for longest until there is room.

        Returns:
            False: there is none, as engines were set to work meanwhile, or the pool was closed.
        """
        while True:
            with self._changed:
                if self._closed or not self._can_fit(n_bytes):
                    return False
                loaded = self._slots_in_memory() if n_bytes else []
                if not loaded or sum(slot.n_bytes for slot in loaded) + n_bytes <= self._memory_bytes:
                    return True
                idle = [slot for slot in loaded if not slot.n_pending]
            self._unload(min(idle, key=lambda slot: slot.used), only_idle=True)

    def _unload(self, slot: _Slot, *, only_idle: bool = False) -> None:
        with self._changed:
            if only_idle and slot.n_pending:
                return
            engine, slot.engine = slot.engine, None
        if engine is not None:
            engine.close()
            with self._changed:
                self._changed.notify_all()


class PooledEngine:
    """An engine of a pool: loaded while it is used, and perhaps longer."""

    def __init__(self, pool: EnginePool, slot: _Slot) -> None:
        self._pool = pool
        self._slot = slot

    @property
    def choice(self) -> EngineChoice:
        """What it runs."""
        return self._slot.choice

    @property
    def process_id(self) -> int | None:
        """Of the process that runs the weights, while there is one."""
        process_id: int | None = getattr(self._slot.engine, "process_id", None)
        return process_id

    @property
    def info(self) -> WeightsInfo:
        """The weights in use; loads them when they are not loaded yet."""
        try:
            engine = self._pool.acquire(self._slot, False).result()
        except CancelledError:
            raise UserError("These weights were closed.", "Choose weights again.") from None
        try:
            return engine.info
        finally:
            self._pool.release(self._slot)

    def submit(
        self, request: Request, on_text: Callable[[str], None] | None = None, *, background: bool = False
    ) -> Future[Result]:
        """Queues a request; see `Engine.submit`."""
        ready = self._pool.acquire(self._slot, background)
        if ready.done():
            return self._submit(ready.result(), request, on_text, background)
        return _Deferred(self._submit, ready, request, on_text, background).future

    def close(self) -> None:
        """Ends the engine and frees its memory, until it is used again."""
        self._pool.unload(self._slot)

    def _submit(
        self, engine: Engine, request: Request, on_text: Callable[[str], None] | None, background: bool
    ) -> Future[Result]:
        try:
            future = engine.submit(request, on_text, background=background)
        except BaseException:
            self._pool.release(self._slot)
            raise
        future.add_done_callback(lambda _settled: self._pool.release(self._slot))
        return future


class _Deferred:
    """A request whose engine is being loaded."""

    def __init__(
        self,
        submit: Callable[[Engine, Request, Callable[[str], None] | None, bool], Future[Result]],
        ready: Future[Engine],
        request: Request,
        on_text: Callable[[str], None] | None,
        background: bool,
    ) -> None:
        self.future = RequestFuture(self._cancel)
        self._request = request
        self._ready = ready
        self._lock = threading.Lock()
        self._real: Future[Result] | None = None
        self._cancelled = False
        ready.add_done_callback(lambda _ready: self._begin(submit, on_text, background))

    def _begin(
        self,
        submit: Callable[[Engine, Request, Callable[[str], None] | None, bool], Future[Result]],
        on_text: Callable[[str], None] | None,
        background: bool,
    ) -> None:
        if self._ready.cancelled():
            self.future.end_cancelled(self._request)
            return
        try:
            real = submit(self._ready.result(), self._request, on_text, background)
        except Exception as error:  # noqa: BLE001 - on the pool's thread: the fault belongs to who asked
            self.future.set_exception(error)
            return
        with self._lock:
            self._real = real
            cancelled = self._cancelled
        if cancelled:
            real.cancel()
        real.add_done_callback(self._settle)

    def _settle(self, real: Future[Result]) -> None:
        if real.cancelled():
            self.future.end_cancelled(self._request)
        elif error := real.exception():
            self.future.set_exception(error)
        else:
            self.future.set_result(real.result())

    def _cancel(self) -> None:
        with self._lock:
            self._cancelled = True
            real = self._real
        if real is not None:
            real.cancel()
        else:
            self._ready.cancel()  # where the engine was just found it is too late, and `_begin` cancels
