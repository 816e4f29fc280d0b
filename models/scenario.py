"""Scenarios: a place and time, roles with goals and secrets, rules of play. A role names its character: the cast."""

from enum import StrEnum
from typing import Any

from pydantic import field_validator
from sqlmodel import Field, SQLModel

from models.fields import MAX_NAME_CHARS, MAX_TEXT_CHARS, enum_type, json_column, new_id, utc_now
from models.shelf import Shelved, Tagged
from models.stage import StageRules
from models.world import World


class TurnPolicy(StrEnum):
    """How the next speaker is found: see `core.turn_taking`, which has a file for each."""

    ROUND_ROBIN = "round_robin"
    WEIGHTED = "weighted"
    """Drawn, each with a weight of their own."""
    MENTION = "mention"
    """Those who are named answer, then the talkative, by chance: SillyTavern's natural order."""
    SCRIPTED = "scripted"
    """A list of roles, again and again."""
    NAME_NEXT = "name_next"
    """Whoever spoke last says who is next."""
    REPLY_BACK = "reply_back"
    """With a probability, whoever the last speaker answered; else anybody else."""
    SPEAK_GATE = "speak_gate"
    """The weights are asked for each silent character whether it would speak now."""
    BIDDING = "bidding"
    """The weights are asked how much each wants to speak; the highest bid has the turn."""
    DIRECTOR = "director"
    """The user says who is next."""
    SIMULTANEOUS = "simultaneous"
    """All speak in each round, and none hears the others before it is over."""


class ScenarioBase(SQLModel):
    """What an author writes about a scene."""

    name: str = Field(min_length=1, max_length=MAX_NAME_CHARS)
    summary: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """One sentence for lists; the weights never read it."""
    setting: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """Place, time and situation, known to the whole cast."""
    rules: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """Instructions to the whole cast, such as language or tone."""
    greeting: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """The first turn. Empty: the greeting of the first character in the cast who has one."""
    greeting_role_id: str | None = None
    """Who speaks the greeting; None: the narrator."""
    user_name: str = Field(default="You", min_length=1, max_length=MAX_NAME_CHARS)
    """What `{{user}}` expands to."""
    thoughts: bool = True
    """Whether the characters think in private before they speak."""
    turn_policy: TurnPolicy = Field(default=TurnPolicy.ROUND_ROBIN, sa_type=enum_type(TurnPolicy))
    max_turns: int = Field(default=24, ge=1, le=100_000)
    """The run ends here at the latest."""
    world: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """Variables, places, props and facts, see `models.world.World`; only what is not empty."""
    stage: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    """How the cast is run, see `models.stage.StageRules`; only what is not as in the defaults."""

    @field_validator("world")
    @classmethod
    def _check_world(cls, document: dict[str, Any]) -> dict[str, Any]:
        return World.read(document).to_document()

    @field_validator("stage")
    @classmethod
    def _check_stage(cls, document: dict[str, Any]) -> dict[str, Any]:
        return StageRules.read(document).to_document()


class Scenario(ScenarioBase, Shelved, Tagged, table=True):
    """A scenario of this project."""

    id: str = Field(default_factory=new_id, primary_key=True)
    created_at: str = Field(default_factory=utc_now)
    updated_at: str = Field(default_factory=utc_now)


class RoleBase(SQLModel):
    """A part in a scenario."""

    name: str = Field(default="", max_length=MAX_NAME_CHARS)
    """What the part is called, such as `keeper`. For people; the weights read the character's name."""
    goal: str = Field(default="", max_length=MAX_TEXT_CHARS)
    goal_test: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """Condition under which the goal is reached, see `core.world.conditions`; empty: nobody tests it."""
    secret: str = Field(default="", max_length=MAX_TEXT_CHARS)
    style: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """How they speak in this scene. This and the next three: what Beyond Dialogue aligns per scene (CSERP)."""
    emotion: str = Field(default="", max_length=MAX_TEXT_CHARS)
    relations: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """How they stand to the others here, beside what the relationship map says."""
    personality: str = Field(default="", max_length=MAX_TEXT_CHARS)
    """What of their personality this scene brings out."""
    position: int = 0
    """Order of the cast, from 0."""
    character_id: str | None = Field(default=None, foreign_key="character.id", ondelete="SET NULL")
    """Who plays the part; None while it is not cast."""


class Role(RoleBase, table=True):
    """A part in a scenario of this project."""

    id: str = Field(default_factory=new_id, primary_key=True)
    scenario_id: str = Field(foreign_key="scenario.id", ondelete="CASCADE", index=True)
