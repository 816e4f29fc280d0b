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

    notice_room: QWidget | None = None
    """An empty widget that notices may stand in; None: they float over the foot of the place."""

    open_requested = Signal(str, str)
    """Asks the window to open an entity in its place: `character`, `scenario`, `playtest`, `turn`, `fragment` or
    `lorebook`, and its id; after a `#` may come a part of it, see `show_part`."""

    history_requested = Signal(str, str)
    """Asks the window for the history of an entity: kind (see `core.history.entities.PARTS`, or playtest) and id."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace

    def open_entity(self, kind: str, entity_id: str) -> None:
        """Shows one entity. Called after another place asked for it."""

    def show_part(self, part: str) -> None:
        """Shows a part of what was just opened: a field such as `boundaries`, or `role:ID`, `beat:ID`, `entry:ID`."""

    def current_entity(self) -> tuple[str, str]:
        """Returns the kind and the id of what is open or chosen here, for its history; empty for nothing."""
        for kind in ("character", "scenario"):
            if entity_id := str(getattr(self, f"{kind}_id", "")):
                return kind, entity_id
        return "", ""

    def place_actions(self) -> list[QAction]:
        """Returns the actions that the command palette lists, with their shortcuts."""
        return []
