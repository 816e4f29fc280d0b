"""What a chart shows as a table: for those who hear it, and as CSV. Columns may be long arrays."""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Named:
    """A column of texts of which there are few: a text is looked up when it is wanted."""

    texts: Sequence[str]
    places: Any
    """Place of the text of each row."""

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.places)

    def __getitem__(self, row: int) -> str:
        """Returns the text of a row."""
        return self.texts[int(self.places[row])]

    def __iter__(self) -> Iterator[str]:
        """Goes through the texts of all rows."""
        return (self.texts[place] for place in self.places)


@dataclass(frozen=True)
class ChartData:
    """A table; all columns are of one length."""

    titles: tuple[str, ...] = ()
    columns: tuple[Any, ...] = ()
    """Texts, whole numbers, or floats; NaN: there is none."""
    rows: Any = ()
    """Row of the frame for each row of the table; -1 or nothing where it is about more than one turn."""

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.columns[0]) if self.columns else 0

    def frame_row(self, row: int) -> int:
        """Returns the row of the frame that a row is about, or -1."""
        return int(self.rows[row]) if row < len(self.rows) else -1


def format_csv(data: ChartData) -> str:
    """Returns the table as CSV, with a header; nothing where there is no value. Numbers keep all their digits.

    A text that a spreadsheet could take for a formula gets a quote before it: names and words are untrusted.
    """
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(data.titles)
    for values in zip(*data.columns, strict=True):
        writer.writerow([_csv_cell(value) for value in values])
    return written.getvalue()


def _csv_cell(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return "" if math.isnan(value) else repr(float(value))
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def show_value(value: Any) -> str:
    """Returns a value as people read it: a dash for none, a true minus sign."""
    if isinstance(value, float | np.floating):
        if math.isnan(value):
            return "–"
        digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 10 else 3
        shown = f"{value:,.{digits}f}"
        return shown.replace("-", "\u2212") if float(shown.replace(",", "")) else shown.lstrip("-")
    return str(value)


class DataModel(QAbstractTableModel):
    """Shows `ChartData` in a table; a cell is formatted when it is looked at."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.shown = ChartData()

    def show_data(self, data: ChartData) -> None:
        """Shows another table."""
        self.beginResetModel()
        self.shown = data
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many rows there are."""
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.shown.titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the text of a cell; numbers stand on the right."""
        value = self.shown.columns[index.column()][index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return show_value(value)
        if role == Qt.ItemDataRole.TextAlignmentRole and not isinstance(value, str):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the title of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.shown.titles[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            values = self.shown.columns[section]
            is_words = len(values) > 0 and isinstance(values[0], str)
            side = Qt.AlignmentFlag.AlignLeft if is_words else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None
