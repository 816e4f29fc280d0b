"""Interviews: what a character answered to a questionnaire at one point of a scene, in a thrown-away branch."""

from typing import Any

from sqlmodel import Field, SQLModel

from models.fields import json_column, new_id, utc_now
from models.judge import Judge


class InterviewBase(SQLModel):
    """One administration of one questionnaire."""

    role_id: str = Field(index=True)
    questionnaire: str
    """Name in `core.fidelity.interviews`, such as `ipip-50`."""
    mode: str
    """How it was asked: `digits`, `free`, `whole`."""
    answers: list[dict[str, Any]] = Field(default_factory=list, sa_column=json_column())
    """One an item: number, text, value or the reason why there is none, probabilities or words."""
    scales: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """Scale -> value, spread and number of items."""
    record: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """Weights, seed, orders: what is needed to explain and repeat it."""


class Interview(InterviewBase, table=True):
    """An interview of this project."""

    id: str = Field(default_factory=new_id, primary_key=True)
    playtest_id: str = Field(foreign_key="playtest.id", ondelete="CASCADE", index=True)
    turn_id: int | None = Field(default=None, foreign_key="turn.id", ondelete="CASCADE", index=True)
    """The turn after which it was held; None: before the first."""
    judge_id: str | None = Field(default=None, foreign_key=f"{Judge.__tablename__}.id")
    """Who turned free answers into values; None: nobody had to."""
    created_at: str = Field(default_factory=utc_now)
