"""Changes that a person made to what a character remembers of a branch."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.fields import MAX_TEXT_CHARS, enum_type, new_id, utc_now


class MemoryAct(StrEnum):
    """What a person did to a memory."""

    ADD = "add"
    EDIT = "edit"
    PIN = "pin"
    """It is told before every turn."""
    UNPIN = "unpin"
    DELETE = "delete"


class MemoryChangeBase(SQLModel):
    """One act on one memory of one role."""

    role_id: str
    entry_id: str
    """Which memory, see `core.memory.stream`; a new one for `ADD`."""
    act: MemoryAct = Field(sa_type=enum_type(MemoryAct))
    text: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """The new words of `ADD` and `EDIT`."""
    importance: float | None = Field(default=None, ge=1, le=10)
    """Of `ADD` and `EDIT`; None: as it was, or as its words say."""


class MemoryChange(MemoryChangeBase, table=True):
    """Belongs to every branch that goes through its turn, and to no other; it counts from the next turn on."""

    id: str = Field(default_factory=new_id, primary_key=True)
    turn_id: int = Field(foreign_key="turn.id", ondelete="CASCADE", index=True)
    created_at: str = Field(default_factory=utc_now)
