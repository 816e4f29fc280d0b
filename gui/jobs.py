"""Work off the window's thread: a thread for what is short and one for long reading, each in order.

Results are delivered on the window's thread.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.errors import UserError


class Jobs(QObject):
    """Runs file and database work one piece after the other; what reads long stands in nobody's way."""

    failed = Signal(str, str)
    """A fault of the world that nobody else handles: message and hint."""
    _settled = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._short = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jobs")
        self._long = ThreadPoolExecutor(max_workers=1, thread_name_prefix="long-reads")
        self._settled.connect(self._on_settled)
        self._is_closed = False

    def run(
        self,
        work: Callable[[], Any],
        on_done: Callable[[Any], None] | None = None,
        on_fault: Callable[[UserError], None] | None = None,
        *,
        is_long: bool = False,
    ) -> Future[Any]:
        """Queues work. `on_done` gets its result and `on_fault` a UserError, both on the window's thread.

        Args:
            is_long: It only reads, and may take more than a moment: short work does not wait for it.
        """
        if self._is_closed:
            cancelled: Future[Any] = Future()
            cancelled.cancel()
            return cancelled
        future = (self._long if is_long else self._short).submit(work)
        future.add_done_callback(lambda settled: self._settled.emit(settled, on_done, on_fault))
        return future

    def close(self) -> None:
        """Lets short work finish that is queued, and long work that has begun. Nobody hears of results any more."""
        self._is_closed = True
        self._short.shutdown(wait=True)
        self._long.shutdown(wait=True, cancel_futures=True)

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
