"""The menu of inheritance: which fragments a character has, and ways to write one."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from core.library.fragments import create_fragment, list_fragments, set_fragments
from gui import theme
from gui.workspace import Workspace
from models.fragment import Fragment, FragmentBase


class FragmentMenu(QObject):
    """Fills the menu, and changes what a character inherits."""

    edit_requested = Signal(str)
    """Id of a fragment to write in."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace

    def fill(self, menu: QMenu, character_id: str, inherited: Sequence[str]) -> None:
        """Lists every fragment; those that the character has are ticked, the last of which counts most."""
        menu.clear()
        menu.setToolTipsVisible(True)
        fragments = list_fragments(self._workspace.project)
        for fragment in fragments:
            action = menu.addAction(_plain(fragment.name))
            action.setCheckable(True)
            action.setChecked(fragment.id in inherited)
            action.setToolTip(fragment.summary or self.tr("The one that is ticked last counts most"))
            others = [one for one in inherited if one != fragment.id]
            wanted = {True: [*others, fragment.id], False: others}
            action.toggled.connect(lambda on, wanted=wanted: self.inherit(character_id, wanted[on]))
        if fragments:
            menu.addSeparator()
        for fragment in fragments:
            if fragment.id in inherited or len(fragments) <= 6:
                text = self.tr("Edit “%1”…").replace("%1", _plain(fragment.name))
                action = menu.addAction(theme.icon("mdi6.pencil-outline"), text)
                action.triggered.connect(lambda _checked=False, one=fragment.id: self.edit_requested.emit(one))
        new = menu.addAction(theme.icon("mdi6.plus"), self.tr("New fragment…"))
        new.triggered.connect(lambda: self.create(character_id))

    def inherit(self, character_id: str, fragment_ids: Sequence[str]) -> None:
        """Says what a character inherits from."""
        project = self._workspace.project
        self._workspace.attempt(lambda: set_fragments(project, character_id, fragment_ids))

    def create(self, character_id: str) -> None:
        """Makes an empty fragment, which the character inherits from at once, and opens it."""
        made: list[Fragment] = []
        draft = FragmentBase(name=self.tr("New fragment"))
        if self._workspace.attempt(lambda: made.append(create_fragment(self._workspace.project, draft, character_id))):
            self.edit_requested.emit(made[0].id)


def _plain(name: str) -> str:
    return (name if len(name) <= 48 else name[:47] + "…").replace("&", "&&")
