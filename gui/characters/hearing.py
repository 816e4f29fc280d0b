"""The right side of the editor: what the weights read, a talk with the draft, and a line that it speaks."""

from collections.abc import Callable

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from gui.talking.ask_box import AskBox
from gui.talking.voice_preview import VoicePreview
from gui.workspace import Workspace
from models.character import CharacterBase


class Hearing(QWidget):
    """Tabs for reading and asking, and the voice under both."""

    def __init__(self, prompt: QWidget, workspace: Workspace, read_draft: Callable[[], CharacterBase]) -> None:
        super().__init__()
        self.ask = AskBox(workspace, read_draft)
        self.preview = VoicePreview(workspace, read_draft)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(prompt, self.tr("What they read"))
        self.tabs.addTab(_padded(self.ask), self.tr("Ask them"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs, 1)
        column.addWidget(_padded(self.preview))

    def show_other(self) -> None:
        """Another character is open: the talk is over."""
        self.ask.start_over(focus=False)
        self.preview.live.setChecked(False)

    def begin_asking(self) -> None:
        """Shows the talk and puts the cursor into it."""
        self.tabs.setCurrentIndex(1)
        self.ask.line.setFocus()

    def stop(self) -> None:
        """Says nothing more."""
        self.ask.voice.cancel()
        self.preview.stop()


def _padded(widget: QWidget) -> QWidget:
    outer = QWidget()
    column = QVBoxLayout(outer)
    column.setContentsMargins(16, 8, 16, 8)
    column.addWidget(widget)
    return outer
