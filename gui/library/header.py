"""The head of the library: kinds with their numbers, the search, the order, cards or table, import and new."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.library.entries import CHARACTER, FRAGMENT, LOREBOOK, PLAYTEST, SCENARIO
from gui.library.filters import CHANGED, FOLDER, KIND, NAME


class SearchField(QLineEdit):
    """Escape empties it, Down goes to what was found, Enter opens the first of it."""

    left_downwards = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)


class LibraryHeader(QFrame):
    """Says what is listed."""

    kind_chosen = Signal(str)
    table_chosen = Signal(bool)
    sort_chosen = Signal(int, bool)
    """A column, or -1 for the project's own order, and whether it goes down."""

    def __init__(self, import_action: QAction, new_actions: list[QAction]) -> None:
        super().__init__()
        theme.set_kind(self, "bar")
        self._names = {
            "": self.tr("All"),
            CHARACTER: self.tr("Characters"),
            SCENARIO: self.tr("Scenarios"),
            PLAYTEST: self.tr("Playtests"),
            LOREBOOK: self.tr("Lorebooks"),
            FRAGMENT: self.tr("Fragments"),
        }
        self.title = QLabel(self.tr("Library"))
        theme.set_kind(self.title, "title")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 8, 12, 8)
        self._column.setSpacing(8)
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._column.addLayout(self._row)
        self._row.addWidget(self.title)
        self._row.addSpacing(12)
        self.chips = {kind: self._make_chip(kind) for kind in self._names}
        self.chips[""].setChecked(True)
        self._chip_row = self._make_chip_row()
        self._row.addWidget(self._chip_row)
        self._row.addStretch(1)
        self.search = self._make_search()
        self._row.addWidget(self.search, 3)
        self._add_sort()
        self._add_views()
        self._add_buttons(import_action, new_actions)
        theme.notifier.theme_changed.connect(self._fit)

    def show_counts(self, counts: dict[str, int]) -> None:
        """Says how many of each kind there are."""
        for kind, chip in self.chips.items():
            chip.setText(f"{self._names[kind]} {counts[kind]:,}")
        self._fit()

    def show_table(self, table: bool) -> None:
        """Lights the view that is shown."""
        (self._table if table else self._cards).setChecked(True)

    def show_sort(self, column: int, is_descending: bool) -> None:
        """Ticks the order that is shown."""
        for action in self._orders.actions():
            action.setChecked(action.data() == (column, is_descending))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The kinds go to a line of their own where there is no room beside the search."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """So they do when their words become longer, or their letters are known at last."""
        is_done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return is_done

    def _fit(self) -> None:
        others = self._row.minimumSize().width()
        chips = self._chip_row.sizeHint().width()
        is_below = self._column.count() > 1
        beside = chips + self._row.spacing() if is_below else chips - self._chip_row.minimumSizeHint().width()
        needed = others + beside + 48
        if (needed > self.width()) != is_below:
            layout = self._row if is_below else self._column
            layout.insertWidget(2 if is_below else 1, self._chip_row)

    def _make_search(self) -> SearchField:
        search = SearchField()
        theme.set_kind(search, "search")
        search.setPlaceholderText(self.tr("Search names and texts"))
        search.setAccessibleName(self.tr("Search names and texts, transcripts too"))
        search.setToolTip(
            self.tr("Every word must be found; the end of a word may be missing. “Quotes” keep words together.")
        )
        sign = search.addAction(theme.icon("mdi6.magnify", "dim"), QLineEdit.ActionPosition.LeadingPosition)
        sign.setText(self.tr("Search"))
        search.setMinimumWidth(180)
        search.setMaximumWidth(360)
        return search

    def _make_chip(self, kind: str) -> QPushButton:
        chip = QPushButton(self._names[kind])
        theme.set_kind(chip, "chip")
        chip.setCheckable(True)
        chip.setAutoExclusive(True)
        chip.clicked.connect(lambda: self.kind_chosen.emit(kind))
        return chip

    def _make_chip_row(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for chip in self.chips.values():
            layout.addWidget(chip)
        layout.addStretch()
        return row

    def _add_sort(self) -> None:
        button = QToolButton()
        theme.set_kind(button, "ghost")
        button.setIcon(theme.icon("mdi6.sort", "dim"))
        button.setToolTip(self.tr("Order"))
        button.setAccessibleName(self.tr("Order"))
        button.setStyleSheet("QToolButton::menu-indicator { image: none }")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        self._orders = QActionGroup(menu)
        orders = {
            self.tr("Best match, or by kind"): (-1, False),
            self.tr("Name"): (NAME, False),
            self.tr("Last changed first"): (CHANGED, True),
            self.tr("Kind"): (KIND, False),
            self.tr("Folder"): (FOLDER, False),
        }
        for text, order in orders.items():
            action = self._orders.addAction(text)
            action.setCheckable(True)
            action.setData(order)
            action.triggered.connect(lambda _checked, order=order: self.sort_chosen.emit(*order))
        menu.addActions(self._orders.actions())
        button.setMenu(menu)
        self._row.addWidget(button)
        self.show_sort(-1, False)

    def _add_views(self) -> None:
        self._cards = self._make_view(self.tr("As cards"), "mdi6.view-grid-outline", table=False)
        self._table = self._make_view(self.tr("As a table"), "mdi6.format-list-bulleted", table=True)
        group = QButtonGroup(self)
        for button in (self._cards, self._table):
            group.addButton(button)
            self._row.addWidget(button)

    def _make_view(self, name: str, icon: str, *, table: bool) -> QToolButton:
        button = QToolButton()
        theme.set_kind(button, "ghost")
        button.setIcon(theme.icon(icon, "dim", on="accent"))
        button.setCheckable(True)
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.clicked.connect(lambda: self.table_chosen.emit(table))
        return button

    def _add_buttons(self, import_action: QAction, new_actions: list[QAction]) -> None:
        bring = QPushButton(self.tr("Import…"))
        bring.setIcon(import_action.icon())
        bring.setToolTip(import_action.toolTip())
        bring.clicked.connect(import_action.trigger)
        import_action.changed.connect(lambda: bring.setEnabled(import_action.isEnabled()))
        new = QPushButton(self.tr("New"))
        theme.set_kind(new, "primary")
        menu = QMenu(new)
        menu.addActions(new_actions)
        new.setMenu(menu)
        self._row.addWidget(bring)
        self._row.addWidget(new)
