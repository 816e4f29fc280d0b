"""Choosing who plays a role: a list with portraits that is searched by typing, opened under the button."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.characters.roster import Entry, Roster
from gui.widgets.portrait import PictureCache

_SIZE_PX = (300, 400)


class CharacterPicker(QFrame):
    """A popup. Enter or a click chooses; Escape leaves all as it was."""

    picked = Signal(str)
    """Id of a character; empty: nobody."""
    new_requested = Signal()

    def __init__(self, cache: PictureCache, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        theme.set_kind(self, "overlay")
        self.roster = Roster(self.tr("Who plays it?"), cache)
        self.roster.new_button.clicked.connect(self._on_new_clicked)
        self.roster.confirmed.connect(self._pick_current)
        self.roster.list.clicked.connect(lambda _index: self._pick_current())
        self.roster.search.returnPressed.connect(self._pick_current)
        self.roster.search.textChanged.connect(self.roster.ensure_current)
        self._nobody = QPushButton(self.tr("Nobody"))
        self._nobody.setIcon(theme.icon("mdi6.account-off-outline", "dim"))
        theme.set_kind(self._nobody, "ghost")
        self._nobody.clicked.connect(lambda: self._pick(""))
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 8)
        column.setSpacing(0)
        column.addWidget(self.roster)
        column.addWidget(self._nobody, 0, Qt.AlignmentFlag.AlignHCenter)

    def open_under(self, button: QWidget, entries: Sequence[Entry], current: str) -> None:
        """Opens with these characters, one of them current."""
        self.roster.search.clear()
        self.roster.show_entries(entries, current or (entries[0].id if entries else ""))
        self._nobody.setVisible(bool(current))
        self.resize(max(_SIZE_PX[0], button.width()), theme.text_px(_SIZE_PX[1]))
        place = button.mapToGlobal(QPoint(0, button.height() + 4))
        screen = button.screen().availableGeometry()
        place.setY(max(screen.top(), min(place.y(), screen.bottom() - self.height())))
        place.setX(max(screen.left(), min(place.x(), screen.right() - self.width())))
        self.move(place)
        self.show()
        self.roster.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _pick_current(self) -> None:
        if self.roster.current:
            self._pick(self.roster.current)

    def _pick(self, character_id: str) -> None:
        self.hide()
        self.picked.emit(character_id)

    def _on_new_clicked(self) -> None:
        self.hide()
        self.new_requested.emit()
