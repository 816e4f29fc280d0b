"""Fields of a form: a label, an editor, the tokens it costs, and room for what is wrong with it."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from core.characters.prompt import BlockOrigin
from gui import theme
from gui.characters.fragments.inherited_note import Inherited, InheritedNote
from gui.widgets.growing_edit import EditWatch, GrowingEdit
from gui.widgets.prompt_origins import origin_color
from gui.widgets.statement_list import StatementList
from gui.widgets.text_change import utf16_length
from gui.widgets.token_label import TokenCounter, TokenLabel
from models.fields import MAX_NAME_CHARS

_LIT_TINT = 0.16
_WANTED_PX = 72
_MOST_PX = 180
"""What a field asks for in a row; a longer label asks for more, up to the most, and then wraps."""

Check = Callable[[Any], str | None]
"""Says what is wrong with a value, or None."""


class Field(QWidget):
    """One value of a row. Subclasses bring the editor."""

    edited = Signal()
    """The user changed the value."""
    entered = Signal()
    left = Signal()
    """What was typed is to be kept now."""
    undo_requested = Signal()
    redo_requested = Signal()
    own_requested = Signal()
    """What is inherited is to be the row's own."""

    keeps_refused = False
    """Whether a value that is refused stays in the field when it is left, with the reason beside it."""

    def __init__(
        self,
        label: str,
        editor: QWidget,
        *,
        origin: BlockOrigin | None = None,
        counter: TokenCounter | None = None,
        explanation: str = "",
    ) -> None:
        """Lays out the field.

        Args:
            origin: The block of the prompt that this field becomes.
            counter: Counts its tokens; None for what the weights never read.
            explanation: One sentence under the label, which then is the title of a section.
        """
        super().__init__()
        self.origin = origin
        self.check: Check | None = None
        self.editor = editor
        self._lit = False
        self._label = QLabel(label)
        theme.set_kind(self._label, "subtitle" if explanation else "small")
        self._label.setBuddy(editor)
        self.tokens = TokenLabel(counter) if counter is not None else None
        self._fault = QLabel()
        self._fault.setTextFormat(Qt.TextFormat.PlainText)
        self._fault.setWordWrap(True)
        self._fault.hide()
        self._inherited: InheritedNote | None = None
        theme.set_kind(self._fault, "fault")
        editor.setAccessibleName(label)
        self._lay_out(explanation)

    def value(self) -> Any:
        """Returns what the editor holds."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Shows a value; the cursor stays where it can."""
        raise NotImplementedError

    def texts(self) -> tuple[str, ...]:
        """Returns what its tokens are counted of."""
        value = self.value()
        return tuple(value) if isinstance(value, list) else (str(value),)

    def show_other(self, value: Any) -> None:
        """Shows the value of another row: nothing of the one before stays."""
        if self.tokens is not None:
            self.tokens.forget()
        self.set_fault("")
        self.set_value(value)
        self.count_tokens()

    def count_tokens(self) -> None:
        """Counts its tokens again."""
        if self.tokens is not None:
            self.tokens.count(*self.texts())

    def set_fault(self, message: str) -> None:
        """Says what is wrong with the value, or nothing."""
        self._fault.setText(message)
        self._fault.setVisible(bool(message))
        if self.editor.property("invalid") != bool(message):
            self.editor.setProperty("invalid", bool(message))
            self.editor.style().unpolish(self.editor)
            self.editor.style().polish(self.editor)

    @property
    def fault(self) -> str:
        """What is wrong with the value; empty: nothing."""
        return self._fault.text()

    def set_lit(self, lit: bool) -> None:
        """Shows that its block in the prompt is pointed at."""
        if self._lit == lit or self.origin is None:
            return
        self._lit = lit
        if not lit:
            self.editor.setStyleSheet("")
            return
        color, ground = origin_color(self.origin), theme.colors().field
        name = self.editor.metaObject().className()
        self.editor.setStyleSheet(
            f"{name} {{ border-color: {color}; background: {theme.mix(ground, color, _LIT_TINT)}; }}"
        )

    def set_inherited(self, inherited: Inherited | None) -> None:
        """Shows what the field has from fragments, dimmed, and from which; None: nothing."""
        if inherited is None and self._inherited is None:
            return
        if self._inherited is None:
            self._inherited = InheritedNote(self.own_requested)
            layout = self.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.insertWidget(layout.indexOf(self._fault), self._inherited)
        self._inherited.show_inherited(inherited, with_texts=not self._show_in_editor(inherited))

    def _show_in_editor(self, inherited: Inherited | None) -> bool:
        """Shows an inherited text in the editor itself, where it can; returns whether."""
        return False

    def focus_editor(self) -> None:
        """Puts the cursor into the editor."""
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_place(self, _item: int | None, span: tuple[int, int] | None) -> None:
        """Puts the cursor into the editor, and selects a stretch of its text."""
        self.focus_editor()
        if span is not None:
            select_span(self.editor, span)

    def select_all(self) -> None:
        """Selects what the editor holds, where it can."""
        if isinstance(self.editor, QLineEdit | GrowingEdit):
            self.editor.selectAll()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the dot of its origin."""
        if self.origin is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(origin_color(self.origin)))
        middle = self._label.y() + self._label.fontMetrics().lineSpacing() / 2
        painter.drawEllipse(QRectF(1, middle - 3, 6, 6))

    def wanted_width(self) -> int:
        """Returns the width below which it does not stand beside others, in pixels."""
        label = self._label.fontMetrics().horizontalAdvance(self._label.text()) + 34
        return min(max(label, theme.text_px(_WANTED_PX)), theme.text_px(_MOST_PX))

    def watch(self, watch: EditWatch | StatementList) -> None:
        """Passes on what happens in the editor."""
        for name in ("entered", "left", "undo_requested", "redo_requested"):
            getattr(watch, name).connect(getattr(self, name))

    def _on_edited(self) -> None:
        self.set_fault("")
        self.count_tokens()
        self.edited.emit()

    def _lay_out(self, explanation: str) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12 if self.origin is not None else 0, 0, 2, 0)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._label.setWordWrap(True)
        head.addWidget(self._label, 1)
        if self.tokens is not None:
            head.addWidget(self.tokens, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        if explanation:
            words = QLabel(explanation)
            words.setWordWrap(True)
            theme.set_kind(words, "small")
            column.addWidget(words)
            column.addSpacing(4)
        column.addWidget(self.editor)
        column.addWidget(self._fault)


class LineField(Field):
    """One line of text."""

    def __init__(self, label: str, placeholder: str = "", *, max_chars: int = MAX_NAME_CHARS, **options: Any) -> None:
        self._line = QLineEdit()
        self._line.setMaxLength(max_chars)
        self._line.setPlaceholderText(placeholder)
        self._placeholder = placeholder
        super().__init__(label, self._line, **options)
        set_example(self._line, True)
        self._line.textEdited.connect(self._on_edited)
        self.watch(EditWatch(self._line))

    def value(self) -> str:
        """Returns the line without the space around it."""
        return self._line.text().strip()

    def set_value(self, value: str) -> None:
        """Shows a line."""
        if self.value() != value:
            cursor = self._line.cursorPosition()
            self._line.setText(value)
            self._line.setCursorPosition(min(cursor, len(value)))

    def _show_in_editor(self, inherited: Inherited | None) -> bool:
        self._line.setPlaceholderText(inherited.texts[0] if inherited is not None else self._placeholder)
        set_example(self._line, inherited is None)
        return True


class WordsField(LineField):
    """Words with commas between them."""

    def __init__(self, label: str, placeholder: str = "", **options: Any) -> None:
        super().__init__(label, placeholder, **options)
        self._line.setMaxLength(100_000)

    def value(self) -> list[str]:  # type: ignore[override]
        """Returns the words, each once."""
        return list(dict.fromkeys(word for part in self._line.text().split(",") if (word := part.strip())))

    def set_value(self, value: list[str]) -> None:  # type: ignore[override]
        """Shows words."""
        if self.value() != value:
            self._line.setText(", ".join(value))


class TextField(Field):
    """Text of any length."""

    def __init__(
        self, label: str, placeholder: str = "", *, min_lines: int = 2, max_lines: int = 16, **options: Any
    ) -> None:
        self._text = GrowingEdit(min_lines, max_lines)
        self._text.setPlaceholderText(placeholder)
        self._placeholder = placeholder
        super().__init__(label, self._text, **options)
        set_example(self._text, True)
        self._text.edited.connect(self._on_edited)
        self.watch(EditWatch(self._text))

    def value(self) -> str:
        """Returns the text."""
        return self._text.text()

    def set_value(self, value: str) -> None:
        """Shows a text."""
        self._text.replace_text(value)

    def _show_in_editor(self, inherited: Inherited | None) -> bool:
        self._text.set_stand_in(inherited.texts[0] if inherited is not None else "", self._placeholder)
        set_example(self._text, inherited is None)
        return True


class ListField(Field):
    """A list of texts."""

    def __init__(
        self,
        label: str,
        placeholder: str = "",
        *,
        counter: TokenCounter,
        multiline: bool = False,
        entry_name: str = "",
        add_text: str = "",
        **options: Any,
    ) -> None:
        """Makes an empty list.

        Args:
            entry_name: What a screen reader calls an entry, with `%1` for its number.
            add_text: On the button that adds one.
        """
        self._list = StatementList(counter, placeholder, multiline=multiline, entry_name=entry_name)
        if add_text:
            self._list.set_add_text(add_text)
        super().__init__(label, self._list, counter=counter, **options)
        self._list.edited.connect(self._on_edited)
        self.watch(self._list)

    @property
    def statement_list(self) -> StatementList:
        """The list itself."""
        return self._list

    def texts(self) -> tuple[str, ...]:
        """Returns its entries as one text, as the prompt joins them."""
        return ("\n".join(text for entry in self.value() if (text := entry.strip())),)

    def value(self) -> list[str]:
        """Returns the texts."""
        return self._list.statements()

    def set_value(self, value: list[str]) -> None:
        """Shows texts."""
        self._list.set_statements(value)

    def focus_editor(self) -> None:
        """Puts the cursor into the first text."""
        self._list.focus_first()

    def focus_place(self, item: int | None, span: tuple[int, int] | None) -> None:
        """Puts the cursor into an entry, and selects a stretch of it."""
        rows = self._list.rows
        if item is None or item >= len(rows):
            self.focus_editor()
            return
        rows[item].editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if span is not None:
            select_span(rows[item].editor, span)


def set_example(editor: QWidget, is_example: bool) -> None:
    """Says whether what an empty editor shows is an example, fainter than what it inherits."""
    if editor.property("example") != is_example:
        editor.setProperty("example", is_example)
        editor.style().unpolish(editor)
        editor.style().polish(editor)


def select_span(editor: QWidget, span: tuple[int, int]) -> None:
    """Selects a stretch of a text, in characters, where the editor holds one that long."""
    if isinstance(editor, QLineEdit):
        editor.setSelection(span[0], span[1] - span[0])
    elif isinstance(editor, GrowingEdit):
        text, cursor = editor.text(), editor.textCursor()
        cursor.setPosition(utf16_length(text[: span[0]]))
        cursor.setPosition(utf16_length(text[: span[1]]), QTextCursor.MoveMode.KeepAnchor)
        editor.setTextCursor(cursor)
