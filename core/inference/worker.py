"""The engine as a child process: starts it when it is needed, watches it, and goes on when it dies.

Two threads: one starts the process and takes what it says, the other looks whether it still moves.
"""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace

from core.app_settings import AppSettings, change_settings, load_settings
from core.errors import UserError
from core.events import OnEvent, WorkerRestarted, WorkerStopped
from core.inference.child_process import Cause, ChildProcess, Death, was_refused_memory
from core.inference.futures import RequestFuture
from core.inference.messages import (
    Alive,
    Cancel,
    Done,
    FromWorker,
    Load,
    Loaded,
    LoadFailed,
    RequestFailed,
    Submit,
    Written,
)
from core.inference.request import Request, Result, WeightsInfo, WeightsSettings
from core.inference.weights.catalog import plan_load

MAX_FAILED_LOADS = 2
"""Weights whose process dies so often while it loads, with nothing between, are given up."""
WATCH_EVERY_S = 1.0


@dataclass(slots=True)
class _Pending:
    """A request without an answer yet, and what is known of the answer."""

    number: int
    request: Request
    background: bool
    on_text: Callable[[str], None] | None
    future: RequestFuture
    written: list[int] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    cancelled: bool = False
    crashes: set[Cause] = field(default_factory=set)
    """Why processes died at it: it is tried again once for each cause."""

    def submit(self) -> Submit:
        return Submit(self.number, self.request, self.background, tuple(self.written), n_shown=sum(map(len, self.text)))


