"""Undo and redo from the ledger of changes: rows before and after each action of the user."""

from enum import Enum
from typing import Any

from sqlalchemy import Table, event, inspect, text
from sqlmodel import Session, SQLModel, col, select

from models.beat import Beat, BeatLink
from models.change import Action, Change
from models.character import Character
from models.fragment import Fragment
from models.pin import Pin
from models.playtest import Playtest
from models.relationship import Relationship
from models.scenario import Role, Scenario
from models.setting import Setting

TRACKED: tuple[type[SQLModel], ...] = (
    Character,
    Fragment,
    Relationship,
    Scenario,
    Role,
    Beat,
    BeatLink,
    Playtest,
    Pin,
    Setting,
)
"""What undo covers. Turns, scores and assets are only ever added: what points to them is tracked."""

_TABLES: dict[str, Table] = {
    str(model.__tablename__): SQLModel.metadata.tables[str(model.__tablename__)] for model in TRACKED
}


class Recorder:
    """Notes what one session changes, row by row, and writes it down as one action."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._before: dict[tuple[str, str], dict[str, Any] | None] = {}

    def attach(self, session: Session) -> None:
        """Begins to take notes."""
        event.listen(session, "before_flush", self._note)

    def finish(self, session: Session) -> None:
        """Writes the action, if anything changed; what was undone before can then not be redone any more."""
        session.flush()
        changes = [
            Change(action_id=0, entity=entity, entity_id=entity_id, before=before, after=after)
            for (entity, entity_id), before in self._before.items()
            if (after := _read_row(session, entity, entity_id)) != before
        ]
        if not changes:
            return
        for stale in session.exec(select(Action).where(col(Action.undone))):
            session.delete(stale)
        action = Action(label=session.info.get("label", self._label))
        session.add(action)
        session.flush()
        for change in changes:
            change.action_id = action.id or 0
            session.add(change)

    def _note(self, session: Session, _context: object, _instances: object = None) -> None:
        for row in session.new:
            if isinstance(row, TRACKED):
                self._before.setdefault(_key_of(row), None)
        for row in [*session.dirty, *session.deleted]:
            if isinstance(row, TRACKED):
                entity, entity_id = _key_of(row)
                if (entity, entity_id) not in self._before:
                    with session.no_autoflush:
                        self._before[entity, entity_id] = _read_row(session, entity, entity_id)


def last_done(session: Session) -> Action | None:
    """Returns the action that undo takes back."""
    return session.exec(select(Action).where(col(Action.undone).is_(False)).order_by(col(Action.id).desc())).first()


def first_undone(session: Session) -> Action | None:
    """Returns the action that redo does again."""
    return session.exec(select(Action).where(col(Action.undone)).order_by(col(Action.id))).first()


def revert(session: Session, action: Action) -> None:
    """Puts every row back as it was before the action."""
    _put_rows(session, [(change, change.before) for change in reversed(_changes_of(session, action))])
    action.undone = True
    session.add(action)


def reapply(session: Session, action: Action) -> None:
    """Puts every row again as it was after the action."""
    _put_rows(session, [(change, change.after) for change in _changes_of(session, action)])
    action.undone = False
    session.add(action)


def _changes_of(session: Session, action: Action) -> list[Change]:
    return list(session.exec(select(Change).where(Change.action_id == action.id).order_by(col(Change.id))))


def _put_rows(session: Session, states: list[tuple[Change, dict[str, Any] | None]]) -> None:
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    for change, state in states:
        table = _TABLES[change.entity]
        key = _primary_key(table)
        if state is None:
            session.execute(table.delete().where(key == change.entity_id))
        elif _read_row(session, change.entity, change.entity_id) is None:
            session.execute(table.insert().values(**state))
        else:
            session.execute(table.update().where(key == change.entity_id).values(**state))
        session.info.setdefault("touched", set()).add((change.entity, change.entity_id))


def _read_row(session: Session, entity: str, entity_id: str) -> dict[str, Any] | None:
    table = _TABLES[entity]
    row = session.execute(table.select().where(_primary_key(table) == entity_id)).mappings().first()
    if row is None:
        return None
    return {name: value.value if isinstance(value, Enum) else value for name, value in row.items()}


def _key_of(row: SQLModel) -> tuple[str, str]:
    return str(row.__tablename__), str(inspect(row).mapper.primary_key_from_instance(row)[0])


def _primary_key(table: Table) -> Any:
    return next(iter(table.primary_key.columns))
