"""A part of the details of weights: a heading, a button or the progress of what it began, and content."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.weights.card import plain_label


class Section(QWidget):
    """Grows by what is added to it."""

    clicked = Signal()
    cancelled = Signal()

    def __init__(self, title: str, button: str = "", icon: str = "") -> None:
        super().__init__()
        heading = QLabel(title)
        theme.set_kind(heading, "heading")
        self.button = QPushButton(button)
        self.button.setVisible(bool(button))
        self.button.clicked.connect(self.clicked)
        if icon:
            self.button.setIcon(theme.icon(icon))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setMinimumWidth(60)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.clicked.connect(self.cancelled)
        self._words = plain_label("dim")
        self._fault = plain_label("fault")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(heading, 1)
        head.addWidget(self._bar, 1)
        head.addWidget(self.button)
        head.addWidget(self._cancel)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        line = QFrame()
        theme.set_kind(line, "hairline")
        self._column.addWidget(line)
        self._column.addLayout(head)
        self._column.addWidget(self._words)
        self._column.addWidget(self._fault)
        self._has_button = bool(button)
        self.show_busy(False)
        self.say("")
        self.show_fault("")

    def add(self, widget: QWidget) -> None:
        """Adds content at the end."""
        self._column.addWidget(widget)

    def say(self, text: str) -> None:
        """Says something in place of content, or nothing."""
        self._words.setText(text)
        self._words.setVisible(bool(text))

    def show_fault(self, text: str) -> None:
        """Says what went wrong, or nothing."""
        self._fault.setText(text)
        self._fault.setVisible(bool(text))

    def show_busy(self, busy: bool, n_done: int = 0, n_all: int = 0) -> None:
        """Shows how far the work is; without numbers, that it goes on."""
        self._bar.setVisible(busy)
        self._cancel.setVisible(busy)
        self.button.setVisible(self._has_button and not busy)
        self._bar.setRange(0, n_all)
        self._bar.setValue(n_done)
