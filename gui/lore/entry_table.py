"""The table of a book's entries, with search, folders, and what can be done to many at once."""

from collections.abc import Collection
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.lore.entry_model import ALL_FOLDERS, CHANCE, FOLDER, KEYS, ON, ORDER, TITLE, WHERE, EntryModel
from gui.lore.fields import CalmComboBox
from models.lore import Lorebook, LoreEntry

SEARCH_MS = 120
_WIDTHS = {ON: 34, TITLE: 150, KEYS: 120, FOLDER: 84, WHERE: 92, ORDER: 64, CHANCE: 72}


class EntryTable(QWidget):
    """Shows the entries of one book."""

    entry_chosen = Signal(str)
    """Empty: none, or several."""
    add_requested = Signal()
    menu_requested = Signal(QPoint)
    change_requested = Signal(dict)
    """Fields for all selected entries."""
    delete_requested = Signal()
    folder_requested = Signal()
    """The selected entries are to go to a folder that has yet to be named."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = EntryModel()
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search keys and texts"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search entries"))
        theme.set_kind(self.search, "search")
        self.folder = CalmComboBox()
        self.folder.setAccessibleName(self.tr("Folder"))
        self.add = QPushButton(theme.icon("mdi6.plus"), self.tr("Entry"))
        self.add.setToolTip(self.tr("New entry (Ctrl+Shift+N)"))
        self.add.clicked.connect(self.add_requested)
        self.view = self._make_view()
        self.count = QLabel()
        theme.set_kind(self.count, "small")
        self.bulk = BulkBar()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_MS)
        self._timer.timeout.connect(self._on_search)
        self.search.textChanged.connect(lambda _text: self._timer.start())
        self.folder.activated.connect(self._on_folder)
        self.bulk.change_requested.connect(self.change_requested)
        self.bulk.delete_requested.connect(self.delete_requested)
        self.bulk.folder_requested.connect(self.folder_requested)
        self._lay_out()
        self._on_selection()

    def show_entries(self, book: Lorebook, entries: list[LoreEntry]) -> None:
        """Shows the entries of a book; what is selected stays so."""
        selected = set(self.selected_ids())
        current = self.current_id()
        folders = list(dict.fromkeys([*book.folders, *(entry.folder for entry in entries if entry.folder)]))
        self._show_folders(folders)
        self.bulk.set_folders(folders)
        self.view.setColumnHidden(FOLDER, not folders)
        self.show_columns(entries)
        self.view.selectionModel().blockSignals(True)
        self.model.set_entries(entries)
        self._select(selected, current)
        self.view.selectionModel().blockSignals(False)
        self._on_selection()

    def show_columns(self, entries: Collection[LoreEntry]) -> None:
        """Hides the columns that have nothing to say, so that names have their room."""
        self.view.setColumnHidden(KEYS, not any(one.keys for one in entries))
        self.view.setColumnHidden(CHANCE, all(one.probability >= 100 or not one.use_probability for one in entries))

    def selected_ids(self) -> list[str]:
        """Returns the selected entries, in the order of their rows."""
        rows = sorted(
            {row for span in self.view.selectionModel().selection() for row in range(span.top(), span.bottom() + 1)}
        )
        return [entry.id for row in rows if (entry := self.model.entry(row)) is not None]

    def current_id(self) -> str:
        """Returns the entry under the cursor; empty where there is none."""
        entry = self.model.entry(self.view.currentIndex().row())
        return entry.id if entry is not None else ""

    def choose(self, entry_id: str) -> None:
        """Selects one entry and brings it into sight."""
        row = self.model.row_of(entry_id)
        if row < 0:
            self.search.clear()
            self.folder.setCurrentIndex(0)
            self.model.set_search("")
            self.model.set_folder(ALL_FOLDERS)
            row = self.model.row_of(entry_id)
        if row >= 0:
            self.view.selectRow(row)
            self.view.scrollTo(self.model.index(row, TITLE))

    def find(self) -> None:
        """Puts the cursor into the search."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _make_view(self) -> QTableView:
        view = QTableView()
        view.setModel(self.model)
        view.setAccessibleName(self.tr("Entries"))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setCornerButtonEnabled(False)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(theme.text_px(34))
        header = view.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        view.setSortingEnabled(True)
        for column, width in _WIDTHS.items():
            view.setColumnWidth(column, theme.text_px(width))
        for column in (TITLE, KEYS):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(theme.text_px(30))
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(lambda at: self.menu_requested.emit(view.viewport().mapToGlobal(at)))
        view.selectionModel().selectionChanged.connect(lambda *_: self._on_selection())
        return view

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 12, 12, 8)
        head.setSpacing(8)
        head.addWidget(self.search, 3)
        head.addWidget(self.folder, 2)
        head.addWidget(self.add)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 6, 12, 6)
        foot.addWidget(self.count, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addWidget(self.bulk)
        column.addLayout(foot)

    def _show_folders(self, folders: list[str]) -> None:
        chosen = self.folder.currentData()
        self.folder.clear()
        self.folder.addItem(self.tr("All folders"), ALL_FOLDERS)
        self.folder.addItem(self.tr("In no folder"), "")
        for folder in folders:
            self.folder.addItem(theme.icon("mdi6.folder-outline", "dim"), folder, folder)
        self.folder.setCurrentIndex(max(0, self.folder.findData(chosen)))
        self.folder.setVisible(bool(folders))
        self.model.set_folder(str(self.folder.currentData()))

    def _select(self, entry_ids: set[str], current: str) -> None:
        selection = self.view.selectionModel()
        flags = QItemSelectionModel.SelectionFlag
        selection.clearSelection()
        for entry_id in entry_ids if len(entry_ids) < 2000 else ():
            row = self.model.row_of(entry_id)
            if row >= 0:
                selection.select(self.model.index(row, 0), flags.Select | flags.Rows)
        row = self.model.row_of(current)
        if row >= 0:
            selection.setCurrentIndex(self.model.index(row, TITLE), flags.NoUpdate)

    def _on_selection(self) -> None:
        selected = self.selected_ids()
        shown, all_of = self.model.rowCount(QModelIndex()), self.model.n_entries
        whole = self.tr("1 entry") if shown == 1 else self.tr("%1 entries")
        words = whole if shown == all_of else self.tr("%1 of %2 entries")
        words = words.replace("%1", f"{shown:,}").replace("%2", f"{all_of:,}")
        self.count.setText(words)
        self.bulk.show_for(len(selected))
        self.entry_chosen.emit(selected[0] if len(selected) == 1 else "")

    def _on_search(self) -> None:
        self.model.set_search(self.search.text())
        self._on_selection()

    def _on_folder(self) -> None:
        self.model.set_folder(str(self.folder.currentData()))
        self._on_selection()


class BulkBar(QFrame):
    """What can be done to several entries at once."""

    change_requested = Signal(dict)
    delete_requested = Signal()
    folder_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        theme.set_kind(self, "note-card")
        self._said = QLabel()
        theme.set_kind(self._said, "strong")
        self.on = self._button(self.tr("Turn on"), "mdi6.toggle-switch", {"enabled": True})
        self.off = self._button(self.tr("Turn off"), "mdi6.toggle-switch-off-outline", {"enabled": False})
        self.delete = QPushButton(theme.icon("mdi6.delete-outline"), self.tr("Delete"))
        self.delete.clicked.connect(self.delete_requested)
        self.folder = CalmComboBox()
        self.folder.setAccessibleName(self.tr("Move to folder"))
        self.folder.activated.connect(self._on_folder)
        self.order = self._number(self.tr("Order"), -1_000_000, 1_000_000, "order", "")
        self.probability = self._number(self.tr("Chance"), 0, 100, "probability", " %")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 12, 8)
        rows.setSpacing(8)
        first, second = QHBoxLayout(), QHBoxLayout()
        for widget in (self._said, self.on, self.off, self.delete):
            first.addWidget(widget)
        first.insertStretch(1, 1)
        second.addWidget(self.folder, 1)
        for widget in (self.order, self.probability):
            second.addWidget(widget)
        rows.addLayout(first)
        rows.addLayout(second)

    def show_for(self, n_selected: int) -> None:
        """Appears when several are selected."""
        self.setVisible(n_selected > 1)
        self._said.setText(self.tr("%1 selected").replace("%1", f"{n_selected:,}"))

    def set_folders(self, folders: list[str]) -> None:
        """Offers folders to move to."""
        self.folder.clear()
        self.folder.addItem(self.tr("Move to folder …"), None)
        self.folder.addItem(self.tr("No folder"), "")
        for folder in folders:
            self.folder.addItem(folder, folder)
        self.folder.addItem(self.tr("New folder …"), False)

    def _button(self, text: str, icon: str, change: dict[str, Any]) -> QPushButton:
        button = QPushButton(theme.icon(icon), text)
        button.clicked.connect(lambda: self.change_requested.emit(change))
        return button

    def _number(self, title: str, low: int, high: int, field: str, suffix: str) -> QSpinBox:
        """A number that is set for all once it is entered."""
        box = QSpinBox()
        box.setRange(low - 1, high)
        box.setSpecialValueText(f"{title} …")
        box.setValue(low - 1)
        box.setSuffix(suffix)
        box.setAccessibleName(title)
        box.setKeyboardTracking(False)
        theme.pad_spin_box(box)

        def send() -> None:
            if box.value() >= low:
                value = box.value()
                box.blockSignals(True)
                box.setValue(low - 1)
                box.blockSignals(False)
                change: dict[str, Any] = {field: value}
                self.change_requested.emit(change | ({"use_probability": True} if field == "probability" else {}))

        box.lineEdit().returnPressed.connect(send)
        box.editingFinished.connect(send)
        return box

    def _on_folder(self) -> None:
        chosen = self.folder.currentData()
        self.folder.setCurrentIndex(0)
        if chosen is False:
            self.folder_requested.emit()
        elif chosen is not None:
            self.change_requested.emit({"folder": chosen})
