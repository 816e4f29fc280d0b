"""Single facts drafted from prose, to be accepted one by one."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.characters.statements import draft_statements
from gui import theme

DELAY_MS = 250
MAX_SHOWN = 200


class FactRow(QWidget):
    """One fact that may be accepted."""

    accepted = Signal(str)

    def __init__(self, fact: str) -> None:
        super().__init__()
        self.fact = fact
        words = QLabel(fact)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        self.accept = QPushButton(self.tr("Accept"))
        self.accept.setAccessibleName(self.tr("Accept: %1").replace("%1", fact))
        theme.set_kind(self.accept, "chip")
        self.accept.clicked.connect(lambda: self.accepted.emit(self.fact))
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.addWidget(words, 1)
        row.addWidget(self.accept, 0, Qt.AlignmentFlag.AlignTop)


class DraftDialog(QDialog):
    """The prose on the left, and on the right the facts in it that are no statements yet."""

    fact_accepted = Signal(str)

    def __init__(self, prose: str, name: str, pronouns: str, known: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._name, self._pronouns = name, pronouns
        self._known = list(known)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Draft statements from prose"))
        self.resize(theme.text_px(860), theme.text_px(520))
        self.prose = QPlainTextEdit(prose)
        self.prose.setTabChangesFocus(True)
        self.prose.setPlaceholderText(self.tr("Paste a text about them here"))
        self.prose.setAccessibleName(self.tr("Prose"))
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._count = QLabel()
        theme.set_kind(self._count, "small")
        self.close_button = QPushButton(self.tr("Done"))
        self.close_button.clicked.connect(self.accept)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self._draft)
        self.prose.textChanged.connect(self._timer.start)
        self._lay_out()
        self._draft()

    @property
    def rows(self) -> Sequence[FactRow]:
        """The facts from the top."""
        return self._area.widget().findChildren(FactRow)

    def _lay_out(self) -> None:
        left, right = QVBoxLayout(), QVBoxLayout()
        for column, title in ((left, self.tr("Prose")), (right, self.tr("Facts in it"))):
            heading = QLabel(title)
            theme.set_kind(heading, "heading")
            column.addWidget(heading)
        left.addWidget(self.prose, 1)
        card = QFrame()
        theme.set_kind(card, "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(6, 6, 2, 6)
        inside.addWidget(self._area)
        right.addWidget(card, 1)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._count, 1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addLayout(columns, 1)
        column.addLayout(foot)

    def _draft(self) -> None:
        facts = draft_statements(self.prose.toPlainText(), self._name, self._known, self._pronouns)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for fact in facts[:MAX_SHOWN]:
            row = FactRow(fact)
            row.accepted.connect(lambda fact, row=row: self._on_accepted(fact, row))
            column.addWidget(row)
        column.addStretch(1)
        self._area.setWidget(page)
        self._say(len(facts))

    def _on_accepted(self, fact: str, row: FactRow) -> None:
        self._known.append(fact)
        rows = list(self.rows)
        after = rows[rows.index(row) + 1 :]
        (after[0].accept if after else self.close_button).setFocus(Qt.FocusReason.OtherFocusReason)
        row.setParent(None)
        row.deleteLater()
        self._say(len(rows) - 1)
        self.fact_accepted.emit(fact)

    def _say(self, n_facts: int) -> None:
        if not n_facts:
            self._count.setText(self.tr("Nothing in it that is not a statement already."))
        elif n_facts == 1:
            self._count.setText(self.tr("One fact that is no statement yet."))
        else:
            text = self.tr("%1 facts that are no statements yet.")
            self._count.setText(text.replace("%1", f"{n_facts:,}"))
