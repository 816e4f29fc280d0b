"""Says through whose eyes the transcript is shown, and leads back to the director's."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from gui import theme
from gui.stage.fill import fill
from gui.stage.names import cast_names
from gui.stage.session import StageSession


class SeenByBar(QFrame):
    """Hidden while the director sees all."""

    chosen = Signal(str)
    """Role id; empty: the director, who sees all."""

    def __init__(self, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._role_id = ""
        theme.set_kind(self, "bar")
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_kind(self.label, "accent")
        self.label.setWordWrap(True)
        self.all_button = QPushButton(self.tr("See all again"))
        theme.set_kind(self.all_button, "link")
        self.all_button.clicked.connect(lambda: self.chosen.emit(""))
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 6, 16, 6)
        row.setSpacing(8)
        row.addWidget(self.label, 1)
        row.addWidget(self.all_button)
        self.hide()

    def show_role(self, role_id: str) -> None:
        """Says whose eyes they are; empty: goes away."""
        self._role_id = role_id
        name = cast_names(self._session.cast).get(role_id, "")
        said = self.tr("As seen by %1: what they did not perceive is dim, and what others think is hidden.")
        self.label.setText(fill(said, name))
        self.setVisible(bool(role_id))

    def open_menu(self, over: QWidget) -> None:
        """Asks whose eyes."""
        menu = QMenu(self)
        choices = {"": self.tr("the director, who sees all")} | cast_names(self._session.cast)
        for role_id, name in choices.items():
            action = menu.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(role_id == self._role_id)
            action.triggered.connect(lambda _checked, role_id=role_id: self.chosen.emit(role_id))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(over.mapToGlobal(over.rect().center()) - menu.rect().center())
