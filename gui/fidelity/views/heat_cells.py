"""The cells of a line of the heat map: how good each mean is, and its rank among the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QFontMetricsF

from core.fidelity.metric import Metric
from core.lab.summaries import Usual, goodness_z
from gui import theme
from gui.fidelity.chart_data import show_value


@dataclass(frozen=True)
class Cell:
    """All that one character said on one branch, by one measure."""

    value: float
    z: float
    """How good, in standard deviations; 0 where the measure has no direction."""
    rank: float
    """Place within its line: 1 is best, 0 worst, 0.5 in the middle."""
    n: int


def grade(metric: Metric, means: Sequence[tuple[float, int] | None], usual: Usual) -> list[Cell | None]:
    """Returns the cells of one line, from the mean and the number of turns of each; equal ones share their rank."""
    zs = [goodness_z(metric, one[0], usual) if one is not None else None for one in means]
    known = sorted(z for z in zs if z is not None)
    cells: list[Cell | None] = []
    for one, z in zip(means, zs, strict=True):
        if one is None or z is None:
            cells.append(None)
            continue
        span = len(known) - 1
        rank = (2 * known.index(z) + known.count(z) - 1) / 2 / span if span else 0.5
        cells.append(Cell(one[0], z, rank, one[1]))
    return cells


def fit_value(value: float, width: float) -> str:
    """Returns a value with as many digits as there is room for; nothing where there is none for two."""
    metrics = QFontMetricsF(theme.ui_font(12))
    forms = (show_value(value), f"{value:.2f}", f"{value:.1f}")
    found = (form.replace("-", "\u2212") for form in forms if metrics.horizontalAdvance(form) <= width - 2)
    return next(found, "")
