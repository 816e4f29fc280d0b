"""A table of parts of a world. What is typed wrongly stays as it was typed, with a sentence on what is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap

from gui import theme

_Index = QModelIndex | QPersistentModelIndex
Values = dict[str, Any]
"""Column key -> text, value of a choice, or whether it is ticked."""
FAULT = "fault"
"""Key of the last column."""


def _dot(color: str) -> QPixmap:
    """A dot before the name of a role, in its colour."""
    picture = QPixmap(16, 16)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawEllipse(2, 2, 12, 12)
    painter.end()
    picture.setDevicePixelRatio(2)
    return picture


class Wrong(Exception):
    """A value that cannot be kept: the key of its column, and a sentence."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(column, message)
        self.column = column
        self.message = message


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `choices` makes it a list, `is_flag` a tick, `steps` a value that goes round."""

    key: str
    title: str
    choices: Callable[[], Sequence[tuple[Any, str]]] | None = None
    is_flag: bool = False
    is_fixed: bool = False
    steps: Sequence[tuple[Any, str]] = ()
    """Values in the order in which a press goes through them, and their names."""
    width_px: int = 120
    """At 100 %; 0 takes what is left."""
    hint: str = ""
    color: str = ""
    """Of the title, `#rrggbb`; empty: as others."""


@dataclass(slots=True)
class Row:
    """One part as it is kept, and as it was typed."""

    key: str
    kept: Values
    typed: Values = field(default_factory=dict)
    """What could not be kept, by column."""
    faults: dict[str, str] = field(default_factory=dict)
    """Why, by column."""

    @property
    def fault(self) -> str:
        """The first thing that is wrong; empty: nothing."""
        return next(iter(self.faults.values()), "")

    @property
    def values(self) -> Values:
        """What is shown."""
        return self.kept | self.typed


class ThingModel(QAbstractTableModel):
    """Rows of values. `edited` asks for a value to be kept; `refuse` says why it was not."""

    edited = Signal(str, str, object)
    """Key of the row, key of the column, the value."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns: list[Column] = list(columns)
        self.rows: list[Row] = []

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Takes other columns."""
        if [(one.key, one.title, one.color) for one in columns] != [
            (one.key, one.title, one.color) for one in self.columns
        ]:
            self.beginResetModel()
            self.columns = list(columns)
            self.endResetModel()
        else:
            self.columns = list(columns)

    def show_rows(self, rows: Sequence[tuple[str, Values]]) -> None:
        """Takes the parts as they are kept: key and values of each. What was typed wrongly stays."""
        typed = {row.key: row for row in self.rows if row.typed}
        fresh = []
        for key, values in rows:
            before = typed.get(key)
            fresh.append(Row(key, values, before.typed, before.faults) if before else Row(key, values))
        if [row.key for row in fresh] == [row.key for row in self.rows]:
            changed = [place for place, row in enumerate(fresh) if row != self.rows[place]]
            self.rows = fresh
            for place in changed:
                self.dataChanged.emit(self.index(place, 0), self.index(place, self.columnCount() - 1))
        else:
            self.beginResetModel()
            self.rows = fresh
            self.endResetModel()

    def forget(self) -> None:
        """Another scenario: nothing that was typed stays."""
        self.beginResetModel()
        self.rows = []
        self.endResetModel()

    def accept(self, key: str, column: str) -> None:
        """What was typed into a cell is kept."""
        row = self.row_of(key)
        if row is not None:
            row.typed = {one: value for one, value in row.typed.items() if one != column}
            row.faults = {one: fault for one, fault in row.faults.items() if one != column}
            self._tell(key)

    def follow(self, key: str, fresh_key: str) -> None:
        """A row has another key from now on."""
        row = self.row_of(key)
        if row is not None:
            row.key = fresh_key

    def refuse(self, key: str, column: str, message: str, value: Any) -> None:
        """What was typed into a row is wrong; it stays as it was typed."""
        row = self.row_of(key)
        if row is not None:
            row.typed = row.typed | {column: value}
            row.faults = {column: message} | row.faults | {column: message}
            self._tell(key)

    def row_of(self, key: str) -> Row | None:
        """Returns a row by its key, or None."""
        return next((row for row in self.rows if row.key == key), None)

    def place_of(self, key: str) -> int:
        """Returns where a row is; -1 when there is none of this key."""
        return next((place for place, row in enumerate(self.rows) if row.key == key), -1)

    def rowCount(self, _parent: _Index | None = None) -> int:
        """Returns the number of rows."""
        return len(self.rows)

    def columnCount(self, _parent: _Index | None = None) -> int:
        """Returns the number of columns, the one for faults included."""
        return len(self.columns) + 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns texts, ticks and colours."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if index.column() == len(self.columns):
            return self._fault_data(row, role)
        column = self.columns[index.column()]
        value = row.values.get(column.key)
        if role == Qt.ItemDataRole.CheckStateRole and column.is_flag:
            return Qt.CheckState.Checked if value else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if column.is_flag else self._text(column, value)
        if role in (Qt.ItemDataRole.EditRole, Qt.ItemDataRole.UserRole):
            return value
        if role == Qt.ItemDataRole.AccessibleTextRole:
            text = (self.tr("yes") if value else self.tr("no")) if column.is_flag else self._text(column, value)
            return f"{column.title}: {text}" + (f". {row.faults[column.key]}" if column.key in row.faults else "")
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.faults[column.key] if column.key in row.faults else column.hint or self._text(column, value)
        if role == Qt.ItemDataRole.BackgroundRole and column.key in row.faults:
            return QColor(theme.mix(theme.colors().ground, theme.colors().fault, 0.2))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the titles."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if section >= len(self.columns):
            return "" if role == Qt.ItemDataRole.DisplayRole else None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.hint
        if role == Qt.ItemDataRole.DecorationRole and column.color:
            return _dot(column.color)
        if role == Qt.ItemDataRole.TextAlignmentRole and column.steps:
            return Qt.AlignmentFlag.AlignCenter
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Says what can be edited."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() >= len(self.columns):
            return flags
        column = self.columns[index.column()]
        if column.is_flag:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags if column.is_fixed or column.steps else flags | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Asks for a value to be kept."""
        if not index.isValid() or index.column() >= len(self.columns):
            return False
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.CheckStateRole:
            value = Qt.CheckState(value) == Qt.CheckState.Checked
        elif role != Qt.ItemDataRole.EditRole:
            return False
        if value == row.values.get(column.key):
            return True
        self.edited.emit(row.key, column.key, value)
        return True

    def step(self, index: _Index, by: int = 1) -> None:
        """Goes on to the next value of a column with steps."""
        if index.isValid() and index.column() < len(self.columns) and self.columns[index.column()].steps:
            values = [value for value, _name in self.columns[index.column()].steps]
            now = self.data(index, Qt.ItemDataRole.EditRole)
            place = values.index(now) if now in values else 0
            self.setData(index, values[(place + by) % len(values)])

    def _text(self, column: Column, value: Any) -> str:
        if column.steps:
            return next((name for one, name in column.steps if one == value), "")
        if column.choices is not None:
            return next((name for one, name in column.choices() if one == value), str(value or ""))
        return str(value if value is not None else "")

    def _fault_data(self, row: Row, role: int) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.fault
        return QColor(theme.colors().fault) if role == Qt.ItemDataRole.ForegroundRole else None

    def _tell(self, key: str) -> None:
        place = self.place_of(key)
        self.dataChanged.emit(self.index(place, 0), self.index(place, self.columnCount() - 1))
