"""One line that the character speaks again whenever it changes, a moment after typing stops."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.talking.voice import Voice
from gui.workspace import Workspace
from models.character import CharacterBase

PAUSE_MS = 700
QUESTION = "Who are you?"
SEED = 7


class VoicePreview(QWidget):
    """Off until it is asked for: it takes the weights' time. The same seed, so that only the change is heard."""

    def __init__(self, workspace: Workspace, read_draft: Callable[[], CharacterBase], parent: QWidget | None = None):
        super().__init__(parent)
        self._read_draft = read_draft
        self._seed = SEED
        self.voice = Voice(workspace, "voice preview", self)
        self.live = QCheckBox(self.tr("Sounds like"))
        self.live.setToolTip(self.tr("Speaks the line again whenever the character changes."))
        self.question = QLineEdit(QUESTION)
        self.question.setAccessibleName(self.tr("What the character is asked"))
        self.again = QPushButton(theme.icon("mdi6.refresh"), "")
        self.again.setAccessibleName(self.tr("Another line"))
        self.again.setToolTip(self.tr("Another line"))
        theme.set_kind(self.again, "ghost")
        self.line = QLabel()
        self.line.setWordWrap(True)
        self.line.setTextFormat(Qt.TextFormat.PlainText)
        self.line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.speak)
        row = QHBoxLayout()
        row.addWidget(self.live, 1)
        row.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.question)
        self.question.hide()
        column.addWidget(self.line)
        self.live.toggled.connect(self._on_live)
        self.question.textEdited.connect(lambda _text: self.refresh())
        self.again.clicked.connect(self._speak_other)
        self.voice.streamed.connect(lambda said: self.line.setText(f"“{said}…"))
        self.voice.answered.connect(self._on_answered)
        self.voice.failed.connect(lambda message, hint: self.line.setText(f"{message} {hint}"))
        workspace.closing.connect(self.stop)

    def refresh(self) -> None:
        """The character changed: speaks again after a moment, where that is wanted."""
        if self.live.isChecked():
            self._timer.start()

    def speak(self) -> None:
        """Speaks the line now."""
        self._timer.stop()
        question = self.question.text().strip() or QUESTION
        self.voice.ask(self._read_draft(), (), question, self._seed)

    def stop(self) -> None:
        """Says nothing more."""
        self._timer.stop()
        self.voice.cancel()

    def _on_live(self, is_on: bool) -> None:
        self.question.setVisible(is_on)
        if is_on:
            self.speak()
        else:
            self.stop()
            self.line.clear()

    def _speak_other(self) -> None:
        self._seed += 1
        self.speak()

    def _on_answered(self, text: str) -> None:
        self.line.setText(f"“{text}”" if text else self.tr("The weights said nothing."))
