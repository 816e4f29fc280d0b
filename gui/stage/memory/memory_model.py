"""The memories of one character as a list: pinned ones first, then the newest, those that a search asks for."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from core.memory.entries import Entry
from gui.stage.memory.words import say_entry, say_feelings, say_kind
from gui.stage.plain_tip import plain_tip

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)


class MemoryModel(QAbstractListModel):
    """Rows are virtual: only those in sight are painted."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Entry] = []
        self._entries: Sequence[Entry] = ()
        self._now_s = 0.0
        self._search = ""
        self._visible: frozenset[str] = frozenset()

    @property
    def n_entries(self) -> int:
        """How many memories there are, found or not."""
        return len(self._entries)

    def show(self, entries: Sequence[Entry], now_s: float, visible: frozenset[str] = frozenset()) -> None:
        """Takes other memories, in the order of the story, and the ids of those that the view still holds."""
        self._now_s, self._visible = now_s, visible
        if entries != self._entries:
            self._entries = entries
            self._sort()

    def search(self, text: str) -> None:
        """Keeps the memories that have all words of a text, in what they say, their kind, or what they feel."""
        if text != self._search:
            self._search = text
            self._sort()

    def row_of(self, entry_id: str) -> int | None:
        """Returns the row of a memory, or None."""
        return next((row for row, entry in enumerate(self.rows) if entry.id == entry_id), None)

    def rowCount(self, _parent: Index = NO_INDEX) -> int:
        """Returns how many memories are shown."""
        return len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Returns what a memory says, or the memory itself."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        entry = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.text
        if role == ENTRY_ROLE:
            return entry
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            said = say_entry(entry, self._now_s, is_visible=entry.id in self._visible)
            return said if role == Qt.ItemDataRole.AccessibleTextRole else plain_tip(said)
        return None

    def _sort(self) -> None:
        words = self._search.casefold().split()
        found = [entry for entry in reversed(self._entries) if not words or _has(entry, words)]
        self.beginResetModel()
        self.rows = [entry for entry in found if entry.is_pinned] + [entry for entry in found if not entry.is_pinned]
        self.endResetModel()


def _has(entry: Entry, words: Sequence[str]) -> bool:
    text = f"{entry.text} {say_kind(entry)} {say_feelings(entry)}".casefold()
    return all(word in text for word in words)
