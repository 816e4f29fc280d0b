"""What is shown: the playtests of the project, and their branches, to be compared by checking several."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from core.project import Project
from gui import theme
from gui.fidelity.board import Board, say_branch
from gui.stage.fill import fill
from gui.stage.plain_tip import plain_tip

_ID, _HEAD = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True)
class PlaytestRow:
    """A playtest that can be shown."""

    id: str
    name: str
    n_turns: int
    n_scores: int


def read_playtest_rows(project: Project) -> list[PlaytestRow]:
    """Returns the playtests that have turns, the one that was played last first."""
    sql = (
        "SELECT playtest.id, name, count(turn.id), "
        "EXISTS (SELECT 1 FROM score JOIN turn AS one ON one.id = score.turn_id WHERE one.playtest_id = playtest.id) "
        "FROM playtest JOIN turn ON turn.playtest_id = playtest.id "
        "WHERE deleted_at IS NULL GROUP BY playtest.id ORDER BY max(turn.id) DESC"
    )
    with project.reading() as session:
        connection = session.connection().connection.driver_connection
        assert connection is not None
        return [PlaytestRow(*row) for row in connection.execute(sql).fetchall()]


class Sources(QFrame):
    """A tree of check boxes."""

    chosen = Signal(list, dict)
    """Ids of playtests, and the last turns of the branches that were checked, by playtest."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.board = board
        theme.set_kind(self, "panel")
        self.rows: list[PlaytestRow] = []
        self._is_filling = False
        self._filled: object = None
        """What the tree was filled from; None: it has to be filled again."""
        heading = QLabel(self.tr("Playtests"))
        theme.set_kind(heading, "heading")
        heading.setContentsMargins(16, 0, 0, 0)
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setAccessibleName(self.tr("Playtests and branches that are shown"))
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.setIndentation(16)
        self._choice: tuple[list[str], dict[str, list[int]]] = ([], {})
        self._choosing = QTimer(self)
        """The tree is filled anew by what was chosen, which must not happen while it tells of one of its items."""
        self._choosing.setSingleShot(True)
        self._choosing.timeout.connect(lambda: self.chosen.emit(*self._choice))
        self.tree.itemChanged.connect(self._on_changed)
        self.tree.itemActivated.connect(self._show_alone)
        hint = QLabel(self.tr("Check several to compare them. Enter or a double-click shows one alone."))
        hint.setWordWrap(True)
        hint.setContentsMargins(16, 0, 16, 0)
        theme.set_kind(hint, "small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 14, 0, 12)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addWidget(self.tree, 1)
        layout.addWidget(hint)
        board.frame_changed.connect(self._fill_if_new)

    def show_rows(self, rows: Sequence[PlaytestRow]) -> None:
        """Lists playtests."""
        if list(rows) != self.rows:
            self.rows = list(rows)
            self.fill()

    def _fill_if_new(self) -> None:
        if self._filled != self._state():
            self.fill()

    def _state(self) -> object:
        """Returns all that the tree is made of."""
        board = self.board
        played = [(one.id, one.head_id) for one in board.frame.playtests]
        return list(self.rows), board.playtest_ids, dict(board.heads), board.frame.branches, played

    def fill(self) -> None:
        """Lists everything again: what is checked is what the board shows."""
        self._filled = self._state()
        self._is_filling = True
        current = self.tree.currentItem()
        kept = (current.data(0, _ID), current.data(0, _HEAD)) if current is not None else None
        self.tree.clear()
        for row in self.rows:
            is_shown = row.id in self.board.playtest_ids
            item = self._add(self.tree.invisibleRootItem(), row.name, row.id, 0, is_shown)
            said = self.tr("%1 turns") if row.n_scores else self.tr("%1 turns, not scored")
            item.setToolTip(0, plain_tip(f"{row.name}\n{fill(said, f'{row.n_turns:,}')}"))
            if is_shown:
                self._add_branches(item, row)
        self._go_back_to(kept)
        self._is_filling = False

    def _go_back_to(self, kept: tuple[str, int] | None) -> None:
        """Makes the item current that was; the playtest where its branch is gone."""
        if kept is None:
            return
        for item in (one for one in self._items() if one.data(0, _ID) == kept[0]):
            branches = (item.child(place) for place in range(item.childCount()))
            found = next((one for one in branches if one.data(0, _HEAD) == kept[1]), item)
            self.tree.setCurrentItem(found)

    def _add_branches(self, item: QTreeWidgetItem, row: PlaytestRow) -> None:
        frame = self.board.frame
        playtest = next((one for one in frame.playtests if one.id == row.id), None)
        branches = [one for one in frame.branches if one.playtest_id == row.id]
        if playtest is None or len(branches) < 2:
            return
        chosen = set(self.board.heads.get(row.id, ())) or {playtest.head_id}
        for branch in branches:
            title = say_branch(branch)
            is_played = branch.head_id == playtest.head_id
            said = fill(self.tr("%1 · played now"), title) if is_played else title
            leaf = self._add(item, said, row.id, branch.head_id, branch.head_id in chosen)
            leaf.setToolTip(0, plain_tip(said))
        item.setExpanded(True)

    def _add(
        self, parent: QTreeWidgetItem, title: str, playtest_id: str, head_id: int, is_checked: bool
    ) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [title])
        item.setData(0, _ID, playtest_id)
        item.setData(0, _HEAD, head_id)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(0, Qt.CheckState.Checked if is_checked else Qt.CheckState.Unchecked)
        return item

    def _on_changed(self, _item: QTreeWidgetItem) -> None:
        if self._is_filling:
            return
        ids: list[str] = []
        heads: dict[str, list[int]] = {}
        for item in self._items():
            playtest_id = item.data(0, _ID)
            branches = [item.child(place) for place in range(item.childCount())]
            checked = [one.data(0, _HEAD) for one in branches if one.checkState(0) == Qt.CheckState.Checked]
            if item.checkState(0) == Qt.CheckState.Checked:
                ids.append(playtest_id)
                playtest = next((one for one in self.board.frame.playtests if one.id == playtest_id), None)
                is_default = playtest is None or checked == [playtest.head_id]
                heads[playtest_id] = [] if is_default else checked
        self._choose(ids, {one: found for one, found in heads.items() if found})

    def _show_alone(self, item: QTreeWidgetItem) -> None:
        playtest_id, head = item.data(0, _ID), item.data(0, _HEAD)
        self._choose([playtest_id], {playtest_id: [head]} if head else {})

    def _choose(self, ids: list[str], heads: dict[str, list[int]]) -> None:
        self._choice = (ids, heads)
        self._filled = None  # the boxes are otherwise than the board has it
        self._choosing.start()

    def _items(self) -> list[QTreeWidgetItem]:
        return [self.tree.topLevelItem(place) for place in range(self.tree.topLevelItemCount())]  # type: ignore[misc]
