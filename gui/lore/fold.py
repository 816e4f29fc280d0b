"""A group of fields that can be folded away; what lies in it is counted in its title while it is closed."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui import theme
from gui.characters.field import Field


class Fold(QWidget):
    """A title that opens and closes what stands under it."""

    def __init__(self, title: str, *, is_open: bool = False) -> None:
        super().__init__()
        self._title = title
        self.is_open = is_open
        self.button = QToolButton()
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.set_kind(self.button, "ghost")
        self.button.clicked.connect(lambda: self.set_open(not self.is_open))
        self.body = QWidget()
        self._grid = QGridLayout(self.body)
        self._grid.setContentsMargins(4, 4, 0, 8)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(12)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.button)
        column.addWidget(self.body)
        self.button.setText(title)
        self.set_open(is_open)

    def add_row(self, fields: Sequence[Field]) -> None:
        """Adds one field over the whole width, or two beside each other."""
        row = self._grid.rowCount()
        if len(fields) == 1:
            self._grid.addWidget(fields[0], row, 0, 1, 2, Qt.AlignmentFlag.AlignTop)
        for column, field in enumerate(fields if len(fields) > 1 else ()):
            self._grid.addWidget(field, row, column, Qt.AlignmentFlag.AlignBottom)

    def show_count(self, n_said: int) -> None:
        """Says how many of its fields are not as in a new entry."""
        self.button.setText(f"{self._title} · {n_said}" if n_said else self._title)

    def set_open(self, is_open: bool) -> None:
        """Opens or closes it."""
        self.is_open = is_open
        self.body.setVisible(is_open)
        self.button.setIcon(theme.icon("mdi6.chevron-down" if is_open else "mdi6.chevron-right", "dim"))
        self.button.setAccessibleDescription(self.tr("open") if is_open else self.tr("closed"))