class Worker:
    """Weights in a child process. Loads them at the first request, and goes on after a crash."""

    def __init__(self, settings: WeightsSettings, on_event: OnEvent | None = None) -> None:
        """Takes the weights to run and where to report restarts. Starts no process yet."""
        self._settings = settings
        self._on_event = on_event or (lambda event: None)
        self._numbers = itertools.count(1)
        self._wake = threading.Condition()
        self._closing = threading.Event()
        self._pending: dict[int, _Pending] = {}
        self._asked: list[Future[WeightsInfo]] = []
        self._child: ChildProcess | None = None
        self._info: WeightsInfo | None = None
        """Set while the child has loaded its weights."""
        self._restarted: WorkerRestarted | None = None
        self._native_fault = ""
        self._n_failed_loads = 0
        self._threads = [
            threading.Thread(target=self._supervise, name="weights", daemon=True),
            threading.Thread(target=self._watch, name="weights-watch", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def process_id(self) -> int | None:
        """Of the child process, while there is one."""
        child = self._child
        return child.process_id if child else None

    @property
    def info(self) -> WeightsInfo:
        """The weights in use; loads them when they are not loaded yet."""
        with self._wake:
            if self._info is not None:
                return self._info
            self._refuse_closed()
            asked: Future[WeightsInfo] = Future()
            self._asked.append(asked)
            self._wake.notify_all()
        return asked.result()

    def submit(
        self, request: Request, on_text: Callable[[str], None] | None = None, *, background: bool = False
    ) -> Future[Result]:
        """Queues a request; see `Engine.submit`."""
        number = next(self._numbers)
        future = RequestFuture(lambda: self._cancel(pending))
        pending = _Pending(number, request, background, on_text, future)
        with self._wake:
            self._refuse_closed()
            child = self._child if self._info else None
            if child and not self._pending:
                child.expect_signs()
            self._pending[number] = pending
            self._wake.notify_all()
        if child:
            child.send(pending.submit())
        return future

    def close(self) -> None:
        """Ends the process and both threads. Pending requests are cancelled."""
        with self._wake:
            self._closing.set()
            child = self._child
            self._wake.notify_all()
        if child:
            child.kill()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()

    def _refuse_closed(self) -> None:
        if self._closing.is_set():
            raise UserError("These weights were closed.", "Choose weights again.")

    def _cancel(self, pending: _Pending) -> None:
        with self._wake:
            pending.cancelled = True
            child = self._child if self._info else None
            never_sent = child is None and self._pending.pop(pending.number, None) is not None
        if child:
            child.send(Cancel(pending.number))
        elif never_sent:
            pending.future.end_cancelled(pending.request, "".join(pending.text))

    # The thread "weights" runs all that follows, but for the watch.

    def _supervise(self) -> None:
        while self._wait_for_work():
            try:
                load = self._plan()
                death = self._run(load)
                if death is not None and not self._closing.is_set():
                    self._after_death(load, death)
            except Exception as error:  # noqa: BLE001 - the top of this thread: whoever waits gets the fault or the bug
                self._fail_all(error)
        self._cancel_all()

    def _wait_for_work(self) -> bool:
        with self._wake:
            self._wake.wait_for(lambda: self._closing.is_set() or self._pending or self._asked)
            return not self._closing.is_set()

    def _plan(self) -> Load:
        load = plan_load(self._settings)
        remembered = load.sha256 in _settings_or_defaults().safe_mode
        return replace(load, safe_mode=remembered or bool(self._native_fault))

    def _run(self, load: Load) -> Death | None:
        """Runs one process to its end; None: it ended in good order."""
        try:
            child = ChildProcess(load)
        except OSError as error:
            self._fail_all(UserError(f"The process for the weights cannot start: {error}.", "Close other programs."))
            return None
        with self._wake:
            self._child = child
            if self._closing.is_set():
                child.kill()
        in_order = False
        try:
            while not in_order and (message := child.receive()) is not None:
                in_order = self._take(child, message)
        except BaseException:  # a bug here must not leave a process behind
            child.kill()
            raise
        finally:
            with self._wake:
                self._n_failed_loads = self._n_failed_loads + 1 if self._info is None and not in_order else 0
                self._child = self._info = None
            death = child.bury()
        return None if in_order else death

    def _take(self, child: ChildProcess, message: FromWorker) -> bool:
        """Takes a message; True: the process has nothing more to say."""
        match message:
            case Loaded(info):
                self._on_loaded(child, info)
            case LoadFailed(error):
                self._fail_all(error)
                return True
            case Alive(number):
                child.at_work = number
            case Written(number, token, text):
                self._on_written(child, number, token, text)
            case Done(number, result):
                child.at_work = None
                self._on_done(number, result)
            case RequestFailed(_, None, bug) if was_refused_memory(bug):
                child.kill()  # it cannot be relied on any more: another goes on with the request
            case RequestFailed(number, error, bug):
                child.at_work = None
                self._on_failed(number, error or RuntimeError(bug))
        return False

    def _on_loaded(self, child: ChildProcess, info: WeightsInfo) -> None:
        child.loading = False
        with self._wake:
            self._info = info
            asked, self._asked = self._asked, []
            waiting = list(self._pending.values())
            restarted, self._restarted = self._restarted, None
        if restarted:
            self._on_event(restarted)
        child.expect_signs()
        for pending in waiting:
            child.send(pending.submit())
            if pending.cancelled:
                child.send(Cancel(pending.number))
        for future in asked:
            future.set_result(info)

    def _on_written(self, child: ChildProcess, number: int, token: int | None, text: str) -> None:
        pending = self._pending.get(number)
        if pending is None:
            return
        if token is not None:
            pending.written.append(token)
        pending.text.append(text)
        if text and pending.on_text:
            try:
                pending.on_text(text)
            except Exception as error:  # noqa: BLE001 - whoever listens failed, and gets it back; the weights go on
                child.send(Cancel(number))
                self._on_failed(number, error)

    def _on_done(self, number: int, result: Result | None) -> None:
        with self._wake:
            pending = self._pending.pop(number, None)
        if pending is None:
            return
        if result is None:
            pending.future.end_cancelled(pending.request, "".join(pending.text))
        else:
            pending.future.set_result(result)

    def _on_failed(self, number: int, error: Exception) -> None:
        with self._wake:
            pending = self._pending.pop(number, None)
        if pending is not None:
            pending.future.set_exception(error)

    def _after_death(self, load: Load, death: Death) -> None:
        """Decides who pays for a crash and how the next process runs."""
        if death.cause is Cause.NATIVE and not load.safe_mode:
            self._native_fault = death.why
            _remember_safe_mode(load.sha256, death.why)
        why = f"The process of the weights died: {death.why}."
        self._on_event(WorkerStopped(why, death.next_step, str(load.path)))
        if self._n_failed_loads >= MAX_FAILED_LOADS:
            self._n_failed_loads = 0
            self._fail_all(UserError(f"{load.path.name} cannot be loaded. {why}", death.next_step_again))
            return
        self._restarted = WorkerRestarted(why, load.safe_mode or bool(self._native_fault), death.next_step)
        if self._n_failed_loads == 0:
            self._blame(death, why)

    def _blame(self, death: Death, why: str) -> None:
        """Gives up the request that was at work when it was so before, in a crash of the same cause."""
        with self._wake:
            # One of them must pay where none was named, so that processes cannot go on dying for ever
            blamed = self._pending.get(death.at_work or 0) or next(iter(self._pending.values()), None)
            if blamed is None:
                return
            given_up = death.cause in blamed.crashes
            blamed.crashes.add(death.cause)
        if given_up:
            error = UserError(f"The weights failed twice at the same request. {why}", death.next_step)
            self._on_failed(blamed.number, error)

    def _fail_all(self, error: Exception) -> None:
        with self._wake:
            failed, self._pending = list(self._pending.values()), {}
            asked, self._asked = self._asked, []
        for pending in failed:
            pending.future.set_exception(error)
        for future in asked:
            future.set_exception(error)

    def _cancel_all(self) -> None:
        with self._wake:
            ended, self._pending = list(self._pending.values()), {}
            asked, self._asked = self._asked, []
        for pending in ended:
            pending.future.end_cancelled(pending.request, "".join(pending.text))
        for future in asked:
            future.set_exception(UserError("These weights were closed.", "Choose weights again."))

    def _watch(self) -> None:
        """Takes no lock: nothing that hangs may keep it from its work."""
        while not self._closing.wait(WATCH_EVERY_S):
            child = self._child
            if child and (self._pending or child.loading):
                child.kill_if_hung()


def _settings_or_defaults() -> AppSettings:
    try:
        return load_settings()
    except UserError:
        return AppSettings()


def _remember_safe_mode(sha256: str, why: str) -> None:
    with suppress(UserError):  # where it cannot be written it is kept in mind until the app ends
        change_settings(lambda settings: settings.safe_mode.update({sha256: why}))
