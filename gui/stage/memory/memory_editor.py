"""The words and the importance of one memory, edited in its place."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.memory.entries import MAX_IMPORTANCE, MIN_IMPORTANCE
from gui import theme
from models.fields import MAX_TEXT_CHARS


class MemoryEditor(QFrame):
    """Enter keeps what was written, Escape leaves it as it was."""

    kept = Signal(str, object)
    """Words, and the importance; None: as the words say."""
    left = Signal()

    def __init__(self, text: str = "", importance: float | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "overlay")
        self.setAutoFillBackground(True)
        self._was_text, self._was_importance = text, importance
        self.words = QPlainTextEdit(text)
        self.words.setAccessibleName(self.tr("Words of the memory"))
        self.words.setPlaceholderText(self.tr("What is remembered"))
        self.words.setTabChangesFocus(True)
        self.words.installEventFilter(self)
        self.importance = QDoubleSpinBox()
        self.importance.setRange(0.5 if importance is None else MIN_IMPORTANCE, MAX_IMPORTANCE)
        self.importance.setSingleStep(0.5)
        self.importance.setDecimals(1)
        self.importance.setSpecialValueText(self.tr("by its words") if importance is None else "")
        self.importance.setValue(self.importance.minimum() if importance is None else importance)
        self.importance.setAccessibleName(self.tr("Importance, from 1 to 10"))
        theme.pad_spin_box(self.importance)
        self._shown_importance = self.importance.value()
        self.importance.installEventFilter(self)
        self.keep_button = QPushButton(self.tr("Keep"))
        theme.set_kind(self.keep_button, "primary")
        self.keep_button.clicked.connect(self.keep)
        self.leave_button = QPushButton(self.tr("Cancel"))
        theme.set_kind(self.leave_button, "ghost")
        self.leave_button.clicked.connect(self.left)
        self._lay_out()
        self.setFocusProxy(self.words)

    @property
    def is_changed(self) -> bool:
        """Whether something was written that would be lost."""
        return self.words.toPlainText() != self._was_text or self.importance.value() != self._shown_importance

    def keep(self) -> None:
        """Says what was written; without words nothing is kept."""
        text = self.words.toPlainText().strip()[:MAX_TEXT_CHARS]
        if text:
            self.kept.emit(text, self._chosen_importance())
        else:
            self.left.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keeps and leaves by key."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
            is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.importance.interpretText()
                self.keep()
                return True
        return super().eventFilter(watched, event)

    def _chosen_importance(self) -> float | None:
        """What a person did not touch stays exactly as it was."""
        value = self.importance.value()
        if value == self._shown_importance:
            return self._was_importance
        return value if value >= MIN_IMPORTANCE else None

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        label = QLabel(self.tr("Importance"))
        theme.set_kind(label, "small")
        label.setBuddy(self.importance)
        row.addWidget(label)
        row.addWidget(self.importance)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.leave_button)
        buttons.addWidget(self.keep_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.words, 1)
        layout.addLayout(row)
        layout.addLayout(buttons)
