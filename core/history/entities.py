"""What counts as one entity: a row and the rows that belong to it, such as a scenario with its roles and beats."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, text
from sqlmodel import Session, SQLModel, and_, col, or_, select

from core.ledger import TRACKED, read_row
from models.change import Action, Change

Row = dict[str, Any]
Rows = dict[str, dict[str, Row]]
"""Table name -> id -> column -> value. Tables without rows may be left out."""

PARTS: dict[str, tuple[tuple[str, str], ...]] = {
    "character": (("relationship", "character_id"),),
    "scenario": (("role", "scenario_id"), ("beat", "scenario_id"), ("beat_link", "scenario_id")),
    "fragment": (),
    "relationship": (),
    "lorebook": (("lore_entry", "book_id"),),
}
"""Kind of entity, which is the table of its own row -> tables of its parts, and their column that names it."""

STAMPS = frozenset({"id", "created_at", "updated_at"})
BOOKKEEPING = STAMPS | {"deleted_at", "former_role_ids"}
"""Columns that no author writes."""


@dataclass(frozen=True)
class Entity:
    """One entity of a project, there or deleted."""

    kind: str
    """One of `PARTS`."""
    id: str


def model_of(table: str) -> type[SQLModel]:
    """Returns the class of a tracked table. Raises KeyError for others."""
    return _MODELS[table]


def table_of(name: str) -> Table:
    """Returns a tracked table. Raises KeyError for others."""
    return SQLModel.metadata.tables[str(_MODELS[name].__tablename__)]


def parts_of(kind: str) -> tuple[tuple[str, str], ...]:
    """Returns tables of parts that undo covers, and their column that names the entity."""
    return tuple((table, column) for table, column in PARTS[kind] if table in _MODELS)


def read_rows(session: Session, entity: Entity) -> Rows:
    """Returns the rows of an entity as they are now; none when it is deleted."""
    own = read_row(session, entity.kind, entity.id)
    rows: Rows = {entity.kind: {entity.id: own} if own is not None else {}}
    for name, column in parts_of(entity.kind):
        table = table_of(name)
        ids = session.execute(select(table.c.id).where(table.c[column] == entity.id)).scalars()
        rows[name] = {str(one): row for one in ids if (row := read_row(session, name, str(one))) is not None}
    return rows


def read_changes(session: Session, entity: Entity) -> list[tuple[Action, Change]]:
    """Returns what was done to an entity and its parts and not undone, oldest first."""
    mine = [and_(col(Change.entity) == entity.kind, col(Change.entity_id) == entity.id)]
    for name, column in parts_of(entity.kind):
        part_ids = _ids_ever(session, name, column, entity.id)
        mine.append(and_(col(Change.entity) == name, col(Change.entity_id).in_(part_ids)))
    query = (
        select(Action, Change)
        .join(Change, col(Change.action_id) == col(Action.id))
        .where(col(Action.undone).is_(False), or_(*mine))
        .order_by(col(Action.id), col(Change.id))
    )
    return list(session.exec(query).all())


def _ids_ever(session: Session, table: str, column: str, entity_id: str) -> set[str]:
    """Ids of the parts that there are, and of those that were made or deleted as far as the ledger goes back."""
    statement = text(
        f"SELECT id FROM {table} WHERE {column} = :owner "
        "UNION SELECT entity_id FROM change WHERE entity = :entity AND (before IS NULL OR after IS NULL) "
        f"AND :owner IN (json_extract(before, '$.{column}'), json_extract(after, '$.{column}'))"
    )
    return {str(row[0]) for row in session.execute(statement, {"owner": entity_id, "entity": table})}


_MODELS: dict[str, type[SQLModel]] = {str(model.__tablename__): model for model in TRACKED}
