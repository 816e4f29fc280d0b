"""The entries as Qt's views want them: one row each, filtered and sorted here."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from gui import theme
from gui.library.entries import CHARACTER, KINDS, PLAYTEST, SCENARIO, Entry, find_entries

ENTRY_ROLE = Qt.ItemDataRole.UserRole
ICONS = {CHARACTER: "mdi6.account-outline", SCENARIO: "mdi6.graph-outline", PLAYTEST: "mdi6.play-outline"}
Index = QModelIndex | QPersistentModelIndex


class LibraryModel(QAbstractTableModel):
    """What is listed of what there is."""

    def __init__(self) -> None:
        super().__init__()
        self._all: list[Entry] = []
        self._found: list[Entry] = []
        self._shown: list[Entry] = []
        self._kind, self._query = "", ""
        self._saying: set[str] = set()
        self._sort: tuple[int, bool] | None = None
        self._titles = (self.tr("Name"), self.tr("Kind"), self.tr("About"), self.tr("More"), self.tr("Changed"))
        self._kind_names = {
            CHARACTER: self.tr("Character"),
            SCENARIO: self.tr("Scenario"),
            PLAYTEST: self.tr("Playtest"),
        }

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Takes what there is."""
        self._all = list(entries)
        self._search()

    def filter(self, kind: str, query: str, saying: Iterable[str] = ()) -> None:
        """Lists one kind (empty: all) and what a query finds; `saying` are playtests in which it is said."""
        searched = (self._query, self._saying)
        self._kind, self._query, self._saying = kind, query, set(saying)
        if searched == (self._query, self._saying):
            self._refresh()
        else:
            self._search()

    def count(self, kind: str) -> int:
        """Returns how many of a kind (empty: of all) the query finds."""
        return sum(entry.kind == kind for entry in self._found) if kind else len(self._found)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all, whatever is searched."""
        return not self._all

    def entry(self, row: int) -> Entry:
        """Returns the entry of a row."""
        return self._shown[row]

    def row_of(self, entity_id: str) -> int:
        """Returns the row of an entity, or -1."""
        return next((row for row, entry in enumerate(self._shown) if entry.id == entity_id), -1)

    def kind_name(self, kind: str) -> str:
        """Returns what a kind is called."""
        return self._kind_names[kind]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(entry)[index.column()]
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return theme.icon(ICONS[entry.kind], "dim")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(text for text in self._texts(entry) if text)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts by a column; a negative one brings the project's own order back."""
        self._sort = (column, order == Qt.SortOrder.DescendingOrder) if column >= 0 else None
        self._refresh()

    def _search(self) -> None:
        self._found = find_entries(self._all, self._query, self._saying)
        self._refresh()

    def _refresh(self) -> None:
        self.beginResetModel()
        self._shown = [entry for entry in self._found if not self._kind or entry.kind == self._kind]
        if self._sort is not None:
            column, descending = self._sort
            self._shown.sort(key=lambda entry: self._sort_key(entry, column), reverse=descending)
        self.endResetModel()

    def _sort_key(self, entry: Entry, column: int) -> Any:
        keys = (entry.name.casefold(), KINDS.index(entry.kind), entry.subtitle.casefold(), entry.detail, entry.changed)
        return keys[column]

    def _texts(self, entry: Entry) -> tuple[str, ...]:
        return (entry.name, self._kind_names[entry.kind], entry.subtitle, entry.detail, local_time(entry.changed))


def local_time(moment: str) -> str:
    """Returns a moment as this machine's clock showed it."""
    try:
        return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return ""
