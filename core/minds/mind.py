"""A mind: its faculties one after the other, and what they bring into a turn together."""

from dataclasses import dataclass, field
from typing import Any

from core.characters.prompt import Block, BlockOrigin
from core.minds import coach, horizon, mood, plan, remembering, reminders, thoughts, variants, workspace
from core.minds.moment import Contribution, Faculty, Moment

FACULTIES: dict[str, Faculty] = {
    "memory": remembering.remember,
    "mood": mood.feel,
    "horizon": horizon.guard,
    "variant": variants.bring_out,
    "plan": plan.plan_ahead,
    "coach": coach.advise,
    "workspace": workspace.attend,
    "reminder": reminders.remind,
    "thought": thoughts.think,
}
"""Name -> faculty, in the order in which they work; the name is the key in the turn's record."""


@dataclass(frozen=True, slots=True)
class Inner:
    """What a mind brings into a turn."""

    notes: tuple[Block, ...] = ()
    opening: str | None = None
    think_tokens: int | None = None
    record: dict[str, Any] = field(default_factory=dict)
    """Faculty -> what it keeps; under `notes` the texts, so that the view can be built again. Empty: nothing."""


NOTHING_INNER = Inner()


def prepare(moment: Moment) -> Inner:
    """Lets each faculty work in its order. Raises Stopped when the user stopped meanwhile."""
    found: dict[str, Contribution] = {}
    for name, faculty in FACULTIES.items():
        contribution = faculty(moment, found)
        if contribution is not None:
            found[name] = contribution
    silenced = frozenset(origin for one in found.values() for origin in one.silences)
    notes = tuple(
        note for one in found.values() for note in one.notes if note.text.strip() and note.origin not in silenced
    )
    record: dict[str, Any] = {name: one.record for name, one in found.items() if one.record}
    if notes:
        record["notes"] = [{"origin": note.origin.value, "text": note.text} for note in notes]
    return Inner(
        notes,
        next((one.opening for one in reversed(found.values()) if one.opening is not None), None),
        next((one.think_tokens for one in reversed(found.values()) if one.think_tokens is not None), None),
        record,
    )


def recall_notes(record: object) -> tuple[Block, ...]:
    """Returns the notes of a turn from its record, which may come from a stranger's pack."""
    notes = record.get("notes") if isinstance(record, dict) else None
    known = list(BlockOrigin)
    return tuple(
        Block(BlockOrigin(note["origin"]), note["text"])
        for note in (notes if isinstance(notes, list) else [])
        if isinstance(note, dict) and note.get("origin") in known and isinstance(note.get("text"), str)
    )
