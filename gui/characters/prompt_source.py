"""What the prompt views of the editors show: a character in a scene, as playing would begin.

Reads rows and calls the same functions as a playtest does; writes nothing into a prompt itself.
"""

from dataclasses import dataclass

from core.characters.prompt import Scene, render_system
from core.errors import UserError
from core.library.scenarios import list_roles, list_scenarios
from core.playtest.script import Part, Script
from core.playtest.story.opening import opening_turn
from core.playtest.story.story_play import StoryPlay
from core.playtest.view.views import View, build_view, project_history
from core.project import Project
from models.character import CharacterBase
from models.scenario import RoleBase, Scenario

NEUTRAL_SCENE = Scene(name="Untitled scene")
"""Of a character whom nobody has cast."""


@dataclass(frozen=True, slots=True)
class Casting:
    """One role that a character plays."""

    scenario_id: str
    scenario_name: str
    role_id: str
    role_name: str


def find_castings(project: Project, character_id: str) -> list[Casting]:
    """Returns every role that a character plays, in the order of the scenarios."""
    return [
        Casting(scenario.id, scenario.name, role.id, role.name)
        for scenario in list_scenarios(project)
        for role in list_roles(project, scenario.id)
        if role.character_id == character_id
    ]


def read_script(project: Project, scenario: Scenario) -> Script:
    """Reads the script of a scenario as it is, playable or not: `Script.check` says which."""
    with project.reading() as session:
        return Script.from_draft(session, scenario)


def plain_role(role: RoleBase) -> RoleBase:
    """Returns what an author wrote about a role, without its row."""
    return RoleBase.model_validate(role, from_attributes=True)


def plain_character(character: CharacterBase) -> CharacterBase:
    """Returns what an author wrote about a character, without its row."""
    return CharacterBase.model_validate(character, from_attributes=True)


def with_character(script: Script, role_id: str, character: CharacterBase) -> Script:
    """Returns the script with a draft of the character, fragments included, in one role."""
    parts = tuple(
        part.model_copy(update={"character": character}) if part.role_id == role_id else part for part in script.parts
    )
    return script.model_copy(update={"parts": parts})


def view_in_role(script: Script, role_id: str) -> View | None:
    """Returns what the weights read before the first turn of a role; None when it is not cast."""
    part = script.part(role_id)
    if part is None:
        return None
    opening = opening_turn(script)
    return build_view(script, _as_it_begins(script, part), [opening] if opening else [])


def _as_it_begins(script: Script, part: Part) -> Part:
    """Returns a part with what the world tells it at the start; as it is while the world cannot be read."""
    try:
        return StoryPlay(script).part_now(part, [])
    except (UserError, ValueError):
        return part


def view_alone(character: CharacterBase) -> View:
    """Returns what the weights would read of a character without any scene."""
    return View(render_system(character, RoleBase(), NEUTRAL_SCENE), project_history([], "", None))
