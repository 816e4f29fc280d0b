"""What can be done with whole branches: gone to, named, laid side by side, seen in the charts, played otherwise."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.stage.branches.branches_room import BranchesRoom
from gui.stage.comparing.comparison_dialog import ComparisonDialog
from gui.stage.comparing.sides import Choice
from gui.stage.session import StageSession
from gui.stage.side_panel import SidePanel
from gui.stage.what_if.what_if_dialog import WhatIfDialog
from gui.workspace import Workspace


class BranchCommands(QObject):
    """Connects the rooms about branches with dialogs and with the Stage."""

    def __init__(
        self,
        workspace: Workspace,
        session: StageSession,
        side: SidePanel,
        parent: QWidget,
        *,
        show_turn: Callable[[int], object],
        choose_branch: Callable[[int], object],
    ) -> None:
        """`show_turn` shows a turn of any branch, `choose_branch` goes to the end of one; both take a turn's id."""
        super().__init__(parent)
        self._workspace = workspace
        self._session = session
        self._side = side
        self._window = parent
        self._show_turn = show_turn
        self.comparison: ComparisonDialog | None = None
        """What was opened last."""
        self.what_if: WhatIfDialog | None = None
        room = side.rooms[BranchesRoom.KEY]
        assert isinstance(room, BranchesRoom)
        self.room = room
        room.branch_wanted.connect(choose_branch)
        room.comparison_wanted.connect(self.compare)
        room.overlay_wanted.connect(side.charts.show_overlay)

    def compare(self, leaf_id: int) -> None:
        """Lays a branch beside the present one."""
        head, playtest_id = self._session.head, self._session.playtest_id
        if head is None:
            return
        names = {row.leaf.id: self.room.model.name_of(row) for row in self.room.model.rows}
        left, right = (Choice(playtest_id, one, names.get(one, "")) for one in (head.id, leaf_id))
        self.compare_choices(left, right)

    def compare_present(self) -> None:
        """Lays another branch beside the present one: the one that is selected in the tree, else the newest."""
        self.room.model.refresh()
        head, selected = self._session.head, self.room.selected
        if head is None:
            return
        leaves = [row.leaf.id for row in self.room.model.rows if row.leaf.id != head.id]
        wanted = (
            selected.leaf.id if selected is not None and selected.leaf.id in leaves else max(leaves, default=head.id)
        )
        self.compare(wanted)

    def name_present(self) -> None:
        """Lets the present branch be named in the tree."""
        self._side.show_room(BranchesRoom.KEY)
        self.room.rename_present()

    def ask_what_if(self, turn_id: int | None = None) -> None:
        """Asks what is to be otherwise from a turn on: the selected one, else the last."""
        if self._session.path and self._session.script is not None:
            wanted = turn_id if turn_id is not None else self._side.selected_turn_id
            dialog = self.what_if = WhatIfDialog(self._workspace, self._session, wanted, self._window)
            dialog.finished_playing.connect(self.compare_choices)
            dialog.open()

    def compare_choices(self, left: Choice, right: Choice) -> None:
        """Lays two branches of any playtests side by side."""
        dialog = self.comparison = ComparisonDialog(self._workspace, left, right, self._window)
        dialog.turn_wanted.connect(self._show_turn)
        dialog.show()
