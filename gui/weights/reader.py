"""Reads what the engine says of its weights, off the window's thread: asking loads them."""

import threading
from concurrent.futures import CancelledError

from PySide6.QtCore import QObject, Signal

from core.errors import UserError
from core.events import WorkerRestarted
from core.inference.request import Engine, WeightsInfo
from gui.workspace import Workspace


class WeightsReader(QObject):
    """What is loaded now: `info`, or `error`, or neither while they load."""

    changed = Signal()
    _read = Signal(object, object, object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._thread: threading.Thread | None = None
        self._engine: Engine | None = None
        self.info: WeightsInfo | None = None
        self.error: UserError | None = None
        self._read.connect(self._on_read)
        workspace.engine_changed.connect(self.refresh)
        workspace.event_received.connect(self._on_event)

    @property
    def loading(self) -> bool:
        """Whether an answer is awaited."""
        return self.info is None and self.error is None and self._thread is not None

    def refresh(self) -> None:
        """Asks again; `changed` follows twice: loading, and loaded or failed."""
        self.info, self.error = None, None
        self._engine = engine = self._workspace.engine
        self._thread = threading.Thread(target=self._ask, args=(engine,), name="weights-reader", daemon=True)
        self._thread.start()
        self.changed.emit()

    def close(self) -> None:
        """Waits for a question that is being answered. Call it after the engine was closed."""
        self._engine = None
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _ask(self, engine: Engine) -> None:
        try:
            self._read.emit(engine, engine.info, None)
        except UserError as error:
            self._read.emit(engine, None, error)
        except CancelledError:
            return  # closed while it loaded

    def _on_read(self, engine: Engine, info: WeightsInfo | None, error: UserError | None) -> None:
        if engine is self._engine:
            self.info, self.error = info, error
            self.changed.emit()

    def _on_event(self, event: object) -> None:
        if isinstance(event, WorkerRestarted):
            self.refresh()
