"""One long piece of work beside the window: on a thread of its own, with progress, and ended when told to."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.errors import UserError
from core.inference.weights.download import Cancelled

MIN_BETWEEN_S = 0.06
JOIN_S = 10.0

Report = Callable[[object], None]
IsCancelled = Callable[[], bool]


class Task(QObject):
    """Runs one piece of work at a time."""

    progressed = Signal(object)
    """The newest report, at most some a second."""
    delivered = Signal(object)
    """A report that must not be lost."""
    succeeded = Signal(object)
    failed = Signal(object)
    """With the UserError."""
    ended = Signal()
    """In any case, and last."""
    _settled = Signal(object, object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()
        self._settled.connect(self._on_settled)

    @property
    def is_running(self) -> bool:
        """Whether work is under way."""
        return self._thread is not None

    def start(self, work: Callable[[Report, IsCancelled], Any]) -> bool:
        """Begins; False: something else is under way still.

        Args:
            work: Called on another thread, with what takes reports of progress and what tells whether to end.
        """
        if self._thread is not None:
            return False
        cancelled = self._cancelled = threading.Event()
        last = [0.0]

        def report(progress: object) -> None:
            now = time.monotonic()
            if now - last[0] >= MIN_BETWEEN_S:
                last[0] = now
                self.progressed.emit(progress)

        def run() -> None:
            try:
                self._settled.emit(cancelled, work(report, cancelled.is_set), None)
            except (CancelledError, Cancelled):
                self._settled.emit(cancelled, None, Cancelled())
            except Exception as error:  # noqa: BLE001 - the top of this thread: the window raises what is a bug
                self._settled.emit(cancelled, None, error)

        self._thread = threading.Thread(target=run, name=self._name, daemon=True)
        self._thread.start()
        return True

    def cancel(self) -> None:
        """Ends the work as soon as it looks; `ended` follows."""
        self._cancelled.set()

    def wait(self, timeout_s: float) -> None:
        """Waits until nothing runs any more, or the time is up; what came of it is still reported."""
        if self._thread is not None:
            self._thread.join(timeout=timeout_s)

    def close(self) -> None:
        """Ends the work and waits for it. Nobody hears of it any more."""
        self.cancel()
        self.blockSignals(True)
        if self._thread is not None:
            self._thread.join(timeout=JOIN_S)

    def _on_settled(self, cancelled: threading.Event, result: object, error: Exception | None) -> None:
        if cancelled is not self._cancelled:
            return
        self._thread = None
        if isinstance(error, UserError):
            self.failed.emit(error)
        elif error is None and not cancelled.is_set():
            self.succeeded.emit(result)
        self.ended.emit()
        if error is not None and not isinstance(error, UserError | Cancelled):
            raise error
