"""Beats: the steps of a scenario as a graph. Where one stands decides the goals of the roles and what may come next."""

from enum import StrEnum
from typing import Any

from sqlmodel import Field, SQLModel

from models.fields import MAX_NAME_CHARS, MAX_TEXT_CHARS, enum_type, json_column, new_id


class BeatKind(StrEnum):
    """What a beat is in the graph."""

    START = "start"
    STEP = "step"
    WIN = "win"
    LOSE = "lose"
    ENDING = "ending"
    """An ending that is neither won nor lost."""
    EVENT = "event"
    """Can happen wherever the scene is, as soon as its condition holds; the scene then goes on where it was."""


class BeatBase(SQLModel):
    """What an author writes about a beat."""

    name: str = Field(default="", max_length=MAX_NAME_CHARS)
    kind: BeatKind = Field(default=BeatKind.STEP, sa_type=enum_type(BeatKind))
    text: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """What the narrator says when the beat begins; empty: nothing."""
    condition: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """When the beat may be entered, see `core.world.conditions`; empty: always."""
    effects: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """What becomes of the world when it is entered, one effect a line, see `core.world.effects`."""
    failure_effects: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """What becomes of the world instead, when it does not succeed; empty: it always succeeds."""
    success: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """Condition that decides between `effects` and `failure_effects`; empty: either may happen."""
    goals: dict[str, str] = Field(default_factory=dict, sa_column=json_column())
    """Role id -> what the role wants while the beat lasts."""
    place_id: str | None = None
    """Where it happens; None: wherever the cast is."""
    is_repeatable: bool = False
    """Whether it can be entered again."""
    x: float = 0.0
    y: float = 0.0
    """Where it lies on the canvas, in pixels at 100 %."""


class Beat(BeatBase, table=True):
    """A beat of a scenario of this project."""

    id: str = Field(default_factory=new_id, primary_key=True)
    scenario_id: str = Field(foreign_key="scenario.id", ondelete="CASCADE", index=True)


class BeatLinkBase(SQLModel):
    """What an author writes on an arrow between two beats."""

    label: str = Field(default="", max_length=MAX_NAME_CHARS)
    """What the way is called where a person chooses."""
    trigger: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """What makes the scene go this way, see `core.world.triggers`; empty: as soon as the condition holds."""
    condition: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """Must hold beside the condition of the beat it leads to; empty: always."""
    position: int = 0
    """Which of the ways out of a beat is tried first, from 0."""


class BeatLink(BeatLinkBase, table=True):
    """An arrow of a scenario of this project."""

    __tablename__ = "beat_link"

    id: str = Field(default_factory=new_id, primary_key=True)
    scenario_id: str = Field(foreign_key="scenario.id", ondelete="CASCADE", index=True)
    from_id: str = Field(foreign_key="beat.id", ondelete="CASCADE", index=True)
    to_id: str = Field(foreign_key="beat.id", ondelete="CASCADE", index=True)
