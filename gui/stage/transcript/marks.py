"""Where the fidelity of a turn dips: the marks beside its number in the transcript. Knows no Qt."""

import math
from dataclasses import dataclass

import numpy as np

from core.fidelity.reference import Reference
from gui.stage.charts.score_series import ScoreSeries

MIN_SCORED_TURNS = 4
"""Of one speaker, before its lowest one means anything."""
DIP_SDS = 1.3


@dataclass(frozen=True, slots=True)
class Mark:
    """One dip: which metric, its value, and the level that it is held against."""

    metric: str
    value: float
    level: float


class MarkFinder:
    """Finds the marks of single rows; what it knows of a speaker is kept until `forget`."""

    def __init__(self, series: ScoreSeries, reference: Reference) -> None:
        self._series = series
        self._echo_limit = reference.norms["echo"].p95
        self._lowest: dict[str, tuple[int, float] | None] = {}

    def forget(self) -> None:
        """Scores or rows changed: look again."""
        self._lowest.clear()

    def find(self, row: int, speaker_id: str) -> tuple[Mark, ...]:
        """Returns the marks of a row: the speaker's worst grounding if it stands out, and echo beyond people's."""
        if row >= self._series.n_rows:
            return ()
        marks = []
        if speaker_id not in self._lowest:
            self._lowest[speaker_id] = self._find_lowest(speaker_id)
        lowest = self._lowest[speaker_id]
        if lowest is not None and lowest[0] == row:
            marks.append(Mark("grounding", float(self._series.values("grounding")[row]), lowest[1]))
        echo = float(self._series.values("echo")[row])
        if not math.isnan(echo) and echo > self._echo_limit:
            marks.append(Mark("echo", echo, self._echo_limit))
        return tuple(marks)

    def _find_lowest(self, speaker_id: str) -> tuple[int, float] | None:
        """Returns the row of the lowest grounding and the mean, if it lies far below that."""
        rows = self._series.rows_of(speaker_id)
        values = self._series.values("grounding")[rows]
        scored = ~np.isnan(values)
        if np.count_nonzero(scored) < MIN_SCORED_TURNS:
            return None
        rows, values = rows[scored], values[scored]
        place = int(np.argmin(values))
        mean, sd = float(values.mean()), float(values.std())
        return (int(rows[place]), mean) if values[place] < mean - DIP_SDS * sd else None
