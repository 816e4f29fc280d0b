"""The script of a playtest: a scenario and its cast exactly as they were when the run began.

A playtest reads nothing else, so that later edits of a character never change what an old run means.
"""

from typing import Self

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session, col, select

from core.characters.prompt import Scene
from core.errors import UserError
from models.character import Character, CharacterBase
from models.scenario import Role, RoleBase, Scenario, ScenarioBase

NARRATOR_ID = "narrator"
USER_ID = "user"


class Part(BaseModel):
    """A role and who plays it. `role_id` is the speaker id of turns."""

    model_config = ConfigDict(frozen=True)

    role_id: str
    role: RoleBase
    character: CharacterBase


class Script(BaseModel):
    """A scenario with its cast in order."""

    model_config = ConfigDict(frozen=True)

    scenario: ScenarioBase
    parts: tuple[Part, ...]

    @classmethod
    def from_rows(cls, session: Session, scenario: Scenario) -> Self:
        """Reads the script from the project. Roles without a character are left out.

        Raises:
            UserError: Nobody is cast, or one name is played by two.
        """
        roles = session.exec(select(Role).where(Role.scenario_id == scenario.id).order_by(col(Role.position)))
        parts = []
        for role in roles:
            character = session.get(Character, role.character_id) if role.character_id else None
            if character is not None:
                parts.append(
                    Part(
                        role_id=role.id,
                        role=RoleBase.model_validate(role, from_attributes=True),
                        character=CharacterBase.model_validate(character, from_attributes=True),
                    )
                )
        script = cls(scenario=ScenarioBase.model_validate(scenario, from_attributes=True), parts=tuple(parts))
        script.check()
        return script

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
            thoughts=self.scenario.thoughts,
        )

    def part(self, role_id: str) -> Part | None:
        """Returns the part with this role id, or None."""
        return next((part for part in self.parts if part.role_id == role_id), None)
