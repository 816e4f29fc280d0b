"""The trash: what was deleted lies here until it is taken out again or the trash is emptied."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Executable, bindparam, delete, text, update
from sqlmodel import Session, col, select

from core.library.kinds import MODELS, PLAYTEST, Reference, find_listed, name_all, require_listed
from core.project import Project
from models.change import Action, Change
from models.character import Character
from models.fields import utc_now
from models.playtest import Turn
from models.scenario import Role
from models.shelf import Shelved
from models.version import Version


@dataclass(frozen=True, slots=True)
class Trashed:
    """Something in the trash."""

    kind: str
    id: str
    name: str
    deleted_at: str
    """ISO 8601, UTC."""


_PARTS = (
    ("role", "scenario_id"),
    ("beat", "scenario_id"),
    ("beat_link", "scenario_id"),
    ("relationship", "character_id"),
    ("relationship", "other_id"),
    ("lorebook", "character_id"),
    ("lorebook", "scenario_id"),
    ("lore_entry", "book_id"),
)
"""Tables, and the column that says what a row is part of; books before their entries."""


def delete_listed(project: Project, references: Sequence[Reference], label: str = "") -> None:
    """Moves things to the trash, as one undo step. Characters leave their casts."""
    with project.act("") as session:
        rows = require_listed(session, references)
        session.info["label"] = label or f"Delete {name_all(rows)}"
        now = utc_now()
        for row in rows:
            row.deleted_at = now
            if isinstance(row, Character):
                _leave_casts(session, row)


def restore_listed(project: Project, references: Sequence[Reference]) -> None:
    """Takes things out of the trash, as one undo step. Characters get their parts back that nobody else has by now."""
    with project.act("") as session:
        rows = find_listed(session, references)
        session.info["label"] = f"Restore {name_all(rows)}"
        for row in rows:
            bring_back(session, row)


def bring_back(session: Session, row: Shelved) -> None:
    """Takes one row out of the trash, where it is there."""
    if row.deleted_at is None:
        return
    row.deleted_at = None
    if isinstance(row, Character):
        for role_id in row.former_role_ids:
            role = session.get(Role, role_id)
            if role is not None and role.character_id is None:
                role.character_id = row.id
        row.former_role_ids = []


def list_trash(project: Project) -> list[Trashed]:
    """Returns what is in the trash, the last deleted first; not playtests in which nothing was ever said."""
    found = []
    with project.reading() as session:
        for kind, model in MODELS.items():
            query = select(model.id, model.name, model.deleted_at).where(col(model.deleted_at).is_not(None))
            if kind == PLAYTEST:
                query = query.where(col(model.id).in_(select(Turn.playtest_id)))
            found += [Trashed(kind, *row) for row in session.execute(query).all()]
    return sorted(found, key=lambda one: (one.deleted_at, one.name), reverse=True)


def empty_trash(project: Project) -> int:
    """Deletes everything in the trash for good, transcripts and history too; returns how many things that were.

    What was done before cannot be undone any more: it may need what is gone.
    """
    n_deleted = len(list_trash(project))
    with project.append() as session:
        gone = {
            kind: list(session.exec(select(model.id).where(col(model.deleted_at).is_not(None))))
            for kind, model in MODELS.items()
        }
        if not any(gone.values()):
            return 0
        _forget(session, [entity_id for ids in gone.values() for entity_id in ids])
        for kind, ids in gone.items():
            for some in _portions(ids):
                session.execute(delete(MODELS[kind]).where(col(MODELS[kind].id).in_(some)))
            session.info["touched"] |= {(kind, entity_id) for entity_id in ids}
        session.execute(text("INSERT INTO search_text (search_text) VALUES ('optimize')"))
    return n_deleted


def _leave_casts(session: Session, character: Character) -> None:
    roles = session.exec(select(Role).where(Role.character_id == character.id)).all()
    character.former_role_ids = [role.id for role in roles]
    for role in roles:
        role.character_id = None


def _forget(session: Session, entity_ids: list[str]) -> None:
    """Takes these, and all that is part of them, out of the history; ends undo here."""
    ids = list(entity_ids)
    for table, column in _PARTS:
        ids += [
            part
            for some in _portions(ids)
            for part in session.execute(_select_in(table, column), {"ids": some}).scalars()
        ]
    for some in _portions(ids):
        session.execute(delete(Change).where(col(Change.entity_id).in_(some)))
        session.execute(delete(Version).where(col(Version.entity_id).in_(some)))
    session.execute(update(Action).values(is_closed=True))


def _select_in(table: str, column: str) -> Executable:
    return text(f"SELECT id FROM {table} WHERE {column} IN :ids").bindparams(bindparam("ids", expanding=True))


def _portions(ids: list[str]) -> Iterator[list[str]]:
    """SQLite takes only so many values at once."""
    yield from (ids[start : start + 500] for start in range(0, len(ids), 500))
