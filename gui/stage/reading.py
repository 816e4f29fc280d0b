"""What the Stage reads from a project: turns and scores without the bulk that only the turn's details need.

A transcript of 10,000 turns is read in a tenth of the time that whole rows would take.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from core.events import ViewTrimmed
from core.project import Project
from gui.stage.record_values import count_of
from models.playtest import Origin, SpeakerKind, Turn
from models.score import Score
from models.turn_mark import TurnMark


@dataclass(frozen=True, slots=True)
class StageTurn:
    """A turn as the transcript shows it. Has the fields of `Turn` that the turn-taking reads."""

    id: int
    parent_id: int | None
    number: int
    speaker_id: str
    speaker: str
    kind: SpeakerKind
    text: str
    thought: str | None
    origin: Origin
    finish: str
    audience: list[str] | None = None
    """As in `Turn`: ask `core.hearing.perception.hears`."""

    @property
    def record(self) -> dict[str, Any]:
        """Nothing: the bulk of a turn is in its whole row."""
        return {}


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """A value, or None with the reason."""

    value: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class BranchMark:
    """What a person said of the branch that begins with a turn."""

    name: str
    is_cut: bool


_TURN_COLUMNS = (
    Turn.id,
    Turn.parent_id,
    Turn.number,
    Turn.speaker_id,
    Turn.speaker,
    Turn.kind,
    Turn.text,
    Turn.thought,
    Turn.origin,
    Turn.finish,
    Turn.audience,
)


def read_turns(project: Project, playtest_id: str, after_id: int = 0) -> list[StageTurn]:
    """Returns the turns of all branches that were made after turn `after_id`, in the order in which they were made."""
    query: Any = (
        select(*_TURN_COLUMNS)  # type: ignore[call-overload]
        .where(Turn.playtest_id == playtest_id, col(Turn.id) > after_id)
        .order_by(col(Turn.id))
    )
    with project.reading() as session:
        return [StageTurn(*row) for row in session.exec(query)]


def read_marks(project: Project, playtest_id: str) -> dict[int, BranchMark]:
    """Returns what a person said of the branches that begin with turns: turn id -> mark."""
    query = (
        select(TurnMark.turn_id, TurnMark.name, TurnMark.is_cut)
        .join(Turn, col(TurnMark.turn_id) == col(Turn.id))
        .where(Turn.playtest_id == playtest_id)
    )
    with project.reading() as session:
        return {turn_id: BranchMark(name, is_cut) for turn_id, name, is_cut in session.exec(query)}


_SCORES = """
SELECT score.turn_id, score.metric, score.value, score.reason
FROM turn JOIN score ON score.turn_id = turn.id WHERE turn.playtest_id = ? ORDER BY score.id
"""
"""Straight from the file: two dozen scores a turn are too many to go through the mapping of rows."""


def read_scores(project: Project, playtest_id: str) -> dict[int, dict[str, ScoreCell]]:
    """Returns the scores of all turns of a playtest, without evidence: turn id -> metric -> cell."""
    scores: dict[int, dict[str, ScoreCell]] = {}
    with project.reading() as session:
        rows = session.connection().exec_driver_sql(_SCORES, (playtest_id,)).cursor
        for turn_id, metric, value, reason in rows:
            cells = scores.get(turn_id)
            if cells is None:
                cells = scores[turn_id] = {}
            cells[metric] = ScoreCell(value, reason)
    return scores


def read_scores_of(project: Project, turn_id: int) -> dict[str, ScoreCell]:
    """Returns the scores of one turn, without evidence."""
    return {score.metric: ScoreCell(score.value, score.reason) for score in read_evidence(project, turn_id)}


def read_evidence(project: Project, turn_id: int) -> list[Score]:
    """Returns the whole scores of one turn; of a metric scored twice, the later one last."""
    with project.reading() as session:
        return list(session.exec(select(Score).where(Score.turn_id == turn_id).order_by(col(Score.id))))


def read_trimmed(turn: Turn) -> ViewTrimmed | None:
    """Returns what the view that a turn was written from had lost, or None when it was whole."""
    n_turns = count_of(turn.record, "n_turns_dropped")
    if not n_turns:
        return None
    earlier = read_earlier(turn)
    return ViewTrimmed(
        turn.playtest_id, turn.speaker, n_turns, len(earlier["pinned"]), str(earlier.get("when_full", "drop"))
    )


def read_earlier(turn: Turn) -> dict[str, Any]:
    """Returns what stood in a turn's view for the turns that had left it, from its record, see `Earlier.record`."""
    earlier = turn.record.get("earlier")
    earlier = earlier if isinstance(earlier, dict) else {}  # a stranger's pack may say anything
    pinned = earlier.get("pinned")
    return earlier | {"pinned": pinned if isinstance(pinned, list) else []}


def read_whole_turns(project: Project, turn_ids: Sequence[int]) -> dict[int, Turn]:
    """Returns whole turns: id -> turn, those that are gone left out."""
    with project.reading() as session:
        return {turn.id or 0: turn for turn in session.exec(select(Turn).where(col(Turn.id).in_(turn_ids)))}


def read_turn(project: Project, turn_id: int) -> Turn | None:
    """Returns one whole turn, or None when it is gone."""
    with project.reading() as session:
        return session.get(Turn, turn_id)
