"""Summaries: what weights wrote of the turns that had left a character's view. Only ever added."""

from typing import Any

from sqlmodel import Field, SQLModel

from models.fields import json_column, utc_now


class SummaryBase(SQLModel):
    """What one character remembers of a branch up to a turn."""

    role_id: str
    """Whose view it is for."""
    text: str
    record: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """How it was written: weights, request, tokens, seconds, and how many turns it covers."""


class Summary(SummaryBase, table=True):
    """A summary of this project. Belongs to every branch that goes through its turn, and to no other."""

    id: int | None = Field(default=None, primary_key=True)
    turn_id: int = Field(foreign_key="turn.id", ondelete="CASCADE", index=True)
    """The last turn that it covers; it covers all before it too."""
    created_at: str = Field(default_factory=utc_now)
