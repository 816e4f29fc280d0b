"""Marks of turns: the name of a branch, and whether it was deleted. Turns themselves are never changed."""

from sqlmodel import Field, SQLModel

from models.fields import MAX_NAME_CHARS, new_id


class TurnMarkBase(SQLModel):
    """What a person says of the branch that begins with a turn."""

    name: str = Field(default="", max_length=MAX_NAME_CHARS)
    is_cut: bool = False
    """The turn and all that follow it are out of sight; undo brings them back."""


class TurnMark(TurnMarkBase, table=True):
    """A mark of a turn."""

    id: str = Field(default_factory=new_id, primary_key=True)
    turn_id: int = Field(foreign_key="turn.id", ondelete="CASCADE", unique=True, index=True)
