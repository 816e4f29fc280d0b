"""The line of a person who has taken a role: a prompt when the turn comes, with the time that is left."""

import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.stage.directing.audience_chooser import AudienceChooser
from gui.stage.directing.say_input import SayInput
from gui.stage.elided_label import ElidedLabel
from gui.stage.fill import fill
from gui.stage.names import cast_names
from gui.stage.session import StageSession
from gui.stage.transcript.live_turn import AwaitedLine

TICK_MS = 100
BAR_STEPS = 1000


class YourLine(QWidget):
    """Shown while the scene waits. Enter says the line, Escape leaves the field; all else has a key as well."""

    said = Signal(str, str, object)
    """Role id, words, and the role ids of those who hear them; None: everyone."""
    passed = Signal()
    """The weights are to speak this once."""
    left = Signal()
    """The line was settled while the keys came here: they are to go elsewhere."""
    handed_back = Signal(str)
    """Role id: the weights are to speak from now on."""

    def __init__(self, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._awaited: AwaitedLine | None = None
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_kind(self._title, "strong")
        self._left = ElidedLabel()
        theme.set_kind(self._left, "small")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, BAR_STEPS)
        self.bar.setFixedHeight(4)
        self.bar.setAccessibleName(self.tr("Time that is left"))
        self.input = SayInput()
        self.input.returnPressed.connect(self._on_return_pressed)
        self.audience = AudienceChooser()
        self.pass_button = QPushButton(self.tr("Let it pass"))
        self.pass_button.setToolTip(self.tr("The weights speak this once (Ctrl+Shift+P)"))
        self.pass_button.clicked.connect(self.passed)
        self.back_button = QPushButton(self.tr("Hand back"))
        self.back_button.setToolTip(self.tr("The weights speak from now on (Ctrl+Shift+H)"))
        self.back_button.clicked.connect(self._on_back_clicked)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._lay_out()
        session.state_changed.connect(self.refresh)
        session.opened.connect(self.refresh)
        self.hide()

    def refresh(self) -> None:
        """Shows whose line is awaited; takes the focus when one begins to be."""
        awaited = self._session.awaited
        if awaited is self._awaited:
            return
        self._awaited = awaited
        self._timer.stop()
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        self.setVisible(awaited is not None)
        if awaited is None:
            if had_focus:
                self.left.emit()
            return
        self._begin(awaited)

    def _begin(self, awaited: AwaitedLine) -> None:
        self._title.setText(fill(self.tr("Your line, %1"), awaited.speaker))
        self.input.setAccessibleName(fill(self.tr("Your line as %1"), awaited.speaker))
        self.input.setPlaceholderText(fill(self.tr("What does %1 say? Enter says it"), awaited.speaker))
        self.audience.show_cast(cast_names(self._session.cast))
        self.audience.set_speaker(awaited.speaker_id)
        self.audience.choose(None)
        is_timed = awaited.seconds > 0
        self.bar.setVisible(is_timed)
        if is_timed:
            self._timer.start()
            self._tick()
        else:
            self._left.setText("")
        self.input.setFocus()

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(self._title)
        first.addWidget(self._left, 1)
        first.addWidget(self.pass_button)
        first.addWidget(self.back_button)
        second = QHBoxLayout()
        second.setSpacing(8)
        second.addWidget(self.input, 1)
        second.addWidget(self.audience)
        card = QFrame()
        theme.set_kind(card, "note-card")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 10, 16, 0)
        whole.addWidget(card)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(8)
        layout.addLayout(first)
        layout.addWidget(self.bar)
        layout.addLayout(second)
        for one, other in (
            (self.input, self.audience),
            (self.audience, self.pass_button),
            (self.pass_button, self.back_button),
        ):
            QWidget.setTabOrder(one, other)

    def _tick(self) -> None:
        awaited = self._awaited
        if awaited is None:
            return
        left_s = max(0.0, awaited.seconds - (time.perf_counter() - awaited.began_s))
        self.bar.setValue(round(BAR_STEPS * left_s / awaited.seconds))
        self._left.setText(fill(self.tr("%1 s, then the weights speak"), int(left_s) + (left_s > 0)))
        if left_s <= 0:
            self._timer.stop()

    def _on_return_pressed(self) -> None:
        awaited = self._awaited
        if awaited is not None and (text := self.input.take()):
            self.said.emit(awaited.speaker_id, text, self.audience.audience)

    def _on_back_clicked(self) -> None:
        if self._awaited is not None:
            self.handed_back.emit(self._awaited.speaker_id)
