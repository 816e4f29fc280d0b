"""The list of memories: read, jumped from, edited in place, pinned and deleted by mouse and by key."""

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from core.memory.entries import Entry
from gui import theme
from gui.stage.memory.memory_delegate import MemoryDelegate
from gui.stage.memory.memory_editor import MemoryEditor
from gui.stage.memory.memory_model import ENTRY_ROLE, MemoryModel

_EDITOR_PX = 190


class MemoryList(QListView):
    """What a person wants is said by signals; whoever listens decides whether it can be done."""

    source_wanted = Signal(str)
    """Id of a memory whose turn is to be shown."""
    edit_wanted = Signal(str)
    pin_wanted = Signal(str)
    delete_wanted = Signal(list)
    menu_wanted = Signal(QPoint)
    editing_ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.memories = MemoryModel()
        self.setModel(self.memories)
        self._delegate = MemoryDelegate(self)
        self.setItemDelegate(self._delegate)
        self.editor: MemoryEditor | None = None
        self._editor_row: QModelIndex = QModelIndex()
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self.menu_wanted)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Memories"))
        self.doubleClicked.connect(lambda index: self.edit_wanted.emit(index.data(ENTRY_ROLE).id))
        self.verticalScrollBar().valueChanged.connect(self._place_editor)

    # What is chosen

    def current(self) -> Entry | None:
        """Returns the memory that has the focus of the list."""
        index = self.currentIndex()
        return index.data(ENTRY_ROLE) if index.isValid() else None

    def chosen(self) -> list[Entry]:
        """Returns the selected memories, in the order of the list."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [self.memories.rows[row] for row in rows if row < len(self.memories.rows)]

    def choose(self, entry_id: str) -> bool:
        """Selects a memory and brings it into sight; False where it is not shown."""
        row = self.memories.row_of(entry_id)
        if row is None:
            return False
        index = self.memories.index(row)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        return True

    def show_entries(self, entries: tuple[Entry, ...], now_s: float, visible: frozenset[str] = frozenset()) -> None:
        """Shows other memories; what was selected and in sight stays so, as far as it is still there."""
        self._keeping_place(lambda: self.memories.show(entries, now_s, visible))

    def search(self, text: str) -> None:
        """Shows what a search finds."""
        self._keeping_place(lambda: self.memories.search(text))

    def _keeping_place(self, change: object) -> None:
        current, chosen = self.current(), {entry.id for entry in self.chosen()}
        place = self.verticalScrollBar().value()
        assert callable(change)
        change()
        if not self.chosen():
            for row, entry in enumerate(self.memories.rows if chosen else ()):
                if entry.id in chosen:
                    self.selectionModel().select(self.memories.index(row), self.selectionModel().SelectionFlag.Select)
                if current is not None and entry.id == current.id:
                    flag = self.selectionModel().SelectionFlag.NoUpdate
                    self.selectionModel().setCurrentIndex(self.memories.index(row), flag)
        self.verticalScrollBar().setValue(place)

    # Editing in place

    def edit_entry(self, entry: Entry) -> MemoryEditor | None:
        """Opens the editor over a memory; None while other words are still to be kept or left."""
        if self._stay_with_words():
            return None
        self.choose(entry.id)
        return self._open(MemoryEditor(entry.text, entry.importance, self.viewport()), self.currentIndex())

    def write_new(self) -> MemoryEditor | None:
        """Opens the editor for a new memory at the top; None while other words are still to be kept or left."""
        if self._stay_with_words():
            return None
        self.scrollToTop()
        return self._open(MemoryEditor(parent=self.viewport()), QModelIndex())

    def close_editor(self) -> None:
        """Takes the editor away, and what was not kept with it."""
        if self.editor is not None:
            editor, self.editor = self.editor, None
            editor.hide()
            editor.deleteLater()
            self.setFocus()
            self.editing_ended.emit()

    def _stay_with_words(self) -> bool:
        """Goes back to words that were neither kept nor left; returns whether there are such."""
        if self.editor is None or not self.editor.is_changed:
            return False
        self.editor.words.setFocus()
        return True

    def _open(self, editor: MemoryEditor, index: QModelIndex) -> MemoryEditor:
        self.close_editor()
        self.editor, self._editor_row = editor, index
        editor.left.connect(self.close_editor)
        self._place_editor()
        editor.show()
        editor.words.setFocus()
        editor.words.selectAll()
        return editor

    def _place_editor(self) -> None:
        if self.editor is None:
            return
        view = self.viewport().rect()
        height = min(max(theme.text_px(_EDITOR_PX), self.editor.minimumSizeHint().height()), view.height())
        top = self.visualRect(self._editor_row).top() if self._editor_row.isValid() else 0
        top = min(max(top, 0), max(view.height() - height, 0))
        self.editor.setGeometry(QRect(3, top + 2, view.width() - 6, height - 4))

    # Mouse and keys

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Follows a click on the turn, and on the pin."""
        super().mouseReleaseEvent(event)
        point = event.position().toPoint()
        index = self.indexAt(point)
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        entry, row = index.data(ENTRY_ROLE), self.visualRect(index)
        if self._delegate.pin_rect(row).adjusted(-6, -6, 6, 6).contains(point):
            self.pin_wanted.emit(entry.id)
        elif self._delegate.is_on_source(point, row, entry):
            self.source_wanted.emit(entry.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Shows what can be clicked."""
        super().mouseMoveEvent(event)
        point = event.position().toPoint()
        index = self.indexAt(point)
        row = self.visualRect(index)
        is_hot = index.isValid() and (
            self._delegate.pin_rect(row).adjusted(-6, -6, 6, 6).contains(point)
            or self._delegate.is_on_source(point, row, index.data(ENTRY_ROLE))
        )
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if is_hot else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 edits, P pins, Delete deletes, Enter goes to the turn."""
        entry = self.current()
        wanted = {
            Qt.Key.Key_F2: self.edit_wanted,
            Qt.Key.Key_P: self.pin_wanted,
            Qt.Key.Key_Return: self.source_wanted,
            Qt.Key.Key_Enter: self.source_wanted,
        }.get(Qt.Key(event.key()))
        if entry is not None and wanted is not None and not event.modifiers():
            wanted.emit(entry.id)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.chosen():
            self.delete_wanted.emit([one.id for one in self.chosen()])
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the editor over its memory."""
        super().resizeEvent(event)
        self._place_editor()
