"""The middle of the Stage: the start page or the transcript, a person's line when it is due, and the controls."""

from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from gui import theme
from gui.stage.controls import Controls
from gui.stage.directing.your_line import YourLine
from gui.stage.start_screen import StartScreen
from gui.stage.transcript.transcript_panel import TranscriptPanel


class MiddleColumn(QWidget):
    """What a scene that nobody has played yet has no use for is hidden."""

    def __init__(
        self,
        start_screen: StartScreen,
        transcript: TranscriptPanel,
        your_line: YourLine,
        controls: Controls,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._start_screen = start_screen
        self._transcript = transcript
        self._controls = controls
        self.pages = QStackedWidget()
        self.pages.addWidget(start_screen)
        self.pages.addWidget(transcript)
        self.notice_room = QWidget()
        self.notice_room.setFixedHeight(0)
        self._line = QFrame()
        theme.set_kind(self._line, "hairline")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.pages, 1)
        rows.addWidget(self.notice_room)
        rows.addWidget(self._line)
        rows.addWidget(your_line)
        rows.addWidget(controls)

    def show_transcript(self) -> None:
        """A playtest is open."""
        self._show(self._transcript, are_controls_wanted=True)

    def show_start(self) -> None:
        """None is open: the start page has the cast and Play."""
        self._show(self._start_screen, are_controls_wanted=False)

    def _show(self, page: QWidget, *, are_controls_wanted: bool) -> None:
        self._line.setVisible(are_controls_wanted)
        self._controls.setVisible(are_controls_wanted)
        self.pages.setCurrentWidget(page)
