"""Undo and redo from the ledger of changes: rows before and after each action of the user."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Any

from sqlalchemy import RowMapping, Table, event, inspect, text
from sqlmodel import Session, SQLModel, col, select

from models.beat import Beat, BeatLink
from models.change import Action, Change
from models.character import Character
from models.fields import utc_now
from models.fragment import Fragment
from models.label import Label
from models.lore import Lorebook, LoreEntry
from models.memory import MemoryChange
from models.own_metric import OwnMetric
from models.pin import Pin
from models.playtest import Playtest
from models.relationship import Relationship
from models.scenario import Role, Scenario
from models.setting import Setting
from models.turn_mark import TurnMark
from models.version import Version

TRACKED: tuple[type[SQLModel], ...] = (
    Character,
    Fragment,
    Relationship,
    Scenario,
    Role,
    Beat,
    BeatLink,
    Lorebook,
    LoreEntry,
    Playtest,
    Pin,
    TurnMark,
    MemoryChange,
    Label,
    OwnMetric,
    Setting,
    Version,
)
"""What undo covers. Turns, scores and assets are only ever added: what points to them is tracked."""

_TABLES: dict[str, Table] = {
    str(model.__tablename__): SQLModel.metadata.tables[str(model.__tablename__)] for model in TRACKED
}


Key = tuple[str, str]
"""Table name and id."""
Row = dict[str, Any]
IDS_AT_ONCE = 500

_burst: ContextVar[str] = ContextVar("burst", default="")


@contextmanager
def one_burst(burst: str) -> Iterator[None]:
    """Within it, an act that goes on with the last one adds to its undo step, where both have the same burst.

    For what is saved while somebody types: a word is one step, however often it was saved on the way.
    """
    token = _burst.set(burst)
    try:
        yield
    finally:
        _burst.reset(token)


class Recorder:
    """Notes what one session changes, row by row, and writes it down as one action."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._before: dict[Key, Row | None] = {}

    def attach(self, session: Session) -> None:
        """Begins to take notes."""
        event.listen(session, "before_flush", self._note)

    def finish(self, session: Session) -> None:
        """Writes the action, if anything changed; what was undone before can then not be redone any more."""
        session.flush()
        now = _read_each(session, self._before)
        changes = [
            change
            for (entity, entity_id), before in self._before.items()
            if (change := _compare(entity, entity_id, before, now.get((entity, entity_id)))) is not None
        ]
        if not changes:
            return
        for stale in session.exec(select(Action).where(col(Action.undone))):
            session.delete(stale)
        if (last := last_done(session)) is not None and _burst.get() and last.burst == _burst.get():
            merged = merge_changes([*changes_of(session, last), *changes])
            last.changed_at = utc_now()
            keep_changes(session, last, merged)
            return
        action = Action(label=session.info.get("label", self._label), burst=_burst.get())
        session.add(action)
        session.flush()
        keep_changes(session, action, changes)

    def _note(self, session: Session, _context: object, _instances: object = None) -> None:
        for row in session.new:
            if isinstance(row, TRACKED):
                self._before.setdefault(_key_of(row), None)
        keys = [_key_of(row) for row in [*session.dirty, *session.deleted] if isinstance(row, TRACKED)]
        fresh = [key for key in keys if key not in self._before]
        with session.no_autoflush:
            found = _read_each(session, fresh)
        self._before.update({key: found.get(key) for key in fresh})


_is_open = col(Action.is_closed).is_(False)


def last_done(session: Session) -> Action | None:
    """Returns the action that undo takes back."""
    return session.exec(
        select(Action).where(_is_open, col(Action.undone).is_(False)).order_by(col(Action.id).desc())
    ).first()


def first_undone(session: Session) -> Action | None:
    """Returns the action that redo does again."""
    return session.exec(select(Action).where(_is_open, col(Action.undone)).order_by(col(Action.id))).first()


def revert(session: Session, action: Action) -> None:
    """Puts every row back as it was before the action."""
    _put_rows(session, [(change, change.before) for change in reversed(changes_of(session, action))])
    action.undone = True
    session.add(action)


def reapply(session: Session, action: Action) -> None:
    """Puts every row again as it was after the action."""
    _put_rows(session, [(change, change.after) for change in changes_of(session, action)])
    action.undone = False
    session.add(action)


