"""Scores turns that never were, such as those of an imported chat, by all measures that need no weights."""

from core.fidelity.score import ScoreValue
from core.playtest.branch import Branch
from core.playtest.directing.recasting import cast_at
from core.playtest.scores.live_measures import LiveMeasures
from core.project import Project
from models.playtest import SpeakerKind, Turn
from models.score import Score


class CatchingUp:
    """The turns of one branch that have no scores. For one thread of its own."""

    def __init__(self, project: Project, playtest_id: str, head_id: int) -> None:
        """Raises UserError when the playtest is gone or cannot be read."""
        self._project = project
        self._branch = Branch(project, playtest_id)
        self._measures = LiveMeasures()
        path = self._branch.path_to(head_id)
        scored = _scored(project, playtest_id)
        self._due = [turn for turn in path if turn.kind == SpeakerKind.CHARACTER and turn.id not in scored]
        self.n_all = len(self._due)

    @property
    def n_due(self) -> int:
        """How many turns are left."""
        return len(self._due)

    def score_some(self, n_turns: int) -> int:
        """Scores the next turns and commits them at once; returns how many are left."""
        some, self._due = self._due[:n_turns], self._due[n_turns:]
        rows = [_row(turn, score) for turn in some for score in self._score(turn)]
        if rows:
            with self._project.append() as session:
                session.add_all(rows)
        return self.n_due

    def _score(self, turn: Turn) -> list[ScoreValue]:
        path = self._branch.path_to(turn.parent_id)
        return self._measures.score(cast_at(self._branch.script, path), path, turn)


def _row(turn: Turn, score: ScoreValue) -> Score:
    return Score(
        turn_id=turn.id or 0,
        metric=score.metric,
        value=score.value,
        reason=score.reason,
        evidence=score.evidence,
    )


def _scored(project: Project, playtest_id: str) -> set[int]:
    sql = (
        "SELECT DISTINCT score.turn_id FROM score JOIN turn ON turn.id = score.turn_id "
        "WHERE turn.playtest_id = ? AND score.judge_id IS NULL"
    )
    with project.reading() as session:
        connection = session.connection().connection.driver_connection
        assert connection is not None
        return {one[0] for one in connection.execute(sql, (playtest_id,)).fetchall()}
