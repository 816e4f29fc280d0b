"""The lorebooks of a character, each a way to where it is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui import theme


@dataclass(frozen=True, slots=True)
class BookLine:
    """One book in the list."""

    id: str
    name: str
    n_entries: int


class LoreList(QFrame):
    """Names of books with the number of their entries."""

    opened = Signal(str)
    """Id of a book; empty: all books."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[BookLine, ...] | None = None
        theme.set_kind(self, "card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 8, 8, 8)
        self._column.setSpacing(2)
        self.show_books(())

    def show_books(self, books: Sequence[BookLine]) -> None:
        """Shows books; the same ones stay as they are."""
        if tuple(books) == self._shown:
            return
        self._shown = tuple(books)
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for book in books:
            self._column.addWidget(self._make_line(book))
        if not books:
            nothing = QLabel(self.tr("No lorebook is theirs alone. Books of the project and of scenes are read too."))
            nothing.setWordWrap(True)
            theme.set_kind(nothing, "dim")
            self._column.addWidget(nothing)
        go = QPushButton(self.tr("All lorebooks"))
        go.setIcon(theme.icon("mdi6.book-open-variant", "dim"))
        theme.set_kind(go, "ghost")
        go.clicked.connect(lambda _checked=False: self.opened.emit(""))
        self._column.addWidget(go, 0, Qt.AlignmentFlag.AlignLeft)

    def _make_line(self, book: BookLine) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 2, 0, 2)
        name = QLabel(book.name or self.tr("A book without a name"))
        name.setTextFormat(Qt.TextFormat.PlainText)
        several = self.tr("%1 entries").replace("%1", f"{book.n_entries:,}")
        count = QLabel(self.tr("1 entry") if book.n_entries == 1 else several)
        theme.set_kind(count, "small")
        go = QPushButton(self.tr("Open"))
        go.setAccessibleName(self.tr("Open the lorebook %1").replace("%1", book.name))
        theme.set_kind(go, "small-link")
        go.clicked.connect(lambda _checked=False: self.opened.emit(book.id))
        row.addWidget(name, 1)
        row.addWidget(count)
        row.addWidget(go)
        return line
