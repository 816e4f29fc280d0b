"""The entries as Qt's views want them: one row each, filtered and sorted."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt

from core.library.kinds import Reference
from core.library.search import Found, Hit
from gui import theme
from gui.library import filters
from gui.library.entries import CHARACTER, FRAGMENT, LOREBOOK, PLAYTEST, SCENARIO, Entry, one_line
from gui.library.filters import Filter, count_kinds, list_entries
from gui.library.snippets import Snippets

ENTRY_ROLE = Qt.ItemDataRole.UserRole
HIT_ROLE = Qt.ItemDataRole.UserRole + 1
"""The Hit to show in place of what the entry is about; None while nothing is searched, or it is not read yet."""
MIME_TYPE = "application/x-tableread-entries"
ICONS = {
    CHARACTER: "mdi6.account-outline",
    SCENARIO: "mdi6.graph-outline",
    PLAYTEST: "mdi6.play-outline",
    LOREBOOK: "mdi6.book-open-page-variant-outline",
    FRAGMENT: "mdi6.puzzle-outline",
}
Index = QModelIndex | QPersistentModelIndex


class LibraryModel(QAbstractTableModel):
    """What is listed of what there is."""

    def __init__(self, snippets: Snippets) -> None:
        super().__init__()
        self._snippets = snippets
        self._all: list[Entry] = []
        self._shown: list[Entry] = []
        self._rows: dict[str, int] = {}
        self._filter = Filter()
        self._sort: tuple[int, bool] | None = None
        self.counts = count_kinds([], self._filter)
        """How many of each kind are wanted, and of all as kind ``""``."""
        self._titles = (
            self.tr("Name"), self.tr("Kind"), self.tr("About"), self.tr("Tags"), self.tr("Folder"), self.tr("More"),
            self.tr("Changed"),
        )  # fmt: skip
        self._kind_names = {
            CHARACTER: self.tr("Character"),
            SCENARIO: self.tr("Scenario"),
            PLAYTEST: self.tr("Playtest"),
            LOREBOOK: self.tr("Lorebook"),
            FRAGMENT: self.tr("Fragment"),
        }

    def show_entries(self, entries: Sequence[Entry]) -> bool:
        """Takes what there is; returns whether that is anything new."""
        if entries == self._all:
            return False
        self._all = list(entries)
        self._refresh()
        return True

    def show_filter(self, wanted: Filter) -> None:
        """Lists what is wanted."""
        if wanted != self._filter:
            self._filter = wanted
            self._refresh()

    @property
    def filter(self) -> Filter:
        """What is wanted."""
        return self._filter

    @property
    def entries(self) -> list[Entry]:
        """All there is, the trash included."""
        return self._all

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all outside of the trash, whatever is wanted."""
        return all(entry.deleted_at for entry in self._all)

    def entry(self, row: int) -> Entry:
        """Returns the entry of a row."""
        return self._shown[row]

    def row_of(self, entity_id: str) -> int:
        """Returns the row of an entity, or -1."""
        return self._rows.get(entity_id, -1)

    def found(self, entry: Entry) -> Found | None:
        """Returns how an entry was found, while something is searched."""
        return None if self._filter.found is None else self._filter.found[entry.id][1]

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
            return self._text(entry, index.column())
        if role == ENTRY_ROLE:
            return entry
        if role == HIT_ROLE:
            return self._hit(entry)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return theme.icon(ICONS[entry.kind], "dim")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            texts = [self._text(entry, column) for column in range(len(self._titles))]
            return ", ".join(text for text in texts if text)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Entries are dragged to folders and tags."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """Entries are dragged within the window only."""
        return [MIME_TYPE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Returns what is dragged, as `dragged_references` reads it."""
        rows = sorted({index.row() for index in indexes})
        data = QMimeData()
        data.setData(MIME_TYPE, json.dumps([self._shown[row].reference for row in rows]).encode())
        return data

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts by a column; a negative one brings the project's own order back, or the best match first."""
        wanted = (column, order == Qt.SortOrder.DescendingOrder) if column >= 0 else None
        if wanted != self._sort:
            self._sort = wanted
            self._refresh()

    def _refresh(self) -> None:
        self.beginResetModel()
        self._shown = list_entries(self._all, self._filter, self._sort)
        self._rows = {entry.id: row for row, entry in enumerate(self._shown)}
        self.counts = count_kinds(self._all, self._filter)
        self.endResetModel()

    def _hit(self, entry: Entry) -> Hit | None:
        found = self.found(entry)
        return None if found is None else self._snippets.find(found.document_id)

    def _text(self, entry: Entry, column: int) -> str:
        match column:
            case filters.NAME:
                return one_line(entry.name)
            case filters.KIND:
                return self._kind_names[entry.kind]
            case filters.ABOUT:
                return entry.subtitle
            case filters.TAGS:
                return " · ".join(entry.tags)
            case filters.FOLDER:
                return entry.folder
            case filters.DETAIL:
                return entry.detail
            case _:
                return local_time(entry.deleted_at or entry.changed)


def dragged_references(data: QMimeData) -> list[Reference]:
    """Returns the entries that are being dragged; none when it is something else."""
    if not data.hasFormat(MIME_TYPE):
        return []
    return [(kind, entity_id) for kind, entity_id in json.loads(bytes(data.data(MIME_TYPE).data()))]


@lru_cache(maxsize=4096)
def local_time(moment: str) -> str:
    """Returns a moment as this machine's clock showed it."""
    try:
        return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return ""
