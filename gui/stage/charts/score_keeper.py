"""The scores of the open branch: what is known of each turn, the lines of the charts, and the marks of single turns."""

from core.fidelity.reference import load_reference
from core.project import Project
from gui.stage.charts.score_series import ScoreSeries
from gui.stage.reading import ScoreCell, StageTurn, read_scores_of
from gui.stage.transcript.marks import MarkFinder


class ScoreKeeper:
    """Follows a path of turns; scores come when the playtest is opened, and with each turn that is scored later."""

    def __init__(self) -> None:
        self.scores: dict[int, dict[str, ScoreCell]] = {}
        """Turn id -> metric -> score, all branches."""
        self._fresh: set[int] = set()
        """Turns that were scored since the playtest was opened."""
        self.series = ScoreSeries()
        self.marks = MarkFinder(self.series, load_reference())

    def take_series(
        self,
        scores: dict[int, dict[str, ScoreCell]],
        scored_path: list[StageTurn],
        series: ScoreSeries,
        path: list[StageTurn],
    ) -> None:
        """Takes what was read of a path that was the present one a moment ago; `path` is the present one."""
        for turn_id in self.scores.keys() - scores.keys():
            scores[turn_id] = self.scores[turn_id]
        self.scores = scores
        self.series = series
        self.marks = MarkFinder(series, load_reference())
        self.follow(path, first_difference(scored_path, path))
        for turn_id in self._fresh:
            self._show(turn_id, path)

    def follow(self, path: list[StageTurn], first: int) -> None:
        """The rows of the path from `first` on are others."""
        self.series.truncate(first)
        self.series.extend(path[self.series.n_rows :], self.scores)
        self.marks.forget()

    def read(self, project: Project, turn_id: int, path: list[StageTurn]) -> bool:
        """Reads the scores of a turn that was scored just now; returns whether it is on the path."""
        self.scores[turn_id] = read_scores_of(project, turn_id)
        self._fresh.add(turn_id)
        return self._show(turn_id, path)

    def _show(self, turn_id: int, path: list[StageTurn]) -> bool:
        row = next((row for row in range(len(path) - 1, -1, -1) if path[row].id == turn_id), -1)
        if row < 0:
            return False
        self.series.set_scores(row, self.scores[turn_id])
        self.marks.forget()
        return True


def first_difference(before: list[StageTurn], after: list[StageTurn]) -> int:
    """Returns the first row in which two paths differ."""
    return next(
        (row for row, (old, new) in enumerate(zip(before, after, strict=False)) if old.id != new.id),
        min(len(before), len(after)),
    )
