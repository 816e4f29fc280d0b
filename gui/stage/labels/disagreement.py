"""“I disagree”: a person contests one score, beside it, and says why."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.stage.fill import fill

MAX_WHY_CHARS = 500
LATER_MS = 300
"""Whoever wants to build anew what somebody types into looks again after so long."""


class Disagreement(QWidget):
    """A button; then a line for why. What was said before is shown, and can be said otherwise."""

    kept = Signal(str)
    """Why, perhaps without a word."""
    taken_back = Signal()

    def __init__(self, title: str, why: str | None = None) -> None:
        """Makes it for a score called `title`; `why` is what was said of it, None: nothing yet."""
        super().__init__()
        self.button = QPushButton(self.tr("I disagree…") if why is None else self.tr("Say it otherwise…"))
        theme.set_kind(self.button, "small-link")
        self.button.setAccessibleName(fill(self.tr("I disagree with %1"), title))
        self.button.clicked.connect(self.open)
        self.why = QLineEdit(why or "")
        self.why.setMaxLength(MAX_WHY_CHARS)
        self.why.setPlaceholderText(self.tr("Why? Enter keeps it, Escape leaves it"))
        self.why.setAccessibleName(fill(self.tr("Why you disagree with %1"), title))
        self.why.returnPressed.connect(self._keep)
        self.keep_button = QPushButton(self.tr("Keep"))
        self.keep_button.clicked.connect(self._keep)
        self._line = QWidget()
        line = QHBoxLayout(self._line)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(self.why, 1)
        line.addWidget(self.keep_button)
        self._line.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(4)
        if why is not None:
            layout.addWidget(_said(fill(self.tr("You disagree: %1"), why) if why else self.tr("You disagree.")))
        self.take_back = QPushButton(self.tr("Take it back"))
        theme.set_kind(self.take_back, "small-link")
        self.take_back.clicked.connect(self.taken_back)
        self.take_back.setVisible(why is not None)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addWidget(self.button)
        buttons.addWidget(self.take_back)
        buttons.addStretch(1)
        layout.addLayout(buttons)
        layout.addWidget(self._line)

    @property
    def is_in_use(self) -> bool:
        """Whether something is being said: it must not be taken away."""
        is_there = self.why.hasFocus() or self.keep_button.hasFocus() or bool(self.why.text())
        return not self._line.isHidden() and is_there

    def open(self) -> None:
        """Shows the line for why."""
        self.button.hide()
        self._line.show()
        self.why.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves all as it was."""
        if event.key() == Qt.Key.Key_Escape and self._line.isVisible():
            self._line.hide()
            self.button.show()
            self.button.setFocus()
        else:
            super().keyPressEvent(event)

    def _keep(self) -> None:
        self._line.hide()
        self.button.show()
        self.kept.emit(self.why.text().strip())


def is_disagreeing(inside: QWidget) -> bool:
    """Returns whether a person is saying why they disagree, somewhere inside a widget."""
    return any(one.is_in_use for one in inside.findChildren(Disagreement))


def _said(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    theme.set_kind(label, "warning")
    return label
