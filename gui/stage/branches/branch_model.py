"""The branches as rows of a list: what is said of each, and its name, which can be changed."""

from PySide6.QtCore import QAbstractListModel, QCoreApplication, QModelIndex, QPersistentModelIndex, Qt, Signal

from core.playtest.directing.stopping import Ending
from gui.stage.branches.branch_rows import BranchRow, list_branches
from gui.stage.fill import fill
from gui.stage.session import StageSession

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
MAX_STEPS = 6
"""Deeper branches are not moved further in."""
translate = QCoreApplication.translate


class BranchModel(QAbstractListModel):
    """One row a branch."""

    renamed = Signal(int, str)
    """Id of the first turn of a branch, and the name that it is to have."""

    def __init__(self, session: StageSession) -> None:
        super().__init__()
        self._session = session
        self.rows: list[BranchRow] = []
        self.present_place = -1
        """The branch whose last turn is the head, or which goes through it."""
        self.ending: str | None = None
        """Why the present branch ended."""
        self.endings: dict[int, str] = {}
        """Last turn -> why the branch ended, or empty: of those that were looked at."""
        self._stems: list[frozenset[int]] = []

    def refresh(self) -> None:
        """Reads the branches anew; a selection stays where rows stay."""
        rows = list_branches(self._session.tree, self._session.branch_marks)
        self.ending = self._session.ended
        self._stems = find_stems([min(row.depth, MAX_STEPS) for row in rows])
        self.present_place = self._find_present(rows)
        if [row.first.id for row in rows] == [row.first.id for row in self.rows]:
            self.rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def stems(self, place: int) -> frozenset[int]:
        """Returns at which depths lines of other branches run past a row."""
        return self._stems[place]

    def has_branches_below(self, place: int) -> bool:
        """Whether the row below leaves this one."""
        return place + 1 < len(self.rows) and self.rows[place + 1].depth > self.rows[place].depth

    def _find_present(self, rows: list[BranchRow]) -> int:
        head = self._session.head
        if head is None:
            return -1
        exact = next((place for place, row in enumerate(rows) if row.leaf.id == head.id), None)
        if exact is not None:
            return exact
        through = (
            place
            for place, row in enumerate(rows)
            if row.fork_number < head.number <= row.leaf.number and self._passes(row, head.id, head.number)
        )
        return next(through, -1)

    def name_of(self, row: BranchRow) -> str:
        """Returns what a branch is called."""
        if row.name:
            return row.name
        if not row.depth and row is self.rows[0]:
            return self.tr("First run")
        return f"“{row.first_words}”" if row.first_words else fill(self.tr("From turn %1"), row.fork_number)

    def name_of_present(self) -> str:
        """Returns what the present branch is called, and how far one stands on it where it goes on; empty for none."""
        head = self._session.head
        if head is None or not 0 <= self.present_place < len(self.rows):
            return ""
        row = self.rows[self.present_place]
        name = self.name_of(row).strip("“”")
        return name if head.id == row.leaf.id else fill(self.tr("Turn %1 of %2"), head.number, name)

    def facts_of(self, place: int) -> str:
        """Returns how long a branch is, where it leaves another and how it ended."""
        row = self.rows[place]
        said = [self.tr("1 turn") if row.leaf.number == 1 else fill(self.tr("%1 turns"), f"{row.leaf.number:,}")]
        if row.fork_number:
            said.append(fill(self.tr("leaves at %1"), row.fork_number))
        elif row.depth == 0 and place:
            said.append(self.tr("another beginning"))
        head = self._session.head
        if head is not None and head.id == row.leaf.id and self._session.ended:
            said.append(short_ending(self._session.ended))
        elif place == self.present_place and head is not None:
            said.append(self.tr("here") if head.id == row.leaf.id else fill(self.tr("here, at turn %1"), head.number))
        if reason := self.endings.get(row.leaf.id, "") if head is None or head.id != row.leaf.id else "":
            said.append(short_ending(reason))
        return " · ".join(said)

    def rowCount(self, _parent: Index = NO_INDEX) -> int:
        """Returns how many branches there are."""
        return len(self.rows)

    def flags(self, _index: Index) -> Qt.ItemFlag:
        """Names can be edited."""
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Returns a name, or a whole sentence for a screen reader."""
        if not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.name_of(row)
            case Qt.ItemDataRole.EditRole:
                return row.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return fill(
                    self.tr("Branch %1 of %2: %3, %4"),
                    index.row() + 1,
                    len(self.rows),
                    self.name_of(row),
                    self.facts_of(index.row()),
                )
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Asks for another name."""
        if role != Qt.ItemDataRole.EditRole or not 0 <= index.row() < len(self.rows):
            return False
        row, name = self.rows[index.row()], str(value).strip()
        if name != row.name:
            self.renamed.emit(row.named.id, name)
        return True

    def _passes(self, row: BranchRow, turn_id: int, number: int) -> bool:
        turn = self._session.tree.get(row.leaf.id)
        while turn is not None and turn.number > number:
            turn = self._session.tree.get(turn.parent_id)
        return turn is not None and turn.id == turn_id


def find_stems(depths: list[int]) -> list[frozenset[int]]:
    """Returns for each row at which depths a line runs through it to a row further down."""
    stems: list[frozenset[int]] = []
    below: frozenset[int] = frozenset()
    for depth in reversed(depths):
        stems.append(frozenset(one for one in below if one < depth))
        below = frozenset(one for one in below if one < depth) | ({depth - 1} if depth else frozenset())
    return stems[::-1]


def short_ending(reason: str) -> str:
    """Returns why a branch ended, in a few words."""
    match reason:
        case Ending.CAP:
            return translate("BranchModel", "reached its last turn")
        case Ending.NATURAL:
            return translate("BranchModel", "ended with goodbye")
        case Ending.LOOP:
            return translate("BranchModel", "stopped in a loop")
        case Ending.EMPTY:
            return translate("BranchModel", "stopped without words")
        case Ending.WON:
            return translate("BranchModel", "won")
        case Ending.LOST:
            return translate("BranchModel", "lost")
        case Ending.GOALS:
            return translate("BranchModel", "goals reached")
        case Ending.USER:
            return translate("BranchModel", "ended by hand")
        case Ending.AWAY:
            return translate("BranchModel", "everybody left")
    return translate("BranchModel", "ended")
