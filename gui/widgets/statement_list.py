"""Short texts as a numbered list that is written by keyboard: Enter adds, Alt+Up and Alt+Down move, Del removes."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.widgets.statement_row import StatementRow
from gui.widgets.token_label import TokenCounter

MAX_SPARE = 24


class StatementList(QFrame):
    """A numbered list of single facts. Empty rows are not part of the value."""

    edited = Signal()
    entered = Signal()
    left = Signal()
    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(
        self,
        counter: TokenCounter,
        placeholder: str = "",
        *,
        multiline: bool = False,
        entry_name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Makes an empty list.

        Args:
            placeholder: Shown in an empty row.
            multiline: Enter begins a new line; Ctrl+Enter adds a row.
            entry_name: What a screen reader calls a row, with `%1` for its number; empty: a statement.
        """
        super().__init__(parent)
        self._counter = counter
        self._placeholder = placeholder
        self._multiline = multiline
        self._new_text = ""
        self._entry_name = entry_name or self.tr("Statement %1")
        self._rows: list[StatementRow] = []
        self._spare: list[StatementRow] = []
        """Taken out, to be used again: making one takes longer."""
        theme.set_kind(self, "card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4, 4, 4, 4)
        self._column.setSpacing(0)
        self._add = QPushButton(self.tr("Add"))
        self._add.setIcon(theme.icon("mdi6.plus", "dim"))
        theme.set_kind(self._add, "ghost")
        self._add.clicked.connect(self._on_add_clicked)
        self._column.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)

    def set_add_text(self, text: str) -> None:
        """Names the button that adds a row."""
        self._add.setText(text)

    def set_new_text(self, text: str) -> None:
        """Says what a row that is added begins with."""
        self._new_text = text

    @property
    def rows(self) -> Sequence["StatementRow"]:
        """The rows from the top."""
        return tuple(self._rows)

    def statements(self) -> list[str]:
        """Returns the texts, without the empty ones."""
        return [text for row in self._rows if (text := row.editor.text().strip())]

    def set_statements(self, statements: Sequence[str]) -> None:
        """Shows these texts; rows that stay the same keep their cursor."""
        if self.statements() == [text.strip() for text in statements if text.strip()]:
            return
        while len(self._rows) > len(statements):
            self._drop(self._rows[-1])
        while len(self._rows) < len(statements):
            self._insert(len(self._rows))
        for row, text in zip(self._rows, statements, strict=True):
            row.editor.replace_text(text)
            row.refresh_tokens()
        self._renumber()

    def set_notes(self, notes: Sequence[tuple[str, str]]) -> None:
        """Says something beside each statement: words, and the kind of label that they are."""
        written = [row for row in self._rows if row.editor.text().strip()]
        for place, row in enumerate(written):
            row.set_note(*(notes[place] if place < len(notes) else ("", "small")))

    def add_row(self, at: int | None = None, text: str = "") -> None:
        """Adds a row, at the end when no place is given, and puts the cursor into it."""
        row = self._insert(len(self._rows) if at is None else at)
        row.editor.replace_text(text)
        self._renumber()
        row.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if text:
            self.edited.emit()

    def remove_row(self, row: "StatementRow") -> None:
        """Takes a row out; the cursor goes to the one before it."""
        at = self._rows.index(row)
        had_text = bool(row.editor.text().strip())
        neighbour = self._rows[max(0, at - 1)] if len(self._rows) > 1 else None
        if neighbour is row:
            neighbour = self._rows[1]
        if neighbour is not None:
            neighbour.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            neighbour.editor.moveCursor(QTextCursor.MoveOperation.End)
        else:
            self._add.setFocus(Qt.FocusReason.OtherFocusReason)
        self._drop(row)
        self._renumber()
        if had_text:
            self.edited.emit()

    def move_row(self, row: "StatementRow", to: int) -> None:
        """Gives a row another place, from 0."""
        to = min(max(to, 0), len(self._rows) - 1)
        if self._rows.index(row) == to:
            return
        self._rows.remove(row)
        self._rows.insert(to, row)
        self._column.insertWidget(to, row)
        self._renumber()
        row.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def focus_beside(self, row: "StatementRow", step: int) -> None:
        """Puts the cursor into the row above (-1) or below (+1)."""
        at = self._rows.index(row) + step
        if 0 <= at < len(self._rows):
            self._rows[at].editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_first(self) -> None:
        """Puts the cursor into the first row, or on the button that adds one."""
        target = self._rows[0].editor if self._rows else self._add
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_add_clicked(self) -> None:
        self.add_row(text=self._new_text)

    def _insert(self, at: int) -> "StatementRow":
        row = self._spare.pop() if self._spare else self._make_row()
        self._rows.insert(at, row)
        self._column.insertWidget(at, row)
        row.show()
        return row

    def _make_row(self) -> "StatementRow":
        row = StatementRow(self._counter, self._placeholder, multiline=self._multiline)
        row.editor.edited.connect(self.edited)
        row.add_requested.connect(lambda tail: self.add_row(self._rows.index(row) + 1, tail))
        row.lines_pasted.connect(lambda lines: self._insert_lines(row, lines))
        row.remove_requested.connect(lambda: self.remove_row(row))
        row.move_requested.connect(lambda step: self.move_row(row, self._rows.index(row) + step))
        row.step_requested.connect(lambda step: self.focus_beside(row, step))
        row.handle.dragged.connect(lambda y: self._drag(row, y))
        for name in ("entered", "left", "undo_requested", "redo_requested"):
            getattr(row.watch, name).connect(getattr(self, name))
        return row

    def _insert_lines(self, row: "StatementRow", lines: list[str]) -> None:
        at = self._rows.index(row)
        for offset, line in enumerate(lines, start=1):
            self.add_row(at + offset, line)

    def _drop(self, row: "StatementRow") -> None:
        self._rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        if len(self._spare) < MAX_SPARE:
            row.editor.replace_text("")
            row.refresh_tokens()
            row.set_note("", "small")
            self._spare.append(row)
        else:
            row.deleteLater()

    def _drag(self, row: "StatementRow", y: int) -> None:
        tops = [other.mapToGlobal(other.rect().center()).y() for other in self._rows if other is not row]
        self.move_row(row, sum(top < y for top in tops))

    def _renumber(self) -> None:
        for number, row in enumerate(self._rows, start=1):
            row.set_number(number, self._entry_name)
