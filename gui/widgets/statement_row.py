"""One row of a list of statements: its number, which it is dragged by, its editor and its tokens."""

from PySide6.QtCore import QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from gui import theme
from gui.widgets.growing_edit import EditWatch, GrowingEdit
from gui.widgets.token_label import TokenCounter, TokenLabel


class DragHandle(QLabel):
    """What a row is taken by to be moved with the mouse."""

    dragged = Signal(int)
    """Vertical place of the mouse on the screen while it is held."""
    dropped = Signal()

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        theme.set_kind(self, "dim")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes hold."""
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Says where the row should be."""
        self.dragged.emit(round(event.globalPosition().y()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Lets go."""
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.dropped.emit()


class StatementRow(QWidget):
    """One text of a list, with its number and its tokens."""

    add_requested = Signal(str)
    """Enter: the text behind the cursor goes into a new row."""
    lines_pasted = Signal(list)
    """Further lines of what was pasted."""
    remove_requested = Signal()
    move_requested = Signal(int)
    step_requested = Signal(int)

    def __init__(self, counter: TokenCounter, placeholder: str, *, multiline: bool) -> None:
        super().__init__()
        self.handle = DragHandle()
        self.handle.setToolTip(self.tr("Drag to move; Alt+Up and Alt+Down do the same"))
        self.handle.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.editor = _RowEdit(self, multiline=multiline)
        self.editor.setPlaceholderText(placeholder)
        self.editor.setProperty("example", True)
        self.watch = EditWatch(self.editor)
        self._tokens = TokenLabel(counter)
        self._note = QLabel()
        self._note.hide()
        remove = QToolButton()
        remove.setIcon(theme.icon("mdi6.close", "dim"))
        remove.setToolTip(self.tr("Remove"))
        remove.setAccessibleName(self.tr("Remove"))
        remove.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.set_kind(remove, "ghost")
        remove.setIconSize(QSize(14, 14))
        remove.setStyleSheet("padding: 4px; min-height: 14px;")
        remove.clicked.connect(self.remove_requested)
        self.editor.edited.connect(self.refresh_tokens)
        self.watch.entered.connect(self.update)
        self.watch.left.connect(self.update)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 5, 4, 5)
        row.setSpacing(8)
        for widget in (self.handle, self.editor, self._note, self._tokens, remove):
            row.addWidget(widget, 1 if widget is self.editor else 0, Qt.AlignmentFlag.AlignTop)
        self.handle.setContentsMargins(0, 5, 0, 0)
        self._tokens.setContentsMargins(0, 6, 0, 0)
        self._note.setContentsMargins(0, 6, 0, 0)
        self.handle.setMinimumWidth(self.fontMetrics().horizontalAdvance("00"))

    def set_number(self, number: int, entry_name: str) -> None:
        """Shows the place of the row."""
        self.handle.setText(str(number))
        self.editor.setAccessibleName(entry_name.replace("%1", str(number)))

    def set_note(self, text: str, kind: str) -> None:
        """Says something about the text at its end, or nothing."""
        self._note.setText(text)
        self._note.setVisible(bool(text))
        self.editor.setAccessibleDescription(text)
        theme.set_kind(self._note, kind)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Frames the row that is being written; a hairline under the others."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.editor.hasFocus():
            painter.fillRect(8, self.height() - 1, self.width() - 16, 1, QColor(theme.colors().line))
        else:
            painter.setPen(QColor(theme.colors().accent))
            painter.setBrush(QColor(theme.colors().field))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)

    def refresh_tokens(self) -> None:
        """Counts the text again."""
        self._tokens.count(self.editor.text().strip())


class _RowEdit(GrowingEdit):
    """The editor of a row, with the keys of the list."""

    def __init__(self, row: StatementRow, *, multiline: bool) -> None:
        super().__init__(min_lines=2 if multiline else 1)
        self._row = row
        self._multiline = multiline
        theme.set_kind(self, "plain")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the list come first."""
        if not self._take_list_key(event):
            super().keyPressEvent(event)

    def _take_list_key(self, event: QKeyEvent) -> bool:
        key, modifiers = event.key(), event.modifiers()
        arrows = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self._take_enter(modifiers)
        if key in arrows and modifiers & Qt.KeyboardModifier.AltModifier:
            self._row.move_requested.emit(arrows[Qt.Key(key)])
        elif key in arrows and not modifiers and self._is_at_edge(arrows[Qt.Key(key)]):
            self._row.step_requested.emit(arrows[Qt.Key(key)])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not self.text():
            self._row.remove_requested.emit()
        else:
            return False
        return True

    def _take_enter(self, modifiers: Qt.KeyboardModifier) -> bool:
        if self._multiline and not modifiers & Qt.KeyboardModifier.ControlModifier:
            return False
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        tail = "" if self._multiline else cursor.selectedText()
        if tail:
            cursor.removeSelectedText()
        if self.text().strip() or tail:
            self._row.add_requested.emit(tail.strip())
        return True

    def _is_at_edge(self, step: int) -> bool:
        cursor = self.textCursor()
        moved = cursor.movePosition(QTextCursor.MoveOperation.Up if step < 0 else QTextCursor.MoveOperation.Down)
        return not moved

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Pasted lines become rows of their own."""
        text = source.text()
        if self._multiline:
            self.insertPlainText(text)
            return
        first, *others = [line.strip() for line in text.splitlines() if line.strip()] or [""]
        self.insertPlainText(first)
        if others:
            self._row.lines_pasted.emit(others)
