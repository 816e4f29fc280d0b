"""Lorebooks: what is true in a world, told to the weights when the scene touches on it."""

from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic import Field as Setting
from sqlmodel import Field, SQLModel

from models.fields import MAX_NAME_CHARS, MAX_TEXT_CHARS, enum_type, json_column, new_id, utc_now
from models.shelf import Shelved, Tagged

MAX_COUNT = 1_000_000_000


class KeyLogic(StrEnum):
    """What the secondary keys must do, once a primary key is found."""

    AND_ANY = "and_any"
    NOT_ALL = "not_all"
    NOT_ANY = "not_any"
    AND_ALL = "and_all"


class LorePosition(StrEnum):
    """Where the text of an entry goes."""

    BEFORE = "before"
    """Before the description."""
    AFTER = "after"
    NOTE_TOP = "note_top"
    """Above the author's note, which is as deep as `LoreSettings.note_depth`."""
    NOTE_BOTTOM = "note_bottom"
    DEPTH = "depth"
    """Between the messages, `depth` before the end."""
    EXAMPLES_TOP = "examples_top"
    EXAMPLES_BOTTOM = "examples_bottom"
    OUTLET = "outlet"
    """Where a text says `{{outlet::NAME}}`."""


class LoreRole(StrEnum):
    """Who says the text of an entry that stands between messages."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class BookSettings(BaseModel):
    """How a book is searched. None: as the project's settings say."""

    model_config = ConfigDict(extra="forbid")

    scan_depth: int | None = Setting(default=None, ge=0, le=MAX_COUNT)
    """How many of the last messages are searched."""
    token_budget: int | None = Setting(default=None, ge=0, le=MAX_COUNT)
    """What the book's own entries may take together."""
    recursive: bool | None = None
    """Whether what its entries say is searched too, and finds its entries."""
    case_sensitive: bool | None = None
    whole_words: bool | None = None
    group_scoring: bool | None = None
    """Whether the entry of a group with most keys found wins."""

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        """Reads the document of a row. Raises pydantic.ValidationError when it is not one."""
        return cls.model_validate(document)

    def to_document(self) -> dict[str, Any]:
        """Returns what a row keeps: all that is said."""
        return self.model_dump(mode="json", exclude_none=True)


class LorebookBase(SQLModel):
    """What an author writes about a book."""

    name: str = Field(default="", max_length=MAX_NAME_CHARS)
    description: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """For people; the weights never read it."""
    enabled: bool = True
    settings: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """How it is searched, see `BookSettings`; only what is said."""
    folders: list[str] = Field(default_factory=list, sa_column=json_column())
    """Folders in their order, also those that hold no entry."""
    extra: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """What files had that has no field here, by kind of file (`card`, `world`, `novelai`), so that export gives it
    back."""

    @field_validator("settings")
    @classmethod
    def _check_settings(cls, document: dict[str, Any]) -> dict[str, Any]:
        return BookSettings.read(document).to_document()


class Lorebook(LorebookBase, Shelved, Tagged, table=True):
    """A book of this project: of a character, of a scenario, or, without an owner, of all scenes."""

    id: str = Field(default_factory=new_id, primary_key=True)
    character_id: str | None = Field(default=None, foreign_key="character.id", ondelete="CASCADE", index=True)
    scenario_id: str | None = Field(default=None, foreign_key="scenario.id", ondelete="CASCADE", index=True)
    created_at: str = Field(default_factory=utc_now)
    updated_at: str = Field(default_factory=utc_now)


