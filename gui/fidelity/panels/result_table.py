"""A table of text for a narrow column: read by rows, sorted by clicking a heading, told as rows to screen readers."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem, QWidget

from gui import theme

MAX_SHOWN_ROWS = 12
KEY_ROLE = Qt.ItemDataRole.UserRole
SORT_ROLE = Qt.ItemDataRole.UserRole + 1

Cell = tuple[str, float | str]
"""What is shown, and what it is sorted by."""


class _Item(QTableWidgetItem):
    def __lt__(self, other: QTableWidgetItem) -> bool:
        mine, others = self.data(SORT_ROLE), other.data(SORT_ROLE)
        if isinstance(mine, float) and isinstance(others, float):
            return mine < others
        return str(mine) < str(others)


class ResultTable(QTableWidget):
    """Rows with a key each. As tall as its rows, up to a bound."""

    row_chosen = Signal(object)
    """The key of a row that was activated, or clicked."""

    def __init__(self, name: str, headings: Sequence[str], wide: int, parent: QWidget | None = None) -> None:
        """Makes an empty table called `name`; the column at place `wide` takes what room there is."""
        super().__init__(0, len(headings), parent)
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(headings))
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for place in range(len(headings)):
            is_wide = place == wide
            header.setSectionResizeMode(
                place, QHeaderView.ResizeMode.Stretch if is_wide else QHeaderView.ResizeMode.ResizeToContents
            )
        self.itemActivated.connect(self._on_chosen)
        self.itemClicked.connect(self._on_chosen)
        theme.notifier.theme_changed.connect(self._fit)
        self._fit()

    def show_rows(self, rows: Sequence[tuple[object, Sequence[Cell], str]]) -> None:
        """Shows other rows: the key, the cells, and the tip of each."""
        self.setSortingEnabled(False)
        self.setRowCount(len(rows))
        for place, (key, cells, tip) in enumerate(rows):
            for column, (text, order) in enumerate(cells):
                item = _Item(text)
                item.setData(KEY_ROLE, key)
                item.setData(SORT_ROLE, order)
                item.setToolTip(tip.replace("&", "&amp;").replace("<", "&lt;"))
                self.setItem(place, column, item)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self._fit()

    def key_of(self, row: int) -> object:
        """Returns the key of a row."""
        item = self.item(row, 0)
        return item.data(KEY_ROLE) if item is not None else None

    def texts(self, row: int) -> list[str]:
        """Returns what a row shows."""
        return [item.text() for column in range(self.columnCount()) if (item := self.item(row, column)) is not None]

    def _on_chosen(self, item: QTableWidgetItem) -> None:
        self.row_chosen.emit(item.data(KEY_ROLE))

    def _fit(self) -> None:
        """Takes the height of its rows."""
        self.resizeRowsToContents()
        shown = [self.rowHeight(row) for row in range(min(self.rowCount(), MAX_SHOWN_ROWS))]
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + sum(shown) + 2 * self.frameWidth() + 4)
