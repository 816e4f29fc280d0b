"""Renames that conditions, effects and triggers of a scenario follow: each is one undo step.

Texts that cannot be read stay as they are.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from core.errors import UserError
from core.library.beats import beats_of, links_of
from core.library.rows import assign, require
from core.project import Project
from core.world.conditions import (
    And,
    Compare,
    Condition,
    Flag,
    Knows,
    Located,
    Not,
    Or,
    Present,
    Visited,
    format_condition,
    parse_condition,
)
from core.world.effects import Add, Appear, Effect, Learn, Move, Put, format_effects, parse_effects
from core.world.lexer import Misread
from core.world.scope import NameKind, Scope
from core.world.story_rows import read_story
from core.world.triggers import FactSpoken, PhraseSaid, read_trigger, trigger_document
from models.beat import Beat, BeatBase
from models.scenario import Role, RoleBase, Scenario, ScenarioBase
from models.world import World

Rename = Callable[[NameKind, str], str]
"""What a name stands for and the name -> the name that it should be."""


def rename_variable(project: Project, scenario_id: str, old: str, new: str) -> None:
    """Gives a variable another name everywhere in its scenario. Raises UserError when that cannot be its name."""
    _rename_in_world(project, scenario_id, NameKind.VARIABLE, old, new)


def rename_prop(project: Project, scenario_id: str, old: str, new: str) -> None:
    """Gives a prop another name everywhere in its scenario. Raises UserError when that cannot be its name."""
    _rename_in_world(project, scenario_id, NameKind.PROP, old, new)


def rename_place(project: Project, scenario_id: str, place_id: str, new: str) -> None:
    """Gives a place another name everywhere in its scenario."""
    with project.act("Rename place") as session:
        scenario = require(session, Scenario, scenario_id)
        world = World.read(scenario.world)
        old = next((place.name for place in world.places if place.id == place_id), "")
        _follow(session, scenario, NameKind.PLACE, old, new)
        document = World.read(scenario.world).to_document()
        for place in document.get("places", []):
            if place["id"] == place_id:
                place["name"] = new
        assign(scenario, ScenarioBase, {"world": document})
        session.add(scenario)


def rename_role(project: Project, role_id: str, new: str) -> None:
    """Gives a role another name everywhere in its scenario."""
    with project.act("Rename role") as session:
        role = require(session, Role, role_id)
        scenario = require(session, Scenario, role.scenario_id)
        old = role.name
        _follow(session, scenario, NameKind.ROLE, old, new)
        assign(role, RoleBase, {"name": new})
        session.add(role)


def rename_beat(project: Project, beat_id: str, new: str) -> None:
    """Gives a beat another name, also where conditions ask whether it was visited."""
    with project.act("Rename beat") as session:
        beat = require(session, Beat, beat_id)
        old = beat.name
        _follow(session, require(session, Scenario, beat.scenario_id), NameKind.BEAT, old, new)
        assign(beat, BeatBase, {"name": new})
        session.add(beat)


def rename_in_condition(text: str, rename: Rename) -> str:
    """Returns a condition with other names; the same text when nothing in it changes."""
    try:
        before = parse_condition(text)
    except Misread:
        return text
    after = _in_condition(before, rename)
    return text if after == before else format_condition(after)


def rename_in_effects(text: str, rename: Rename) -> str:
    """Returns effects with other names; the same text when nothing in them changes."""
    try:
        before = parse_effects(text)
    except Misread:
        return text
    after = tuple(_in_effect(effect, rename) for effect in before)
    return text if after == before else format_effects(after)


def _rename_in_world(project: Project, scenario_id: str, kind: NameKind, old: str, new: str) -> None:
    with project.act(f"Rename {old}") as session:
        scenario = require(session, Scenario, scenario_id)
        world = World.read(scenario.world)
        names = [one.name for one in world.variables] + [one.name for one in world.props]
        taken = {name.casefold() for name in names} - {old.casefold()}
        if new.casefold() in taken:
            raise UserError(f"{new} is there already.", "Choose another name.")
        _follow(session, scenario, kind, old, new)
        document = World.read(scenario.world).to_document()
        for thing in document.get("variables" if kind == NameKind.VARIABLE else "props", []):
            if thing["name"] == old:
                thing["name"] = new
        assign(scenario, ScenarioBase, {"world": document})
        session.add(scenario)


def _follow(session: Session, scenario: Scenario, kind: NameKind, old: str, new: str) -> None:
    """Changes a name in all texts of a scenario."""
    if not old.strip() or not new.strip() or old == new:
        return
    scope = Scope(read_story(session, scenario))
    find: Callable[[str], object] = {
        NameKind.VARIABLE: scope.variable,
        NameKind.PROP: scope.prop,
        NameKind.PLACE: scope.place,
        NameKind.ROLE: scope.role,
        NameKind.BEAT: scope.beat,
    }[kind]
    key = " ".join(old.split()).casefold()

    def rename(found: NameKind, name: str) -> str:
        is_meant = found == kind and " ".join(name.split()).casefold() == key and find(name) is not None
        return new if is_meant else name

    for beat in beats_of(session, scenario.id):
        for field in ("condition", "success"):
            setattr(beat, field, rename_in_condition(getattr(beat, field), rename))
        for field in ("effects", "failure_effects"):
            setattr(beat, field, rename_in_effects(getattr(beat, field), rename))
        session.add(beat)
    for link in links_of(session, scenario.id):
        link.condition = rename_in_condition(link.condition, rename)
        link.trigger = _in_trigger(link.trigger, rename)
        session.add(link)
    world = dict(scenario.world)
    for field in ("win", "lose"):
        if world.get(field):
            world[field] = rename_in_condition(world[field], rename)
    scenario.world = world


def _in_trigger(document: dict[str, Any], rename: Rename) -> dict[str, Any]:
    try:
        trigger = read_trigger(document)
    except ValidationError:
        return document
    if isinstance(trigger, PhraseSaid | FactSpoken) and trigger.by:
        return trigger_document(trigger.model_copy(update={"by": rename(NameKind.ROLE, trigger.by)}))
    return document


def _in_condition(condition: Condition, rename: Rename) -> Condition:
    match condition:
        case Not(inner):
            return Not(_in_condition(inner, rename))
        case And(parts):
            return And(tuple(_in_condition(part, rename) for part in parts))
        case Or(parts):
            return Or(tuple(_in_condition(part, rename) for part in parts))
        case Compare(name, attribute, _, value):
            kind = NameKind.PROP if attribute else NameKind.VARIABLE
            return replace(condition, name=rename(kind, name), value=_in_value(attribute, value, rename))
        case Flag(name):
            return replace(condition, name=rename(NameKind.VARIABLE, name))
        case Knows(role) | Present(role):
            return replace(condition, role=rename(NameKind.ROLE, role))
        case Located(role, place):
            return replace(condition, role=rename(NameKind.ROLE, role), place=rename(NameKind.PLACE, place))
        case Visited(beat):
            return replace(condition, beat=rename(NameKind.BEAT, beat))
    return condition


def _in_effect(effect: Effect, rename: Rename) -> Effect:
    match effect:
        case Add(name):
            return replace(effect, name=rename(NameKind.VARIABLE, name))
        case Put(name, attribute, value):
            kind = NameKind.PROP if attribute else NameKind.VARIABLE
            return replace(effect, name=rename(kind, name), value=_in_value(attribute, value, rename))
        case Learn(role) | Appear(role):
            return replace(effect, role=rename(NameKind.ROLE, role))
        case Move(role, place):
            return replace(effect, role=rename(NameKind.ROLE, role), place=rename(NameKind.PLACE, place))


def _in_value(attribute: str, value: int | str, rename: Rename) -> int | str:
    kinds = {"holder": NameKind.ROLE, "place": NameKind.PLACE}
    return rename(kinds[attribute], value) if attribute in kinds and isinstance(value, str) else value
