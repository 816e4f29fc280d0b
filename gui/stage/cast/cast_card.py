"""The card of one member of the cast: face, name, and how they stand."""

from html import escape

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGraphicsOpacityEffect, QHBoxLayout, QLabel, QVBoxLayout

from core.characters.macros import expand_macros
from core.playtest.script import Part
from gui import theme
from gui.stage.cast.cast_states import MemberState
from gui.stage.fill import fill
from gui.widgets.portrait import Face, PictureCache, Portrait

PORTRAIT_SIDE = 36
AWAY_OPACITY = 0.45
NO_STATE = MemberState()


class CastCard(QFrame):
    """A click chooses it; Enter or a double click asks for the character, the menu key for what can be done with it."""

    activated = Signal(str)
    """Role id: its character is wanted in the editor."""
    chosen = Signal(str)
    """Role id: the card has the focus."""
    menu_wanted = Signal(str, QPoint)
    """Role id and where, on the screen."""

    def __init__(self, part: Part, face: Face, user_name: str, pictures: PictureCache) -> None:
        super().__init__()
        self._part = part
        self._face = face
        self._state: MemberState | None = None
        theme.set_kind(self, "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        portrait = Portrait(pictures, PORTRAIT_SIDE)
        portrait.show_face(face)
        self._name = _label(part.character.name, "strong")
        self._role = _label(part.role.name, "small")
        self._doing = _label("", "accent")
        self._taken = _label(self.tr("You play this role"), "good")
        self._about = _label("", "small")
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for widget in (self._name, self._role, self._about, self._taken, self._doing):
            texts.addWidget(widget)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(12)
        layout.addWidget(portrait, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        self._faded = QGraphicsOpacityEffect(self)
        self._faded.setOpacity(AWAY_OPACITY)
        self._faded.setEnabled(False)
        self.setGraphicsEffect(self._faded)
        self._role.setVisible(bool(part.role.name))
        self.setToolTip(self._describe(user_name))
        self.show_state(NO_STATE)

    def show_state(self, state: MemberState) -> None:
        """Says how this member stands."""
        if state == self._state:
            return
        self._state = state
        self._doing.setText(state.doing)
        self._doing.setVisible(bool(state.doing))
        theme.set_kind(self._doing, "accent" if state.is_on or state.is_next else "small")
        self._taken.setVisible(state.is_taken)
        self._about.setText(" · ".join(filter(None, [state.place, state.mood, self._say_bid(state)])))
        self._about.setVisible(bool(self._about.text()))
        self._faded.setEnabled(state.is_away)
        self.setAccessibleName(", ".join(filter(None, self._say(state))))
        if self.property("selected") != state.is_on:
            self.setProperty("selected", state.is_on)
            self.style().unpolish(self)
            self.style().polish(self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Is chosen."""
        super().focusInEvent(event)
        self.chosen.emit(self._part.role_id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Asks for the character."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.activated.emit(self._part.role_id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Asks for what can be done with the character."""
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        place = event.globalPos() if by_mouse else self.mapToGlobal(self.rect().center())
        self.menu_wanted.emit(self._part.role_id, place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter asks for the character."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(self._part.role_id)
        else:
            super().keyPressEvent(event)

    def _say_bid(self, state: MemberState) -> str:
        return fill(self.tr("bid %1"), state.bid) if state.bid else ""

    def _say(self, state: MemberState) -> list[str]:
        """Returns all that the card shows, for a screen reader."""
        return [
            self._face.name,
            self._part.role.name,
            state.doing,
            self.tr("played by you") if state.is_taken else "",
            state.place if state.is_away or not state.place else fill(self.tr("at %1"), state.place),
            fill(self.tr("feels %1"), state.mood) if state.mood else "",
            fill(self.tr("wanted to speak: %1"), state.bid) if state.bid else "",
        ]

    def _describe(self, user_name: str) -> str:
        """Returns goal and secret for the tooltip; escaped, as tooltips may take text for markup."""
        role, character = self._part.role, self._part.character
        lines = [(self.tr("Goal"), role.goal), (self.tr("Secret"), role.secret), ("", character.summary)]
        rows = [
            (f"<b>{escape(title)}:</b> " if title else "")
            + escape(expand_macros(text, character.spoken_name, user_name))
            for title, text in lines
            if text.strip()
        ]
        return "<qt>" + "<br>".join(row[:600] for row in rows) + "</qt>" if rows else ""


def _label(text: str, kind: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    theme.set_kind(label, kind)
    return label
