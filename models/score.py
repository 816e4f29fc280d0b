"""Fidelity scores: a number for one metric on one turn, with the evidence for it."""

from typing import Any

from pydantic import FiniteFloat
from sqlalchemy import JSON, Float
from sqlmodel import Field, SQLModel

from models.fields import utc_now
from models.judge import Judge


class ScoreBase(SQLModel):
    """A value, or None with the reason why there is none. Never NaN."""

    metric: str = Field(index=True)
    value: FiniteFloat | None = Field(default=None, sa_type=Float)
    reason: str | None = None
    """Why there is no value; None when there is one."""
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    """Which tokens, which words: the shape is the metric's own."""


class Score(ScoreBase, table=True):
    """A score of a turn of this project."""

    id: int | None = Field(default=None, primary_key=True)
    turn_id: int = Field(foreign_key="turn.id", ondelete="CASCADE", index=True)
    judge_id: str | None = Field(default=None, foreign_key=f"{Judge.__tablename__}.id")
    """Who said so; None: it was computed. Asking again adds a score and keeps the old one."""
    created_at: str = Field(default_factory=utc_now)
