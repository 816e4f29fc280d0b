"""A card of the Weights place: a heading, and rows of a name beside its value or control."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui import theme

LABEL_PX = 120
CONTROL_PX = 190


class Card(QFrame):
    """Grows by rows."""

    def __init__(self, title: str = "") -> None:
        super().__init__()
        theme.set_kind(self, "card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 16, 20, 16)
        self._column.setSpacing(12)
        self.head = QHBoxLayout()
        self.head.setSpacing(12)
        if title:
            heading = QLabel(title)
            theme.set_kind(heading, "heading")
            self.head.addWidget(heading, 1)
        self._column.addLayout(self.head)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, theme.text_px(LABEL_PX))
        self._column.addLayout(self._grid)

    def add(self, widget: QWidget) -> None:
        """Adds something as wide as the card."""
        self._column.addWidget(widget)

    def add_to_top(self, widget: QWidget) -> None:
        """Adds something between the head and the rows."""
        self._column.insertWidget(1, widget)

    def add_row(self, layout: QHBoxLayout) -> None:
        """Adds a row of controls."""
        self._column.addLayout(layout)

    def add_fact(self, name: str) -> QLabel:
        """Adds a name and returns the label of its value."""
        row = self._grid.rowCount()
        value = plain_label("")
        value.setAccessibleName(name)
        self._grid.addWidget(plain_label("dim", name), row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, row, 1)
        return value

    def show_facts(self, shown: bool) -> None:
        """Shows the facts with their names, or leaves them out."""
        for place in range(self._grid.count()):
            if (widget := self._grid.itemAt(place).widget()) is not None:
                widget.setVisible(shown)

    def add_control(self, name: str, control: QWidget, note: str) -> QLabel:
        """Adds a control with a name and a note below; returns the note's label."""
        row = self._grid.rowCount()
        label = plain_label("", name)
        label.setBuddy(control)
        control.setAccessibleName(name.replace("&", ""))
        if isinstance(control, QAbstractSpinBox):
            theme.pad_spin_box(control)
        control.setFixedWidth(theme.text_px(CONTROL_PX))
        words = plain_label("small", note)
        beside = QHBoxLayout()
        beside.setSpacing(16)
        beside.addWidget(control)
        beside.addWidget(words, 1)
        self._grid.addWidget(label, row, 0)
        self._grid.addLayout(beside, row, 1)
        return words


def plain_label(kind: str, text: str = "") -> QLabel:
    """Returns a label that shows text as text."""
    label = QLabel(text)
    if "&" not in text:
        label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    theme.set_kind(label, kind)
    return label
