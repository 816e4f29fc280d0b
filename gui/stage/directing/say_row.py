"""What is typed below the transcript: a line, who says it, and who hears it."""

import re

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from core.playtest.directing.acts import DIRECTOR_ID
from core.playtest.script import NARRATOR_ID, USER_ID
from gui import theme
from gui.stage.directing.audience_chooser import AudienceChooser
from gui.stage.directing.say_input import SayInput
from gui.stage.fill import fill
from gui.stage.names import cast_names, speakers_of
from gui.stage.session import StageSession

SPEAKER_WIDTH = 196
NARROW = 720
"""Pixels of width, at text of 100 %, below which the words have a line of their own."""
_AT = re.compile(r"^@(\S+)\s$")


class SayRow(QWidget):
    """Anybody can be spoken as: the user, each of the cast, the narrator, and the director, who whispers a motive."""

    said = Signal(str, str, object)
    """Speaker id, words, and the role ids of those who hear them; None: everyone."""

    def __init__(self, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.input = SayInput()
        self.input.setAccessibleName(self.tr("Words to say"))
        self.input.returnPressed.connect(self._on_return_pressed)
        self.input.textEdited.connect(self._on_edited)
        self.input.speaker_stepped.connect(self._step_speaker)
        self.speaker = QComboBox()
        self.speaker.setAccessibleName(self.tr("Who says it"))
        self.speaker.setToolTip(self.tr("Who says it (Alt+Up and Alt+Down while you type)"))
        self.speaker.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.speaker.setMinimumContentsLength(9)
        self.speaker.currentIndexChanged.connect(self._on_speaker_chosen)
        self.audience = AudienceChooser()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        self._grid.setColumnStretch(0, 1)
        self._is_narrow = False
        self._arrange()
        session.opened.connect(self._fill)
        session.cast_changed.connect(self._fill)
        session.state_changed.connect(self._refresh)
        self._fill()

    @property
    def speaker_id(self) -> str:
        """Who the input speaks as."""
        return str(self.speaker.currentData() or USER_ID)

    def speak_as(self, speaker_id: str, audience: list[str] | None = None) -> None:
        """Chooses who speaks and who hears, and waits for words."""
        place = self.speaker.findData(speaker_id)
        if place >= 0:
            self.speaker.setCurrentIndex(place)
        self.audience.choose(audience)
        self.input.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words have a line of their own where there is little room."""
        super().resizeEvent(event)
        if self._is_narrow != (event.size().width() < theme.text_px(NARROW)):
            self._is_narrow = not self._is_narrow
            self._arrange()

    def _arrange(self) -> None:
        for widget in (self.input, self.speaker, self.audience):
            self._grid.removeWidget(widget)
        row = int(self._is_narrow)
        self._grid.addWidget(self.input, 0, 0, 1, 3 if self._is_narrow else 1)
        self._grid.addWidget(self.speaker, row, 1)
        self._grid.addWidget(self.audience, row, 2)

    def _fill(self) -> None:
        before = self.speaker_id
        self.speaker.blockSignals(True)
        self.speaker.clear()
        for speaker_id, name in speakers_of(self._session.cast).items():
            self.speaker.addItem(fill(self.tr("as %1"), name), speaker_id)
        self.speaker.setCurrentIndex(max(0, self.speaker.findData(before)))
        self.speaker.blockSignals(False)
        self.audience.show_cast(cast_names(self._session.cast))
        self._on_speaker_chosen()
        self._refresh()

    def _on_speaker_chosen(self) -> None:
        self.audience.set_speaker(self.speaker_id, needs_one=self.speaker_id == DIRECTOR_ID)
        hints = {
            NARRATOR_ID: self.tr("Let something happen …"),
            DIRECTOR_ID: self.tr("What they want from now on; nobody else hears it …"),
        }
        self.input.setPlaceholderText(hints.get(self.speaker_id, self.tr("Say something, or @name to whisper …")))

    def _on_return_pressed(self) -> None:
        if text := self.input.take():
            self.said.emit(self.speaker_id, text, self.audience.audience)
            if self.speaker_id != DIRECTOR_ID:
                self.audience.choose(None)  # the next line is for everyone, unless it is said otherwise

    def _on_edited(self, text: str) -> None:
        """`@name` and a space at the beginning whispers to them."""
        found = _AT.match(text)
        role_id = self.audience.role_called(found[1]) if found else None
        if role_id is not None:
            self.audience.choose([role_id])
            self.input.setText("")

    def _step_speaker(self, step: int) -> None:
        if self.speaker.count():
            self.speaker.setCurrentIndex((self.speaker.currentIndex() + step) % self.speaker.count())

    def _refresh(self) -> None:
        self.speaker.setFixedWidth(theme.text_px(SPEAKER_WIDTH))
        can_speak = self._session.script is not None and self._session.can_write
        for widget in (self.input, self.speaker, self.audience):
            widget.setEnabled(can_speak)
