"""Ways back: a whole moment, or one field of it, each as one undo step."""

import copy
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, SQLModel

from core.errors import UserError
from core.history.differences import ABSENT, Difference
from core.history.entities import STAMPS, Entity, Row, Rows, model_of, parts_of, read_rows, table_of
from core.library.rows import assign
from core.project import Project
from models.fields import utc_now


def restore_moment(project: Project, entity: Entity, rows: Rows, label: str) -> None:
    """Makes an entity what it was, also one that is deleted, as one undo step.

    What it refers to may be gone by now: a role is then not cast, a relationship to somebody who is gone is left out.

    Raises:
        UserError: It did not exist at that moment.
    """
    if not rows.get(entity.kind, {}).get(entity.id):
        raise UserError("There was nothing yet at that moment.", "Choose a later one.")
    with project.act(label) as session:
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        now = read_rows(session, entity)
        tables = [entity.kind, *(table for table, _owner in parts_of(entity.kind))]
        for table in tables:
            for row_id in now.get(table, {}).keys() - rows.get(table, {}).keys():
                session.delete(session.get(model_of(table), row_id))
        session.flush()
        for table in tables:
            for row in rows.get(table, {}).values():
                _put_row(session, tables, table, row)
            session.flush()
        _touch(session, entity)


def restore_field(project: Project, entity: Entity, difference: Difference, label: str) -> None:
    """Makes one field, or one part, what it was before a difference, as one undo step.

    Raises:
        UserError: The row is gone, or the old value is not allowed any more beside the others.
    """
    table, row_id = difference.table, difference.row_id
    with project.act(label) as session:
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        row = session.get(model_of(table), row_id)
        if not difference.path:
            if difference.before is not ABSENT:
                _put_row(session, [entity.kind, table], table, difference.before)
            elif row is not None:
                session.delete(row)
        elif row is None:
            raise UserError("The part that had this field is gone.", "Restore the part first, or the whole moment.")
        else:
            column = difference.path[0]
            value = _with_path(copy.deepcopy(getattr(row, column)), difference.path[1:], difference.before)
            base = model_of(table).__mro__[1]
            if column in getattr(base, "model_fields", {}):
                assign(row, base, {column: value})
            else:
                setattr(row, column, value)
        session.flush()
        _touch(session, entity)


def _put_row(session: Session, own_tables: list[str], table: str, row: Row) -> None:
    """Inserts a row or makes it what it was; not when it needs a row of another entity that is gone."""
    model = model_of(table)
    wanted = {name: value for name, value in row.items() if name in table_of(table).c}
    for key in table_of(table).foreign_keys:
        name, target = key.parent.name, key.column.table.name
        value = wanted.get(name)
        if value is None or target in own_tables or _exists(session, target, key.column.name, value):
            continue
        if not key.parent.nullable:
            return
        wanted[name] = None
    found = session.get(model, row["id"])
    if found is None:
        session.add(model(**wanted))
        return
    for name, value in wanted.items():
        if name not in STAMPS and getattr(found, name) != value:
            setattr(found, name, value)


def _exists(session: Session, table: str, column: str, value: Any) -> bool:
    """Whether there is such a row, and not in the trash."""
    kept = " AND deleted_at IS NULL" if "deleted_at" in SQLModel.metadata.tables[table].c else ""
    statement = text(f"SELECT 1 FROM {table} WHERE {column} = :value{kept}")
    return session.execute(statement, {"value": value}).first() is not None


def _touch(session: Session, entity: Entity) -> None:
    own = session.get(model_of(entity.kind), entity.id)
    if own is not None and hasattr(own, "updated_at"):
        own.updated_at = utc_now()


def _with_path(document: Any, path: tuple[str, ...], value: Any) -> Any:
    """A document with a value put at a path of keys, or the key taken out where the value is ABSENT."""
    if not path:
        return value
    document = document if isinstance(document, dict) else {}
    if len(path) == 1 and value is ABSENT:
        document.pop(path[0], None)
    else:
        document[path[0]] = _with_path(document.get(path[0]), path[1:], value)
    return document
