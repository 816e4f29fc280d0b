"""A table of text for a narrow column: read by rows, sorted by clicking a heading, told as rows to screen readers."""

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem, QWidget

from gui import theme
from gui.stage.plain_tip import plain_tip

MISSING = "–"
"""Stands where there is no number."""
MAX_ROWS = 200
"""Of a table: a widget for each cell of thousands would hold the window up. Whoever has more chooses, and says so."""
MAX_SHOWN_ROWS = 12
CELL_PX = 16
"""Beside the text of a cell."""
KEY_ROLE = Qt.ItemDataRole.UserRole
SORT_ROLE = Qt.ItemDataRole.UserRole + 1

TEXT_PX = 12
_TIGHT = (
    "QTableView {{ font-size: {size}px; }} QTableView::item {{ padding: 4px 2px; }}"
    " QHeaderView::section {{ padding: 5px 2px; }}"
)
"""The column that these tables stand in is narrow."""

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
        self.least_px: dict[int, int] = {}
        """Least width of columns that hold more than text."""
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(headings))
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._wide = wide
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
        header.sectionResized.connect(self._on_section_resized)
        self.itemActivated.connect(self._on_chosen)
        self.itemClicked.connect(self._on_chosen)
        theme.notifier.theme_changed.connect(self._restyle)
        self._restyle()

    def show_rows(self, rows: Sequence[tuple[object, Sequence[Cell], str]]) -> None:
        """Shows other rows, the first `MAX_ROWS`: the key, the cells, and the tip of each."""
        rows = rows[:MAX_ROWS]
        self.setSortingEnabled(False)
        self.setRowCount(len(rows))
        for place, (key, cells, tip) in enumerate(rows):
            shown_tip = plain_tip(tip)
            for column, (text, order) in enumerate(cells):
                item = _Item(text)
                item.setData(KEY_ROLE, key)
                item.setData(SORT_ROLE, order)
                item.setToolTip(shown_tip)
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

    def showEvent(self, event: QShowEvent) -> None:
        """Fits once its width is known."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._fit_height)

    def _restyle(self) -> None:
        self.setStyleSheet(_TIGHT.format(size=theme.text_px(TEXT_PX)))
        self._fit()

    def _fit(self) -> None:
        """Takes the height of its rows; a column is as wide as what it holds, the wide one takes the rest."""
        metrics, header = QFontMetrics(theme.ui_font(TEXT_PX)), self.horizontalHeader()
        for column in range(self.columnCount()):
            texts = [item.text() for row in range(self.rowCount()) if (item := self.item(row, column)) is not None]
            heading = self.horizontalHeaderItem(column)
            texts.append(heading.text() if heading is not None else "")
            if column != self._wide:
                width = max(metrics.horizontalAdvance(text) for text in texts) + CELL_PX
                header.resizeSection(column, max(width, self.least_px.get(column, 0)))
        self._fit_height()

    def _on_section_resized(self, column: int, _old: int, _new: int) -> None:
        if column == self._wide:
            self._fit_height()

    def _fit_height(self) -> None:
        self.resizeRowsToContents()
        shown = [self.rowHeight(row) for row in range(min(self.rowCount(), MAX_SHOWN_ROWS))]
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + sum(shown) + 2 * self.frameWidth() + 4)


def number_cell(value: float | None, form: str = "{:.2f}") -> Cell:
    """Returns a cell for a number; one that is missing, or is none, stands below all others."""
    is_known = value is not None and math.isfinite(value)
    return (form.format(value), float(value)) if is_known and value is not None else (MISSING, -math.inf)
