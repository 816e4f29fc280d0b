"""Scores of more than one turn: of all that a speaker said on a branch, or of the branch as a whole."""

from sqlmodel import Field

from models.fields import utc_now
from models.judge import Judge
from models.score import ScoreBase


class BranchScore(ScoreBase, table=True):
    """A score of a branch of this project. Only ever added: the last of a metric counts."""

    id: int | None = Field(default=None, primary_key=True)
    playtest_id: str = Field(foreign_key="playtest.id", ondelete="CASCADE", index=True)
    head_id: int = Field(foreign_key="turn.id", ondelete="CASCADE", index=True)
    """The last turn that it is about."""
    role_id: str = ""
    """Whose lines it is about; empty: everybody's."""
    judge_id: str | None = Field(default=None, foreign_key=f"{Judge.__tablename__}.id")
    """Who said so; None: it was computed."""
    created_at: str = Field(default_factory=utc_now)
