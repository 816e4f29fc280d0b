"""A part of a form that is out of sight until it is wanted."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui import theme


class Fold(QWidget):
    """A line with an arrow; pressed, it shows what is under it."""

    def __init__(self, title: str, inside: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self.inside = inside
        self.button = QToolButton()
        self.button.setCheckable(True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        theme.set_kind(self.button, "ghost")
        self.button.setStyleSheet("QToolButton { padding: 3px 6px 3px 0; background: transparent; }")
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.button.toggled.connect(self._on_toggled)
        inside.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.button)
        column.addWidget(inside)
        self.note("")
        self._on_toggled(False)

    @property
    def is_open(self) -> bool:
        """Whether its content is shown."""
        return self.button.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Shows or hides its content."""
        self.button.setChecked(is_open)

    def note(self, words: str) -> None:
        """Says in the line what is inside."""
        self.button.setText(f"{self._title} · {words}" if words else self._title)

    def _on_toggled(self, is_open: bool) -> None:
        self.inside.setVisible(is_open)
        self.button.setIcon(theme.icon("mdi6.chevron-down" if is_open else "mdi6.chevron-right", "dim"))
