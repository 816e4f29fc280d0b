"""Named versions: how a character, a scenario or another entity stood at a moment that somebody gave a name."""

from typing import Any

from sqlmodel import Field, SQLModel

from models.fields import MAX_NAME_CHARS, json_column, new_id, utc_now


class VersionBase(SQLModel):
    """A name for a moment, and all rows of the entity as they were then."""

    kind: str
    """Table of the entity's own row, such as `character`."""
    entity_id: str = Field(index=True)
    name: str = Field(min_length=1, max_length=MAX_NAME_CHARS)
    """Such as `Before the rewrite`."""
    rows: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """Table name -> id -> column -> value."""


class Version(VersionBase, table=True):
    """A named version in this project."""

    id: str = Field(default_factory=new_id, primary_key=True)
    created_at: str = Field(default_factory=utc_now)
