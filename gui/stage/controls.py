"""What plays the scene, below the transcript: play, hold, step, stop, retry, direct, and a line to say as anybody."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.stage.action_button import ActionButton
from gui.stage.directing.say_input import SayInput
from gui.stage.directing.say_row import SayRow
from gui.stage.fill import fill
from gui.stage.saying import say_state, say_view
from gui.stage.session import StageSession

NARROW = 640
"""Pixels of width, at text of 100 %, below which all buttons but the first are icons."""


class Controls(QFrame):
    """Buttons for the actions of the Stage, one input, and the line that says what is going on."""

    forward_clicked = Signal()
    """The turns that follow on the newest branch are wanted."""

    def __init__(self, session: StageSession, actions: list[QAction], parent: QWidget | None = None) -> None:
        """`actions` are play, hold, step, stop, retry and direct."""
        super().__init__(parent)
        self._session = session
        self._hint = ""
        self._is_narrow = False
        self._state = _line_label()
        self._view_state = _line_label()
        self.forward_button = QPushButton()
        theme.set_kind(self.forward_button, "link")
        self.forward_button.clicked.connect(self.forward_clicked)
        play, hold, step, stop, retry, direct = actions
        self.play_button = ActionButton(play, is_on_accent=True)
        theme.set_kind(self.play_button, "primary")
        self.hold_button = ActionButton(hold)
        self.step_button = ActionButton(step)
        self.stop_button = ActionButton(stop)
        self.retry_button = ActionButton(retry, has_words=False)
        self.direct_button = ActionButton(direct)
        self.say_row = SayRow(session)
        states = QVBoxLayout()
        states.setSpacing(2)
        first = QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(self._state, 1)
        first.addWidget(self.forward_button)
        states.addLayout(first)
        states.addWidget(self._view_state)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 10, 24, 14)
        layout.setSpacing(10)
        layout.addLayout(states)
        layout.addLayout(self._make_buttons())
        layout.addWidget(self.say_row)
        session.opened.connect(self._refresh)
        session.state_changed.connect(self._refresh)
        self._refresh()

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        first = (self.play_button, self.hold_button, self.step_button, self.stop_button, self.retry_button)
        for button in (*first, self.direct_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys where they were
        for button in first:
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.direct_button)
        return row

    @property
    def input(self) -> SayInput:
        """Where a line is typed."""
        return self.say_row.input

    @property
    def speaker(self) -> QComboBox:
        """Who says it."""
        return self.say_row.speaker

    def speak_as(self, speaker_id: str, audience: list[str] | None = None) -> None:
        """Chooses who speaks and who hears, and waits for words."""
        self.say_row.speak_as(speaker_id, audience)

    def show_hint(self, hint: str) -> None:
        """Says something else instead of the state, until the hint is empty."""
        self._hint = hint
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves the words off the buttons where there is little room."""
        super().resizeEvent(event)
        if self._is_narrow != (event.size().width() < theme.text_px(NARROW)):
            self._is_narrow = not self._is_narrow
            for button in (self.hold_button, self.step_button, self.stop_button):
                button.show_words(not self._is_narrow)

    def _refresh(self) -> None:
        for label, saying in ((self._state, say_state(self._session)), (self._view_state, say_view(self._session))):
            theme.set_kind(label, saying.kind)
            label.setText(saying.text)
        if self._hint:
            theme.set_kind(self._state, "small")
            self._state.setText(self._hint)
        self._view_state.setVisible(bool(self._view_state.text()))
        self.play_button.setMinimumWidth(theme.text_px(96))
        self._refresh_forward()

    def _refresh_forward(self) -> None:
        """Offers the turns that lie ahead, after a step back in the tree."""
        session = self._session
        head = session.head
        n_after = session.tree.n_after(head.id if head is not None else None) if session.is_loaded else 0
        is_at_rest = session.live is None and not session.is_playing
        self.forward_button.setVisible(n_after > 0 and is_at_rest and session.can_write)
        if n_after == 1:
            self.forward_button.setText(self.tr("Turns follow: go to the end ›"))
        else:
            self.forward_button.setText(fill(self.tr("%1 branches follow: newest ›"), n_after))


def _line_label() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    theme.set_kind(label, "small")
    return label
