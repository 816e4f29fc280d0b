"""What a person did to the memories of a role on a path, laid over them. What does not fit is passed over."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from core.memory.entries import Entry, EntryKind, bounded_importance
from core.memory.readings import Readings
from models.memory import MemoryAct, MemoryChange

ADDED_PREFIX = "a"
"""Of the ids of memories that a person wrote."""


def apply_changes(
    entries: Iterable[Entry],
    changes: Sequence[MemoryChange],
    readings: Readings,
    place_of: Callable[[int], tuple[int, float]],
) -> list[Entry]:
    """Returns memories as they are after all changes of a path, in the order in which they came about.

    Args:
        changes: Of one role, in the order of the path.
        place_of: Turn id -> number and time of the story of that turn.
    """
    found = {entry.id: entry for entry in entries}
    for change in changes:
        entry = found.get(change.entry_id)
        if change.act is MemoryAct.ADD:
            if entry is None and change.entry_id.startswith(ADDED_PREFIX) and change.text.strip():
                found[change.entry_id] = _added(change, readings, *place_of(change.turn_id))
        elif entry is None:
            continue
        elif change.act is MemoryAct.DELETE:
            del found[change.entry_id]
        elif change.act is MemoryAct.EDIT:
            found[change.entry_id] = _edited(entry, change, readings)
        else:
            found[change.entry_id] = replace(entry, is_pinned=change.act is MemoryAct.PIN)
    return sorted(found.values(), key=lambda entry: entry.time_s)


def _added(change: MemoryChange, readings: Readings, number: int, time_s: float) -> Entry:
    text = change.text.strip()
    felt = readings.felt(text)
    importance = felt.importance if change.importance is None else bounded_importance(change.importance)
    return Entry(
        change.entry_id,
        EntryKind.ADDED,
        text,
        number,
        time_s,
        importance,
        felt.emotion,
        accessed_s=time_s,
    )


def _edited(entry: Entry, change: MemoryChange, readings: Readings) -> Entry:
    text = change.text.strip() or entry.text
    importance = entry.importance if change.importance is None else bounded_importance(change.importance)
    return replace(
        entry,
        text=text,
        importance=importance,
        emotion=readings.felt(text).emotion,
        is_changed=entry.is_changed or text != entry.text,
    )
