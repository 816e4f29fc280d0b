"""The list on the left of an editor: find, choose, make, delete, with the keyboard or the mouse."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.characters.roster_row import Entry, RosterDelegate
from gui.widgets.portrait import PictureCache

_Index = QModelIndex | QPersistentModelIndex
_MIN_WIDTH_PX = 180


class Roster(QWidget):
    """A heading, a search field, a button that makes one more, and the list."""

    chosen = Signal(str)
    """Another entry became the current one; empty when there is none."""
    new_requested = Signal()
    delete_requested = Signal(str)
    confirmed = Signal()
    """Enter on an entry: the user wants to write in it."""
    menu_requested = Signal(QPoint)
    """Where on the screen a menu of the current entry should open."""

    def __init__(self, heading: str, cache: PictureCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []
        self._model = _RosterModel(self)
        self._heading = QLabel(heading)
        theme.set_kind(self._heading, "heading")
        self.new_button = QPushButton(self.tr("New"))
        self.new_button.setIcon(theme.icon("mdi6.plus"))
        self.new_button.setAccessibleName(self.tr("New"))
        self.new_button.setToolTip(self.tr("New"))
        theme.set_kind(self.new_button, "chip")
        self.new_button.clicked.connect(self.new_requested)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search in %1").replace("%1", heading))
        theme.set_kind(self.search, "search")
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list = _RosterList(heading)
        self.list.setModel(self._model)
        self.list.setItemDelegate(RosterDelegate(cache, self.list))
        self.list.selectionModel().currentChanged.connect(self._on_current_changed)
        self.list.delete_pressed.connect(self._on_delete_pressed)
        self.list.confirm_pressed.connect(self.confirmed)
        self.list.customContextMenuRequested.connect(self._on_menu_requested)
        self._nothing = QLabel(self.tr("Nothing found."))
        self._nothing.setContentsMargins(16, 8, 16, 8)
        self._nothing.setWordWrap(True)
        theme.set_kind(self._nothing, "small")
        cache.loaded.connect(self.list.viewport().update)
        theme.notifier.theme_changed.connect(self.list.doItemsLayout)
        self._lay_out()

    @property
    def current(self) -> str:
        """Id of the current entry; empty when there is none."""
        return str(self.list.currentIndex().data(Qt.ItemDataRole.UserRole) or "")

    @property
    def ids(self) -> list[str]:
        """Ids of all entries, found or not, in order."""
        return [entry.id for entry in self._entries]

    def show_entries(self, entries: Sequence[Entry], current: str) -> None:
        """Shows these entries with one of them current. Does not report it as chosen."""
        self._entries = list(entries)
        blocked = self.list.selectionModel().blockSignals(True)
        self._model.show_entries(self._found())
        self._set_current(current)
        self.list.selectionModel().blockSignals(blocked)
        self._nothing.setVisible(bool(self._entries) and not self._model.rowCount())
        self.list.viewport().update()

    def update_entry(self, entry: Entry) -> None:
        """Shows an entry that changed; the order stays until the list is shown anew."""
        self.show_entries([entry if one.id == entry.id else one for one in self._entries], self.current)

    def find(self) -> None:
        """Puts the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def choose(self, entry_id: str) -> None:
        """Makes an entry current, taking back a search that hides it."""
        if entry_id in self.ids and self._model.row_of(entry_id) is None:
            self.search.clear()
        self._set_current(entry_id)

    def ensure_current(self) -> None:
        """Makes the first entry that was found current when none is."""
        if not self.current and self._model.rowCount():
            self.list.setCurrentIndex(self._model.index(0))

    def neighbour_of(self, entry_id: str) -> str:
        """Returns the id of the entry below, else above; empty when there is no other."""
        ids = self.ids
        if entry_id not in ids:
            return ids[0] if ids else ""
        at = ids.index(entry_id)
        others = ids[:at] + ids[at + 1 :]
        return others[min(at, len(others) - 1)] if others else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down goes from the search field into the list."""
        is_key = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if watched is self.search and is_key and event.key() == Qt.Key.Key_Down:
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
            self.ensure_current()
            return True
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        """Returns a width at which the heading and the button without its word stand beside each other."""
        hint = super().minimumSizeHint()
        hint.setWidth(max(_MIN_WIDTH_PX, self._heading.sizeHint().width() + theme.text_px(40) + 44))
        return hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves the word on the button out where the heading needs the room."""
        super().resizeEvent(event)
        heading, word = self._heading.sizeHint().width(), self.tr("New")
        button = self.new_button.fontMetrics().horizontalAdvance(word) + theme.text_px(56)
        self.new_button.setText(word if self.width() >= heading + button + 40 else "")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 12, 0)
        head.addWidget(self._heading)
        head.addStretch(1)
        head.addWidget(self.new_button)
        search = QHBoxLayout()
        search.setContentsMargins(12, 0, 12, 0)
        search.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(search)
        column.addWidget(self._nothing)
        column.addWidget(self.list, 1)

    def _found(self) -> list[Entry]:
        words = self.search.text().casefold().split()
        return [
            entry
            for entry in self._entries
            if all(word in f"{entry.title} {entry.subtitle}".casefold() for word in words)
        ]

    def _filter(self) -> None:
        self.show_entries(self._entries, self.current)

    def _set_current(self, entry_id: str) -> None:
        row = self._model.row_of(entry_id)
        index = self._model.index(row) if row is not None else QModelIndex()
        self.list.setCurrentIndex(index)
        if index.isValid():
            self.list.scrollTo(index)

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self.current)

    def _on_menu_requested(self, place: QPoint) -> None:
        if self.list.indexAt(place).isValid():
            self.menu_requested.emit(self.list.viewport().mapToGlobal(place))

    def _on_delete_pressed(self) -> None:
        if self.current:
            self.delete_requested.emit(self.current)


class _RosterModel(QAbstractListModel):
    """The entries that were found."""

    def __init__(self, parent: Roster) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []
        self._rows: dict[str, int] = {}

    def show_entries(self, entries: list[Entry]) -> None:
        """Replaces all rows, or only their content when they are the same entries."""
        if [entry.id for entry in entries] == [entry.id for entry in self._entries]:
            self._entries = entries
            self.dataChanged.emit(self.index(0), self.index(len(entries) - 1))
            return
        self.beginResetModel()
        self._entries = entries
        self._rows = {entry.id: row for row, entry in enumerate(entries)}
        self.endResetModel()

    def row_of(self, entry_id: str) -> int | None:
        """Returns where an entry is, or None."""
        return self._rows.get(entry_id)

    def entry(self, index: _Index) -> Entry:
        """Returns the entry of a row."""
        return self._entries[index.row()]

    def rowCount(self, _parent: _Index | None = None) -> int:
        """Returns the number of rows."""
        return len(self._entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Returns the title, the id, or what a screen reader says."""
        if not index.isValid():
            return None
        entry = self.entry(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.title}. {entry.subtitle}"
        return entry.id if role == Qt.ItemDataRole.UserRole else None


class _RosterList(QListView):
    """The list itself, with the Del key."""

    delete_pressed = Signal()
    confirm_pressed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del asks to delete the current entry, Enter to write in it."""
        if event.key() == Qt.Key.Key_Delete:
            self.delete_pressed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.confirm_pressed.emit()
        else:
            super().keyPressEvent(event)