def changes_of(session: Session, action: Action) -> list[Change]:
    """Returns the changes of one action, in the order in which they were made."""
    return list(session.exec(select(Change).where(Change.action_id == action.id).order_by(col(Change.id))))


def merge_changes(changes: list[Change]) -> list[Change]:
    """Makes one change for each row out of changes that follow each other, oldest first; new objects."""
    merged: dict[tuple[str, str], Change] = {}
    for change in changes:
        key = (change.entity, change.entity_id)
        earlier = merged.get(key)
        if earlier is None:
            merged[key] = _copy(change, change.before, change.after)
        elif change.after is None:
            merged[key] = _copy(change, _whole_before(earlier, change), None)
        elif earlier.after is None:
            # Deleted and made again: as whole rows, so nothing of the old one is left.
            merged[key] = _copy(change, earlier.before, change.after)
        elif earlier.before is None:
            merged[key] = _copy(change, None, earlier.after | change.after)
        else:
            before = (change.before or {}) | earlier.before
            merged[key] = _copy(change, before, earlier.after | change.after)
    return [change for change in merged.values() if change.before != change.after]


def _whole_before(earlier: Change, deletion: Change) -> Row | None:
    """The row before an earlier change, where it was deleted afterwards."""
    return None if earlier.before is None else (deletion.before or {}) | earlier.before


def _copy(change: Change, before: Row | None, after: Row | None) -> Change:
    return Change(action_id=0, entity=change.entity, entity_id=change.entity_id, before=before, after=after)


def keep_changes(session: Session, action: Action, changes: list[Change]) -> None:
    """Makes these the changes of an action."""
    for old in changes_of(session, action):
        session.delete(old)
    session.flush()
    for change in changes:
        change.action_id = action.id or 0
        session.add(change)


def _compare(entity: str, entity_id: str, before: Row | None, after: Row | None) -> Change | None:
    if before == after:
        return None
    if before is not None and after is not None:
        changed = [name for name in after if before[name] != after[name]]
        before = {name: before[name] for name in changed}
        after = {name: after[name] for name in changed}
    return Change(action_id=0, entity=entity, entity_id=entity_id, before=before, after=after)


def _put_rows(session: Session, states: list[tuple[Change, Row | None]]) -> None:
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    there = set(_read_each(session, [(change.entity, change.entity_id) for change, _state in states]))
    for change, wanted in states:
        table = _TABLES[change.entity]
        key = _primary_key(table)
        state = {name: value for name, value in (wanted or {}).items() if name in table.c}
        if wanted is None:
            session.execute(table.delete().where(key == change.entity_id))
        elif (change.entity, change.entity_id) not in there:
            session.execute(table.insert().values(**state))
        elif state:
            session.execute(table.update().where(key == change.entity_id).values(**state))
        session.info.setdefault("touched", set()).add((change.entity, change.entity_id))


def _read_each(session: Session, keys: Iterable[Key]) -> dict[Key, Row]:
    """Returns rows of tracked tables as plain values; those that are not there are left out."""
    ids: dict[str, list[str]] = {}
    for entity, entity_id in keys:
        ids.setdefault(entity, []).append(entity_id)
    found: dict[Key, Row] = {}
    for entity, wanted in ids.items():
        table = _TABLES[entity]
        key = _primary_key(table)
        for start in range(0, len(wanted), IDS_AT_ONCE):
            query = table.select().where(key.in_(wanted[start : start + IDS_AT_ONCE]))
            for row in session.execute(query).mappings():
                found[entity, str(row[key.name])] = _plain(row)
    return found


def read_row(session: Session, entity: str, entity_id: str) -> Row | None:
    """Returns a row of a tracked table as plain values, or None."""
    table = _TABLES[entity]
    row = session.execute(table.select().where(_primary_key(table) == entity_id)).mappings().first()
    return None if row is None else _plain(row)


def _plain(row: RowMapping) -> Row:
    return {name: value.value if isinstance(value, Enum) else value for name, value in row.items()}


def _key_of(row: SQLModel) -> tuple[str, str]:
    return str(row.__tablename__), str(inspect(row).mapper.primary_key_from_instance(row)[0])


def _primary_key(table: Table) -> Any:
    return next(iter(table.primary_key.columns))
