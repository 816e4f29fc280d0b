"""The editor that takes the place of a turn's words: Enter keeps them, Escape leaves them as they were."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QPlainTextEdit

from gui import theme
from gui.stage.fill import fill
from gui.stage.transcript.transcript_view import TranscriptView

MIN_LINES, MAX_LINES = 2, 14


class TurnEditor(QPlainTextEdit):
    """Edits one turn in its place in the transcript. Deletes itself when done."""

    committed = Signal(int, str)
    """Turn id and its new words."""
    closed = Signal()

    def __init__(self, view: TranscriptView, row: int) -> None:
        super().__init__(view.viewport())
        entry = view.turns.entry(row)
        assert entry.turn_id is not None
        self._view = view
        self._row = row
        """Where the turn is; -1 while another branch is shown: the words stay where they were until they are kept."""
        self._turn_id = entry.turn_id
        self._before = entry.text
        self.setAccessibleName(fill(self.tr("Words of turn %1. Enter keeps them, Escape does not."), entry.number))
        self.setFont(theme.ui_font())
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTabChangesFocus(True)
        self.setPlainText(entry.text)
        self.moveCursor(QTextCursor.MoveOperation.End)
        self.textChanged.connect(self._fit)
        view.rearranged.connect(self._follow)
        view.model().rowsRemoved.connect(self._check)
        view.model().modelReset.connect(self.close_editor)
        view.model().dataChanged.connect(self._check)
        self._fit()
        view.scrollTo(view.model().index(row, 0))
        self.show()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter keeps, Shift+Enter breaks the line, Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_editor()
        elif (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        ):
            text = self.toPlainText().strip()
            self.close_editor()
            if text and text != self._before:
                self.committed.emit(self._turn_id, text)
        else:
            super().keyPressEvent(event)

    def close_editor(self) -> None:
        """Goes away and gives the room back."""
        self._view.rearranged.disconnect(self._follow)
        self._view.model().rowsRemoved.disconnect(self._check)
        self._view.model().modelReset.disconnect(self.close_editor)
        self._view.model().dataChanged.disconnect(self._check)
        self._view.set_edited(-1, 0)
        self.hide()
        self._view.setFocus()
        self.closed.emit()
        self.deleteLater()

    def _fit(self) -> None:
        """Grows with the words."""
        line = self.fontMetrics().lineSpacing()
        if self._row >= 0:
            self.setFixedWidth(self._view.text_rect(self._row).width() + 16)
        n_lines = min(max(self.document().size().height(), MIN_LINES), MAX_LINES)
        self.setFixedHeight(round(n_lines * line) + 20)
        if self._row >= 0:
            self._view.set_edited(self._row, self.height())
        self._follow()

    def _follow(self) -> None:
        if self._row >= 0 and self._view.turns.row_of(self._turn_id) == self._row:
            rect = self._view.text_rect(self._row)
            self.move(rect.left() - 8, rect.top())

    def _check(self) -> None:
        """Lets go of the row when another branch is shown. Leaves only where nothing was typed."""
        row = self._view.turns.row_of(self._turn_id)
        row = -1 if row is None else row
        if row == self._row:
            return
        if row < 0 and self.toPlainText() == self._before:
            self.close_editor()
            return
        self._row = row
        self._view.set_edited(row, self.height() if row >= 0 else 0)
        self._fit()
