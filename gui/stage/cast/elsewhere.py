"""What the Stage asks other places to open: a character of the cast, the scenario, an entry of a lorebook."""

from PySide6.QtCore import QObject, Signal

from core.library.lore import get_book
from core.library.scenarios import list_roles
from gui.workspace import Workspace


class Elsewhere(QObject):
    """Finds what is wanted; what is gone is said."""

    wanted = Signal(str, str)
    """Kind and id, as `Place.open_requested`."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace

    def open_character(self, scenario_id: str | None, role_id: str) -> None:
        """Opens the character who plays a role of a scenario now; the one of the script may be gone."""
        if scenario_id is None:
            return
        roles = {role.id: role.character_id for role in list_roles(self._workspace.project, scenario_id)}
        if character_id := roles.get(role_id):
            self.wanted.emit("character", character_id)

    def open_entry(self, entry: str) -> None:
        """Opens an entry that a turn read, `book#entry:ID`; its book may be gone since."""
        book_id = entry.partition("#")[0]
        if get_book(self._workspace.project, book_id) is None:
            gone = self.tr("The lorebook of this entry is not in the project any more.")
            self._workspace.faulted.emit(gone, self.tr("Undo may bring it back."))
        else:
            self.wanted.emit("lorebook", entry)
