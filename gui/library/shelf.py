"""The body of the library: the same entries as cards or as a table, or a word where there are none."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QListView,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.characters.empty import EmptyPlace
from gui.library.about_delegate import AboutDelegate
from gui.library.card_delegate import GAP, CardDelegate, card_height
from gui.library.entries import Entry
from gui.library.filters import ABOUT, CHANGED, DETAIL, FOLDER, KIND, NAME, TAGS
from gui.library.model import ENTRY_ROLE, LibraryModel
from gui.widgets.portrait import PictureCache

MIN_CARD_PX = 290
SCROLL_BAR_PX = 12
COLUMN_PX = {NAME: 220, KIND: 96, TAGS: 140, FOLDER: 120, DETAIL: 130, CHANGED: 180}
NEEDED_PX = {TAGS: 760, CHANGED: 660, FOLDER: 1000, DETAIL: 1120}
"""Width of the table from which on it has a column, at 100 %."""


class Shelf(QStackedWidget):
    """Shows what the model lists; both views share one selection."""

    opened = Signal(object)
    """The entry that was double-clicked, or chosen with Enter."""
    selection_changed = Signal()
    sort_changed = Signal(int, bool)
    """A column, -1 for none, and whether it goes down."""
    menu_requested = Signal(QPoint)

    def __init__(
        self, model: LibraryModel, pictures: PictureCache, import_action: QAction, new_actions: Sequence[QAction]
    ) -> None:
        super().__init__()
        self._model = model
        self._cards = self._make_cards(pictures)
        self._table = self._make_table()
        self._table.setSelectionModel(self._cards.selectionModel())
        self._cards.selectionModel().selectionChanged.connect(lambda _new, _old: self.selection_changed.emit())
        self._table.horizontalHeader().sortIndicatorChanged.connect(
            lambda column, order: self.sort_changed.emit(column, order == Qt.SortOrder.DescendingOrder)
        )
        self._blank = QWidget()
        self._nothing = QLabel()
        theme.set_kind(self._nothing, "dim")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._nothing.setContentsMargins(48, 0, 48, 0)
        self._empty = self._make_empty(import_action, new_actions)
        self._pages = {
            self._cards: _framed(self._cards, (GAP + 6, GAP // 2, 4, 0)),
            self._table: _framed(self._table, (24, 12, 24, 16)),
        }
        for widget in (*self._pages.values(), self._blank, self._nothing, self._empty):
            self.addWidget(widget)
        self._view: QListView | QTableView = self._cards
        self.setCurrentWidget(self._blank)
        pictures.loaded.connect(self.repaint_entries)
        theme.notifier.theme_changed.connect(self._fit)

    def show_table(self, table: bool) -> None:
        """Shows the table, or the cards."""
        was_shown = self.currentWidget() is self._pages[self._view]
        self._view = self._table if table else self._cards
        if was_shown:
            self.settle()

    def settle(self) -> None:
        """Shows the entries, or why there are none."""
        if self._model.is_empty and not self._model.filter.in_trash:
            self.setCurrentWidget(self._empty)
        else:
            self._nothing.setText(self._why_nothing())
            self.setCurrentWidget(self._pages[self._view] if self._model.rowCount() else self._nothing)
        self.setFocusProxy(self._view)
        self._fit()
        self.selection_changed.emit()

    def sort(self, column: int, is_descending: bool) -> None:
        """Sorts by a column; -1 brings the project's own order back, or the best match first."""
        order = Qt.SortOrder.DescendingOrder if is_descending else Qt.SortOrder.AscendingOrder
        self._table.horizontalHeader().setSortIndicator(column, order)

    def scrolled(self) -> int:
        """Returns how far the view is scrolled, for `scroll_to`."""
        return self._view.verticalScrollBar().value()

    def scroll_to(self, place: int) -> None:
        """Scrolls back to where the view was."""
        if self._view is self._cards:
            self._cards.doItemsLayout()
        self._view.verticalScrollBar().setValue(place)

    def selected(self) -> list[Entry]:
        """Returns what is selected, as listed."""
        rows = {index.row() for index in self._cards.selectionModel().selectedIndexes()}
        return [self._model.entry(row) for row in sorted(rows)]

    def selected_ids(self) -> list[str]:
        """Returns the ids of what is selected."""
        return [entry.id for entry in self.selected()]

    def select(self, entity_ids: Iterable[str], *, shown: bool = True) -> None:
        """Selects these, as far as they are listed, and shows the first of them."""
        rows = [row for entity_id in entity_ids if (row := self._model.row_of(entity_id)) >= 0]
        if not rows:
            return
        selection = QItemSelection()
        last = self._model.columnCount() - 1
        for row in rows:
            selection.select(self._model.index(row, 0), self._model.index(row, last))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self._cards.selectionModel().setCurrentIndex(
            self._model.index(rows[0], 0), QItemSelectionModel.SelectionFlag.NoUpdate
        )
        self._cards.selectionModel().select(selection, flags)
        if shown:
            self._view.scrollTo(self._model.index(rows[0], 0))

    def select_first(self) -> None:
        """Selects the first entry, so that Enter opens it."""
        if self._model.rowCount():
            self.select([self._model.entry(0).id])

    def enter(self) -> None:
        """Gives the keyboard to what is listed."""
        if self._model.rowCount():
            self._view.setFocus(Qt.FocusReason.TabFocusReason)
            if not self.selected():
                self.select_first()

    def repaint_entries(self) -> None:
        """Paints what is listed again: pictures or snippets are there by now."""
        self._view.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The cards fill the width, however wide it is."""
        if event.type() == QEvent.Type.Resize and watched in (self._cards.viewport(), self._table.viewport()):
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        width = self._cards.width() - SCROLL_BAR_PX
        n_columns = max(1, width // (theme.text_px(MIN_CARD_PX) + GAP))
        cell = QSize(width // n_columns, card_height() + GAP)
        if cell != self._cards.gridSize():
            self._delegate.cell = cell
            self._cards.setGridSize(cell)
        self._table.verticalHeader().setDefaultSectionSize(theme.text_px() + 20)
        for column, width in COLUMN_PX.items():
            self._table.setColumnWidth(column, theme.text_px(width))
        for column, needed in NEEDED_PX.items():
            self._table.setColumnHidden(column, self._table.width() < theme.text_px(needed))

    def _why_nothing(self) -> str:
        wanted = self._model.filter
        if wanted.query.terms:
            return self.tr("Nothing here has these words. A search needs every word, and finds beginnings of words.")
        if wanted.in_trash:
            return self.tr("The trash is empty. What you delete lies here until you restore it or empty the trash.")
        if wanted.tags:
            return self.tr("Nothing here has all of these tags.")
        if wanted.folder:
            return self.tr("This folder is empty. Drag things on it from the list, or press Ctrl+Shift+M.")
        return self.tr("There is nothing of this kind yet.")

    def _make_cards(self, pictures: PictureCache) -> QListView:
        view = QListView()
        view.setModel(self._model)
        view.setFlow(QListView.Flow.LeftToRight)
        view.setWrapping(True)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setUniformItemSizes(True)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._delegate = CardDelegate(pictures, self._model)
        view.setItemDelegate(self._delegate)
        view.setMouseTracking(True)
        view.viewport().installEventFilter(self)
        return self._prepare(view)

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._model)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(ABOUT, QHeaderView.ResizeMode.Stretch)
        table.setItemDelegateForColumn(ABOUT, AboutDelegate(table))
        table.horizontalHeader().setHighlightSections(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        table.horizontalHeader().setSortIndicatorClearable(True)
        table.setSortingEnabled(True)
        table.setTabKeyNavigation(False)
        theme.set_kind(table, "card")
        table.viewport().installEventFilter(self)
        self._prepare(table)
        return table

    def _prepare(self, view: QListView | QTableView) -> QListView | QTableView:
        view.setAccessibleName(self.tr("Everything in the project"))
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setDragEnabled(True)
        view.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(
            lambda place: self.menu_requested.emit(view.viewport().mapToGlobal(place))
        )
        view.activated.connect(lambda index: self.opened.emit(index.data(ENTRY_ROLE)))
        return view

    def _make_empty(self, import_action: QAction, new_actions: Sequence[QAction]) -> EmptyPlace:
        empty = EmptyPlace(
            "mdi6.view-grid-outline",
            self.tr("This project is empty"),
            self.tr(
                "Write a character, give it a part in a scenario, and let the scenario play: all three will be here. "
                "Character cards, lorebooks and scenario packs can be dropped anywhere on this window."
            ),
        )
        icons = ("mdi6.account-plus-outline", "mdi6.tray-arrow-down", "mdi6.lightbulb-outline")
        for action, icon in zip((new_actions[0], import_action, new_actions[2]), icons, strict=True):
            empty.add_button(action.text(), icon).clicked.connect(action.trigger)
        return empty


def _framed(view: QWidget, margins: tuple[int, int, int, int]) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(*margins)
    layout.addWidget(view)
    return page