class LoreEntryBase(SQLModel):
    """What an author writes about one thing. The defaults are those of a new entry in SillyTavern."""

    name: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """For people, as `comment` is; the weights never read them."""
    comment: str = Field(default="", max_length=MAX_TEXT_CHARS)
    keys: list[str] = Field(default_factory=list, sa_column=json_column())
    """Any one of them in the text searched is enough. `/…/flags` is a regular expression of JavaScript."""
    secondary_keys: list[str] = Field(default_factory=list, sa_column=json_column())
    selective: bool = True
    """Whether the secondary keys count."""
    logic: KeyLogic = Field(default=KeyLogic.AND_ANY, sa_type=enum_type(KeyLogic))
    use_regex: bool = False
    """Whether all keys are regular expressions, and nothing else counts (Character Card V3)."""
    constant: bool = False
    """Whether it needs no key."""
    enabled: bool = True
    content: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """The text, after lines with decorators (`@@depth 2`)."""
    folder: str = Field(default="", max_length=MAX_NAME_CHARS)
    place: int = 0
    """Which of the book's entries it is, from 0."""
    order: int = Field(default=100, ge=-MAX_COUNT, le=MAX_COUNT)
    """The larger, the nearer to the end of the prompt, and the earlier it gets its share of the budget."""
    priority: int | None = Field(default=None, ge=-MAX_COUNT, le=MAX_COUNT)
    """Decides before `order` who gets a share of the budget (Character Card V2); None counts as 0."""
    position: LorePosition = Field(default=LorePosition.BEFORE, sa_type=enum_type(LorePosition))
    depth: int = Field(default=4, ge=0, le=MAX_COUNT)
    role: LoreRole = Field(default=LoreRole.SYSTEM, sa_type=enum_type(LoreRole))
    outlet: str = Field(default="", max_length=MAX_NAME_CHARS)
    probability: int = Field(default=100, ge=0, le=100)
    """Percent."""
    use_probability: bool = True
    group: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """Names of groups, with commas between them: of each, one entry is used."""
    group_override: bool = False
    """Whether it wins its groups without a draw."""
    group_weight: int = Field(default=100, ge=0, le=MAX_COUNT)
    group_scoring: bool | None = None
    scan_depth: int | None = Field(default=None, ge=0, le=MAX_COUNT)
    """This and the next two: None as the book says."""
    case_sensitive: bool | None = None
    whole_words: bool | None = None
    exclude_recursion: bool = False
    """Whether what other entries say never finds it."""
    prevent_recursion: bool = False
    """Whether what it says finds no others."""
    recursion_level: int = Field(default=0, ge=0, le=MAX_COUNT)
    """Only what other entries say finds it, once the lower levels are done; 0: at any time."""
    ignore_budget: bool = False
    sticky: int = Field(default=0, ge=0, le=MAX_COUNT)
    """This and the next two in messages: how long it stays once found."""
    cooldown: int = Field(default=0, ge=0, le=MAX_COUNT)
    """How long it then cannot be found again."""
    delay: int = Field(default=0, ge=0, le=MAX_COUNT)
    """How long the scene must be before it can be found."""
    match_persona_description: bool = False
    """This and the next five: what is searched beside the messages."""
    match_character_description: bool = False
    match_character_personality: bool = False
    match_character_depth_prompt: bool = False
    match_scenario: bool = False
    match_creator_notes: bool = False
    filter_names: list[str] = Field(default_factory=list, sa_column=json_column())
    """Only for these characters, or, with `filter_excludes`, for all but these."""
    filter_tags: list[str] = Field(default_factory=list, sa_column=json_column())
    filter_excludes: bool = False
    triggers: list[str] = Field(default_factory=list, sa_column=json_column())
    """Kinds of turns that it is for, such as `normal` or `regenerate`; empty: all."""
    vectorized: bool = False
    """Whether SillyTavern may find it by meaning; kept for export."""
    automation_id: str = Field(default="", max_length=MAX_TEXT_CHARS)
    extra: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """As `LorebookBase.extra`."""

    @property
    def title(self) -> str:
        """What it is called in lists."""
        return self.name or self.comment or (self.keys[0] if self.keys else "")


class LoreEntry(LoreEntryBase, table=True):
    """An entry of a book of this project."""

    __tablename__ = "lore_entry"

    id: str = Field(default_factory=new_id, primary_key=True)
    book_id: str = Field(foreign_key="lorebook.id", ondelete="CASCADE", index=True)


class LorebookDraft(LorebookBase):
    """A book whole, as files and packs hold it: its entries in their order."""

    entries: list[LoreEntryBase] = []


class LoreSettings(BaseModel):
    """How the books of a project are searched where they do not say so themselves; a project's setting `lore`."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    scan_depth: int = Setting(default=2, ge=0, le=1000)
    recursive: bool = True
    case_sensitive: bool = False
    whole_words: bool = True
    group_scoring: bool = False
    include_names: bool = True
    """Whether messages are searched with the name of who spoke."""
    budget_percent: int = Setting(default=25, ge=1, le=100)
    """Of the context."""
    budget_cap: int = Setting(default=0, ge=0, le=MAX_COUNT)
    """In tokens; 0: none."""
    max_recursion_steps: int = Setting(default=0, ge=0, le=100)
    """How often is searched for one turn; 0: until nothing new is found."""
    min_activations: int = Setting(default=0, ge=0, le=1000)
    """Older messages are searched until so many entries are used; 0: no."""
    max_depth: int = Setting(default=0, ge=0, le=1000)
    """How far back that goes, in messages; 0: to the first."""
    note_depth: int = Setting(default=4, ge=0, le=1000)
    """How deep the author's note lies."""
