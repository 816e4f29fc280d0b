"""Pins: turns that a user wants in every view, however long the scene becomes."""

from sqlmodel import Field, SQLModel

from models.fields import new_id


class Pin(SQLModel, table=True):
    """A pinned turn. Counts on every branch that goes through the turn."""

    id: str = Field(default_factory=new_id, primary_key=True)
    turn_id: int = Field(foreign_key="turn.id", ondelete="CASCADE", unique=True, index=True)
