"""The moments of an entity, newest first: what was done to it, its named versions, and the playtests that ran it."""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, select

from core.history.entities import BOOKKEEPING, Entity, Row, Rows, read_changes, read_rows
from core.history.played import read_played
from core.library.rows import assign
from core.project import Project
from models.change import Action, Change
from models.version import Version, VersionBase


class MomentKind(StrEnum):
    """Why there is a moment."""

    NOW = "now"
    EDIT = "edit"
    VERSION = "version"
    PLAYTEST = "playtest"
    FIRST = "first"
    """As it was before the first change that the ledger knows."""


@dataclass(frozen=True)
class Moment:
    """An entity as it stood once."""

    kind: MomentKind
    label: str
    """The action in the words of the undo menu, the name of the version, or of the playtest."""
    at: str
    """ISO 8601, UTC; empty for what the ledger does not know."""
    rows: Rows
    """Not to be changed: moments share rows."""
    source_id: str = ""
    """Id of the action, the version or the playtest."""
    touched: tuple[str, ...] = ()
    """What an edit changed: columns of the entity's own row, and tables of its parts."""

    @property
    def is_there(self) -> bool:
        """Whether the entity existed then, and not in the trash."""
        own = next(iter(self.rows.values()), {})
        return any(row.get("deleted_at") is None for row in own.values())


def list_moments(project: Project, entity: Entity) -> list[Moment]:
    """Returns the moments of an entity, newest first; the first of them is now. Empty: nothing is known of it."""
    with project.reading() as session:
        now = read_rows(session, entity)
        edits = _walk_back(session, entity, now)
        versions = session.exec(
            select(Version).where(Version.kind == entity.kind, Version.entity_id == entity.id)
        ).all()
        marked = [Moment(MomentKind.VERSION, one.name, one.created_at, one.rows, one.id) for one in versions]
        for playtest_id, name, at, rows in read_played(session, entity, [(edit.at, edit.rows) for edit in edits]):
            marked.append(Moment(MomentKind.PLAYTEST, name, at, rows, playtest_id))
    if not edits and not marked and not any(now.values()):
        return []
    past = sorted([*edits, *marked], key=lambda moment: (moment.at, moment.kind != MomentKind.EDIT), reverse=True)
    return [Moment(MomentKind.NOW, "", "", now), *past]


def name_version(project: Project, entity: Entity, name: str, rows: Rows | None = None) -> Version:
    """Gives a moment a name that keeps it; `rows` of now when None. Raises UserError for an empty name."""
    with project.act(f"Name version {name.strip()}") as session:
        version = Version(kind=entity.kind, entity_id=entity.id, name="-", rows=rows or read_rows(session, entity))
        assign(version, VersionBase, {"name": name.strip()})
        session.add(version)
    return version


def forget_version(project: Project, version_id: str) -> None:
    """Takes the name off a moment. What was done to the entity stays in its history."""
    with project.act("") as session:
        version = session.get(Version, version_id)
        if version is not None:
            session.info["label"] = f"Forget version {version.name}"
            session.delete(version)


def _walk_back(session: Session, entity: Entity, now: Rows) -> list[Moment]:
    """From the rows of now through every change, backwards. Newest first."""
    steps: dict[int | None, tuple[Action, list[Change]]] = {}
    for action, change in read_changes(session, entity):
        steps.setdefault(action.id, (action, []))[1].append(change)
    moments: list[Moment] = []
    rows = now
    for action, changes in reversed(steps.values()):
        touched = tuple(dict.fromkeys(name for change in changes for name in _touched(entity, change)))
        moments.append(Moment(MomentKind.EDIT, action.label, action.changed_at, rows, str(action.id), touched))
        for change in reversed(changes):
            rows = _before(rows, change)
    if steps and any(rows.values()):
        moments.append(Moment(MomentKind.FIRST, "", "", rows))
    return moments


def _touched(entity: Entity, change: Change) -> list[str]:
    if change.entity != entity.kind:
        return [change.entity]
    if change.before is None or change.after is None:
        return []
    return [name for name in change.after if name not in BOOKKEEPING]


def _before(rows: Rows, change: Change) -> Rows:
    """The rows before a change; what it did not touch is shared."""
    table = dict(rows.get(change.entity, {}))
    if change.before is None:
        table.pop(change.entity_id, None)
    else:
        row: Row = table.get(change.entity_id, {}) if change.after is not None else {}
        table[change.entity_id] = row | change.before
    return rows | {change.entity: table}
