"""Short work off the window's thread: one worker thread, results delivered on the window's thread in order."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.errors import UserError


class Jobs(QObject):
    """Runs file and database work one piece after the other."""

    failed = Signal(str, str)
    """A fault of the world that nobody else handles: message and hint."""
    _settled = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jobs")
        self._settled.connect(self._on_settled)
        self._is_closed = False

    def run(
        self,
        work: Callable[[], Any],
        on_done: Callable[[Any], None] | None = None,
        on_fault: Callable[[UserError], None] | None = None,
    ) -> Future[Any]:
        """Queues work. `on_done` gets its result and `on_fault` a UserError, both on the window's thread."""
        if self._is_closed:
            cancelled: Future[Any] = Future()
            cancelled.cancel()
            return cancelled
        future = self._pool.submit(work)
        future.add_done_callback(lambda settled: self._settled.emit(settled, on_done, on_fault))
        return future

    def close(self) -> None:
        """Lets the queued work finish and ends the thread. Nobody hears of results any more."""
        self._is_closed = True
        self._pool.shutdown(wait=True)

    def _on_settled(self, future: Future[Any], on_done: Any, on_fault: Any) -> None:
        if self._is_closed or future.cancelled():
            return
        error = future.exception()
        if isinstance(error, UserError):
            if on_fault is not None:
                on_fault(error)
            else:
                self.failed.emit(error.message, error.hint)
        elif error is not None:
            raise error
        elif on_done is not None:
            on_done(future.result())
