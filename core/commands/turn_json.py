"""What the JSON lines of `tableread play` say of a turn beside its words."""

from typing import Any

from models.playtest import Turn


def described(turn: Turn) -> dict[str, Any]:
    """Returns what the JSON of a turn says beside its words: how it came, who heard it, what came of it."""
    mind = turn.record.get("mind")
    mood = mind.get("mood") if isinstance(mind, dict) else None
    taking = turn.record.get("turn_taking")
    return {
        "kind": turn.kind.value,
        "why": turn.record.get("why") or (taking.get("why") if isinstance(taking, dict) else None),
        "audience": turn.audience,
        "alarms": turn.record.get("alarms") or [],
        "mood": mood,
    }
