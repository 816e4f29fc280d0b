"""The cells of a line of the heat map: how good each mean is, on how many turns it rests, and its rank."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFontMetricsF

from core.fidelity.metric import Metric
from core.lab.frame import ScoreFrame
from core.lab.summaries import Usual, goodness_z
from gui import theme
from gui.fidelity.chart_data import ChartData, show_value
from gui.stage.fill import fill

FEW = 3
"""A mean over fewer turns is little to go by."""

translate = QCoreApplication.translate


@dataclass(frozen=True)
class Cell:
    """All that one character said on one branch, by one measure."""

    value: float
    z: float
    """How good, in standard deviations; 0 where the measure has no direction."""
    rank: float
    """Place within its line: 1 is best, 0 worst, 0.5 in the middle."""
    n: int
    """Turns that it rests on."""

    @property
    def is_thin(self) -> bool:
        """Whether it rests on so few turns that it is little to go by."""
        return self.n < FEW

    @property
    def words(self) -> str:
        """The mean, and how many turns it rests on."""
        said = (
            translate("HeatMapView", "%1 over 1 turn") if self.n == 1 else translate("HeatMapView", "%1 over %2 turns")
        )
        return fill(said, show_value(self.value), f"{self.n:,}")


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


def whole_scores(frame: ScoreFrame, key: str, side: int, speaker: int) -> tuple[float, int] | None:
    """Returns the latest score of all that somebody said on a branch, and how many turns that was about."""
    rows, role_id = frame.sides[side].rows, frame.speakers[speaker].role_id
    places = {int(turn_id): place for place, turn_id in enumerate(frame.turn_id[rows])}
    found = [
        (one.value, places[one.head_id])
        for one in frame.speaker_scores
        if one.key == key
        and one.playtest_id == frame.sides[side].playtest_id
        and one.head_id in places
        and one.role_id == role_id
        and one.value is not None
    ]
    if not found:
        return None
    value, last = found[-1]
    return value, int(np.sum(frame.speaker[rows[: last + 1]] == speaker))


def tabulate(titles: Sequence[str], heads: Sequence[str], cells: Sequence[Sequence[Cell | None]]) -> ChartData:
    """Returns the means as a table: a line for each measure; beside each mean how many turns it rests on."""
    columns: list[list[str] | list[float] | list[int]] = [list(titles)]
    names = [translate("HeatMapView", "Measure")]
    for place, head in enumerate(heads):
        mine = [line[place] for line in cells]
        columns.append([cell.value if cell is not None else float("nan") for cell in mine])
        columns.append([cell.n if cell is not None else 0 for cell in mine])
        names += [head, fill(translate("HeatMapView", "%1: turns"), head)]
    return ChartData(tuple(names), tuple(columns))


def fit_value(value: float, width: float) -> str:
    """Returns a value with as many digits as there is room for; nothing where there is none for two."""
    metrics = QFontMetricsF(theme.ui_font(12))
    forms = (show_value(value), f"{value:z.2f}", f"{value:z.1f}")
    found = (form.replace("-", "\u2212") for form in forms if metrics.horizontalAdvance(form) <= width - 2)
    return next(found, "")
