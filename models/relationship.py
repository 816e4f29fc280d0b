"""Relationships: what one character is to another, as the first sees it. Each direction is its own."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.fields import MAX_NAME_CHARS, MAX_TEXT_CHARS, new_id


class RelationshipBase(SQLModel):
    """What an author writes on an edge of the relationship map."""

    label: str = Field(default="", max_length=MAX_NAME_CHARS)
    """What the other is to them, such as `her late brother's friend`."""
    trust: int = Field(default=0, ge=-100, le=100)
    """From -100 (none at all) to 100 (blind); 0 is not said."""
    power: int = Field(default=0, ge=-100, le=100)
    """How far they can command the other (100), or the other them (-100); 0 is not said."""
    history: str = Field(default="", max_length=MAX_TEXT_CHARS)
    belief: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """What they believe of the other, true or not."""


class Relationship(RelationshipBase, table=True):
    """A directed edge between two characters of this project."""

    __table_args__ = (UniqueConstraint("character_id", "other_id"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    character_id: str = Field(foreign_key="character.id", ondelete="CASCADE", index=True)
    """Whose view it is."""
    other_id: str = Field(foreign_key="character.id", ondelete="CASCADE", index=True)
    """Whom it is about."""
