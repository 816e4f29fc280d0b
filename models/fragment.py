"""Fragments: reusable parts of personas, such as a profession, an accent or a faction."""

from typing import Any

from sqlmodel import Field, SQLModel

from models.fields import MAX_NAME_CHARS, MAX_TEXT_CHARS, json_column, new_id, utc_now


class FragmentBase(SQLModel):
    """What an author writes once for many characters."""

    name: str = Field(min_length=1, max_length=MAX_NAME_CHARS)
    summary: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """One sentence for lists; the weights never read it."""
    content: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """Some of the fields of a character, `layers` among them, in part: see `core.characters.fragments`."""


class Fragment(FragmentBase, table=True):
    """A fragment of this project."""

    id: str = Field(default_factory=new_id, primary_key=True)
    created_at: str = Field(default_factory=utc_now)
    updated_at: str = Field(default_factory=utc_now)
