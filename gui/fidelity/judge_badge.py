"""How far a judge can be trusted, as a colour and in words: shown wherever its scores are."""

from PySide6.QtCore import QCoreApplication

from core.lab.frame import JudgeInfo
from gui import theme
from gui.stage.fill import fill
from gui.widgets.badge import COLORS


def badge_color(judge: JudgeInfo) -> str:
    """Returns the colour of a licence; a dim one where the judge was not examined."""
    colors = theme.colors()
    return str(getattr(colors, COLORS[judge.badge])) if judge.badge in COLORS else colors.dim


def badge_words(judge: JudgeInfo) -> str:
    """Returns what a licence means."""
    translate = QCoreApplication.translate
    said = {
        "green": translate("JudgeBadge", "Judge %1 holds a green licence: it tells who speaks."),
        "amber": translate("JudgeBadge", "Judge %1 holds an amber licence: look at its evidence before you trust it."),
        "red": translate("JudgeBadge", "Judge %1 failed its licence: its scores say little."),
    }
    return fill(said.get(judge.badge, translate("JudgeBadge", "Judge %1 was not examined yet.")), judge.name)
