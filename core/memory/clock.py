"""The time of the story: what a turn lasts, and what the director lets pass. Never the clock on the wall."""

import math

from models.playtest import SpeakerKind, TurnBase

SECONDS_PER_HOUR = 3600.0
MAX_SECONDS = 1e10
"""Of what one act lets pass, three hundred years: a pack may come from a stranger."""
_UNITS = (("year", 365 * 86400.0), ("month", 30 * 86400.0), ("day", 86400.0), ("hour", 3600.0), ("minute", 60.0))


def passed_by(turn: TurnBase) -> float:
    """Returns the seconds that a turn lets pass beside its own length: 0, unless it is the director's act of time."""
    act = turn.record.get("act") if turn.kind == SpeakerKind.DIRECTOR else None
    if not isinstance(act, dict) or act.get("kind") != "time":
        return 0.0
    seconds = act.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not abs(seconds) < math.inf:
        return 0.0
    return float(min(max(seconds, 0.0), MAX_SECONDS))


def time_of(number: int, seconds_per_turn: float, passed_s: float) -> float:
    """Returns the time of the story in seconds at a turn.

    Args:
        number: Of the turn, from 1; 0: the beginning of the scene.
        passed_s: What `passed_by` says of all turns up to this one together.
    """
    return seconds_per_turn * number + passed_s


def describe_ago(seconds: float) -> str:
    """Returns how long ago something was, in words for a character: `2 hours ago`."""
    for unit, length in _UNITS:
        n_units = int(seconds // length)
        if n_units:
            return f"{n_units} {unit}{'s' if n_units > 1 else ''} ago"
    return "a moment ago"
