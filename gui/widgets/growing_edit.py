"""Plain text that grows with what it holds, and the watch that gives an editor's Ctrl+Z to the project."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gui import theme
from gui.widgets.text_change import replace_in_document


class EditWatch(QObject):
    """Watches one editor from outside."""

    entered = Signal()
    left = Signal()
    """It lost the focus, or Ctrl+Z was pressed in it: keep what was typed."""
    undo_requested = Signal()
    """Ctrl+Z, when no action of the window took it."""
    redo_requested = Signal()

    def __init__(self, editor: QWidget) -> None:
        super().__init__(editor)
        editor.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes undo and redo away from the editor: the project has one history."""
        kind = event.type()
        if kind == QEvent.Type.FocusIn:
            self.entered.emit()
        elif kind == QEvent.Type.FocusOut:
            self.left.emit()
        elif kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) and isinstance(event, QKeyEvent):
            return self._take_key(event)
        return super().eventFilter(watched, event)

    def _take_key(self, event: QKeyEvent) -> bool:
        is_undo, is_redo = event.matches(QKeySequence.StandardKey.Undo), is_redo_key(event)
        if not is_undo and not is_redo:
            return False
        self.left.emit()
        if event.type() == QEvent.Type.ShortcutOverride:
            event.ignore()
        elif is_undo:
            self.undo_requested.emit()
        else:
            self.redo_requested.emit()
        return True


def is_redo_key(event: QKeyEvent) -> bool:
    """Returns whether this is Ctrl+Shift+Z or Ctrl+Y."""
    if event.matches(QKeySequence.StandardKey.Redo):
        return True
    return event.key() == Qt.Key.Key_Y and event.modifiers() == Qt.KeyboardModifier.ControlModifier


class GrowingEdit(QPlainTextEdit):
    """Plain text that is as tall as what it holds, between two bounds. Tab goes on to the next field."""

    edited = Signal()
    """The user changed the text."""

    def __init__(self, min_lines: int = 2, max_lines: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bounds = (min_lines, max_lines)
        self._loading = False
        self._stand_in = ""
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        self.textChanged.connect(self._on_text_changed)
        theme.notifier.theme_changed.connect(self._fit_later)

    def text(self) -> str:
        """Returns the text as it was typed."""
        raw = self.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")
        return raw.encode("utf-8", "replace").decode("utf-8")

    def replace_text(self, text: str) -> None:
        """Shows another text; the cursor stays where it is in what both have in common."""
        self._loading = True
        replace_in_document(self.document(), self.text(), text)
        self._loading = False

    def set_stand_in(self, text: str, otherwise: str = "") -> None:
        """Shows a text, dimmed and whole, while there is none; `otherwise` where that is empty too."""
        self._stand_in = text
        if self.placeholderText() != (text or otherwise):
            self.setPlaceholderText(text or otherwise)
            self._fit_later()

    def _on_text_changed(self) -> None:
        if not self._loading:
            self.edited.emit()

    def _fit_later(self) -> None:
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        lines = max(1, round(self.document().size().height()), self._stand_in_lines())
        shown = min(max(lines, self._bounds[0]), self._bounds[1])
        margins = 2 * self.document().documentMargin()
        chrome = max(self.height() - self.viewport().height(), 0) if self.isVisible() else 0
        self.setFixedHeight(round(shown * self.fontMetrics().lineSpacing() + margins + chrome))
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if lines > self._bounds[1] else policy.ScrollBarAlwaysOff
        )

    def _stand_in_lines(self) -> int:
        if not self._stand_in or not self.document().isEmpty():
            return 0
        width = self.viewport().width() - round(2 * self.document().documentMargin())
        flags = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextExpandTabs
        box = self.fontMetrics().boundingRect(0, 0, max(width, 40), 100_000, flags, self._stand_in)
        return -(-box.height() // self.fontMetrics().lineSpacing())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wraps again, and fits again when the width changed."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit_later()

    def showEvent(self, event: QShowEvent) -> None:
        """Fits once its frame is known."""
        super().showEvent(event)
        self._fit_later()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolls the page unless there is more text than the bound."""
        if self.verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
            event.ignore()
        else:
            super().wheelEvent(event)
