"""A talk with the character that is being written, in place. Nothing of it is kept."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.playtest.asking import Exchange
from gui import theme
from gui.talking.voice import Voice
from gui.workspace import Workspace
from models.character import CharacterBase

SEED = 1


class AskBox(QWidget):
    """Questions and answers. Each question meets the character as it is typed at that moment."""

    def __init__(self, workspace: Workspace, read_draft: Callable[[], CharacterBase], parent: QWidget | None = None):
        super().__init__(parent)
        self._read_draft = read_draft
        self._talk: list[Exchange] = []
        self._question = ""
        self.voice = Voice(workspace, "ask", self)
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Ask them something"))
        self.line.setAccessibleName(self.tr("Question"))
        self.again = QPushButton(self.tr("Start over"))
        theme.set_kind(self.again, "ghost")
        self._body = QWidget()
        self._rows = QVBoxLayout(self._body)
        self._rows.setContentsMargins(0, 0, 8, 0)
        self._rows.addStretch(1)
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll.setWidget(self._body)
        self.scroll.setAccessibleName(self.tr("The talk"))
        self._answer = QLabel()
        row = QHBoxLayout()
        row.addWidget(self.line, 1)
        row.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.scroll, 1)
        column.addLayout(row)
        self.line.returnPressed.connect(self.ask)
        self.again.clicked.connect(lambda _checked: self.start_over())
        self.voice.streamed.connect(self._show_answer)
        self.voice.answered.connect(self._on_answered)
        self.voice.failed.connect(lambda message, hint: self._show_answer(f"{message} {hint}"))
        workspace.closing.connect(self.voice.cancel)
        bar = self.scroll.verticalScrollBar()
        bar.rangeChanged.connect(lambda _low, high: bar.setValue(high))

    @property
    def talk(self) -> list[Exchange]:
        """What was said so far."""
        return list(self._talk)

    def ask(self) -> None:
        """Puts the question that is typed."""
        question = self.line.text().strip()
        if not question or self.voice.is_speaking:
            return
        self.line.clear()
        self._question = question
        self._add_line(question, "dim")
        self._answer = self._add_line("…", "plain")
        self.voice.ask(self._read_draft(), self._talk, question, SEED + len(self._talk))

    def start_over(self, *, focus: bool = True) -> None:
        """Forgets the talk."""
        self.voice.cancel()
        self._talk = []
        while self._rows.count() > 1:
            item = self._rows.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        if focus:
            self.line.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape ends an answer."""
        if event.key() == Qt.Key.Key_Escape and self.voice.is_speaking:
            self.voice.cancel()
            self._show_answer(self.tr("(cut short)"))
            return
        super().keyPressEvent(event)

    def _on_answered(self, text: str) -> None:
        self._talk.append(Exchange(self._question, text))
        self._show_answer(text or self.tr("(says nothing)"))

    def _show_answer(self, text: str) -> None:
        self._answer.setText(text)

    def _add_line(self, text: str, kind: str) -> QLabel:
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        theme.set_kind(label, kind)
        self._rows.insertWidget(self._rows.count() - 1, label)
        return label
