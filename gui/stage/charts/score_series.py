"""The scores of one branch as arrays that grow with it, for the charts and the marks. Knows no Qt."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.fidelity.catalogue import METRICS
from core.library.playtests import get_playtest
from core.project import Project
from gui.stage.reading import ScoreCell, StageTurn, read_scores, read_turns
from gui.stage.turn_tree import TurnTree

MISSING, SCORED, EXPLAINED = 0, 1, 2
"""What is known of a turn's score: nothing yet, a value, or why there is none."""


class ScoreSeries:
    """Values by metric and row of the branch; row 0 is turn 1."""

    def __init__(self) -> None:
        self.n_rows = 0
        self._values = {metric: np.full(64, np.nan) for metric in METRICS}
        self._states = {metric: np.zeros(64, dtype=np.uint8) for metric in METRICS}
        self._speakers: dict[str, list[int]] = {}

    @property
    def speakers(self) -> list[str]:
        """Who has spoken on this branch."""
        return list(self._speakers)

    def truncate(self, n_rows: int) -> None:
        """Keeps the first rows only."""
        if n_rows >= self.n_rows:
            return
        for metric in METRICS:
            self._values[metric][n_rows : self.n_rows] = np.nan
            self._states[metric][n_rows : self.n_rows] = MISSING
        self._speakers = {
            speaker: kept
            for speaker, rows in self._speakers.items()
            if (kept := rows[: int(np.searchsorted(rows, n_rows))])
        }
        self.n_rows = n_rows

    def extend(self, turns: Sequence[StageTurn], scores: Mapping[int, Mapping[str, ScoreCell]]) -> None:
        """Adds the turns that follow, with the scores that they have so far."""
        self._reserve(self.n_rows + len(turns))
        for row, turn in enumerate(turns, self.n_rows):
            self._speakers.setdefault(turn.speaker_id, []).append(row)
            self.set_scores(row, scores.get(turn.id, {}))
        self.n_rows += len(turns)

    def set_scores(self, row: int, cells: Mapping[str, ScoreCell]) -> None:
        """Takes the scores of one row."""
        for metric, cell in cells.items():
            if metric in METRICS:
                self._values[metric][row] = np.nan if cell.value is None else cell.value
                self._states[metric][row] = EXPLAINED if cell.value is None else SCORED

    def values(self, metric: str) -> NDArray[np.float64]:
        """Returns the value of each row, NaN where there is none."""
        return self._values[metric][: self.n_rows]

    def rows_of(self, speaker_id: str) -> NDArray[np.intp]:
        """Returns the rows of one speaker, in order."""
        return np.array(self._speakers.get(speaker_id, ()), dtype=np.intp)

    def line(self, metric: str, speaker_id: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Returns turn numbers and values of one speaker; NaN is a gap. Turns not scored yet are left out."""
        rows = self.rows_of(speaker_id)
        rows = rows[self._states[metric][rows] != MISSING]
        return rows + 1.0, self._values[metric][rows]

    def _reserve(self, n_rows: int) -> None:
        capacity = len(next(iter(self._states.values())))
        if n_rows <= capacity:
            return
        room = max(n_rows, 2 * capacity) - capacity
        for metric in METRICS:
            self._values[metric] = np.concatenate([self._values[metric], np.full(room, np.nan)])
            self._states[metric] = np.concatenate([self._states[metric], np.zeros(room, dtype=np.uint8)])


def read_series(
    project: Project, playtest_id: str, path: list[StageTurn]
) -> tuple[dict[int, dict[str, ScoreCell]], list[StageTurn], ScoreSeries]:
    """Reads all scores of a playtest and lays out those of a path; returns both and the path. For the jobs' thread."""
    scores = read_scores(project, playtest_id)
    series = ScoreSeries()
    series.extend(path, scores)
    return scores, path, series


def read_branch_series(project: Project, playtest_id: str, head_id: int) -> tuple[ScoreSeries, str] | None:
    """Reads the scores of a branch of any playtest, and the playtest's name; None when it is gone."""
    playtest = get_playtest(project, playtest_id)
    path = TurnTree(read_turns(project, playtest_id)).path_to(head_id)
    if playtest is None or not path:
        return None
    series = ScoreSeries()
    series.extend(path, read_scores(project, playtest_id))
    return series, playtest.name


def thin_out(
    xs: NDArray[np.float64], ys: NDArray[np.float64], n_points: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns about `n_points` points that draw the same line: least and greatest of each bin; gaps are lost."""
    if len(xs) <= n_points:
        return xs, ys
    real = ~np.isnan(ys)
    xs, ys = xs[real], ys[real]
    n_bins = max(1, n_points // 2)
    size = -(-len(xs) // n_bins)
    if size < 2:
        return xs, ys
    starts = np.arange(0, len(xs), size)
    low, high = np.minimum.reduceat(ys, starts), np.maximum.reduceat(ys, starts)
    ends = np.minimum(starts + size // 2, len(xs) - 1)
    return np.column_stack([xs[starts], xs[ends]]).ravel(), np.column_stack([low, high]).ravel()
