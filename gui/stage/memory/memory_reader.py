"""Reads what one character remembers after a path of turns, and what came back to it. For the thread of jobs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import func

from core.hearing.perception import heard_by
from core.library.memories import list_memory_changes
from core.memory.entries import Entry
from core.memory.persona import recalls_persona
from core.memory.records import memory_record
from core.memory.stream import Streams
from core.minds.moment import Moment
from core.minds.remembering import stream_of
from core.path import Folds, Path
from core.playtest.directing.recasting import cast_at
from core.playtest.script import Script
from core.project import Project
from gui.stage.record_turns import RecordTurn, read_turn_rows
from models.playtest import Turn
from models.stage import MemoryRules, Recall

_READ = ("$.mind.memory", "$.n_turns_dropped", "$.earlier", "$.act", "$.whisper", "$.round")
"""Of a turn's record, what memory is folded from."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What came back before one turn."""

    turn_id: int
    number: int
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MemoryNow:
    """What a character remembers, and what came back to it."""

    role_id: str
    name: str
    entries: tuple[Entry, ...] = ()
    """In the order of the story."""
    now_s: float = 0.0
    turn_ids: tuple[int, ...] = ()
    """Of the path: the turn with number n at place n - 1."""
    recalled: Recalled | None = None
    is_on: bool = False
    """The rules of the scene let memories come back."""
    recalls_persona: bool = False
    """Memories of the persona come back one by one, and can be changed here."""
    visible: frozenset[str] = field(default_factory=frozenset)
    """Memories that the view still holds word for word."""


class MemoryReader:
    """Reads the turns of one playtest once each."""

    def __init__(self, project: Project, playtest_id: str, script: Script) -> None:
        self._project = project
        self._playtest_id = playtest_id
        self._script = script
        self._streams = Streams()
        self._turns: dict[int, RecordTurn] = {}
        self._folds = Folds()

    def read(self, turn_ids: Sequence[int], role_id: str, turn_id: int | None) -> MemoryNow | None:
        """Returns the memories of a role after a path; None where nobody plays it.

        Args:
            turn_id: The turn that is selected: what came back before it, or before the role's own turn before that.
        """
        if any(one not in self._turns for one in turn_ids):
            self._read_turns(max(self._turns, default=0))
        path: Any = Path((self._turns[one] for one in turn_ids if one in self._turns), self._folds)
        script = cast_at(self._script, path)
        part = script.part(role_id)
        if part is None:
            return None
        places = {turn.id: place for place, turn in enumerate(path)}
        changes = list_memory_changes(self._project, self._playtest_id, role_id)
        rules = script.rules
        moment = Moment(
            rules=rules,
            role_id=role_id,
            character=part.character,
            role=part.role,
            cast={},
            heard=heard_by(path, role_id),
            number=len(path) + 1,
            user_name=script.scenario.user_name,
            changes=sorted((one for one in changes if one.turn_id in places), key=lambda one: places[one.turn_id]),
            streams=self._streams,
        )
        stream = stream_of(moment)
        return MemoryNow(
            role_id,
            part.character.name,
            stream.entries,
            stream.now_s,
            tuple(turn_ids),
            _recalled(path, role_id, places.get(turn_id) if turn_id is not None else None),
            is_on=_is_on(rules.memory),
            recalls_persona=recalls_persona(rules.memory),
            visible=frozenset(entry.id for entry in stream.entries if stream.is_visible(entry)),
        )

    def _read_turns(self, after_id: int) -> None:
        parts = [func.json_extract(Turn.record, one) for one in _READ]
        for row in read_turn_rows(self._project, self._playtest_id, after_id, *parts):
            *fields, memory, dropped, earlier, act, whisper, in_round = row
            record = {
                "mind": {"memory": _document(memory)},
                "n_turns_dropped": dropped,
                "earlier": _document(earlier),
                "act": _document(act),
                "whisper": _document(whisper),
                "round": in_round,
            }
            kept = {name: one for name, one in record.items() if one is not None}
            self._turns[fields[0]] = RecordTurn(*fields, kept)


def _document(text: object) -> Any:
    return json.loads(text) if isinstance(text, str) and text[:1] in "{[" else None


def _is_on(rules: MemoryRules) -> bool:
    return rules.recall is not Recall.OFF or rules.sessions


def _recalled(path: Sequence[Any], role_id: str, place: int | None) -> Recalled | None:
    for turn in reversed(path[: place + 1] if place is not None else path):
        if turn.speaker_id == role_id:
            return Recalled(turn.id, turn.number, memory_record(turn))
    return None
