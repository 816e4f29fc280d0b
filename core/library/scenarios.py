"""What a user does to scenarios, their roles and casts: each function is one read, or one undo step."""

from typing import Any

from sqlmodel import Session, col, select

from core.library.beats import copy_parts
from core.library.kinds import SCENARIO
from core.library.lore import books_of, copy_books
from core.library.role_ids import goals_with_roles, stage_with_roles, world_with_roles
from core.library.role_removal import forget_role
from core.library.rows import assign, find_living, require
from core.library.trash import delete_listed
from core.project import Project
from models.fields import new_id, utc_now
from models.scenario import Role, RoleBase, Scenario, ScenarioBase


def list_scenarios(project: Project) -> list[Scenario]:
    """Returns all scenarios, oldest first."""
    with project.reading() as session:
        living = select(Scenario).where(col(Scenario.deleted_at).is_(None))
        return list(session.exec(living.order_by(col(Scenario.created_at), col(Scenario.id))))


def get_scenario(project: Project, scenario_id: str) -> Scenario | None:
    """Returns one scenario, or None when it is gone."""
    with project.reading() as session:
        return find_living(session, Scenario, scenario_id)


def list_roles(project: Project, scenario_id: str) -> list[Role]:
    """Returns the roles of a scenario in the order of the cast."""
    with project.reading() as session:
        return _roles(session, scenario_id)


def create_scenario(project: Project, draft: ScenarioBase, roles: list[RoleBase] | None = None) -> Scenario:
    """Adds a scenario with its roles."""
    with project.act(f"New {draft.name}") as session:
        scenario = Scenario.model_validate(draft.model_dump())
        session.add(scenario)
        session.flush()
        for position, role in enumerate(roles or []):
            session.add(
                Role.model_validate(
                    role.model_dump() | {"position": position, "scenario_id": scenario.id, "id": new_id()}
                )
            )
    return scenario


def update_scenario(project: Project, scenario_id: str, **fields: Any) -> None:
    """Changes fields of a scenario. Raises UserError when a value is not allowed."""
    with project.act("") as session:
        scenario = require(session, Scenario, scenario_id)
        session.info["label"] = f"Edit {scenario.name}"
        assign(scenario, ScenarioBase, fields)
        scenario.updated_at = utc_now()


def duplicate_scenario(project: Project, scenario_id: str) -> Scenario:
    """Adds a copy of a scenario with its roles and cast, its world and beats."""
    with project.act("") as session:
        original = require(session, Scenario, scenario_id)
        session.info["label"] = f"Duplicate {original.name}"
        draft = ScenarioBase.model_validate(original, from_attributes=True).model_dump()
        shelf = {"folder": original.folder, "tags": original.tags}
        copy = Scenario.model_validate(draft | shelf | {"name": f"{original.name} copy"[:200]})
        session.add(copy)
        session.flush()
        role_ids = {}
        for role in _roles(session, scenario_id):
            twin = Role.model_validate(role.model_dump() | {"id": new_id(), "scenario_id": copy.id})
            session.add(twin)
            role_ids[role.id] = twin.id
        copy.greeting_role_id = role_ids.get(original.greeting_role_id or "")
        copy.world = world_with_roles(original.world, role_ids)
        copy.stage = stage_with_roles(original.stage, role_ids)
        for beat in copy_parts(session, scenario_id, copy.id):
            beat.goals = goals_with_roles(beat.goals, role_ids)
        copy_books(session, books_of(session, scenario_id=scenario_id), scenario_id=copy.id)
    return copy


def delete_scenario(project: Project, scenario_id: str) -> None:
    """Moves a scenario, with its roles and beats, to the trash. Its playtests stay."""
    delete_listed(project, [(SCENARIO, scenario_id)])


def add_role(project: Project, scenario_id: str, draft: RoleBase) -> Role:
    """Adds a role at the end of a scenario's cast."""
    with project.act("Add role") as session:
        position = len(_roles(session, scenario_id))
        role = Role.model_validate(draft.model_dump() | {"scenario_id": scenario_id, "position": position})
        session.add(role)
    return role


def update_role(project: Project, role_id: str, **fields: Any) -> None:
    """Changes fields of a role; `character_id` casts it."""
    with project.act("Edit role") as session:
        assign(require(session, Role, role_id), RoleBase, fields)


def remove_role(project: Project, role_id: str) -> None:
    """Takes a role out of its scenario."""
    with project.act("Remove role") as session:
        role = require(session, Role, role_id)
        scenario = session.get(Scenario, role.scenario_id)
        if scenario is not None and scenario.greeting_role_id == role_id:
            scenario.greeting_role_id = None
            session.add(scenario)
        forget_role(session, role.scenario_id, role_id)
        session.delete(role)
        session.flush()
        _renumber(session, _roles(session, role.scenario_id))


def move_role(project: Project, role_id: str, position: int) -> None:
    """Gives a role another place in the order of the cast, from 0."""
    with project.act("Move role") as session:
        role = require(session, Role, role_id)
        others = [other for other in _roles(session, role.scenario_id) if other.id != role_id]
        others.insert(max(0, position), role)
        _renumber(session, others)


def _roles(session: Session, scenario_id: str) -> list[Role]:
    return list(session.exec(select(Role).where(Role.scenario_id == scenario_id).order_by(col(Role.position))))


def _renumber(session: Session, roles: list[Role]) -> None:
    for position, role in enumerate(roles):
        role.position = position
        session.add(role)
