"""What people say of single turns, to hold measures and judges against."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.fields import MAX_NAME_CHARS, MAX_TEXT_CHARS, enum_type, new_id, utc_now


class Verdict(StrEnum):
    """What somebody thinks of a turn."""

    GOOD = "good"
    OFF = "off"


class LabelBase(SQLModel):
    """One person's word on one turn, or on one score of it."""

    verdict: Verdict = Field(sa_type=enum_type(Verdict))
    why: str = Field(default="", max_length=MAX_TEXT_CHARS)
    metric: str = Field(default="", index=True)
    """The measure that it contests; empty: the turn as a whole."""
    score_id: int | None = None
    """The score that was shown when it was contested."""
    person: str = Field(default="", max_length=MAX_NAME_CHARS)
    """Who says so; empty: the user."""


class Label(LabelBase, table=True):
    """A label of this project."""

    id: str = Field(default_factory=new_id, primary_key=True)
    turn_id: int = Field(foreign_key="turn.id", ondelete="CASCADE", index=True)
    created_at: str = Field(default_factory=utc_now)
