"""Keeps what was computed of finished turns as their scores. They are only added, never undone."""

from collections.abc import Iterable

from core.fidelity.score import ScoreValue
from core.project import Project
from models.score import Score


def keep_scores(project: Project, found: Iterable[tuple[int, ScoreValue]]) -> int:
    """Adds scores in one commit; returns how many.

    Args:
        found: Id of the turn and its score.
    """
    rows = [
        Score(turn_id=turn_id, metric=one.metric, value=one.value, reason=one.reason, evidence=dict(one.evidence))
        for turn_id, one in found
    ]
    if rows:
        with project.append() as session:
            session.add_all(rows)
    return len(rows)
