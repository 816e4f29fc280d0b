"""The script of a playtest: a scenario and its cast exactly as they were when the run began.

A playtest reads nothing else, so that later edits of a character never change what an old run means.
"""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session, col, select

from core.characters.fragments import resolve
from core.characters.prompt import Scene
from core.characters.relations import Relation
from core.errors import UserError
from core.library.fragments import fragments_of
from core.playtest.story.story_rows import read_story
from core.world.graph import Story, StoryBeat, StoryLink, StoryRole
from core.world.telling import Told
from models.character import Character, CharacterBase
from models.relationship import Relationship, RelationshipBase
from models.scenario import Role, RoleBase, Scenario, ScenarioBase
from models.stage import NarratorMode, Reasoning, StageRules
from models.world import World

NARRATOR_ID = "narrator"
USER_ID = "user"


class Part(BaseModel):
    """A role and who plays it. `role_id` is the speaker id of turns."""

    model_config = ConfigDict(frozen=True)

    role_id: str
    role: RoleBase
    character: CharacterBase
    """With all that it inherits from fragments."""
    relations: tuple[Relation, ...] = ()
    """What the character thinks of others of the cast."""
    told: Told = Field(default=Told(), exclude=True)
    """What the world tells the role before a turn, see `StoryPlay.part_now`; never kept with the script."""


class Begin(BaseModel):
    """Where a playtest begins in the story of its scenario."""

    model_config = ConfigDict(frozen=True)

    beat_id: str = ""
    """Empty: at the start."""
    changes: str = ""
    """What was set by hand: effects, see `core.world.effects`."""
    seed: int = 0
    """What chance in the world is drawn from."""


class Script(BaseModel):
    """A scenario with its cast in order."""

    model_config = ConfigDict(frozen=True)

    scenario: ScenarioBase
    parts: tuple[Part, ...]
    roles: tuple[StoryRole, ...] = ()
    """All roles, also those without a character: conditions may name them."""
    beats: tuple[StoryBeat, ...] = ()
    links: tuple[StoryLink, ...] = ()
    begin: Begin = Begin()
    lore: dict[str, Any] = {}
    """The lorebooks, see `core.playtest.view.pinned_lore`; only a playtest's script has them."""

    @classmethod
    def from_rows(cls, session: Session, scenario: Scenario) -> Self:
        """Reads the script from the project. Roles without a character are left out.

        Raises:
            UserError: Nobody is cast, or one name is played by two.
        """
        script = cls.from_draft(session, scenario)
        script.check()
        return script

    @classmethod
    def from_draft(cls, session: Session, scenario: Scenario) -> Self:
        """Reads the script as it is now, whether it can be played or not."""
        story = read_story(session, scenario)
        return cls(
            scenario=ScenarioBase.model_validate(scenario, from_attributes=True),
            parts=_read(session, scenario),
            roles=story.roles,
            beats=story.beats,
            links=story.links,
        )

    def check(self) -> None:
        """Raises UserError when the script cannot be played."""
        if not self.parts:
            raise UserError(f"“{self.scenario.name}” has no cast.", "Give at least one role a character in Scenarios.")
        names = [part.character.name.casefold() for part in self.parts]
        for part in self.parts:
            if names.count(part.character.name.casefold()) > 1:
                raise UserError(
                    f"{part.character.name} plays two roles in “{self.scenario.name}”.",
                    "Cast another character, or a copy with another name.",
                )

    @property
    def scene(self) -> Scene:
        """What the prompts of the whole cast share."""
        return Scene(
            name=self.scenario.name,
            setting=self.scenario.setting,
            rules=self.scenario.rules,
            present=tuple(part.character.name for part in self.parts),
            user_name=self.scenario.user_name,
            thoughts=self.thinks,
        )

    @property
    def thinks(self) -> bool:
        """Whether the characters think in private before they speak."""
        return self.scenario.thoughts and self.rules.thought.reasoning != Reasoning.NONE

    @property
    def rules(self) -> StageRules:
        """How the cast is run."""
        return StageRules.read(self.scenario.stage)

    @property
    def story(self) -> Story:
        """What decides where the scene can go."""
        world = World.read(self.scenario.world)
        return Story(
            world=world,
            roles=self.roles,
            beats=self.beats,
            links=self.links,
            hearing=self.rules.hearing,
            has_acts=self.rules.narrator.mode != NarratorMode.OFF,
        )

    @property
    def has_story(self) -> bool:
        """Whether there is anything in it that can change."""
        return bool(self.beats or self.scenario.world)

    def names_beside(self, role_id: str) -> list[str]:
        """Returns the names and nicknames of all but one of the cast, and the user's: what opens another's line."""
        others = [part.character for part in self.parts if part.role_id != role_id]
        names = [name for other in others for name in (other.name, other.nickname) if name.strip()]
        return [*names, self.scenario.user_name]

    def part(self, role_id: str) -> Part | None:
        """Returns the part with this role id, or None."""
        return next((part for part in self.parts if part.role_id == role_id), None)


def _read(session: Session, scenario: Scenario) -> tuple[Part, ...]:
    """Reads the cast with all that they inherit, and what each thinks of the others."""
    roles = session.exec(select(Role).where(Role.scenario_id == scenario.id).order_by(col(Role.position))).all()
    cast = {role.character_id: row for role in roles if (row := session.get(Character, role.character_id or ""))}
    edges = session.exec(select(Relationship).where(col(Relationship.character_id).in_(list(cast)))).all()
    return tuple(
        Part(
            role_id=role.id,
            role=RoleBase.model_validate(role, from_attributes=True),
            character=resolve(
                CharacterBase.model_validate(cast[role.character_id], from_attributes=True),
                fragments_of(session, cast[role.character_id].fragment_ids),
            ).character,
            relations=tuple(
                Relation(other=cast[edge.other_id].name, **edge.model_dump(include={*RelationshipBase.model_fields}))
                for other in cast
                for edge in edges
                if edge.character_id == role.character_id and edge.other_id == other
            ),
        )
        for role in roles
        if role.character_id in cast
    )
