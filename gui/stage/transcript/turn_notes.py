"""What the record of a turn says beyond its words: alarms, an act of the director, the mind of its speaker.

Read for the turns in sight and their neighbours, a few at a time: a record may be large, and a scene has 10,000 turns.
What a record says may come from a stranger's pack, so every value is looked at before it is believed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlmodel import col, func, select

from core.errors import UserError
from core.playtest.directing.acts import ACT_KEY
from core.project import Project
from gui.stage.reading import StageTurn
from models.playtest import SpeakerKind, Turn, TurnBase

NEIGHBOURS = 32
"""Rows on each side that are read along."""
MAX_KEPT = 4_000
CANNOT_KNOW, SECRET_OUT = "cannot_know", "secret_out"
_KEYS = ("act", "alarms", "overheard", "whisper", "mind", "turn_taking", "narrator")


class HasProject(Protocol):
    """Whatever has the open project."""

    @property
    def project(self) -> Project:
        """The open project."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that somebody says and cannot know, or a secret that reaches somebody."""

    kind: str
    fact: str
    """Id of the fact; empty for a secret that is no fact of the world."""
    role_ids: tuple[str, ...] = ()
    """Who cannot know it; or whom the secret has reached."""
    secret_of: str = ""
    """The role whose own secret it is."""
    about: str = ""
    """What lies beyond the speaker's horizon, where it is no fact."""


@dataclass(frozen=True, slots=True)
class TurnNotes:
    """All that the transcript and the cast show of a record."""

    act: dict[str, Any] = field(default_factory=dict)
    """What the director did; empty for all other turns."""
    alarms: tuple[Alarm, ...] = ()
    overheard: tuple[str, ...] = ()
    """Role ids of those who heard it though it was not meant for them."""
    whisper: dict[str, str] | None = None
    """Role id -> name of those whom it was meant for; None: it was said aloud."""
    mind: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Faculty -> what it kept, see `core.minds`."""
    turn_taking: dict[str, Any] = field(default_factory=dict)
    narrator: dict[str, Any] = field(default_factory=dict)

    @property
    def thought_state(self) -> str:
        """What the thought is about: a state of ToMATO, or empty."""
        return _text(self.mind.get("thought", {}).get("state"))

    @property
    def is_about_other(self) -> bool:
        """Whether the thought is about what somebody else thinks."""
        return self.mind.get("thought", {}).get("order") == 2

    @property
    def is_reminded(self) -> bool:
        """Whether the speaker was reminded of who it is, because it had drifted."""
        return bool(self.mind.get("reminder"))

    @property
    def passed_on(self) -> str:
        """Why the story went on by itself at this turn; empty where it did not."""
        return _text(self.narrator.get("passed_on"))


NO_NOTES = TurnNotes()


class NoteReader:
    """Reads notes when they are asked for and keeps the last ones."""

    def __init__(self, owner: HasProject) -> None:
        self._owner = owner
        self._kept: dict[int, TurnNotes] = {}

    def of(self, path: Sequence[StageTurn], row: int) -> TurnNotes:
        """Returns the notes of one row of a path; reads its neighbours along."""
        turn_id = path[row].id
        if turn_id not in self._kept:
            if len(self._kept) > MAX_KEPT:
                self._kept.clear()
            near = [turn.id for turn in path[max(0, row - NEIGHBOURS) : row + NEIGHBOURS]]
            self._kept |= read_notes(self._owner.project, [one for one in near if one not in self._kept])
        return self._kept.get(turn_id, NO_NOTES)


def list_acts(path: Sequence[StageTurn], notes: NoteReader) -> list[TurnBase]:
    """Returns what the director did on a path, as `core.playtest.directing.acts` reads it."""
    rows = [row for row, turn in enumerate(path) if turn.kind == SpeakerKind.DIRECTOR]
    return [
        TurnBase(
            speaker_id=path[row].speaker_id,
            speaker=path[row].speaker,
            kind=SpeakerKind.DIRECTOR,
            text=path[row].text,
            origin=path[row].origin,
            record={ACT_KEY: notes.of(path, row).act},
        )
        for row in rows
    ]


def read_notes(project: Project, turn_ids: Sequence[int]) -> dict[int, TurnNotes]:
    """Returns the notes of turns by their ids; none where a record is no JSON."""
    columns: Any = [col(Turn.id), *(func.json_extract(Turn.record, f"$.{key}") for key in _KEYS)]
    query = select(*columns).where(col(Turn.id).in_(turn_ids), func.json_valid(Turn.record))
    try:
        with project.reading() as session:
            rows = session.exec(query).all()
    except UserError:  # the file cannot be read now; this is asked while painting
        return {}
    return dict.fromkeys(turn_ids, NO_NOTES) | {row[0]: _parse_row(row[1:]) for row in rows}


def _parse_row(values: Sequence[object]) -> TurnNotes:
    """Most records have few of the keys: only what is there is taken apart."""
    found = {key: value for key, value in zip(_KEYS, values, strict=True) if value is not None}
    if not found:
        return NO_NOTES
    return parse_notes({key: _load(value) for key, value in found.items()})


def _load(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None


def parse_notes(record: dict[str, Any]) -> TurnNotes:
    """Returns the notes that a record has; what is not as it should be is left out."""
    minds = _document(record.get("mind"))
    alarms = record.get("alarms")
    return TurnNotes(
        act=_document(record.get("act")),
        alarms=tuple(filter(None, map(_parse_alarm, alarms))) if isinstance(alarms, list) else (),
        overheard=_texts(record.get("overheard")),
        whisper=_parse_whisper(record.get("whisper")),
        mind={name: one for name, one in minds.items() if isinstance(name, str) and isinstance(one, dict)},
        turn_taking=_document(record.get("turn_taking")),
        narrator=_document(record.get("narrator")),
    )


def _parse_alarm(alarm: object) -> Alarm | None:
    if not isinstance(alarm, dict) or alarm.get("kind") not in (CANNOT_KNOW, SECRET_OUT):
        return None
    roles = alarm.get("roles") or alarm.get("role") or ()
    role_ids = _texts([roles] if isinstance(roles, str) else roles)
    return Alarm(
        alarm["kind"], _text(alarm.get("fact")), role_ids, _text(alarm.get("secret_of")), _text(alarm.get("about"))
    )


def _parse_whisper(whisper: object) -> dict[str, str] | None:
    to = whisper.get("to") if isinstance(whisper, dict) else None
    return {one: name for one, name in to.items() if isinstance(name, str)} if isinstance(to, dict) else None


def _document(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list | tuple) else ()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
