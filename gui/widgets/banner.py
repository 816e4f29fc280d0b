"""A bar over the place that stays while something is so: one sentence, what follows, and a few buttons."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui import theme

ICON_PX = 18


class Banner(QFrame):
    """Takes no room while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "warning-card")
        self._sign = QLabel()
        self._message, self._hint = QLabel(), QLabel()
        for label, kind in ((self._message, "strong"), (self._hint, "small")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            theme.set_kind(label, kind)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._message)
        words.addWidget(self._hint)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(12)
        row.addWidget(self._sign)
        row.addLayout(words, 1)
        row.addLayout(self._buttons)
        self.hide()

    @property
    def message(self) -> str:
        """What it says; empty while it is not shown."""
        return self._message.text() if not self.isHidden() else ""

    def say(self, icon: str, message: str, hint: str, buttons: Sequence[tuple[str, Callable[[], object]]] = ()) -> None:
        """Shows a sentence until `clear`. Buttons: text and what it does."""
        self.clear()
        self._sign.setPixmap(theme.icon(icon, "warning").pixmap(ICON_PX, ICON_PX))
        self._message.setText(message)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(f"{message} {hint}".strip())
        for text, act in buttons:
            button = QPushButton(text)
            theme.set_kind(button, "chip")
            button.clicked.connect(lambda _checked=False, act=act: act())
            self._buttons.addWidget(button)
        self.show()

    def buttons(self) -> list[QPushButton]:
        """Returns the buttons that are shown."""
        return self.findChildren(QPushButton)

    def clear(self) -> None:
        """Says nothing any more."""
        while (item := self._buttons.takeAt(0)) is not None:
            if (button := item.widget()) is not None:
                button.hide()
                button.setParent(None)
                button.deleteLater()
        self.hide()
