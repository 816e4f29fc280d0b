"""What playtests ran: an entity as it stands in their scripts, which never change."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlmodel import Session, col, select

from core.history.entities import Entity, Row, Rows, table_of
from models.playtest import Playtest

Past = Sequence[tuple[str, Rows]]
"""When, and the rows after it; newest first."""


def read_played(session: Session, entity: Entity, past: Past) -> Iterator[tuple[str, str, str, Rows]]:
    """Yields the id, the name and the beginning of each playtest that ran an entity, and its rows as they were run."""
    if entity.kind == "scenario":
        query = select(Playtest).where(Playtest.scenario_id == entity.id)
    elif entity.kind == "character":
        query = select(Playtest)
    else:
        return
    for playtest in session.exec(query.where(col(Playtest.deleted_at).is_(None))):
        base = _rows_at(past, playtest.created_at)
        if entity.kind == "scenario":
            yield playtest.id, playtest.name, playtest.created_at, _with_scenario(base, entity.id, playtest.script)
            continue
        part = next((part for part in playtest.script.get("parts", []) if _player_of(part) == entity.id), None)
        if part is not None:
            own = _lay_over("character", base, entity.id, part.get("character", {}))
            yield playtest.id, playtest.name, playtest.created_at, base | {"character": {entity.id: own}}


def played_entities(playtest: Playtest, session: Session) -> list[tuple[Entity, str]]:
    """Returns what a playtest ran, with the names as they were: its scenario, and the cast as far as it is known."""
    found: list[tuple[Entity, str]] = []
    if playtest.scenario_id:
        name = str(playtest.script.get("scenario", {}).get("name", ""))
        found.append((Entity("scenario", playtest.scenario_id), name))
    for part in playtest.script.get("parts", []):
        if character_id := _player_of(part):
            found.append((Entity("character", character_id), str(part.get("character", {}).get("name", ""))))
    return found


def _with_scenario(base: Rows, scenario_id: str, script: dict[str, Any]) -> Rows:
    roles = dict(base.get("role", {}))
    for part in script.get("parts", []):
        role_id = str(part.get("role_id", ""))
        role = _lay_over("role", base, role_id, part.get("role", {}))
        roles[role_id] = role | {"scenario_id": scenario_id}
    own = _lay_over("scenario", base, scenario_id, script.get("scenario", {}))
    return base | {"scenario": {scenario_id: own}, "role": roles}


def _lay_over(table: str, base: Rows, row_id: str, document: dict[str, Any]) -> Row:
    """A row as a script has it; columns that scripts of its time did not have are as they were then."""
    columns = table_of(table).c
    row = base.get(table, {}).get(row_id, {"id": row_id})
    return row | {name: value for name, value in document.items() if name in columns and name != "id"}


def _rows_at(past: Past, at: str) -> Rows:
    """The rows after the last change before a moment; the oldest known where it lies before them all."""
    return next((rows for changed_at, rows in past if changed_at <= at), past[-1][1] if past else {})


def _player_of(part: dict[str, Any]) -> str:
    return str((part.get("role") or {}).get("character_id") or "")
