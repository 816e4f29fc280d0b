"""Conditions and effects as they are typed: read at once, with a sentence on what is wrong and names to choose from."""

from collections.abc import Callable
from html import escape

from PySide6.QtCore import QModelIndex, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QStandardItem,
    QStandardItemModel,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QCompleter, QLabel, QTextEdit

from core.world.meaning import Fault, Reader
from core.world.suggestions import Suggestion, suggest
from gui import theme
from gui.characters.field import Field
from gui.widgets.growing_edit import EditWatch, GrowingEdit

CHECK_MS = 120
_MAX_SHOWN = 200
_MAX_NOTE_CHARS = 60
ReadStory = Callable[[], Reader]
"""Returns the reader of the open story."""


class ScriptEdit(GrowingEdit):
    """A text with names to choose from while it is typed; Ctrl+Space shows all."""

    completion_wanted = Signal(bool)
    """Names are wanted for what is before the cursor; True: also where nothing was begun."""

    def __init__(self, min_lines: int, max_lines: int = 8) -> None:
        super().__init__(min_lines, max_lines)
        self._names = QStandardItemModel(self)
        self._offered: list[Suggestion] = []
        self.completer = QCompleter(self._names, self)
        self.completer.setWidget(self)
        self.completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.completer.activated[QModelIndex].connect(self._insert)
        self.completer.popup().setAccessibleName(self.tr("Names that can stand here"))

    def offer(self, suggestions: list[Suggestion]) -> None:
        """Shows names to choose from; none hides the list."""
        popup = self.completer.popup()
        self._offered = suggestions
        if not suggestions:
            popup.hide()
            return
        self._names.clear()
        for one in suggestions:
            note = one.note if len(one.note) <= _MAX_NOTE_CHARS else one.note[: _MAX_NOTE_CHARS - 1] + "…"
            self._names.appendRow(QStandardItem(f"{one.text}   {note}".rstrip()))
        self.completer.setCompletionPrefix("")
        colors = theme.colors()
        popup.setStyleSheet(
            f"QListView {{ background: {colors.raised}; color: {colors.text}; border: 1px solid {colors.edge};"
            f" padding: 4px; selection-background-color: {colors.selection}; selection-color: {colors.text}; }}"
        )
        cursor = self.cursorRect()
        width = max(200, popup.sizeHintForColumn(0) + 32)
        self.completer.complete(QRect(cursor.left(), cursor.top(), width, cursor.height() + 4))
        popup.setCurrentIndex(self.completer.completionModel().index(0, 0))

    @property
    def is_offering(self) -> bool:
        """Whether names are shown."""
        return self.completer.popup().isVisible()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Tab take the name that is shown; typing asks for names."""
        taking = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape)
        if self.is_offering and event.key() in taking:
            event.ignore()
            return
        is_asked = event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if not is_asked:
            super().keyPressEvent(event)
        if is_asked or event.text().strip() or event.key() == Qt.Key.Key_Backspace:
            self.completion_wanted.emit(is_asked)
        else:
            self.offer([])

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hides the names."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.completer.popup().hide()

    def _insert(self, index: QModelIndex) -> None:
        if not 0 <= index.row() < len(self._offered):
            return
        chosen, cursor = self._offered[index.row()], self.textCursor()
        cursor.setPosition(min(chosen.start, cursor.position()), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(chosen.text)
        self.setTextCursor(cursor)


class ScriptField(Field):
    """A condition, or effects one a line. What cannot be read is kept all the same, and said."""

    def __init__(
        self,
        label: str,
        placeholder: str,
        read_story: ReadStory,
        *,
        is_effects: bool = False,
        min_lines: int = 1,
    ) -> None:
        self._script = ScriptEdit(min_lines)
        self._script.setPlaceholderText(placeholder)
        super().__init__(label, self._script)
        self._read_story = read_story
        self._is_effects = is_effects
        self.finding = QLabel()
        self.finding.setTextFormat(Qt.TextFormat.RichText)
        self.finding.setWordWrap(True)
        self.finding.hide()
        self.layout().addWidget(self.finding)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CHECK_MS)
        self._timer.timeout.connect(self.check_now)
        self._script.edited.connect(self._on_edited)
        self._script.textChanged.connect(self._timer.start)
        self._script.completion_wanted.connect(self._offer)
        self.watch(EditWatch(self._script))

    @property
    def script(self) -> ScriptEdit:
        """The editor itself."""
        return self._script

    def value(self) -> str:
        """Returns the text."""
        return self._script.text()

    def set_value(self, value: str) -> None:
        """Shows a text."""
        self._script.replace_text(value)
        self._timer.start()

    def set_placeholder(self, text: str) -> None:
        """Shows words where there is no text."""
        self._script.setPlaceholderText(text)

    def check_now(self) -> None:
        """Reads the text and says what is wrong with it."""
        self._timer.stop()
        reader = self._read_story()
        if self._is_effects:
            reader.read_effects(self.value())
        else:
            reader.read_condition(self.value())
        self._show(list(reader.faults))

    def stop(self) -> None:
        """Reads nothing any more until something is typed."""
        self._timer.stop()

    def _show(self, faults: list[Fault]) -> None:
        self._script.setExtraSelections([self._mark(fault) for fault in faults])
        self.finding.setVisible(bool(faults))
        if faults:
            first = min(faults, key=lambda fault: (not fault.is_grave, fault.span))
            theme.set_kind(self.finding, "fault" if first.is_grave else "warning")
            self.finding.setText(escape(first.message.rstrip(".")) + ".")
        self.editor.setAccessibleDescription(self.finding.text() if faults else "")

    def _mark(self, fault: Fault) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self._script.document())
        last = max(0, self._script.document().characterCount() - 1)
        start, end = fault.span
        cursor.setPosition(min(start, last))
        cursor.setPosition(min(max(end, start + 1), last), QTextCursor.MoveMode.KeepAnchor)
        selection.cursor = cursor
        wave = QTextCharFormat()
        wave.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        wave.setUnderlineColor(QColor(theme.colors().fault if fault.is_grave else theme.colors().warning))
        selection.format = wave
        return selection

    def _offer(self, wants_all: bool) -> None:
        text, cursor = self.value(), self._script.textCursor().position()
        story = self._read_story().scope.story
        found = suggest(text, cursor, story, for_effects=self._is_effects)
        begun = [one for one in found if one.start < cursor or wants_all]
        self._script.offer(begun[:_MAX_SHOWN])
