"""The findings about the open character: what is wrong, a way to the place, and a way to mend it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from core.characters.lint.finding import Finding, Severity
from gui import theme

MAX_HEIGHT_PX = 132
MAX_SHARE = 0.17
"""Of the window's height."""
MAX_SHOWN = 100
LITTLE_HEIGHT_PX = 600
"""A window less tall than this, at a text size of 100 %, shows the findings only when it is asked to."""


class FindingRow(QWidget):
    """One finding."""

    shown = Signal(object)
    """A place to go to."""
    fixed = Signal(object)
    """A fix to apply."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        is_warning = finding.severity is Severity.WARNING
        sign = QLabel()
        name, color = ("mdi6.alert", "warning") if is_warning else ("mdi6.circle-medium", "dim")
        sign.setPixmap(theme.icon(name, color).pixmap(16, 16))
        sign.setAccessibleName(self.tr("Warning") if is_warning else self.tr("Note"))
        words = QLabel(finding.sentence)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        show = self._link(self.tr("Show"), finding.sentence)
        show.clicked.connect(lambda: self.shown.emit(finding.place))
        row.addWidget(show, 0, Qt.AlignmentFlag.AlignTop)
        if finding.other is not None:
            other = self._link(self.tr("Show the other"), finding.sentence)
            other.clicked.connect(lambda: self.shown.emit(finding.other))
            row.addWidget(other, 0, Qt.AlignmentFlag.AlignTop)
        if finding.fix is not None:
            fix = self._link(finding.fix.label, finding.sentence)
            fix.clicked.connect(lambda: self.fixed.emit(finding.fix))
            row.addWidget(fix, 0, Qt.AlignmentFlag.AlignTop)

    def _link(self, text: str, sentence: str) -> QPushButton:
        link = QPushButton(text)
        link.setAccessibleName(f"{text}: {sentence}")
        theme.set_kind(link, "small-link")
        return link


class LintPane(QFrame):
    """A line that counts the findings, and under it the findings, when it is open."""

    place_chosen = Signal(object)
    fix_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings: tuple[Finding, ...] = ()
        self._is_settled = False
        """The user has said whether the findings are to show."""
        theme.set_kind(self, "footer")
        self.toggle = QToolButton()
        self.toggle.setCheckable(True)
        self.toggle.setChecked(True)
        self.toggle.setAccessibleName(self.tr("Show the findings"))
        self.toggle.setStyleSheet("padding: 2px; min-height: 14px; background: transparent; border-color: transparent;")
        theme.set_kind(self.toggle, "ghost")
        self._count = QLabel()
        self._count.setAccessibleName(self.tr("Findings"))
        heading = QLabel(self.tr("Lint"))
        theme.set_kind(heading, "heading")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.toggle)
        head.addWidget(heading)
        head.addWidget(self._count, 1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 6, 12, 6)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._area)
        self.toggle.clicked.connect(self._settle)
        self.toggle.toggled.connect(lambda _checked: self._fit())
        theme.notifier.theme_changed.connect(self._fill)
        self.show_findings(())

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is shown."""
        return self._findings

    @property
    def rows(self) -> Sequence[FindingRow]:
        """The findings from the top."""
        return self._area.widget().findChildren(FindingRow) if self._area.widget() is not None else ()

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Shows findings; the same ones stay as they are."""
        if findings != self._findings or self._area.widget() is None:
            self._findings = findings
            self._fill()

    def _fill(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(4, 0, 8, 0)
        column.setSpacing(0)
        for finding in self._findings[:MAX_SHOWN]:
            row = FindingRow(finding)
            row.shown.connect(self.place_chosen)
            row.fixed.connect(self.fix_chosen)
            column.addWidget(row)
        column.addStretch(1)
        self._area.setWidget(page)
        n_warnings = sum(finding.severity is Severity.WARNING for finding in self._findings)
        self._count.setText(self._words(n_warnings, len(self._findings) - n_warnings))
        theme.set_kind(self._count, "warning" if n_warnings else "small")
        self._fit()

    def _words(self, n_warnings: int, n_notes: int) -> str:
        parts = []
        if n_warnings:
            several = self.tr("%1 warnings").replace("%1", str(n_warnings))
            parts.append(self.tr("1 warning") if n_warnings == 1 else several)
        if n_notes:
            parts.append(self.tr("1 note") if n_notes == 1 else self.tr("%1 notes").replace("%1", str(n_notes)))
        return ", ".join(parts) or self.tr("nothing found")

    def _settle(self) -> None:
        self._is_settled = True

    def _fit(self) -> None:
        is_open = self.toggle.isChecked() and bool(self._findings)
        self.toggle.setIcon(theme.icon("mdi6.chevron-down" if is_open else "mdi6.chevron-right", "dim"))
        self.toggle.setEnabled(bool(self._findings))
        self._area.setVisible(is_open)
        page = self._area.widget()
        wanted = page.heightForWidth(max(self.width() - 60, 300)) if page is not None else 0
        room = min(theme.text_px(MAX_HEIGHT_PX), round(self.window().height() * MAX_SHARE))
        self._area.setFixedHeight(min(max(wanted, 24), max(room, 48)))

    def resizeEvent(self, event: object) -> None:
        """Fits again: the sentences wrap."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        if not self._is_settled and self.window().isVisible():
            self.toggle.setChecked(self.window().height() >= theme.text_px(LITTLE_HEIGHT_PX))
        self._fit()
