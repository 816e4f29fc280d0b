"""Playtests: one run of a scenario, as a tree of turns. Turns are append-only: edits and alternatives are siblings."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from models.fields import MAX_NAME_CHARS, RecordJson, enum_type, json_column, new_id, utc_now
from models.shelf import Shelved, Tagged


class SpeakerKind(StrEnum):
    """What sort of speaker acts."""

    CHARACTER = "character"
    USER = "user"
    NARRATOR = "narrator"
    DIRECTOR = "director"
    """Who runs the playtest: a whisper, something that was set. Not a line of the scene, and not counted as one."""


class Origin(StrEnum):
    """Where the words of a turn come from."""

    GREETING = "greeting"
    STORY = "story"
    """The text of a beat."""
    WEIGHTS = "weights"
    HUMAN = "human"
    EDITED = "edited"
    STAGE = "stage"
    """What the stage itself commits: a silence, what comes of an act, a point that was passed over."""


class PlaytestBase(SQLModel):
    """One run and what it was run with."""

    name: str = Field(min_length=1, max_length=MAX_NAME_CHARS)
    scenario_id: str | None = Field(default=None, index=True)
    """The scenario it came from. Not a foreign key: a playtest outlives its scenario."""
    script: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """The scenario and its cast, exactly as they were when the run began: see `core.playtest.script`."""
    settings: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """Seed and sampling, see `core.playtest.settings`."""
    weights: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """Name, size and SHA-256 of the weights that began the run."""
    what_if: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """For a run that asks "what if": the playtest and turn it began as, and what was changed; empty otherwise."""
    head_id: int | None = None
    """The last turn of the branch being played; None before the first."""
    ended: str | None = None
    """Why the branch ended; None while it goes on."""
    ended_why: str = ""
    """The same in a sentence for people; empty while it goes on."""


class Playtest(PlaytestBase, Shelved, Tagged, table=True):
    """A playtest of this project."""

    id: str = Field(default_factory=new_id, primary_key=True)
    created_at: str = Field(default_factory=utc_now)


class TurnBase(SQLModel):
    """One act of one speaker, with all that is needed to explain and repeat it."""

    speaker_id: str
    """Role id of a character; `user` or `narrator` otherwise."""
    speaker: str
    """The name shown."""
    kind: SpeakerKind = Field(sa_type=enum_type(SpeakerKind))
    text: str
    thought: str | None = None
    """Private: only its owner and the director see it."""
    origin: Origin = Field(sa_type=enum_type(Origin))
    audience: list[str] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    """Role ids of those who perceived it beside the speaker; None: the whole cast."""
    finish: str = "end"
    """Why the turn ended: end, length, stop, cancelled, empty, or human."""
    token_ids: list[int] = Field(default_factory=list, sa_column=json_column())
    """What the weights wrote, thought included; empty for turns by people."""
    record: dict[str, Any] = Field(default_factory=dict, sa_column=Column(RecordJson, nullable=False))
    """Seed, sampling, weights, tokens read and reused, seconds: see `core.playtest.writing.turn_writer`."""


class Turn(TurnBase, table=True):
    """A turn of a playtest. `parent_id` makes the tree."""

    id: int | None = Field(default=None, primary_key=True)
    playtest_id: str = Field(foreign_key="playtest.id", ondelete="CASCADE", index=True)
    parent_id: int | None = Field(default=None, foreign_key="turn.id", index=True)
    number: int
    """Place in its branch, from 1."""
    created_at: str = Field(default_factory=utc_now)
