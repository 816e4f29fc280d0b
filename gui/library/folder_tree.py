"""Everything, its folders and the trash: one is chosen to list what is in it, and entries are dropped on them."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTreeWidget, QTreeWidgetItem

from gui import theme
from gui.library.count_delegate import COUNT_ROLE, CountDelegate
from gui.library.model import MIME_TYPE, dragged_references

EVERYTHING, TRASH = "", "//trash"
"""Paths that no folder has."""
ARROW_PX = 14
_PATH = Qt.ItemDataRole.UserRole


class FolderTree(QTreeWidget):
    """One is always chosen."""

    chosen = Signal(str)
    """The path of a folder, `EVERYTHING` or `TRASH`."""
    dropped = Signal(list, str)
    """References of entries, and the path on which they were dropped."""
    folder_wanted = Signal(str)
    """A new folder in this one is wanted."""
    rename_wanted = Signal(str)
    delete_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Folders"))
        self.setItemDelegate(CountDelegate(self))
        self.setHeaderHidden(True)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.setProperty("takes_files", False)
        self.viewport().setProperty("takes_files", False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.currentItemChanged.connect(lambda item, _before: self.chosen.emit(item.data(0, _PATH)) if item else None)
        self._shown: tuple[list[str], dict[str, int]] = ([], {})

    @property
    def path(self) -> str:
        """What is chosen."""
        item = self.currentItem()
        return str(item.data(0, _PATH)) if item is not None else EVERYTHING

    def show_folders(self, folders: Sequence[str], counts: Mapping[str, int]) -> None:
        """Shows folders, each after the one that it lies in, and how many entries lie in each."""
        wanted = (list(folders), dict(counts))
        if wanted == self._shown:
            return
        self._shown = wanted
        chosen, closed = self.path, self._closed()
        self.blockSignals(True)
        self.clear()
        items = {EVERYTHING: self._add(None, self.tr("Everything"), EVERYTHING, "mdi6.view-grid-outline")}
        for path in folders:
            around, _slash, name = path.rpartition("/")
            items[path] = self._add(items[around] if around else None, name, path, "mdi6.folder-outline")
            items[path].setExpanded(path not in closed)
        for path, item in items.items():
            if around := path.rpartition("/")[0]:
                items[around].setExpanded(around not in closed)
            item.setToolTip(0, path)
        items[TRASH] = self._add(None, self.tr("Trash"), TRASH, "mdi6.trash-can-outline")
        self.setCurrentItem(items.get(chosen, items[EVERYTHING]))
        self.blockSignals(False)
        if chosen not in items:
            self.chosen.emit(EVERYTHING)

    def choose(self, path: str) -> None:
        """Chooses a folder, `EVERYTHING` or `TRASH`."""
        for item in self.findItems("*", Qt.MatchFlag.MatchWildcard | Qt.MatchFlag.MatchRecursive):
            if item.data(0, _PATH) == path:
                self.setCurrentItem(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 renames a folder, Delete takes it away, Insert makes one in it."""
        is_folder = self.path not in (EVERYTHING, TRASH)
        if event.key() == Qt.Key.Key_F2 and is_folder:
            self.rename_wanted.emit(self.path)
        elif event.key() == Qt.Key.Key_Delete and is_folder:
            self.delete_wanted.emit(self.path)
        elif event.key() == Qt.Key.Key_Insert:
            self.folder_wanted.emit(self.path if is_folder else "")
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcomes entries of the library."""
        if dragged_references(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Shows where they would go."""
        item = self.itemAt(event.position().toPoint())
        if item is None or not dragged_references(event.mimeData()):
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
            self.dropped.emit(references, item.data(0, _PATH))

    def drawBranches(self, painter: QPainter, rect: QRect, index: QModelIndex) -> None:
        """An arrow where there are folders inside; the style would colour the margin of the chosen one too."""
        painter.fillRect(rect, QColor(theme.colors().ground))
        if self.model().hasChildren(index):
            name = "mdi6.chevron-down" if self.isExpanded(index) else "mdi6.chevron-right"
            arrow = QRect(0, 0, ARROW_PX, ARROW_PX)
            arrow.moveCenter(QPoint(rect.right() - self.indentation() // 2, rect.center().y()))
            theme.icon(name, "dim").paint(painter, arrow)

    def mimeTypes(self) -> list[str]:
        """What Qt lets be dropped here."""
        return [MIME_TYPE]

    def _add(self, parent: QTreeWidgetItem | None, name: str, path: str, icon: str) -> QTreeWidgetItem:
        count = self._shown[1].get(path, 0)
        item = QTreeWidgetItem([name])
        item.setData(0, COUNT_ROLE, count)
        item.setData(0, _PATH, path)
        item.setIcon(0, theme.icon(icon, "dim"))
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{name}, {count}")
        if parent is None:
            self.addTopLevelItem(item)
        else:
            parent.addChild(item)
        return item

    def _closed(self) -> set[str]:
        items = self.findItems("*", Qt.MatchFlag.MatchWildcard | Qt.MatchFlag.MatchRecursive)
        return {item.data(0, _PATH) for item in items if item.childCount() and not item.isExpanded()}

    def _show_menu(self, place: QPoint) -> None:
        item = self.itemAt(place)
        path = str(item.data(0, _PATH)) if item is not None else EVERYTHING
        is_folder = path not in (EVERYTHING, TRASH)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        new = menu.addAction(theme.icon("mdi6.folder-plus-outline"), self.tr("New folder…"))
        new.triggered.connect(lambda: self.folder_wanted.emit(path if is_folder else ""))
        if is_folder:
            rename = menu.addAction(theme.icon("mdi6.rename-outline"), self.tr("Rename…"))
            rename.triggered.connect(lambda: self.rename_wanted.emit(path))
            delete = menu.addAction(
                theme.icon("mdi6.folder-remove-outline"), self.tr("Delete the folder, not its things")
            )
            delete.triggered.connect(lambda: self.delete_wanted.emit(path))
        menu.popup(self.viewport().mapToGlobal(place))
