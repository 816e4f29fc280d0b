"""What a place shows when there is nothing in it: what it is for, one example, one button to begin."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui import theme

_WIDTH_PX = 560


class EmptyPlace(QWidget):
    """A sign, a title, a few sentences, and buttons; the first is the one to press."""

    def __init__(self, icon: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._sign = QLabel()
        heading = QLabel(title)
        theme.set_kind(heading, "title")
        self._words = words = QLabel(text)
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        theme.set_kind(words, "dim")
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        for widget in (self._sign, heading, words):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(12)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addLayout(self._buttons)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)
        theme.notifier.theme_changed.connect(self._fit)
        self._fit()

    def add_button(self, text: str, icon: str) -> QPushButton:
        """Adds a button; the first one is the one to press."""
        button = QPushButton(text)
        is_first = not self._buttons.count()
        theme.set_kind(button, "primary" if is_first else "")
        button.setIcon(theme.icon(icon, "accent_text" if is_first else None))
        self._buttons.addWidget(button)
        return button

    def showEvent(self, event: QShowEvent) -> None:
        """Fits once the font is known."""
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._sign.setPixmap(theme.icon(self._icon, "accent").pixmap(64, 64))
        self._words.ensurePolished()
        width = theme.text_px(_WIDTH_PX)
        self._words.setFixedSize(width, self._words.heightForWidth(width))
