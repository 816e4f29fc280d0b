"""The tags of everything that is there: chosen to list only what has them all; entries are dropped on them."""

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QMenu

from gui import theme
from gui.library.count_delegate import COUNT_ROLE, CountDelegate
from gui.library.model import MIME_TYPE, dragged_references

_TAG = Qt.ItemDataRole.UserRole


class TagList(QListWidget):
    """Any number are chosen."""

    chosen = Signal(frozenset)
    """Tags, folded."""
    dropped = Signal(list, str)
    """References of entries, and the tag that they get."""
    rename_wanted = Signal(str)
    delete_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Tags"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(16, 16))
        self.setItemDelegate(CountDelegate(self))
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.setProperty("takes_files", False)
        self.viewport().setProperty("takes_files", False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.itemSelectionChanged.connect(lambda: self.chosen.emit(self.tags()))
        self._counts: dict[str, int] = {}

    def tags(self) -> frozenset[str]:
        """Returns what is chosen, folded."""
        return frozenset(str(item.data(_TAG)).casefold() for item in self.selectedItems())

    def show_tags(self, counts: Mapping[str, int]) -> None:
        """Shows tags, and how many entries have each."""
        if counts == self._counts:
            return
        self._counts = dict(counts)
        chosen = self.tags()
        current = self.current_tag()
        self.blockSignals(True)
        self.clear()
        for tag, count in counts.items():
            item = QListWidgetItem(theme.icon("mdi6.tag-outline", "dim"), tag, self)
            item.setData(COUNT_ROLE, count)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{tag}, {count}")
            item.setData(_TAG, tag)
            item.setToolTip(tag)
            item.setSelected(tag.casefold() in chosen)
            if tag == current:
                self.setCurrentItem(item)
        self.blockSignals(False)
        if self.tags() != chosen:
            self.chosen.emit(self.tags())

    def current_tag(self) -> str:
        """Returns the tag that the keyboard is on; empty when there is none."""
        item = self.currentItem()
        return str(item.data(_TAG)) if item is not None else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 renames a tag, Delete takes it from everything, Escape chooses none."""
        tag = self.current_tag()
        if event.key() == Qt.Key.Key_F2 and tag:
            self.rename_wanted.emit(tag)
        elif event.key() == Qt.Key.Key_Delete and tag:
            self.delete_wanted.emit(tag)
        elif event.key() == Qt.Key.Key_Escape and self.selectedItems():
            self.clearSelection()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcomes entries of the library."""
        if dragged_references(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Only tags take them."""
        if self.itemAt(event.position().toPoint()) is None or not dragged_references(event.mimeData()):
            event.ignore()
            return
        super().dragMoveEvent(event)
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hands them over."""
        item = self.itemAt(event.position().toPoint())
        references = dragged_references(event.mimeData())
        if item is not None and references:
            event.acceptProposedAction()
            self.dropped.emit(references, str(item.data(_TAG)))

    def mimeTypes(self) -> list[str]:
        """What Qt lets be dropped here."""
        return [MIME_TYPE]

    def _show_menu(self, place: QPoint) -> None:
        item = self.itemAt(place)
        if item is None:
            return
        tag = str(item.data(_TAG))
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rename = menu.addAction(theme.icon("mdi6.rename-outline"), self.tr("Rename or merge…"))
        rename.triggered.connect(lambda: self.rename_wanted.emit(tag))
        delete = menu.addAction(theme.icon("mdi6.tag-remove-outline"), self.tr("Take it from everything"))
        delete.triggered.connect(lambda: self.delete_wanted.emit(tag))
        menu.popup(self.viewport().mapToGlobal(place))
