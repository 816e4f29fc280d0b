"""The list of weights on this machine, for a table; and what of it is shown, in which order."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from core.inference.weights.fit import Verdict
from gui import theme
from gui.weights.figures import describe_bytes
from gui.weights.found_row import FoundRow

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
BENEATH_ROLE = Qt.ItemDataRole.UserRole + 2
"""The second, dim line of the first column."""
NAME, SIZE, TYPE, FIT, SPEED, ROLE = range(6)
_TONES = {Verdict.FITS: "good", Verdict.TIGHT: "warning", Verdict.TOO_LARGE: "fault"}


class WeightsModel(QAbstractTableModel):
    """All rows that were found, and in order those that are shown."""

    def __init__(self) -> None:
        super().__init__()
        self._every: list[FoundRow] = []
        self._rows: list[FoundRow] = []
        self._words: tuple[str, ...] = ()
        self._with_others = False
        self._column, self._order = NAME, Qt.SortOrder.AscendingOrder
        self._in_use: Path | None = None
        self._headings = (
            self.tr("Weights"),
            self.tr("Size"),
            self.tr("Type"),
            self.tr("Memory"),
            self.tr("Tokens/s"),
            self.tr("Role"),
        )

    @property
    def rows(self) -> Sequence[FoundRow]:
        """All that was found, in the order of finding."""
        return self._every

    def clear(self) -> None:
        """Forgets everything."""
        self._every = []
        self._arrange()

    def add(self, rows: Sequence[FoundRow]) -> None:
        """Takes more rows."""
        self._every.extend(rows)
        self._arrange()

    def search(self, text: str) -> None:
        """Shows what has all these words in its name, label, type or path."""
        self._words = tuple(text.casefold().split())
        self._arrange()

    def show_others(self, others: bool) -> None:
        """Also shows projectors, adapters, embedders and broken files."""
        self._with_others = others
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Shows the rows in another order."""
        self._column, self._order = column, order
        self._arrange()

    def replace(self, row: FoundRow) -> None:
        """Shows what was learnt about a file since."""
        for rows in (self._every, self._rows):
            for number, other in enumerate(rows):
                if other.found.path == row.found.path:
                    rows[number] = row
                    if rows is self._rows:
                        self.dataChanged.emit(self.index(number, 0), self.index(number, ROLE))

    def show_in_use(self, path: Path | None) -> None:
        """Marks the weights that run the characters."""
        self._in_use = path
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))

    def row_of(self, path: Path) -> int:
        """Returns where a file is shown; -1: it is not."""
        return next((number for number, row in enumerate(self._rows) if row.found.path == path), -1)

    def _arrange(self) -> None:
        """Chooses and sorts anew: ten thousand rows in some hundredths of a second."""
        self.beginResetModel()
        shown = (row for row in self._every if self._with_others or row.found.is_chat)
        words = self._words
        kept = [row for row in shown if all(word in row.search_text for word in words)] if words else list(shown)
        column, backwards = self._column, self._order == Qt.SortOrder.DescendingOrder
        self._rows = sorted(kept, key=lambda row: _sort_key(row, column), reverse=backwards)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == ROW_ROLE:
            return row
        if role == BENEATH_ROLE:
            return self._beneath(row)
        if role == Qt.ItemDataRole.ForegroundRole:
            tone = _tone(row, column)
            return QColor(getattr(theme.colors(), tone)) if tone else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.found.fault or str(row.found.path)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return None

    def _text(self, row: FoundRow, column: int) -> str:
        header = row.found.header
        if column == NAME:
            return row.found.name
        if header is None:
            return self.tr("broken") if column == FIT else ""
        match column:
            case 1:
                return describe_bytes(header.size_bytes)
            case 2:
                return header.quantisation
            case 3:
                return self._fit_text(row)
            case 4:
                rate = row.speed.write_tokens_per_s.get(1) if row.speed else None
                return f"{rate:,.0f}" if rate is not None else ""
        return f"{row.role.n_passed}/{len(row.role.probes)}" if row.role else ""

    def _fit_text(self, row: FoundRow) -> str:
        if row.fit is None:
            return row.found.header.kind.value if row.found.header else ""
        words = {
            Verdict.FITS: self.tr("fits"),
            Verdict.TIGHT: self.tr("tight"),
            Verdict.TOO_LARGE: self.tr("too large"),
        }
        return words[row.fit.verdict]

    def _beneath(self, row: FoundRow) -> str:
        found = row.found
        where = found.label or (found.path.name if found.name != found.path.stem else found.path.parent.name)
        tool = self.tr("Folder") if found.tool == "Folder" else found.tool
        parts = [self.tr("in use")] if self._in_use == found.path else []
        return " · ".join([*parts, tool, *([where] if where else [])])


def _sort_key(row: FoundRow, column: int) -> tuple[object, str]:
    header, name = row.found.header, row.found.name.casefold()
    if column == SIZE:
        return (header.size_bytes if header else 0), name
    if column == TYPE:
        return (header.quantisation if header else ""), name
    if column == FIT:
        return (row.fit.needed_bytes / max(row.fit.available_bytes, 1) if row.fit else float("inf")), name
    if column == SPEED:
        return ((row.speed.write_tokens_per_s.get(1) or 0.0) if row.speed else -1.0), name
    if column == ROLE:
        return (row.role.n_passed / max(len(row.role.probes), 1) if row.role else -1.0), name
    return name, str(row.found.path)


def _tone(row: FoundRow, column: int) -> str:
    if row.found.header is None:
        return "fault" if column == FIT else "dim" if column else ""
    if column == FIT:
        return _TONES[row.fit.verdict] if row.fit else "dim"
    if column == ROLE and row.role:
        return "good" if row.role.n_passed == len(row.role.probes) else "warning"
    return "dim" if column in (SIZE, TYPE) else ""


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in (SIZE, SPEED, ROLE) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
