"""Notes how much memory the loaded weights really take, so that the next estimate knows it."""

from PySide6.QtCore import QObject, QTimer

from core.errors import UserError
from core.events import TurnCommitted
from core.playtest.weights_trials import remember_memory
from gui.workspace import Workspace, weights_settings

AFTER_S = 5.0
"""Memory is used bit by bit: what was just loaded or written shows a moment later."""


class MemoryWatch(QObject):
    """Looks some time after weights were loaded, and after turns."""

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._is_closed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(AFTER_S * 1000))
        self._timer.timeout.connect(self._look)
        workspace.event_received.connect(self._on_event)
        workspace.closing.connect(self._close)

    def look_soon(self) -> None:
        """Looks in a moment; asked several times, it looks once."""
        if not self._is_closed and not self._timer.isActive():
            self._timer.start()

    def _look(self) -> None:
        try:
            engine = self._workspace.engine
        except UserError:  # a server that is not known any more
            return
        process_id = getattr(engine, "process_id", None)  # a remote or a scripted engine has none
        if process_id is None:
            return

        def note() -> None:
            settings = weights_settings(self._workspace.settings)
            info = engine.info
            if info.path == str(settings.path):
                remember_memory(process_id, info, settings)

        self._workspace.jobs.run(note, None, self._ignore)

    def _ignore(self, _error: UserError) -> None:
        """The weights are gone by now: there is nothing to note."""

    def _on_event(self, event: object) -> None:
        if isinstance(event, TurnCommitted):
            self.look_soon()

    def _close(self) -> None:
        self._is_closed = True
        self._timer.stop()
