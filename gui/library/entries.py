"""What the library lists: one entry for each thing of the project, the trash included. No Qt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal
from sqlmodel import Session, col, func, select

from core.library.kinds import CHARACTER, FRAGMENT, KINDS, LOREBOOK, PLAYTEST, SCENARIO, Reference
from core.project import Project
from gui.widgets.portrait import Face
from models.character import Character
from models.fragment import Fragment
from models.lore import Lorebook, LoreEntry
from models.playtest import Playtest, Turn
from models.scenario import Role, Scenario

__all__ = ["CHARACTER", "FRAGMENT", "KINDS", "LOREBOOK", "PLAYTEST", "SCENARIO", "Entry", "read_entries"]
MAX_SUBTITLE = 240


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the project."""

    kind: str
    id: str
    name: str
    subtitle: str
    changed: str
    """ISO 8601, UTC."""
    detail: str = ""
    """How far a playtest is, how large a book."""
    faces: tuple[Face, ...] = ()
    tags: tuple[str, ...] = ()
    folder: str = ""
    deleted_at: str = ""
    """Since when it is in the trash; empty: it is not."""

    @property
    def reference(self) -> Reference:
        """How the core names it."""
        return self.kind, self.id


def read_entries(project: Project) -> list[Entry]:
    """Reads everything, by kind and within it as the project lists it. Any thread."""
    with project.reading() as session:
        characters = _rows(session, Character, Character.name, Character.portrait, order=(Character.name, Character.id))
        scenarios = _rows(session, Scenario, order=(Scenario.created_at, Scenario.id))
        faces = _faces(session, characters, scenarios)
        return [
            *(_character_entry(row, faces) for row in characters),
            *_scenario_entries(session, scenarios, faces),
            *_playtest_entries(session, scenarios),
            *_lorebook_entries(session, [*characters, *scenarios]),
            *_fragment_entries(session),
        ]


def one_line(text: str | None) -> str:
    """Returns the beginning of a text on one line."""
    return " ".join((text or "")[: MAX_SUBTITLE * 2].split())[:MAX_SUBTITLE]


_ABOUT: dict[type[Any], tuple[str, ...]] = {
    Character: ("summary", "description", "personality"),
    Scenario: ("summary", "setting"),
    Lorebook: ("description",),
    Fragment: ("summary",),
}
"""What the two lines about something are taken from: the first of these that is not empty."""


def _rows(session: Session, model: Any, *more: Any, order: Sequence[Any]) -> Sequence[Any]:
    """Reads only what a card shows: whole characters are long."""
    texts = [func.nullif(getattr(model, name), "") for name in _ABOUT.get(model, ())]
    about = func.substr(func.coalesce(*texts, ""), 1, MAX_SUBTITLE * 2) if texts else literal("")
    changed = model.updated_at if hasattr(model, "updated_at") else model.created_at
    columns = (
        model.id, model.name, model.tags, model.folder, model.deleted_at, model.created_at, changed.label("changed"),
        about.label("about"), *more,
    )  # fmt: skip
    return session.connection().execute(select(*columns).order_by(*order)).all()


def _entry(kind: str, row: Any, detail: str = "", faces: tuple[Face, ...] = (), subtitle: str | None = None) -> Entry:
    return Entry(
        kind,
        row.id,
        row.name,
        one_line(row.about) if subtitle is None else subtitle,
        row.changed,
        detail,
        faces,
        tuple(tag for tag in row.tags if isinstance(tag, str)),
        row.folder,
        row.deleted_at or "",
    )


def _faces(session: Session, characters: Sequence[Any], scenarios: Sequence[Any]) -> dict[str, Face]:
    """Everybody's face, in the colours of `gui.widgets.portrait.find_color_indexes`."""
    colors: dict[str, int] = {}
    for cast in _casts(session, [row.id for row in scenarios if row.deleted_at is None]).values():
        for place, character_id in enumerate(cast):
            colors.setdefault(character_id, place)
    for place, row in enumerate(sorted(characters, key=lambda row: (row.created_at, row.id))):
        colors.setdefault(row.id, place)
    return {row.id: Face(row.name, colors[row.id], row.portrait) for row in characters}


def _casts(session: Session, scenario_ids: Iterable[str]) -> dict[str, list[str]]:
    casts: dict[str, list[str]] = {scenario_id: [] for scenario_id in scenario_ids}
    query = select(Role.scenario_id, Role.character_id).where(col(Role.character_id).is_not(None))
    for scenario_id, character_id in session.execute(query.order_by(col(Role.position))):
        if scenario_id in casts:
            casts[scenario_id].append(character_id)
    return casts


def _character_entry(row: Any, faces: Mapping[str, Face]) -> Entry:
    return _entry(CHARACTER, row, faces=(faces[row.id],))


def _scenario_entries(session: Session, rows: Sequence[Any], faces: Mapping[str, Face]) -> list[Entry]:
    casts = _casts(session, [row.id for row in rows])
    return [_entry(SCENARIO, row, faces=tuple(faces[one] for one in casts[row.id] if one in faces)) for row in rows]


def _playtest_entries(session: Session, scenarios: Sequence[Any]) -> list[Entry]:
    n_turns = dict(session.execute(select(Turn.playtest_id, func.count()).group_by(col(Turn.playtest_id))).all())
    names = {row.id: row.name for row in scenarios}
    then = func.json_extract(Playtest.script, "$.scenario.name").label("scenario_then")
    weights = func.json_extract(Playtest.weights, "$.name").label("weights_name")
    rows = _rows(session, Playtest, Playtest.scenario_id, then, weights, order=(col(Playtest.created_at).desc(),))
    entries = []
    for row in rows:
        turns = n_turns.get(row.id, 0)
        detail = f"{turns} turn{'' if turns == 1 else 's'}" + (f" · {row.weights_name}" if row.weights_name else "")
        about = one_line(names.get(row.scenario_id) or row.scenario_then)
        if turns or row.deleted_at is None:
            entries.append(_entry(PLAYTEST, row, subtitle=about, detail=detail))
    return entries


def _lorebook_entries(session: Session, owners: Sequence[Any]) -> list[Entry]:
    """A book whose character or scenario is in the trash lies there with it, and is not listed by itself."""
    n_entries = dict(session.execute(select(LoreEntry.book_id, func.count()).group_by(col(LoreEntry.book_id))).all())
    names = {row.id: row.name for row in owners}
    gone = {row.id for row in owners if row.deleted_at is not None}
    entries = []
    columns = (Lorebook.character_id, Lorebook.scenario_id)
    for row in _rows(session, Lorebook, *columns, order=(Lorebook.name, Lorebook.created_at)):
        owner = row.character_id or row.scenario_id
        number = n_entries.get(row.id, 0)
        detail = f"{number} {'entry' if number == 1 else 'entries'}"
        if owner not in gone:
            entries.append(_entry(LOREBOOK, row, detail=f"{detail} · {names[owner]}" if owner in names else detail))
    return entries


def _fragment_entries(session: Session) -> list[Entry]:
    return [_entry(FRAGMENT, row) for row in _rows(session, Fragment, order=(Fragment.name, Fragment.id))]
