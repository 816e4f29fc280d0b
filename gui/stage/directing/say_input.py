"""A line to be typed: remembers what was said before, and leaves undo to the window where it has nothing to undo."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

MAX_REMEMBERED = 200


class SaidLines:
    """What was typed, oldest first, and the place in it. Knows no widgets."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._place = 0
        self._draft = ""

    def keep(self, line: str) -> None:
        """Remembers a line; the newest is where one begins."""
        self._lines = [*(one for one in self._lines if one != line), line][-MAX_REMEMBERED:]
        self._place = len(self._lines)
        self._draft = ""

    def step(self, by: int, typed: str) -> str:
        """Goes back (-1) or forth (1); returns the line there, past the newest what was typed before."""
        if self._place == len(self._lines):
            self._draft = typed
        self._place = min(max(self._place + by, 0), len(self._lines))
        return self._lines[self._place] if self._place < len(self._lines) else self._draft


class SayInput(QLineEdit):
    """One line. Up and Down go through what was said before; Alt+Up and Alt+Down change who says it."""

    speaker_stepped = Signal(int)

    def __init__(self, lines: SaidLines | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = lines or SaidLines()

    def event(self, event: QEvent) -> bool:
        """Leaves undo and redo to the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undoes = event.matches(QKeySequence.StandardKey.Undo) and not self.isUndoAvailable()
            redoes = event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable()
            if undoes or redoes:
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Takes Up and Down."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.speaker_stepped.emit(step)
        else:
            self.setText(self.lines.step(step, self.text()))

    def take(self) -> str:
        """Returns what was typed, remembers it, and is empty again."""
        text = self.text().strip()
        if text:
            self.lines.keep(text)
            self.setText("")  # unlike `clear`, leaves nothing to undo: Ctrl+Z then takes the line itself back
        return text
