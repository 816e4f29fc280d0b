"""What a scenario loses with a role: its place, what it holds and knows, its goals, its part in the rules."""

from typing import Any

from sqlmodel import Session

from core.library.beats import beats_of
from core.library.role_ids import STAGE_LISTS, STAGE_ROLES, STAGE_TABLES
from models.scenario import Scenario
from models.stage import StageRules


def forget_role(session: Session, scenario_id: str, role_id: str) -> None:
    """Takes a role out of the world and the beats of its scenario. Conditions that name it are left to the checker."""
    for beat in beats_of(session, scenario_id):
        if role_id in beat.goals:
            beat.goals = {one: goal for one, goal in beat.goals.items() if one != role_id}
            session.add(beat)
    scenario = session.get(Scenario, scenario_id)
    if scenario is None:
        return
    world, stage = world_without_role(scenario.world, role_id), stage_without_role(scenario.stage, role_id)
    if (world, stage) != (scenario.world, scenario.stage):
        scenario.world, scenario.stage = world, stage
        session.add(scenario)


def world_without_role(world: dict[str, Any], role_id: str) -> dict[str, Any]:
    """Returns the document of a world in which a role holds, knows and is nothing."""
    left = dict(world)
    if "props" in world:
        left["props"] = [prop | {"holder": None} if prop.get("holder") == role_id else prop for prop in world["props"]]
    if "facts" in world:
        left["facts"] = [
            fact | {"known_by": _without(fact["known_by"], role_id)} if "known_by" in fact else fact
            for fact in world["facts"]
        ]
    if "role_places" in world:
        left["role_places"] = _without(world["role_places"], role_id)
    return left


def stage_without_role(stage: dict[str, Any], role_id: str) -> dict[str, Any]:
    """Returns the document of the rules of a stage in which a role has no part."""
    left = {name: dict(part) for name, part in stage.items()}
    for part, name in STAGE_TABLES:
        if name in left.get(part, {}):
            left[part][name] = _without(left[part][name], role_id)
    for part, name in STAGE_LISTS:
        if name in left.get(part, {}):
            left[part][name] = [one for one in left[part][name] if one != role_id]
    for part, name in STAGE_ROLES:
        if left.get(part, {}).get(name) == role_id:
            del left[part][name]
    return StageRules.read(left).to_document()


def _without(table: dict[str, Any], key: str) -> dict[str, Any]:
    return {one: value for one, value in table.items() if one != key}
