"""A section that folds: a heading to click or to press, and what is under it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from gui import theme


class Fold(QFrame):
    """A card with a heading; Space and Enter on the heading fold it too."""

    folded = Signal(bool)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "card")
        self._title = title
        self.head = QToolButton()
        self.head.setCheckable(True)
        self.head.setChecked(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setIconSize(QSize(16, 16))
        self.head.setAccessibleName(title)
        theme.set_kind(self.head, "ghost")
        self.head.toggled.connect(self._on_toggled)
        self._body = QWidget()
        self.rows = QVBoxLayout(self._body)
        self.rows.setContentsMargins(10, 0, 8, 4)
        self.rows.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 6)
        layout.setSpacing(2)
        layout.addWidget(self.head, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._body)
        self._style()
        theme.notifier.theme_changed.connect(self._style)

    @property
    def is_open(self) -> bool:
        """Whether its content is in sight."""
        return self.head.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Folds or unfolds it."""
        self.head.setChecked(is_open)

    def set_note(self, note: str) -> None:
        """Shows a word beside the title, such as a number."""
        self.head.setText(f" {self._title}   {note}" if note else f" {self._title}")

    def show_rows(self, widgets: list[QWidget]) -> None:
        """Shows other content."""
        while (item := self.rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for widget in widgets:
            self.rows.addWidget(widget)

    def _on_toggled(self, is_open: bool) -> None:
        self._body.setVisible(is_open)
        self._style()
        self.folded.emit(not is_open)

    def _style(self) -> None:
        self.head.setFont(theme.ui_font(weight=theme.ui_font().Weight.DemiBold))
        self.head.setIcon(theme.icon("mdi6.chevron-down" if self.is_open else "mdi6.chevron-right", "dim"))
        self.head.setText(self.head.text() or f" {self._title}")
