"""What plays the scene, below the transcript: play, step, stop, retry, and a line to say as anybody."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core.playtest.script import NARRATOR_ID, USER_ID, Script
from gui import theme
from gui.stage.action_button import ActionButton
from gui.stage.fill import fill
from gui.stage.saying import say_state, say_view
from gui.stage.session import StageSession

SPEAKER_WIDTH = 136
NARROW = 720
"""Pixels of width below which step and stop are icons."""


class SayInput(QLineEdit):
    """A line whose Ctrl+Z is the window's when there is no typing to take back."""

    def event(self, event: QEvent) -> bool:
        """Leaves undo and redo to the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undoes = event.matches(QKeySequence.StandardKey.Undo) and not self.isUndoAvailable()
            redoes = event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable()
            if undoes or redoes:
                event.ignore()
                return False
        return super().event(event)


class Controls(QFrame):
    """Buttons for the actions of the Stage, one input, and the line that says what is going on."""

    said = Signal(str, str)
    """Speaker id and words."""

    forward_clicked = Signal()
    """The turns that follow on the newest branch are wanted."""

    def __init__(self, session: StageSession, actions: list[QAction], parent: QWidget | None = None) -> None:
        """`actions` are play, step, stop and retry."""
        super().__init__(parent)
        self._session = session
        self._hint = ""
        self._is_narrow = False
        self._state = _line_label()
        self._view_state = _line_label()
        self.forward_button = QPushButton()
        theme.set_kind(self.forward_button, "link")
        self.forward_button.clicked.connect(self.forward_clicked)
        play, step, stop, retry = actions
        self.play_button = ActionButton(play)
        theme.set_kind(self.play_button, "primary")
        self.play_button.setMinimumWidth(96)
        self.step_button = ActionButton(step)
        self.stop_button = ActionButton(stop)
        self.retry_button = ActionButton(retry, has_words=False)
        self.input = SayInput()
        self.input.setAccessibleName(self.tr("Words to say"))
        self.input.returnPressed.connect(self._on_return_pressed)
        self.speaker = QComboBox()
        self.speaker.setAccessibleName(self.tr("Who says it"))
        self.speaker.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.speaker.setMinimumContentsLength(9)
        self.speaker.currentIndexChanged.connect(self._on_speaker_chosen)
        states = QVBoxLayout()
        states.setSpacing(2)
        first = QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(self._state, 1)
        first.addWidget(self.forward_button)
        states.addLayout(first)
        states.addWidget(self._view_state)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.play_button, self.step_button, self.stop_button, self.retry_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys where they were
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 10, 24, 14)
        layout.setSpacing(10)
        layout.addLayout(states)
        layout.addLayout(row)
        layout.addLayout(self._make_say_row())
        session.opened.connect(self._on_opened)
        session.state_changed.connect(self._refresh)
        self._on_opened()

    def _make_say_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.input, 1)
        row.addWidget(self.speaker)
        return row

    @property
    def speaker_id(self) -> str:
        """Who the input speaks as."""
        return str(self.speaker.currentData() or USER_ID)

    def speak_as(self, speaker_id: str) -> None:
        """Chooses a speaker and waits for words."""
        place = self.speaker.findData(speaker_id)
        if place >= 0:
            self.speaker.setCurrentIndex(place)
        self.input.setFocus()

    def show_hint(self, hint: str) -> None:
        """Says something else instead of the state, until the hint is empty."""
        self._hint = hint
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves the words off two buttons where there is little room for the input."""
        super().resizeEvent(event)
        if self._is_narrow != (event.size().width() < NARROW):
            self._is_narrow = not self._is_narrow
            for button in (self.step_button, self.stop_button):
                button.show_words(not self._is_narrow)

    def _on_opened(self) -> None:
        before = self.speaker_id
        self.speaker.blockSignals(True)
        self.speaker.clear()
        for speaker_id, name in _speakers(self._session.script, self.tr("Narrator (event)")):
            self.speaker.addItem(fill(self.tr("as %1"), name), speaker_id)
        self.speaker.setCurrentIndex(max(0, self.speaker.findData(before)))
        self.speaker.blockSignals(False)
        self._on_speaker_chosen()
        self._refresh()

    def _on_speaker_chosen(self) -> None:
        if self.speaker_id == NARRATOR_ID:
            self.input.setPlaceholderText(self.tr("Let something happen …"))
        else:
            self.input.setPlaceholderText(self.tr("Say something …"))

    def _on_return_pressed(self) -> None:
        text = self.input.text().strip()
        if text:
            self.said.emit(self.speaker_id, text)
            self.input.setText("")  # unlike `clear`, leaves nothing to undo: Ctrl+Z then takes the line itself back

    def _refresh(self) -> None:
        for label, saying in ((self._state, say_state(self._session)), (self._view_state, say_view(self._session))):
            theme.set_kind(label, saying.kind)
            label.setText(saying.text)
        if self._hint:
            theme.set_kind(self._state, "small")
            self._state.setText(self._hint)
        self._view_state.setVisible(bool(self._view_state.text()))
        self._refresh_forward()
        self.speaker.setFixedWidth(theme.text_px(SPEAKER_WIDTH))
        has_script = self._session.script is not None
        self.input.setEnabled(has_script)
        self.speaker.setEnabled(has_script)

    def _refresh_forward(self) -> None:
        """Offers the turns that lie ahead, after a step back in the tree."""
        session = self._session
        head = session.head
        n_after = session.tree.n_after(head.id if head is not None else None) if session.is_loaded else 0
        self.forward_button.setVisible(n_after > 0 and session.live is None and not session.is_playing)
        if n_after == 1:
            self.forward_button.setText(self.tr("Turns follow: go to the end ›"))
        else:
            self.forward_button.setText(fill(self.tr("%1 branches follow: newest ›"), n_after))


def _speakers(script: Script | None, narrator: str) -> list[tuple[str, str]]:
    if script is None:
        return []
    parts = [(part.role_id, part.character.name) for part in script.parts]
    return [(USER_ID, script.scenario.user_name), *parts, (NARRATOR_ID, narrator)]


def _line_label() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    theme.set_kind(label, "small")
    return label
