"""A section that folds: a heading to click or to press, and what is under it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from gui import theme


class Fold(QFrame):
    """A card with a heading; Space and Enter on the heading fold it too."""

    folded = Signal(bool)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "card")
        self._is_open = True
        self.head = QToolButton()
        self.head.setText(f" {title}")
        self.head.setAccessibleName(title)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setIconSize(QSize(16, 16))
        theme.set_kind(self.head, "ghost")
        self.head.clicked.connect(lambda: self.set_open(not self._is_open))
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_kind(self.note, "small")
        self._body = QWidget()
        self.rows = QVBoxLayout(self._body)
        self.rows.setContentsMargins(10, 0, 8, 4)
        self.rows.setSpacing(6)
        self._lay_out()
        self._style()
        theme.notifier.theme_changed.connect(self._style)

    @property
    def is_open(self) -> bool:
        """Whether its content is in sight."""
        return self._is_open

    def set_open(self, is_open: bool) -> None:
        """Folds or unfolds it."""
        if is_open != self._is_open:
            self._is_open = is_open
            self._body.setVisible(is_open)
            self._style()
            self.folded.emit(not is_open)

    def set_note(self, note: str) -> None:
        """Shows a word beside the title, such as a number."""
        self.note.setText(note)

    def show_rows(self, widgets: list[QWidget]) -> None:
        """Shows other content."""
        while (item := self.rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for widget in widgets:
            self.rows.addWidget(widget)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 10, 0)
        head.addWidget(self.head)
        head.addStretch(1)
        head.addWidget(self.note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 6)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self._body)

    def _style(self) -> None:
        self.head.setFont(theme.ui_font(weight=QFont.Weight.DemiBold))
        self.head.setIcon(theme.icon("mdi6.chevron-down" if self._is_open else "mdi6.chevron-right", "dim"))
        words = self.tr("unfolded: press to fold") if self._is_open else self.tr("folded: press to unfold")
        self.head.setAccessibleDescription(words)
