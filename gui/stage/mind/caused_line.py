"""A line of a mind with a label before it and, after it, a button that goes to the turn that gave cause."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from gui import theme
from gui.stage.charts.score_card import small_label
from gui.stage.fill import fill

LABEL_PX = 84


class CausedLine(QWidget):
    """Label, words, turn."""

    turn_wanted = Signal(int)
    """Number of the turn on the path."""

    def __init__(self, label: str, words: str, cause: int | None, *, kind: str = "small") -> None:
        """Takes what to show; `cause` None: there is no turn to go to."""
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        if label:
            name = small_label(label, "small")
            name.setFixedWidth(theme.text_px(LABEL_PX))
            name.setStyleSheet(f"color: {theme.colors().dim};")
            grid.addWidget(name, 0, 0, top)
        self.words = small_label(words, kind)
        if kind == "small":
            self.words.setStyleSheet(f"color: {theme.colors().text};")
        grid.addWidget(self.words, 0, 1, top)
        self.button: QPushButton | None = None
        if cause is not None and cause > 0:
            said = fill(QCoreApplication.translate("Mind", "turn %1"), cause)
            self.button = QPushButton(said)
            self.button.setAccessibleName(fill(QCoreApplication.translate("Mind", "%1: go to turn %2"), words, cause))
            self.button.setToolTip(QCoreApplication.translate("Mind", "Goes to the turn that gave cause"))
            self.button.setCursor(Qt.CursorShape.PointingHandCursor)
            theme.set_kind(self.button, "small-link")
            self.button.clicked.connect(lambda: self.turn_wanted.emit(cause))
            grid.addWidget(self.button, 0, 2, top)
