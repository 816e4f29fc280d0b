"""Asks why a turn is good or off: one short line over the transcript."""

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.stage.fill import fill
from gui.stage.labels.turn_labels import TurnLabel
from models.label import Verdict

WIDTH = 460
MAX_WHY_CHARS = 500


class WhyForm(QFrame):
    """A card over the transcript. Enter keeps the verdict with the words, Escape leaves all as it was."""

    kept = Signal(int, object, str)
    """Turn id, verdict and why."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        theme.set_kind(self, "overlay")
        self.setAccessibleName(self.tr("Label of the turn, and why"))
        self._turn_id = 0
        self._title = QLabel()
        theme.set_kind(self._title, "heading")
        self.good = self._make_choice(self.tr("Good"))
        self.off = self._make_choice(self.tr("Off"))
        self._group = QButtonGroup(self)
        self._group.addButton(self.good)
        self._group.addButton(self.off)
        self.why = QLineEdit()
        self.why.setMaxLength(MAX_WHY_CHARS)
        self.why.setPlaceholderText(self.tr("Why? Such as: she would never say sorry"))
        self.why.setAccessibleName(self.tr("Why"))
        self.keep_button = QPushButton(self.tr("Keep"))
        theme.set_kind(self.keep_button, "primary")
        self.keep_button.clicked.connect(self._keep)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        head.addWidget(self.good)
        head.addWidget(self.off)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.why, 1)
        line.addWidget(self.keep_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addLayout(line)

    def open_at(self, widget: QWidget, row: QRect, turn_id: int, number: int, label: TurnLabel | None) -> None:
        """Shows itself below a row of a widget, with what was said of the turn so far."""
        self._turn_id = turn_id
        self._say(fill(self.tr("Turn %1 is"), number), has_choice=True)
        is_good = label is not None and label.verdict == Verdict.GOOD
        (self.good if is_good else self.off).setChecked(True)
        self._show(widget, row, label.why if label is not None else "")

    def open_to_contest(self, widget: QWidget, row: QRect, turn_id: int, title: str, why: str) -> None:
        """Shows itself below a place of a widget, to say why one score of a turn is wrong."""
        self._turn_id = turn_id
        self._say(fill(self.tr("I disagree with %1"), title), has_choice=False)
        self.off.setChecked(True)
        self._show(widget, row, why)

    def _say(self, title: str, *, has_choice: bool) -> None:
        self._title.setText(title)
        self.good.setVisible(has_choice)
        self.off.setVisible(has_choice)

    def _show(self, widget: QWidget, row: QRect, why: str) -> None:
        self.why.setText(why)
        self.setFixedWidth(min(theme.text_px(WIDTH), max(widget.width() - 16, 240)))
        self.adjustSize()
        y = min(max(row.bottom() + 4, 8), max(widget.height() - self.height() - 8, 8))
        self.move(widget.mapToGlobal(QPoint((widget.width() - self.width()) // 2, y)))
        self.show()
        self.why.setFocus()
        self.why.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter keeps it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._keep()
        else:
            super().keyPressEvent(event)

    @property
    def verdict(self) -> Verdict:
        """What is chosen."""
        return Verdict.GOOD if self.good.isChecked() else Verdict.OFF

    def _make_choice(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setCheckable(True)
        theme.set_kind(button, "chip")
        return button

    def _keep(self) -> None:
        if self.isVisible():
            self.close()
            self.parentWidget().setFocus()
            self.kept.emit(self._turn_id, self.verdict, self.why.text().strip())
