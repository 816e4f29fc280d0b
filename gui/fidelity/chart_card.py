"""The card round a view: title, how to read it, its table twin, and export."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QStackedLayout,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.fidelity.chart import Chart
from gui.fidelity.chart_data import DataModel
from gui.fidelity.export import View, ask_export
from gui.stage.elided_label import ElidedLabel
from gui.stage.fill import fill

WORDS_PX, NUMBER_PX = 190, 110
"""Widths of columns at 100 %: measured by their words, 100,000 lines would hold the window up."""
MEASURED_LINES, MOST_WORDS_PX = 200, 320
"""Of so few lines the words are measured, and their column is at most so wide."""


class ChartCard(QFrame):
    """One view with its head."""

    exported = Signal(str)
    """Path of a file that was written."""

    def __init__(self, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        theme.set_kind(self, "card")
        self._title = ElidedLabel()
        theme.set_kind(self._title, "strong")
        self._caption = QLabel()
        self._caption.setTextFormat(Qt.TextFormat.PlainText)
        self._caption.setWordWrap(True)
        theme.set_kind(self._caption, "small")
        self.tools = QHBoxLayout()
        self.tools.setSpacing(2)
        self.table_button = _tool("mdi6.table", self.tr("Show as a table"))
        self.table_button.setCheckable(True)
        self.table_button.toggled.connect(self._show_table)
        self.menu_button = _tool("mdi6.tray-arrow-down", self.tr("Export"))
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.menu_button.setMenu(self.menu)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._stack = QStackedLayout()
        self._stack.addWidget(view)
        self.table: QTableView | None = None
        self._lay_out()
        view.caption_changed.connect(self._caption_now)
        self._caption_now()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._title)
        words.addWidget(self._caption)
        head.addLayout(words, 1)
        side = QVBoxLayout()
        side.addLayout(self.tools)
        side.addStretch(1)
        head.addLayout(side)
        self.tools.addWidget(self.table_button)
        self.tools.addWidget(self.menu_button)
        if not isinstance(self.view, Chart):
            self.table_button.hide()  # it is a table
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 10, 10)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addLayout(self._stack, 1)

    def show_as_table(self, wanted: bool) -> None:
        """Shows the table, or the chart."""
        self.table_button.setChecked(wanted)

    def export(self, suffix: str) -> None:
        """Asks for a file and writes the view to it."""
        ask_export(self, self.view, suffix, lambda path: self.exported.emit(str(path)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offers the exports where the mouse is."""
        self.menu.popup(event.globalPos())

    def open_menu(self) -> None:
        """Offers the exports, for the keyboard."""
        self.menu.popup(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height())))

    def _fill_menu(self) -> None:
        self.menu.clear()
        if isinstance(self.view, Chart):
            self.menu.addAction(self.tr("Save as PNG…")).triggered.connect(lambda: self.export(".png"))
            self.menu.addAction(self.tr("Save as SVG…")).triggered.connect(lambda: self.export(".svg"))
        self.menu.addAction(self.tr("Save the numbers as CSV…")).triggered.connect(lambda: self.export(".csv"))

    def _show_table(self, wanted: bool) -> None:
        if wanted and self.table is None:
            self.table = _make_table(self)
            self._stack.addWidget(self.table)
            self.table.doubleClicked.connect(lambda index: self._open(index.row()))
            self.table.activated.connect(lambda index: self._open(index.row()))
        if wanted:
            self._fill_table()
        table = self.table
        self._stack.setCurrentWidget(table if wanted and table is not None else self.view)

    def _fill_table(self) -> None:
        if self.table is None or not isinstance(self.view, Chart):
            return
        self.view.ready()
        model = self.table.model()
        assert isinstance(model, DataModel)
        model.show_data(self.view.data())
        self.table.setAccessibleName(fill(self.tr("%1, as a table"), self.view.title()))
        self.table.setAccessibleDescription(self.view.summary())
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, values in enumerate(model.shown.columns):
            is_words = len(values) > 0 and isinstance(values[0], str)
            self.table.setColumnWidth(column, theme.text_px(WORDS_PX if is_words else NUMBER_PX))
            if is_words and len(values) <= MEASURED_LINES:
                wanted = max(self.table.sizeHintForColumn(column), header.sectionSizeHint(column))
                self.table.setColumnWidth(column, min(wanted, theme.text_px(MOST_WORDS_PX)))

    def _open(self, line: int) -> None:
        model = self.table.model() if self.table is not None else None
        if isinstance(model, DataModel) and isinstance(self.view, Chart):
            self.view.open_line(line, model.shown)

    def _caption_now(self) -> None:
        if self._title.text() != (title := self.view.title()):
            self._title.setText(title)
            self.setAccessibleName(title)
            self.table_button.setAccessibleName(fill(self.tr("%1: show as a table"), title))
            self.menu_button.setAccessibleName(fill(self.tr("%1: export"), title))
        if self._caption.text() != (caption := self.view.caption()):
            self._caption.setText(caption)
        if self.table_button.isChecked():
            self._fill_table()


def _tool(icon: str, tip: str) -> QToolButton:
    button = QToolButton()
    theme.set_kind(button, "ghost")
    button.setIcon(theme.icon(icon, "dim", on="accent"))
    button.setToolTip(tip)
    button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
    return button


def _make_table(parent: QWidget) -> QTableView:
    table = QTableView(parent)
    table.setModel(DataModel(table))
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(theme.text_px(26))
    table.horizontalHeader().setHighlightSections(False)
    return table
