"""What a user does to the rows of a project: each function is one read, or one undo step.

Screens and commands call these; they open no sessions of their own.
"""

import hashlib
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, func, select

from core.errors import UserError
from core.project import Project
from models.asset import Asset
from models.character import Character, CharacterBase
from models.fields import new_id, utc_now
from models.pin import Pin
from models.playtest import Playtest, Turn
from models.scenario import Role, RoleBase, Scenario, ScenarioBase
from models.score import Score
from models.setting import Setting

Row = TypeVar("Row", bound=SQLModel)


def list_characters(project: Project) -> list[Character]:
    """Returns all characters by name."""
    with project.reading() as session:
        return list(session.exec(select(Character).order_by(col(Character.name), col(Character.id))))


def get_character(project: Project, character_id: str) -> Character | None:
    """Returns one character, or None when it is gone."""
    with project.reading() as session:
        return session.get(Character, character_id)


def create_character(
    project: Project, draft: CharacterBase, portrait: tuple[bytes, str] | None = None, label: str = ""
) -> Character:
    """Adds a character.

    Args:
        portrait: The picture and its media type.
        label: The undo label; `New NAME` when empty.
    """
    with project.act(label or f"New {draft.name}") as session:
        character = Character.model_validate(draft.model_dump())
        if portrait is not None:
            character.portrait = store_asset(session, *portrait)
        session.add(character)
    return character


def update_character(project: Project, character_id: str, **fields: Any) -> None:
    """Changes fields of a character. Raises UserError when a value is not allowed."""
    with project.act("") as session:
        character = _require(session, Character, character_id)
        session.info["label"] = f"Edit {character.name}"
        _assign(character, CharacterBase, fields)
        character.updated_at = utc_now()


def set_portrait(project: Project, character_id: str, data: bytes, media_type: str) -> None:
    """Gives a character another picture."""
    with project.act("Change portrait") as session:
        character = _require(session, Character, character_id)
        character.portrait = store_asset(session, data, media_type)


def duplicate_character(project: Project, character_id: str) -> Character:
    """Adds a copy of a character."""
    with project.act("") as session:
        original = _require(session, Character, character_id)
        session.info["label"] = f"Duplicate {original.name}"
        draft = CharacterBase.model_validate(original, from_attributes=True).model_dump()
        copy = Character.model_validate(draft | {"name": f"{original.name} copy"[:200]})
        session.add(copy)
    return copy


def delete_character(project: Project, character_id: str) -> None:
    """Takes a character out of the project and out of every cast."""
    with project.act("") as session:
        character = _require(session, Character, character_id)
        session.info["label"] = f"Delete {character.name}"
        for role in session.exec(select(Role).where(Role.character_id == character_id)):
            role.character_id = None
            session.add(role)
        session.flush()
        session.delete(character)


def list_scenarios(project: Project) -> list[Scenario]:
    """Returns all scenarios, oldest first."""
    with project.reading() as session:
        return list(session.exec(select(Scenario).order_by(col(Scenario.created_at), col(Scenario.id))))


def get_scenario(project: Project, scenario_id: str) -> Scenario | None:
    """Returns one scenario, or None when it is gone."""
    with project.reading() as session:
        return session.get(Scenario, scenario_id)


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
        scenario = _require(session, Scenario, scenario_id)
        session.info["label"] = f"Edit {scenario.name}"
        _assign(scenario, ScenarioBase, fields)
        scenario.updated_at = utc_now()


def duplicate_scenario(project: Project, scenario_id: str) -> Scenario:
    """Adds a copy of a scenario with its roles and cast."""
    with project.act("") as session:
        original = _require(session, Scenario, scenario_id)
        session.info["label"] = f"Duplicate {original.name}"
        draft = ScenarioBase.model_validate(original, from_attributes=True).model_dump()
        copy = Scenario.model_validate(draft | {"name": f"{original.name} copy"[:200]})
        session.add(copy)
        session.flush()
        for role in _roles(session, scenario_id):
            twin = Role.model_validate(role.model_dump() | {"id": new_id(), "scenario_id": copy.id})
            session.add(twin)
            if original.greeting_role_id == role.id:
                copy.greeting_role_id = twin.id
    return copy


