"""A measure that is a program: its text, what it means to run it, and the one question whether to."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout

from core.errors import UserError
from core.library.own_metrics import allow_python, forbid_python, is_allowed, python_text
from core.project import Project
from gui import theme
from gui.fidelity.panels.lab_panel import fault_words, say, words
from models.own_metric import OwnMetric

TEXT_PX = 200


class PythonCard(QFrame):
    """Shows the text and asks once; another text is asked about again."""

    decided = Signal()
    """It was allowed, or forbidden again."""

    def __init__(self) -> None:
        super().__init__()
        theme.set_kind(self, "warning-card")
        self._text: str | None = None
        self.said = words("", "")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(self.tr("The program, as it would be run"))
        self.text.setFixedHeight(theme.text_px(TEXT_PX))
        self.allow = QPushButton(self.tr("I have read it: allow just this text"))
        self.allow.clicked.connect(self._on_allow)
        self.forbid = QPushButton(self.tr("Forbid it again"))
        theme.set_kind(self.forbid, "ghost")
        self.forbid.clicked.connect(self._on_forbid)
        buttons = QHBoxLayout()
        buttons.addWidget(self.allow)
        buttons.addWidget(self.forbid)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.said)
        column.addWidget(self.text)
        column.addLayout(buttons)

    @property
    def is_allowed(self) -> bool:
        """Whether just this text may be run on this machine."""
        return self._text is not None and is_allowed(self._text)

    def show_measure(self, project: Project, own: OwnMetric) -> None:
        """Shows the text of a measure, or why there is none."""
        try:
            self._text = python_text(project, own)
        except UserError as error:
            self._text = None
            say(self.said, fault_words(error), "fault")
        self._refresh()

    def _refresh(self) -> None:
        has_text = self._text is not None
        if has_text and self.text.toPlainText() != self._text:
            self.text.setPlainText(self._text or "")
        may_run = self.is_allowed
        theme.set_kind(self, "card" if may_run else "warning-card")
        if may_run:
            say(
                self.said,
                self.tr("You allowed this text on this machine. A changed text is asked about again."),
                "small",
            )
        elif has_text:
            say(
                self.said,
                self.tr(
                    "This is a program. It runs with all your rights: it can read and change your files and use the"
                    " network. Projects from others may bring one. Read it, and allow it only if you trust it."
                ),
                "",
            )
        self.text.setVisible(has_text)
        self.allow.setVisible(has_text and not may_run)
        self.forbid.setVisible(may_run)

    def _on_allow(self) -> None:
        if self._text is not None:
            allow_python(self._text)
            self._refresh()
            self.decided.emit()

    def _on_forbid(self) -> None:
        if self._text is not None:
            forbid_python(self._text)
            self._refresh()
            self.decided.emit()
