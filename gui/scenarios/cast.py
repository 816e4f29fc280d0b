"""Who plays in a scenario, read from the project, and the script that it makes with what is being typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.library.characters import get_character
from core.library.scenarios import list_roles
from core.playtest.script import Script
from core.project import Project
from gui.widgets.portrait import Face
from models.character import Character
from models.scenario import Role, RoleBase


@dataclass(frozen=True, slots=True)
class Cast:
    """The roles of a scenario in order, and the characters who play them, by id."""

    roles: tuple[Role, ...] = ()
    characters: Mapping[str, Character] = field(default_factory=dict)

    @property
    def faces(self) -> dict[str, Face]:
        """Role id -> who plays it, in the colours of the Stage: by place among those who are cast."""
        played = [role for role in self.roles if self.is_played(role)]
        people = [self.characters[role.character_id or ""] for role in played]
        return {
            role.id: Face(character.name, place, character.portrait)
            for place, (role, character) in enumerate(zip(played, people, strict=True))
        }

    def is_played(self, role: RoleBase) -> bool:
        """Returns whether somebody plays a role."""
        return role.character_id in self.characters

    def player_of(self, role_id: str) -> str:
        """Returns the id of who plays a role; empty: nobody."""
        return next((role.character_id or "" for role in self.roles if role.id == role_id), "")


def read_cast(project: Project, scenario_id: str) -> Cast:
    """Reads the cast of a scenario as it is kept."""
    roles = tuple(list_roles(project, scenario_id))
    wanted = {role.character_id for role in roles if role.character_id}
    found = (get_character(project, character_id) for character_id in wanted)
    return Cast(roles, {character.id: character for character in found if character is not None})


def draft_script(script: Script, scenario_fields: Mapping[str, Any], roles: Mapping[str, RoleBase]) -> Script:
    """Returns a script with fields as they are typed, kept or not; playable or not: `Script.check` says which.

    Args:
        script: What is kept; its parts have all that characters inherit.
        roles: Role id -> the role as it is typed.
    """
    parts = tuple(
        part.model_copy(update={"role": roles[part.role_id]}) for part in script.parts if part.role_id in roles
    )
    scenario = script.scenario.model_copy(update=dict(scenario_fields))
    return script.model_copy(update={"scenario": scenario, "parts": parts})
