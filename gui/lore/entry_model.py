"""The entries of one book as a table: virtual, so that thousands of rows are as quick as ten."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont

from core.lore.verdicts import Verdict
from gui import theme
from gui.lore.wording import short_position
from models.lore import LoreEntry, LorePosition

Index = QModelIndex | QPersistentModelIndex
ON, TITLE, KEYS, FOLDER, WHERE, ORDER, CHANCE = range(7)
ALL_FOLDERS = "\0"
"""Stands for every folder; the empty name stands for none."""


class EntryModel(QAbstractTableModel):
    """Shows entries that match the search and the folder, in the order of a column."""

    switched = Signal(str, bool)
    """An entry was turned on or off: its id."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[LoreEntry] = []
        self._haystacks: dict[str, str] = {}
        self._shown: list[LoreEntry] = []
        self._verdicts: dict[str, Verdict] = {}
        self._words = ""
        self._folder = ALL_FOLDERS
        self._column, self._order = -1, Qt.SortOrder.AscendingOrder
        self._style()
        theme.notifier.theme_changed.connect(self._style)

    def set_entries(self, entries: Sequence[LoreEntry]) -> None:
        """Shows the entries of a book, in their order."""
        self._entries = list(entries)
        self._haystacks = {}
        self._refresh()

    def set_search(self, words: str) -> None:
        """Shows only entries that hold all of these words, in any case."""
        self._words = words
        self._refresh()

    def set_folder(self, folder: str) -> None:
        """Shows only the entries of a folder."""
        self._folder = folder
        self._refresh()

    def set_verdicts(self, verdicts: dict[str, Verdict]) -> None:
        """Marks the entries that fired in the test, and those that were dropped."""
        self._verdicts = verdicts
        if self._shown:
            self.dataChanged.emit(self.index(0, TITLE), self.index(len(self._shown) - 1, TITLE))

    def replace(self, entry: LoreEntry) -> None:
        """Shows one entry as it is now, at the place where it is."""
        self._haystacks.pop(entry.id, None)
        self._entries = [entry if one.id == entry.id else one for one in self._entries]
        row = self.row_of(entry.id)
        if row >= 0:
            self._shown[row] = entry
            self.dataChanged.emit(self.index(row, 0), self.index(row, CHANCE))

    def entry(self, row: int) -> LoreEntry | None:
        """Returns the entry in a row."""
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def row_of(self, entry_id: str) -> int:
        """Returns the row of an entry; -1 where it is not shown."""
        return next((row for row, entry in enumerate(self._shown) if entry.id == entry_id), -1)

    @property
    def n_entries(self) -> int:
        """How many entries the book has."""
        return len(self._entries)

    @property
    def is_whole(self) -> bool:
        """Whether all entries are shown in the order of the book."""
        return not self._words and self._folder == ALL_FOLDERS and self._column < 0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Returns how many entries are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Returns the number of columns."""
        return 0 if parent.isValid() else CHANCE + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the title of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            titles = ("", self.tr("Entry"), self.tr("Keys"), self.tr("Folder"), self.tr("Where"))
            return (*titles, self.tr("Order"), self.tr("Chance"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (ORDER, CHANCE):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The first column can be ticked."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == ON else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Passes on that an entry is to be turned on or off."""
        entry = self.entry(index.row())
        if entry is None or role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.switched.emit(entry.id, Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns what a cell shows."""
        entry = self.entry(index.row())
        if entry is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(entry, index.column())
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == ON:
            return Qt.CheckState.Checked if entry.enabled else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._color(entry, index.column())
        if role == Qt.ItemDataRole.FontRole and index.column() == TITLE:
            return self._font
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in (ORDER, CHANCE):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == ON:
            return self.tr("on") if entry.enabled else self.tr("off")
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == KEYS:
            return "\n".join(entry.keys[:40])
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Orders the rows by a column; -1: as the book has them."""
        self._column, self._order = column, order
        self._refresh()

    def _text(self, entry: LoreEntry, column: int) -> str:
        chance = entry.probability if entry.use_probability else 100
        texts: dict[int, Callable[[], str]] = {
            TITLE: lambda: entry.title or entry.content.strip()[:60] or self.tr("(empty)"),
            KEYS: lambda: self.tr("always") if entry.constant else ", ".join(entry.keys)[:300],
            FOLDER: lambda: entry.folder,
            WHERE: lambda: where_text(entry),
            ORDER: lambda: str(entry.order),
            CHANCE: lambda: "" if chance >= 100 else f"{chance} %",
        }
        return texts[column]().replace("\n", " ") if column in texts else ""

    def _color(self, entry: LoreEntry, column: int) -> QColor | None:
        verdict = self._verdicts.get(entry.id)
        if column == TITLE and verdict is not None:
            return self._good if verdict.fired else self._warning
        return self._dim if not entry.enabled or column != TITLE else None

    def _style(self) -> None:
        colors = theme.colors()
        self._good, self._warning, self._dim = QColor(colors.good), QColor(colors.warning), QColor(colors.dim)
        self._font = theme.ui_font(weight=QFont.Weight.DemiBold)

    def _refresh(self) -> None:
        self.layoutAboutToBeChanged.emit()
        kept = {
            index: self._shown[index.row()].id for index in self.persistentIndexList() if index.row() < len(self._shown)
        }
        wanted = self._words.casefold().split()
        shown = [
            entry
            for entry in self._entries
            if self._folder in (ALL_FOLDERS, entry.folder) and all(word in self._haystack(entry) for word in wanted)
        ]
        if self._column >= 0:
            reverse = self._order == Qt.SortOrder.DescendingOrder
            shown.sort(key=self._sort_key, reverse=reverse)
        self._shown = shown
        rows = {entry.id: row for row, entry in enumerate(shown)}
        for index, entry_id in kept.items():
            row = rows.get(entry_id)
            self.changePersistentIndex(index, QModelIndex() if row is None else self.index(row, index.column()))
        self.layoutChanged.emit()

    def _sort_key(self, entry: LoreEntry) -> Any:
        if self._column == ON:
            return not entry.enabled
        if self._column == ORDER:
            return entry.order
        if self._column == CHANCE:
            return entry.probability if entry.use_probability else 100
        return self._text(entry, self._column).casefold()

    def _haystack(self, entry: LoreEntry) -> str:
        if entry.id not in self._haystacks:
            parts = (entry.name, entry.comment, *entry.keys, *entry.secondary_keys, entry.folder, entry.content)
            self._haystacks[entry.id] = "\n".join(parts).casefold()
        return self._haystacks[entry.id]


def where_text(entry: LoreEntry) -> str:
    """Says in a word or two where an entry goes."""
    detail = {LorePosition.DEPTH: str(entry.depth), LorePosition.OUTLET: entry.outlet}.get(entry.position, "")
    return f"{short_position(entry.position)} {detail}".strip()
