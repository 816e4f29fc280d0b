"""The books of a project by whose they are: the project's, the scenarios', the characters'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMenu, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from gui import theme
from models.lore import Lorebook

_ID = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a book is; both empty: the project's."""

    character_id: str = ""
    scenario_id: str = ""

    @classmethod
    def of(cls, book: Lorebook) -> "Owner":
        """Returns whose a book is."""
        return cls(book.character_id or "", book.scenario_id or "")


class BookList(QWidget):
    """A tree of owners and books."""

    book_chosen = Signal(str)
    menu_requested = Signal(str, QPoint)
    """A book, and where on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(0)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setRootIsDecorated(False)
        self.tree.setItemsExpandable(False)
        self.tree.setAccessibleName(self.tr("Lorebooks"))
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._on_menu)
        self.tree.currentItemChanged.connect(self._on_current)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tree)
        self.setFocusProxy(self.tree)
        self._items: dict[str, QTreeWidgetItem] = {}
        theme.notifier.theme_changed.connect(self._style)

    def show_books(self, books: Sequence[Lorebook], counts: Mapping[str, int], names: Mapping[Owner, str]) -> None:
        """Shows books.

        Args:
            names: What owners are called; the project's books come first, then in this order.
        """
        chosen = self.book_id
        self.tree.blockSignals(True)
        self.tree.clear()
        self._items = {}
        by_owner: dict[Owner, list[Lorebook]] = {Owner(): []}
        for owner in names:
            by_owner[owner] = []
        for book in books:
            by_owner.setdefault(Owner.of(book), []).append(book)
        for owner, some in by_owner.items():
            if some or owner == Owner():
                self._add_owner(owner, names.get(owner, self.tr("All scenes")), some, counts)
        self._style()
        self.tree.expandAll()
        self.tree.blockSignals(False)
        self.choose(chosen)

    @property
    def book_id(self) -> str:
        """The book that is chosen."""
        item = self.tree.currentItem()
        return str(item.data(0, _ID) or "") if item is not None else ""

    def choose(self, book_id: str) -> None:
        """Chooses a book without saying so."""
        item = self._items.get(book_id)
        if item is not None:
            self.tree.blockSignals(True)
            self.tree.setCurrentItem(item)
            self.tree.blockSignals(False)

    def first_book(self) -> str:
        """Returns the first book in sight; empty where there is none."""
        return next(iter(self._items), "")

    def _add_owner(self, owner: Owner, name: str, books: Sequence[Lorebook], counts: Mapping[str, int]) -> None:
        icons = ("mdi6.account-outline", "mdi6.graph-outline", "mdi6.earth")
        head = QTreeWidgetItem([name])
        head.setFlags(Qt.ItemFlag.ItemIsEnabled)
        head.setIcon(0, theme.icon(icons[0 if owner.character_id else 1 if owner.scenario_id else 2], "dim"))
        self.tree.addTopLevelItem(head)
        for book in books:
            item = QTreeWidgetItem([f"{book.name or self.tr('Untitled')} · {counts.get(book.id, 0):,}"])
            item.setData(0, _ID, book.id)
            item.setToolTip(0, book.name)
            item.setIcon(
                0, theme.icon("mdi6.book-open-page-variant-outline" if book.enabled else "mdi6.book-off-outline")
            )
            head.addChild(item)
            self._items[book.id] = item

    def _style(self) -> None:
        for at in range(self.tree.topLevelItemCount()):
            self.tree.topLevelItem(at).setForeground(0, QColor(theme.colors().dim))

    def _on_current(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and item.data(0, _ID):
            self.book_chosen.emit(str(item.data(0, _ID)))

    def _on_menu(self, at: QPoint) -> None:
        item = self.tree.itemAt(at)
        if item is not None and item.data(0, _ID):
            self.menu_requested.emit(str(item.data(0, _ID)), self.tree.viewport().mapToGlobal(at))


def pop_up(menu: QMenu, at: QPoint) -> None:
    """Shows a menu without waiting for it."""
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(at)
