"""Templates to start from: scenarios with a cast, a world and beats, written for this app, in `assets/templates`."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sqlmodel import Session, col, select

from core.errors import UserError
from core.library.role_ids import goals_with_roles, stage_with_roles, world_with_roles
from core.project import Project
from models.beat import Beat, BeatBase, BeatLink, BeatLinkBase
from models.character import Character, CharacterBase
from models.fields import new_id
from models.scenario import Role, RoleBase, Scenario, ScenarioBase


@dataclass(frozen=True, slots=True)
class Template:
    """A template, as a list shows it."""

    name: str
    """Its file, without the suffix: what `add_template` takes."""
    title: str
    summary: str
    n_roles: int
    n_beats: int


_ORDER = (
    "two-hander",
    "interrogation",
    "negotiation",
    "council-debate",
    "counselling",
    "customer-support",
    "tavern-scene",
    "social-deduction",
    "locked-boathouse",
)


def list_templates() -> list[Template]:
    """Returns all templates, the simplest first."""
    found = []
    for name in _ORDER:
        document = read_template(name)
        scenario = document["scenario"]
        found.append(
            Template(name, document["title"], document["summary"], len(scenario["roles"]), len(scenario["beats"]))
        )
    return found


@cache
def read_template(name: str) -> dict[str, Any]:
    """Returns the document of a template. Raises UserError when there is none of this name."""
    if name not in _ORDER:
        raise UserError(f"There is no template “{name}”.", f"There are {', '.join(_ORDER)}.")
    text = (files("assets") / "templates" / f"{name}.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def add_template(project: Project, name: str) -> Scenario:
    """Adds the scenario of a template with its cast, as one undo step.

    A character that is in the project already, word for word, plays its part; it is not added again.
    """
    document = read_template(name)
    source = document["scenario"]
    with project.act(f"New {source['name']}") as session:
        cast = {one["id"]: _add_character(session, one) for one in document["characters"]}
        role_ids = {role["id"]: new_id() for role in source["roles"]}
        draft = _fields(ScenarioBase, source) | {
            "world": world_with_roles(source["world"], role_ids),
            "stage": stage_with_roles(source.get("stage", {}), role_ids),
        }
        scenario = Scenario.model_validate(ScenarioBase.model_validate(draft).model_dump())
        session.add(scenario)
        session.flush()
        for position, role in enumerate(source["roles"]):
            owner = {"id": role_ids[role["id"]], "scenario_id": scenario.id, "position": position}
            fields = _fields(RoleBase, role) | {"character_id": cast[role["character_id"]]}
            session.add(Role.model_validate(RoleBase.model_validate(fields).model_dump() | owner))
        _add_beats(session, scenario.id, source, role_ids)
    return scenario


def _add_character(session: Session, fields: dict[str, Any]) -> str:
    wanted = CharacterBase.model_validate(_fields(CharacterBase, fields))
    for other in session.exec(
        select(Character).where(Character.name == wanted.name, col(Character.deleted_at).is_(None))
    ):
        if CharacterBase.model_validate(other, from_attributes=True) == wanted:
            return other.id
    character = Character.model_validate(wanted.model_dump())
    session.add(character)
    session.flush()
    return character.id


def _add_beats(session: Session, scenario_id: str, source: dict[str, Any], role_ids: dict[str, str]) -> None:
    beat_ids = {beat["id"]: new_id() for beat in source["beats"]}
    for beat in source["beats"]:
        fields = _fields(BeatBase, beat) | {"goals": goals_with_roles(beat.get("goals", {}), role_ids)}
        owner = {"id": beat_ids[beat["id"]], "scenario_id": scenario_id}
        session.add(Beat.model_validate(BeatBase.model_validate(fields).model_dump() | owner))
    session.flush()
    for link in source["links"]:
        owner = {"id": new_id(), "scenario_id": scenario_id}
        ends = {"from_id": beat_ids[link["from_id"]], "to_id": beat_ids[link["to_id"]]}
        base = BeatLinkBase.model_validate(_fields(BeatLinkBase, link)).model_dump()
        session.add(BeatLink.model_validate(base | owner | ends))
    session.flush()


def _fields(base: type[Any], document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name in base.model_fields}
