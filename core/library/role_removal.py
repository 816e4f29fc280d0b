"""What a scenario loses when one of its roles goes: its place, what it holds and knows, and its goals in beats."""

from typing import Any

from sqlmodel import Session

from core.library.beats import beats_of
from models.scenario import Scenario


def forget_role(session: Session, scenario_id: str, role_id: str) -> None:
    """Takes a role out of the world and the beats of its scenario. Conditions that name it are left to the checker."""
    for beat in beats_of(session, scenario_id):
        if role_id in beat.goals:
            beat.goals = {one: goal for one, goal in beat.goals.items() if one != role_id}
            session.add(beat)
    scenario = session.get(Scenario, scenario_id)
    if scenario is not None and (world := world_without_role(scenario.world, role_id)) != scenario.world:
        scenario.world = world
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


def _without(table: dict[str, str], key: str) -> dict[str, str]:
    return {one: value for one, value in table.items() if one != key}
