"""Reads what the engine says of its weights, off the window's thread: asking loads them."""

import threading
from concurrent.futures import CancelledError

from PySide6.QtCore import QObject, Signal

from core.errors import UserError
from core.events import WorkerRestarted, WorkerStopped
from core.inference.request import Engine, WeightsInfo
from gui.weights.memory_watch import MemoryWatch
from gui.workspace import Workspace, weights_settings


class WeightsReader(QObject):
    """What is loaded now: `info`, or `error`, or `stopped` when their process died, or none of them while they load."""

    changed = Signal()
    _read = Signal(object, object, object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._thread: threading.Thread | None = None
        self._engine: Engine | None = None
        self.info: WeightsInfo | None = None
        self.error: UserError | None = None
        self.stopped: WorkerStopped | None = None
        self._memory = MemoryWatch(workspace, self)
        self._read.connect(self._on_read)
        workspace.engine_changed.connect(self.refresh)
        workspace.event_received.connect(self._on_event)

    @property
    def loading(self) -> bool:
        """Whether an answer is awaited."""
        return not (self.info or self.error or self.stopped) and self._thread is not None

    def refresh(self) -> None:
        """Asks again; `changed` follows twice: loading, and loaded or failed."""
        self.info, self.error, self.stopped = None, None, None
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
            self.info, self.error, self.stopped = info, error, None
            self.changed.emit()

    def _plays(self, weights_path: str) -> bool:
        """Tells whether these are the weights of the window; a part of a cast may have others."""
        return weights_path == str(weights_settings(self._workspace.settings).path)

    def _on_event(self, event: object) -> None:
        if isinstance(event, WorkerRestarted):
            self.refresh()
        elif isinstance(event, WorkerStopped) and self._plays(event.weights_path):
            # not asked again: that would start it, and nobody needs it yet
            self.info, self.error, self.stopped = None, None, event
            self.changed.emit()
