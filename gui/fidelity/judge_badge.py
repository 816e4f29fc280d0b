"""How far a judge can be trusted, as a colour and in words: shown wherever its scores are."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from core.lab.frame import JudgeInfo
from gui import theme
from gui.stage.fill import fill


def badge_color(judge: JudgeInfo) -> str:
    """Returns the colour of a licence; a dim one where the judge was not examined."""
    colors = theme.colors()
    return {"green": colors.good, "amber": colors.warning, "red": colors.fault}.get(judge.badge, colors.dim)


def badge_words(judge: JudgeInfo) -> str:
    """Returns what a licence means."""
    translate = QCoreApplication.translate
    said = {
        "green": translate("JudgeBadge", "Judge %1 holds a green licence: it tells who speaks."),
        "amber": translate("JudgeBadge", "Judge %1 holds an amber licence: look at its evidence before you trust it."),
        "red": translate("JudgeBadge", "Judge %1 failed its licence: its scores say little."),
    }
    return fill(said.get(judge.badge, translate("JudgeBadge", "Judge %1 was not examined yet.")), judge.name)


class JudgeBadge(QWidget):
    """A dot and the judge's name."""

    def __init__(self, judge: JudgeInfo) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        dot = QLabel()
        dot.setFixedSize(10, 10)
        dot.setStyleSheet(f"background: {badge_color(judge)}; border-radius: 5px;")
        words = QLabel(badge_words(judge))
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        theme.set_kind(words, "small")
        row.addWidget(dot, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        self.setAccessibleName(words.text())
