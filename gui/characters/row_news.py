"""News of changed rows, collected: one step of the user may change thousands, and a screen reads once."""

from PySide6.QtCore import QObject, QTimer, Signal

from gui.workspace import Workspace

MANY = 32
"""From here on reading everything again is quicker than row by row."""


class RowNews(QObject):
    """Says which rows of some tables changed, when nothing else is waiting to be done."""

    arrived = Signal(dict)
    """Table name -> set of ids."""

    def __init__(self, workspace: Workspace, tables: tuple[str, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tables = tables
        self._changed: dict[str, set[str]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._tell)
        workspace.rows_changed.connect(self._on_rows_changed)

    def stop(self) -> None:
        """Forgets what was not told yet."""
        self._timer.stop()
        self._changed = {}

    def _on_rows_changed(self, table: str, entity_id: str) -> None:
        if table in self._tables:
            self._changed.setdefault(table, set()).add(entity_id)
            self._timer.start()

    def _tell(self) -> None:
        changed, self._changed = self._changed, {}
        self.arrived.emit(changed)
