"""What a role's own turn keeps of its memory, read back. Odd parts are left out: a pack may come from a stranger."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

from core.memory.entries import bounded_importance
from models.fields import MAX_TEXT_CHARS
from models.playtest import TurnBase

KEYS = ("mind", "memory")
"""Where the record of a turn has it, see `core.minds.moment`."""
MAX_LISTED = 200
"""Of any list of a record, what is read."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A reflection or a session as a turn kept it."""

    text: str
    importance: float | None = None
    cites: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    first_number: int = 0
    last_number: int = 0


def memory_record(turn: TurnBase) -> dict[str, Any]:
    """Returns what a turn keeps of its speaker's memory; empty when it has nothing."""
    record: Any = turn.record
    for key in KEYS:
        record = record.get(key) if isinstance(record, dict) else None
    return record if isinstance(record, dict) else {}


def remembered_again(turn: TurnBase) -> dict[str, Any]:
    """Returns what the record of an edited turn keeps: what its speaker remembered before it spoke stays."""
    memory = memory_record(turn)
    return {KEYS[0]: {KEYS[1]: memory}} if memory else {}


def asked_importance(record: dict[str, Any]) -> dict[str, float]:
    """Returns memory id -> importance, as the weights said before that turn."""
    asked = record.get("importance")
    if not isinstance(asked, dict):
        return {}
    return {str(one): bounded_importance(value) for one, value in list(asked.items())[:MAX_LISTED] if _is_number(value)}


def accessed_ids(record: dict[str, Any]) -> list[str]:
    """Returns the ids of the memories that were recalled for that turn, and of those that were reflected upon."""
    ids = [str(one["id"]) for one in _dicts(record.get("retrieved")) if isinstance(one.get("id"), str)]
    session = record.get("session_recalled")
    if isinstance(session, dict) and isinstance(session.get("id"), str):
        ids.append(session["id"])
    return ids + [cited for one in kept_reflections(record) for cited in one.cites]


def kept_reflections(record: dict[str, Any]) -> list[Kept]:
    """Returns the reflections made before that turn."""
    return list(_read(record.get("reflections")))


def kept_sessions(record: dict[str, Any]) -> list[Kept]:
    """Returns the sessions that were closed before that turn."""
    return list(_read(record.get("sessions")))


def _read(listed: object) -> Iterator[Kept]:
    for one in _dicts(listed):
        text = one.get("text")
        if isinstance(text, str) and text.strip():
            importance = one.get("importance")
            yield Kept(
                text.strip()[:MAX_TEXT_CHARS],
                bounded_importance(importance) if _is_number(importance) else None,
                _words(one.get("cites")),
                _words(one.get("words")),
                _number(one.get("from")),
                _number(one.get("to")),
            )


def _dicts(listed: object) -> list[dict[str, Any]]:
    return [one for one in listed[:MAX_LISTED] if isinstance(one, dict)] if isinstance(listed, list) else []


def _words(listed: object) -> tuple[str, ...]:
    return tuple(one for one in listed[:MAX_LISTED] if isinstance(one, str)) if isinstance(listed, list) else ()


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else 0


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf
