"""What happens when the app itself is wrong: the traceback goes to a log, the user gets one calm notice.

Nothing is lost: every change was committed when it was made.
"""

import faulthandler
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import QObject, Signal

from core.app_settings import app_dir
from core.errors import UserError

N_LOGS_KEPT = 10


class CrashHook(QObject):
    """Catches what nothing else caught, on any thread."""

    crashed = Signal(str)
    """Path of the log, once for each place in the code that went wrong."""
    faulted = Signal(str, str)
    """A fault of the world that reached nobody who shows it: message and hint."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: set[str] = set()
        self._native_log: IO[str] | None = None

    def install(self) -> None:
        """Takes over the hooks of the interpreter."""
        sys.excepthook = self.report
        threading.excepthook = self._on_thread_exception
        _drop_old_logs(log_folder())
        self._native_log = (log_folder() / "native.log").open("a", encoding="utf-8")
        faulthandler.enable(self._native_log)

    def uninstall(self) -> None:
        """Gives the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        faulthandler.disable()
        if self._native_log is not None:
            self._native_log.close()

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.report(args.exc_type, args.exc_value, args.exc_traceback)

    def report(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Writes an error to the log and says so, once for each place in the code."""
        if kind is None or error is None:
            return
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        if isinstance(error, UserError):
            self.faulted.emit(error.message, error.hint)
            return
        report = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(report)
        path = _write_log(report)
        place = "".join(traceback.format_tb(trace)[-1:])
        if place not in self._seen:
            self._seen.add(place)
            self.crashed.emit(str(path) if path else "")


def log_folder() -> Path:
    """Returns the folder of the logs, made if missing."""
    folder = app_dir() / "logs"
    folder.mkdir(exist_ok=True)
    return folder


def _write_log(report: str) -> Path | None:
    now = datetime.now(UTC)
    try:
        path = log_folder() / f"tableread-{now:%Y-%m-%d}.log"
        with path.open("a", encoding="utf-8") as log:
            log.write(f"{now.isoformat(timespec='seconds')}\n{report}\n")
    except Exception:  # noqa: BLE001 - a hook for errors must not raise one
        return None
    return path


def _drop_old_logs(folder: Path) -> None:
    for path in sorted(folder.glob("tableread-*.log"))[:-N_LOGS_KEPT]:
        path.unlink(missing_ok=True)
