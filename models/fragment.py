"""Fragments: reusable parts of personas, such as a profession, an accent or a faction."""

from typing import Any

from pydantic import field_validator
from sqlmodel import Field, SQLModel

from models.character import CharacterBase
from models.fields import MAX_NAME_CHARS, MAX_TEXT_CHARS, json_column, new_id, utc_now
from models.shelf import Shelved, Tagged

INHERITABLE = (
    "description",
    "personality",
    "voice",
    "knowledge",
    "boundaries",
    "statements",
    "situation",
    "greeting",
    "alternate_greetings",
    "example_dialogue",
    "system_prompt",
    "post_history_instructions",
    "layers",
)
"""What a character can have from a fragment."""
_CARRIED = ("tags", "creator", "creator_notes", "character_version", "card_extra")
"""What a fragment may hold besides, of its own file; nobody inherits it."""


class FragmentBase(SQLModel):
    """What an author writes once for many characters."""

    name: str = Field(min_length=1, max_length=MAX_NAME_CHARS)
    summary: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """One sentence for lists; the weights never read it."""
    content: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """Some of the fields of a character, `layers` among them, in part: see `core.characters.fragments`."""

    @field_validator("content")
    @classmethod
    def _check_content(cls, content: dict[str, Any]) -> dict[str, Any]:
        """Keeps what is not empty. What no character has is refused rather than lost."""
        unknown = sorted(set(content) - set(INHERITABLE) - set(_CARRIED))
        if unknown:
            raise ValueError(f"a fragment has no {', '.join(unknown)[:200]}")
        return plain_content(CharacterBase.model_validate(content | {"name": "-"}).model_dump(mode="json"))


def plain_content(fields: dict[str, Any]) -> dict[str, Any]:
    """Returns what of a character's fields a fragment keeps: all that it can hold and that is not empty."""
    return {name: fields[name] for name in (*INHERITABLE, *_CARRIED) if fields.get(name)}


class Fragment(FragmentBase, Shelved, Tagged, table=True):
    """A fragment of this project."""

    id: str = Field(default_factory=new_id, primary_key=True)
    created_at: str = Field(default_factory=utc_now)
    updated_at: str = Field(default_factory=utc_now)