def delete_scenario(project: Project, scenario_id: str) -> None:
    """Takes a scenario and its roles out of the project. Its playtests stay."""
    with project.act("") as session:
        scenario = _require(session, Scenario, scenario_id)
        session.info["label"] = f"Delete {scenario.name}"
        for role in _roles(session, scenario_id):
            session.delete(role)
        session.flush()
        session.delete(scenario)


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
        _assign(_require(session, Role, role_id), RoleBase, fields)


def remove_role(project: Project, role_id: str) -> None:
    """Takes a role out of its scenario."""
    with project.act("Remove role") as session:
        role = _require(session, Role, role_id)
        scenario = session.get(Scenario, role.scenario_id)
        if scenario is not None and scenario.greeting_role_id == role_id:
            scenario.greeting_role_id = None
            session.add(scenario)
        session.delete(role)
        session.flush()
        _renumber(session, _roles(session, role.scenario_id))


def move_role(project: Project, role_id: str, position: int) -> None:
    """Gives a role another place in the order of the cast, from 0."""
    with project.act("Move role") as session:
        role = _require(session, Role, role_id)
        others = [other for other in _roles(session, role.scenario_id) if other.id != role_id]
        others.insert(max(0, position), role)
        _renumber(session, others)


def list_playtests(project: Project, scenario_id: str | None = None) -> list[Playtest]:
    """Returns playtests that are not deleted, newest first, of one scenario or of all."""
    query = select(Playtest).where(col(Playtest.deleted_at).is_(None))
    if scenario_id is not None:
        query = query.where(Playtest.scenario_id == scenario_id)
    with project.reading() as session:
        return list(session.exec(query.order_by(col(Playtest.created_at).desc())))


def get_playtest(project: Project, playtest_id: str) -> Playtest | None:
    """Returns one playtest, or None when it is gone."""
    with project.reading() as session:
        return session.get(Playtest, playtest_id)


def rename_playtest(project: Project, playtest_id: str, name: str) -> None:
    """Gives a playtest another name."""
    with project.act(f"Rename playtest to {name}") as session:
        playtest = _require(session, Playtest, playtest_id)
        playtest.name = name.strip()[:200] or playtest.name
        session.add(playtest)


def delete_playtest(project: Project, playtest_id: str) -> None:
    """Takes a playtest out of sight; undo brings it back with every turn."""
    with project.act("") as session:
        playtest = _require(session, Playtest, playtest_id)
        session.info["label"] = f"Delete {playtest.name}"
        playtest.deleted_at = utc_now()
        session.add(playtest)


def list_turns(project: Project, playtest_id: str) -> list[Turn]:
    """Returns every turn of a playtest, all branches, in the order in which they were made."""
    with project.reading() as session:
        return list(session.exec(select(Turn).where(Turn.playtest_id == playtest_id).order_by(col(Turn.id))))


def get_turn(project: Project, turn_id: int) -> Turn | None:
    """Returns one turn, or None when it is gone."""
    with project.reading() as session:
        return session.get(Turn, turn_id)


def list_pins(project: Project, playtest_id: str) -> set[int]:
    """Returns the ids of the pinned turns of a playtest, all branches."""
    query = select(Pin.turn_id).join(Turn, col(Pin.turn_id) == col(Turn.id)).where(Turn.playtest_id == playtest_id)
    with project.reading() as session:
        return set(session.exec(query))


