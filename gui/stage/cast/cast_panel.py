"""The cast of the open playtest: a card each, in order."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.playtest.script import Script
from gui.stage.cast.cast_card import NO_STATE, CastCard
from gui.stage.cast.cast_states import read_states
from gui.stage.cast.faces import faces_of
from gui.stage.session import StageSession
from gui.widgets.portrait import PictureCache


class CastPanel(QWidget):
    """The cards follow the session."""

    character_requested = Signal(str)
    """Role id."""
    chosen = Signal(str)
    """Role id."""
    menu_wanted = Signal(str, QPoint)
    """Role id, and where on the screen."""

    def __init__(self, session: StageSession, pictures: PictureCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pictures = pictures
        self._cards: dict[str, CastCard] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        session.opened.connect(self._rebuild)
        session.cast_changed.connect(self._rebuild)
        session.state_changed.connect(self._refresh)

    def card(self, role_id: str) -> CastCard:
        """Returns the card of a role."""
        return self._cards[role_id]

    def show_script(self, script: Script | None) -> None:
        """Shows a cast; that of the open playtest, or of a scenario that is not played yet."""
        while self._layout.count():
            item = self._layout.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._cards.clear()
        faces = faces_of(script)
        for part in script.parts if script is not None else ():
            assert script is not None
            card = CastCard(part, faces[part.role_id], script.scenario.user_name, self._pictures)
            card.activated.connect(self.character_requested)
            card.chosen.connect(self.chosen)
            card.menu_wanted.connect(self.menu_wanted)
            self._cards[part.role_id] = card
            self._layout.addWidget(card)

    def _rebuild(self) -> None:
        if self._session.script is not None:
            self.show_script(self._session.cast)
            self._refresh()

    def _refresh(self) -> None:
        if self._session.script is None:
            return
        states = read_states(self._session)
        for role_id, card in self._cards.items():
            card.show_state(states.get(role_id, NO_STATE))
