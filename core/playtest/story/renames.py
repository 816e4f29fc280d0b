"""Renames in the rows of a scenario, which its conditions, effects and triggers follow: each is one undo step."""

from collections.abc import Callable

from sqlmodel import Session, select

from core.errors import UserError
from core.library.beats import beats_of, links_of
from core.library.rows import assign, require
from core.playtest.story.story_rows import read_story
from core.project import Project
from core.world.graph import Story
from core.world.renames import (
    is_word_of_language,
    make_rename,
    rename_in_condition,
    rename_in_effects,
    rename_in_trigger,
)
from core.world.scope import NameKind
from models.beat import Beat, BeatBase
from models.scenario import Role, RoleBase, Scenario, ScenarioBase
from models.world import World


def rename_variable(project: Project, scenario_id: str, old: str, new: str) -> None:
    """Gives a variable another name everywhere in its scenario. Raises UserError when that cannot be its name."""
    _rename_in_world(project, scenario_id, NameKind.VARIABLE, old, new)


def rename_prop(project: Project, scenario_id: str, old: str, new: str) -> None:
    """Gives a prop another name everywhere in its scenario. Raises UserError when that cannot be its name."""
    _rename_in_world(project, scenario_id, NameKind.PROP, old, new)


def rename_place(project: Project, scenario_id: str, place_id: str, new: str) -> None:
    """Gives a place another name everywhere in its scenario. Raises UserError when that cannot be its name."""
    _check_word(NameKind.PLACE, new)

    def change(_session: Session, scenario: Scenario) -> None:
        document = World.read(scenario.world).to_document()
        for place in document.get("places", []):
            if place["id"] == place_id:
                place["name"] = new
        assign(scenario, ScenarioBase, {"world": document})

    with project.act("Rename place") as session:
        scenario = require(session, Scenario, scenario_id)
        _follow(session, scenario, NameKind.PLACE, place_id, place_id, change)


def rename_role(project: Project, role_id: str, new: str) -> None:
    """Gives a role another name everywhere in its scenario."""

    def change(session: Session, _scenario: Scenario) -> None:
        role = require(session, Role, role_id)
        assign(role, RoleBase, {"name": new})
        session.add(role)

    with project.act("Rename role") as session:
        scenario = require(session, Scenario, require(session, Role, role_id).scenario_id)
        _follow(session, scenario, NameKind.ROLE, role_id, role_id, change)


def rename_beat(project: Project, beat_id: str, new: str) -> None:
    """Gives a beat another name, also where conditions ask whether it was visited."""

    def change(session: Session, _scenario: Scenario) -> None:
        beat = require(session, Beat, beat_id)
        assign(beat, BeatBase, {"name": new})
        session.add(beat)

    with project.act("Rename beat") as session:
        scenario = require(session, Scenario, require(session, Beat, beat_id).scenario_id)
        _follow(session, scenario, NameKind.BEAT, beat_id, beat_id, change)


def _rename_in_world(project: Project, scenario_id: str, kind: NameKind, old: str, new: str) -> None:
    _check_word(kind, new)

    def change(_session: Session, scenario: Scenario) -> None:
        document = World.read(scenario.world).to_document()
        for thing in document.get("variables" if kind == NameKind.VARIABLE else "props", []):
            if thing["name"] == old:
                thing["name"] = new
        assign(scenario, ScenarioBase, {"world": document})

    with project.act(f"Rename {old}") as session:
        scenario = require(session, Scenario, scenario_id)
        world = World.read(scenario.world)
        names = [one.name for one in world.variables] + [one.name for one in world.props]
        if new.casefold() in {name.casefold() for name in names} - {old.casefold()}:
            raise UserError(f"{new} is there already.", "Choose another name.")
        _follow(session, scenario, kind, old, new, change)


def _check_word(kind: NameKind, new: str) -> None:
    if is_word_of_language(kind, new):
        raise UserError(f"“{new.strip()}” is a word of conditions and effects.", "Choose another name.")


def _follow(
    session: Session,
    scenario: Scenario,
    kind: NameKind,
    old_key: str,
    new_key: str,
    change: Callable[[Session, Scenario], None],
) -> None:
    """Makes a change of a name, and changes all texts of the scenario so that they mean what they meant."""
    before = read_story(session, scenario)
    change(session, scenario)
    session.add(scenario)
    session.flush()
    after = read_story(session, scenario)
    _rename_in_rows(session, scenario, before, after, kind, old_key, new_key)


def _rename_in_rows(
    session: Session, scenario: Scenario, before: Story, after: Story, kind: NameKind, old_key: str, new_key: str
) -> None:
    rename = make_rename(before, after, kind, old_key, new_key)
    for beat in beats_of(session, scenario.id):
        for field in ("condition", "success"):
            setattr(beat, field, rename_in_condition(getattr(beat, field), rename))
        for field in ("effects", "failure_effects"):
            setattr(beat, field, rename_in_effects(getattr(beat, field), rename))
        session.add(beat)
    for link in links_of(session, scenario.id):
        link.condition = rename_in_condition(link.condition, rename)
        link.trigger = rename_in_trigger(link.trigger, rename)
        session.add(link)
    for role in session.exec(select(Role).where(Role.scenario_id == scenario.id)):
        role.goal_test = rename_in_condition(role.goal_test, rename)
        session.add(role)
    world = dict(scenario.world)
    for field in ("win", "lose"):
        if world.get(field):
            world[field] = rename_in_condition(world[field], rename)
    scenario.world = world
    session.add(scenario)
