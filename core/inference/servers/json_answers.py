"""What servers answer as JSON, taken as it comes: whatever is not of the kind that was awaited counts as not told."""

import json
import sys
from typing import Any


def as_object(value: object) -> dict[str, Any]:
    """Returns a JSON object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def whole(value: object) -> int:
    """Returns a whole number from 0 on, or 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62 else 0


def as_tokens(value: object) -> tuple[int, ...]:
    """Returns token ids, or none for anything that is not a list of them alone."""
    if not isinstance(value, list) or not all(type(token) is int and 0 <= token < 2**31 for token in value):
        return ()
    return tuple(value)


def as_logprob(value: object) -> float | None:
    """Returns a log-probability in nats, at most 0, or None for anything else."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    if not -sys.float_info.max <= value <= 1e-3:  # a whole number may be too large to become a float
        return None
    return min(float(value), 0.0)


def as_logprobs(values: object, n_tokens: int) -> tuple[float, ...]:
    """Returns the `logprob` of each of so many entries, or none unless all are told."""
    entries = values if isinstance(values, list) else []
    found = [as_logprob(as_object(entry).get("logprob")) for entry in entries]
    told = tuple(value for value in found if value is not None)
    return told if len(told) == len(found) == n_tokens else ()


def read_object(data: str) -> dict[str, Any]:
    """Returns the object that an event carries.

    Raises:
        ValueError: It carries none, or a fault, of which it tells what the server says.
    """
    try:
        event = json.loads(data)
    except RecursionError as error:
        raise ValueError from error
    if not isinstance(event, dict):
        raise ValueError
    if fault := event.get("error"):
        raise ServerSays(str(as_object(fault).get("message", "")) if isinstance(fault, dict) else str(fault))
    return event


class ServerSays(ValueError):
    """The server tells a fault in place of an answer."""
