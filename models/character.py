"""Characters: authored personas, with all that a character card may carry."""

from typing import Any

from pydantic import field_validator
from sqlmodel import Field, SQLModel

from models.fields import MAX_NAME_CHARS, MAX_TEXT_CHARS, json_column, new_id, utc_now
from models.persona import Layers
from models.shelf import Shelved


class CharacterBase(SQLModel):
    """What an author writes about a character. Only the name is required."""

    name: str = Field(min_length=1, max_length=MAX_NAME_CHARS)
    nickname: str = Field(default="", max_length=MAX_NAME_CHARS)
    """What `{{char}}` expands to, when set."""
    summary: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """One sentence for lists; the weights never read it."""
    description: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """Identity in prose."""
    personality: str = Field(default="", max_length=MAX_TEXT_CHARS)
    voice: str = Field(default="", max_length=MAX_TEXT_CHARS)
    knowledge: str = Field(default="", max_length=MAX_TEXT_CHARS)
    boundaries: str = Field(default="", max_length=MAX_TEXT_CHARS)
    statements: list[str] = Field(default_factory=list, sa_column=json_column())
    """The persona as single facts, which the fidelity scores cite."""
    situation: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """A card's own `scenario`: where the character usually is."""
    greeting: str = Field(default="", max_length=MAX_TEXT_CHARS)
    alternate_greetings: list[str] = Field(default_factory=list, sa_column=json_column())
    example_dialogue: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """Blocks that begin with `<START>`, as in character cards."""
    system_prompt: str = Field(default="", max_length=MAX_TEXT_CHARS)
    post_history_instructions: str = Field(default="", max_length=MAX_TEXT_CHARS)
    layers: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """The persona in structure, see `models.persona.Layers`; only what is not empty."""
    fragment_ids: list[str] = Field(default_factory=list, sa_column=json_column())
    """Fragments that the character inherits from, the first counts least."""
    tags: list[str] = Field(default_factory=list, sa_column=json_column())
    creator: str = Field(default="", max_length=MAX_TEXT_CHARS)
    creator_notes: str = Field(default="", max_length=MAX_TEXT_CHARS)
    character_version: str = Field(default="", max_length=MAX_NAME_CHARS)
    card_extra: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """Every other field of an imported card, so that export gives it back."""
    portrait: str | None = None
    """SHA-256 of the picture in the `asset` table."""

    @field_validator("layers")
    @classmethod
    def _check_layers(cls, document: dict[str, Any]) -> dict[str, Any]:
        return Layers.read(document).to_document()

    @property
    def persona(self) -> Layers:
        """The layers, for reading: changes of it are not kept."""
        return Layers.read(self.layers)

    @property
    def spoken_name(self) -> str:
        """The name that `{{char}}` stands for."""
        return self.nickname or self.name


class Character(CharacterBase, Shelved, table=True):
    """A character of this project."""

    id: str = Field(default_factory=new_id, primary_key=True)
    created_at: str = Field(default_factory=utc_now)
    updated_at: str = Field(default_factory=utc_now)
    former_role_ids: list[str] = Field(default_factory=list, sa_column=json_column())
    """Parts that it played when it went to the trash: it gets them back, where nobody else has them by then."""
