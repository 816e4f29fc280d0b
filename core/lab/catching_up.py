"""Scores turns that never were, such as those of an imported chat, by all measures that need no weights.

A turn is left out only where the house measures have scored it: a score that was weighed, or by an own measure, says
nothing of them. Own measures score what they have not scored yet.
"""

from collections import defaultdict

from core.fidelity.score import ScoreValue
from core.lab.keeping import keep_scores
from core.playtest.branch import Branch
from core.playtest.directing.recasting import cast_at
from core.playtest.scores.live_measures import LIVE_METRICS, LiveMeasures
from core.playtest.scores.own_scores import OwnScores
from core.project import Project
from models.playtest import SpeakerKind, Turn


class CatchingUp:
    """The turns of one branch that lack scores. For one thread of its own."""

    def __init__(self, project: Project, playtest_id: str, head_id: int) -> None:
        """Raises UserError when the playtest is gone or cannot be read."""
        self._project = project
        self._branch = Branch(project, playtest_id)
        self._measures = LiveMeasures()
        self._own = OwnScores(project)
        self._known = _scored(project, playtest_id)
        own = self._own.names()
        path = self._branch.path_to(head_id)
        self._due = [turn for turn in path if turn.kind == SpeakerKind.CHARACTER and self._lacks(turn, own)]
        self.n_all = len(self._due)

    @property
    def n_due(self) -> int:
        """How many turns are left."""
        return len(self._due)

    def score_some(self, n_turns: int) -> int:
        """Scores the next turns and commits them at once; returns how many are left."""
        some, self._due = self._due[:n_turns], self._due[n_turns:]
        keep_scores(self._project, [(turn.id or 0, score) for turn in some for score in self._score(turn)])
        return self.n_due

    def _lacks(self, turn: Turn, own: frozenset[str]) -> bool:
        return not self._has_house_scores(turn) or not own <= self._known[turn.id or 0]

    def _has_house_scores(self, turn: Turn) -> bool:
        return not self._known[turn.id or 0].isdisjoint(LIVE_METRICS)

    def _score(self, turn: Turn) -> list[ScoreValue]:
        path = self._branch.path_to(turn.parent_id)
        script = cast_at(self._branch.script, path)
        house = [] if self._has_house_scores(turn) else self._measures.score(script, path, turn)
        return [*house, *self._own.score(script, path, turn, without=self._known[turn.id or 0])]


def _scored(project: Project, playtest_id: str) -> defaultdict[int, set[str]]:
    """Returns the metrics by which each turn was scored without a judge."""
    sql = (
        "SELECT DISTINCT score.turn_id, score.metric FROM score JOIN turn ON turn.id = score.turn_id "
        "WHERE turn.playtest_id = ? AND score.judge_id IS NULL"
    )
    found: defaultdict[int, set[str]] = defaultdict(set)
    with project.reading() as session:
        for turn_id, metric in session.connection().exec_driver_sql(sql, (playtest_id,)):
            found[turn_id].add(metric)
    return found
