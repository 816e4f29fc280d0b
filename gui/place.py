"""What every place of the window has in common."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from gui.workspace import Workspace


class Place(QWidget):
    """One of the places that the rail names. A place reads rows when it is shown and when they change."""

    TITLE = ""
    ICON = ""
    """Name for `theme.icon`."""
    HELP = ""
    """What F1 shows: what this place is for and how to begin, a few sentences."""

    open_requested = Signal(str, str)
    """Asks the window to open an entity in its place: `character`, `scenario` or `playtest`, and its id."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace

    def open_entity(self, kind: str, entity_id: str) -> None:
        """Shows one entity. Called after another place asked for it."""

    def place_actions(self) -> list[QAction]:
        """Returns the actions that the command palette lists, with their shortcuts."""
        return []
