"""A card of the X-ray: a heading, and lines with names."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from gui import theme
from gui.stage.charts.score_card import small_label
from gui.stage.xray.record_lines import list_lines


class RecordCard(QFrame):
    """Says what was kept of one thing."""

    def __init__(self, title: str) -> None:
        super().__init__()
        theme.set_kind(self, "card")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 10, 12, 12)
        self._layout.setSpacing(6)
        self._layout.addWidget(small_label(title, "strong"))
        self.setAccessibleName(title)

    def add_sentence(self, text: str, kind: str = "small") -> None:
        """Adds a sentence."""
        label = small_label(text, kind)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._layout.addWidget(label)

    def add_document(self, heading: str, document: object) -> None:
        """Adds all that a document says, under a heading."""
        if heading:
            self._layout.addWidget(small_label(heading, "accent"))
        self.add_lines(list_lines(document))

    def add_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        """Adds names and values."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        for row, (name, value) in enumerate(lines):
            grid.addWidget(small_label(name, "small"), row, 0, Qt.AlignmentFlag.AlignTop)
            fact = small_label(value, "small")
            fact.setStyleSheet(f"color: {theme.colors().text};")
            fact.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(fact, row, 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, 60)
        self._layout.addLayout(grid)
