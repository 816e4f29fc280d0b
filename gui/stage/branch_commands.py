"""What can be done with whole branches: gone to, named, laid side by side, seen in the charts, played otherwise."""

from collections.abc import Callable, Mapping
from typing import Any

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
        room.original_wanted.connect(self.compare_with_original)
        room.overlay_wanted.connect(side.charts.show_overlay)

    def compare(self, leaf_id: int) -> None:
        """Lays a branch beside the present one."""
        head, playtest_id = self._session.head, self._session.playtest_id
        if head is None:
            return
        names = {row.leaf.id: self.room.model.name_of(row) for row in self.room.model.rows}
        names[head.id] = self.room.model.name_of_present()
        left, right = (Choice(playtest_id, one, names.get(one, "")) for one in (head.id, leaf_id))
        self.compare_choices(left, right)

    def compare_present(self) -> None:
        """Lays another branch beside the present one: the one that is selected in the tree, else the newest.

        Where there is but one branch of a "what if", its original.
        """
        self.room.model.refresh()
        head, selected = self._session.head, self.room.selected
        if head is None or (len(self.room.model.rows) < 2 and self.compare_with_original()):
            return
        leaves = [row.leaf.id for row in self.room.model.rows if row.leaf.id != head.id]
        wanted = (
            selected.leaf.id if selected is not None and selected.leaf.id in leaves else max(leaves, default=head.id)
        )
        self.compare(wanted)

    def compare_with_original(self) -> bool:
        """Lays a "what if" beside what it is about; returns whether there is such a thing."""
        playtest = self._session.playtest
        original = asked_about(playtest.what_if) if playtest is not None else None
        if playtest is None or original is None:
            return False
        self.compare_choices(original, Choice(playtest.id, playtest.head_id, playtest.name))
        return True

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


def asked_about(what_if: Mapping[str, Any]) -> Choice | None:
    """Returns the branch that a playtest asks "what if" about; None for one that asks nothing."""
    playtest_id, head_id = what_if.get("playtest_id"), what_if.get("head_id")
    is_known = isinstance(playtest_id, str) and isinstance(head_id, int)
    return Choice(playtest_id, head_id, "") if is_known and isinstance(playtest_id, str) else None
