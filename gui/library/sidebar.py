"""The left side of the library: folders, the trash, and tags."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from core.library.folders import is_inside
from core.library.tags import count_tags
from gui import theme
from gui.library.entries import Entry
from gui.library.folder_tree import EVERYTHING, TRASH, FolderTree
from gui.library.tag_list import TagList


class Sidebar(QFrame):
    """Says where and with which tags something must lie to be listed."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        theme.set_kind(self, "panel")
        self.folders = FolderTree()
        self.tags = TagList()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 4, 12)
        column.setSpacing(4)
        new = QToolButton()
        theme.set_kind(new, "ghost")
        new.setIcon(theme.icon("mdi6.folder-plus-outline", "dim"))
        new.setToolTip(self.tr("New folder…"))
        new.setAccessibleName(self.tr("New folder…"))
        new.clicked.connect(lambda: self.folders.folder_wanted.emit(""))
        column.addLayout(_heading_row(self.tr("Folders"), new))
        column.addWidget(self.folders, 1)
        column.addSpacing(8)
        self._tags_heading = QWidget()
        self._tags_heading.setLayout(_heading_row(self.tr("Tags"), None))
        column.addWidget(self._tags_heading)
        column.addWidget(self.tags, 1)
        column.addStretch(0)
        self._n_folders = 0
        theme.notifier.theme_changed.connect(self._fit)
        self.folders.chosen.connect(lambda _path: self.chosen.emit())
        self.tags.chosen.connect(lambda _tags: self.chosen.emit())

    @property
    def folder(self) -> str:
        """The folder that is chosen; empty for everything and for the trash."""
        return "" if self.is_trash else self.folders.path

    @property
    def is_trash(self) -> bool:
        """Whether the trash is chosen."""
        return self.folders.path == TRASH

    def show_entries(self, entries: Sequence[Entry], folders: Sequence[str]) -> None:
        """Counts what lies where, and which tags there are."""
        present = [entry for entry in entries if not entry.deleted_at]
        counts = dict.fromkeys(folders, 0)
        for entry in present:
            for path in _path_and_parents(entry.folder):
                if path in counts:
                    counts[path] += 1
        counts |= {EVERYTHING: len(present), TRASH: len(entries) - len(present)}
        self.folders.show_folders(folders, counts)
        self._n_folders = len(folders)
        self._fit()
        self.tags.show_tags(count_tags(entry.tags for entry in present))
        has_tags = self.tags.count() > 0
        self._tags_heading.setVisible(has_tags)
        self.tags.setVisible(has_tags)

    def _fit(self) -> None:
        """No more room for folders than they need."""
        self.folders.setMaximumHeight((self._n_folders + 2) * (theme.text_px() + 24) + 8)

    def show_everything(self) -> None:
        """Leaves folder, trash and tags."""
        self.folders.choose(EVERYTHING)
        self.tags.clearSelection()

    def shows(self, entry: Entry) -> bool:
        """Returns whether what is chosen lets an entry be listed."""
        has_tags = self.tags.tags() <= {tag.casefold() for tag in entry.tags}
        in_folder = not self.folder or is_inside(entry.folder, self.folder)
        return bool(entry.deleted_at) == self.is_trash and in_folder and has_tags


def _path_and_parents(path: str) -> list[str]:
    parts = path.split("/") if path else []
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def _heading_row(text: str, button: QToolButton | None) -> QHBoxLayout:
    label = QLabel(text)
    theme.set_kind(label, "heading")
    row = QHBoxLayout()
    row.setContentsMargins(8, 0, 0, 0)
    row.addWidget(label, 1)
    if button is not None:
        row.addWidget(button)
    return row
