"""The cast of the open playtest: a card each, who speaks and who is to speak next and why."""

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.characters.macros import expand_macros
from core.playtest.script import Part, Script
from gui import theme
from gui.stage.fill import fill
from gui.stage.session import StageSession
from gui.widgets.portrait import Face, PictureCache, Portrait

PORTRAIT_SIDE = 36


def faces_of(script: Script | None) -> dict[str, Face]:
    """Returns the faces of a cast and of the user, by speaker id."""
    if script is None:
        return {}
    faces = {
        part.role_id: Face(part.character.name, place, part.character.portrait)
        for place, part in enumerate(script.parts)
    }
    faces["user"] = Face(script.scenario.user_name, len(script.parts))
    return faces


class CastCard(QFrame):
    """One member of the cast."""

    activated = Signal(str)
    """Role id: its character is wanted in the editor."""

    def __init__(self, part: Part, face: Face, user_name: str, pictures: PictureCache) -> None:
        super().__init__()
        self._part = part
        self._face = face
        theme.set_kind(self, "card")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        portrait = Portrait(pictures, PORTRAIT_SIDE)
        portrait.show_face(face)
        self._name = _label(part.character.name, "strong")
        self._role = _label(part.role.name, "small")
        self._state = _label("", "accent")
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for label in (self._name, self._role, self._state):
            texts.addWidget(label)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(12)
        layout.addWidget(portrait, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        self._role.setVisible(bool(part.role.name))
        self.setToolTip(self._describe(user_name))
        self.show_state("", False)

    def show_state(self, state: str, is_on: bool) -> None:
        """Says what this member is about to do; `is_on` while speaking or next."""
        self._state.setText(state)
        self._state.setVisible(bool(state))
        self.setAccessibleName(", ".join(filter(None, [self._face.name, self._part.role.name, state])))
        if self.property("selected") != is_on:
            self.setProperty("selected", is_on)
            self.style().unpolish(self)
            self.style().polish(self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click asks for the character."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.activated.emit(self._part.role_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter asks for the character."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(self._part.role_id)
        else:
            super().keyPressEvent(event)

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


class CastPanel(QWidget):
    """The cards of the cast, in order."""

    character_requested = Signal(str)
    """Role id."""

    def __init__(self, session: StageSession, pictures: PictureCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pictures = pictures
        self._cards: dict[str, CastCard] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        session.opened.connect(self._rebuild)
        session.state_changed.connect(self._refresh)

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
            self._cards[part.role_id] = card
            self._layout.addWidget(card)

    def _rebuild(self) -> None:
        if self._session.script is not None:
            self.show_script(self._session.script)

    def _refresh(self) -> None:
        live, following = self._session.live, self._session.next_speaker()
        for role_id, card in self._cards.items():
            if live is not None and live.speaker_id == role_id:
                card.show_state(self._say_live(), True)
            elif following is not None and following[0] == role_id:
                card.show_state(following[2][:1].upper() + following[2][1:], False)
            else:
                card.show_state("", False)

    def _say_live(self) -> str:
        live = self._session.live
        assert live is not None
        if live.text:
            return fill(self.tr("Speaking · %1"), live.why)
        return self.tr("Thinking") if live.thought else self.tr("Reading the scene")


def _label(text: str, kind: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    theme.set_kind(label, kind)
    return label