def set_pinned(project: Project, turn_id: int, is_pinned: bool) -> None:
    """Pins a turn, so that it stays in every view when the context is full, or takes the pin away."""
    with project.act("") as session:
        turn = _require(session, Turn, turn_id)
        session.info["label"] = f"{'Pin' if is_pinned else 'Unpin'} turn {turn.number}"
        pin = session.exec(select(Pin).where(Pin.turn_id == turn_id)).first()
        if is_pinned and pin is None:
            session.add(Pin(turn_id=turn_id))
        elif not is_pinned and pin is not None:
            session.delete(pin)


def count_turns(project: Project) -> dict[str, int]:
    """Returns the number of turns of each playtest that has any, all branches."""
    with project.reading() as session:
        rows = session.exec(select(Turn.playtest_id, func.count()).group_by(col(Turn.playtest_id)))
        return dict(rows.all())


def find_playtests_saying(project: Project, words: str) -> set[str]:
    """Returns the playtests in which somebody says these words, in any case."""
    with project.reading() as session:
        return set(
            session.exec(select(Turn.playtest_id).where(col(Turn.text).icontains(words, autoescape=True)).distinct())
        )


def list_scores(project: Project, playtest_id: str) -> list[Score]:
    """Returns every score of every turn of a playtest."""
    query = select(Score).join(Turn, col(Score.turn_id) == col(Turn.id)).where(Turn.playtest_id == playtest_id)
    with project.reading() as session:
        return list(session.exec(query.order_by(col(Score.id))))


def scores_of_turn(project: Project, turn_id: int) -> list[Score]:
    """Returns the scores of one turn."""
    with project.reading() as session:
        return list(session.exec(select(Score).where(Score.turn_id == turn_id).order_by(col(Score.id))))


def store_asset(session: Session, data: bytes, media_type: str) -> str:
    """Keeps a blob, once; returns its SHA-256."""
    sha256 = hashlib.sha256(data).hexdigest()
    if session.get(Asset, sha256) is None:
        session.add(Asset(sha256=sha256, media_type=media_type, data=data))
        session.flush()
    return sha256


def read_asset(project: Project, sha256: str | None) -> Asset | None:
    """Returns a blob, or None."""
    if sha256 is None:
        return None
    with project.reading() as session:
        return session.get(Asset, sha256)


def get_setting(project: Project, key: str, default: Any = None) -> Any:
    """Returns a setting of the project."""
    with project.reading() as session:
        setting = session.get(Setting, key)
        return default if setting is None else setting.value


def set_setting(project: Project, key: str, value: Any) -> None:
    """Keeps a setting in the project. Not an undo step: it says where the user was, not what they made."""
    with project.append() as session:
        session.merge(Setting(key=key, value=value))


def _roles(session: Session, scenario_id: str) -> list[Role]:
    return list(session.exec(select(Role).where(Role.scenario_id == scenario_id).order_by(col(Role.position))))


def _renumber(session: Session, roles: list[Role]) -> None:
    for position, role in enumerate(roles):
        role.position = position
        session.add(role)


def _require(session: Session, model: type[Row], key: str | int) -> Row:
    row = session.get(model, key)
    if row is None:
        raise UserError(f"This {model.__name__.lower()} is not in the project any more.", "Undo may bring it back.")
    return row


def _assign(row: SQLModel, base: type[SQLModel], fields: dict[str, Any]) -> None:
    """Validates against the base class: table classes do not validate."""
    current = {name: getattr(row, name) for name in base.model_fields}
    try:
        checked = base.model_validate(current | fields)
    except ValueError as error:
        raise UserError(*_explain_invalid(error)) from error
    for name in fields:
        setattr(row, name, getattr(checked, name))


def _explain_invalid(error: ValueError) -> tuple[str, str]:
    details: list[dict[str, Any]] = getattr(error, "errors", list)()
    if not details:
        return "A value is not allowed.", "Change it and try again."
    first = details[0]
    return f"{first['loc'][-1]}: {first['msg']}.", "Change it and try again; the old value is kept."
