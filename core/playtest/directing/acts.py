"""Acts of the director on a path of turns: whispers, moods, what is set, time that passes, who plays and by what.

Each is a turn of kind DIRECTOR that says in its record what was done, so that the path says all of itself. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from core.memory.clock import MAX_SECONDS
from core.path import only
from models.playtest import Origin, SpeakerKind, TurnBase

ACT_KEY = "act"
"""Where the record of a director's turn keeps what was done."""
DIRECTOR_ID, DIRECTOR_NAME = "director", "Director"
_UNITS = (("year", 365 * 86_400), ("week", 7 * 86_400), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))

AnyTurn = TypeVar("AnyTurn", bound=TurnBase)


def act_of(turn: TurnBase) -> dict[str, Any]:
    """Returns what a director's turn did; empty for any other turn."""
    act = turn.record.get(ACT_KEY) if turn.kind == SpeakerKind.DIRECTOR else None
    return act if isinstance(act, dict) else {}


def acts_on(path: Sequence[AnyTurn], kind: str) -> Iterator[tuple[AnyTurn, dict[str, Any]]]:
    """Yields the director's turns of one kind on a path, in order, with what they did."""
    for turn in only(path, "acts", lambda turn: turn.kind == SpeakerKind.DIRECTOR):
        act = act_of(turn)
        if act.get("kind") == kind:
            yield turn, act


def whisper(role_id: str, motive: str) -> TurnBase:
    """What only one character hears, and nobody of the scene says."""
    return _draft(motive.strip(), [role_id], {"kind": "whisper", "role": role_id})


def mood(role_id: str, emotion: str, strength: float) -> TurnBase:
    """A feeling that one character has from now on, of a strength in [0, 1]."""
    act = {"kind": "mood", "role": role_id, "emotion": emotion, "strength": min(1.0, max(0.0, strength))}
    return _draft("", [role_id], act)


def world(effects: str, record: dict[str, Any]) -> TurnBase:
    """The world as it was set by hand; `record` is what the story says of it. Nobody hears that it was set."""
    return _draft(effects.strip(), [], {"kind": "world", "effects": effects.strip()}, record)


def time(seconds: float, role_ids: Sequence[str]) -> TurnBase:
    """Time that passes for the whole cast, who are told."""
    seconds = min(MAX_SECONDS, max(0.0, seconds))
    return _draft(f"{describe_seconds(seconds)} pass.", list(role_ids), {"kind": "time", "seconds": seconds})


def weights(role_id: str, name: str) -> TurnBase:
    """A part goes to other weights. `name` says which, never where they lie; empty: to those of the playtest."""
    return _draft("", [], {"kind": "weights", "role": role_id, "weights": name})


def cast(role_id: str, name: str, details: dict[str, Any]) -> TurnBase:
    """A role goes to another character. `details`: see `core.playtest.directing.recasting`."""
    return _draft("", [], {"kind": "cast", "role": role_id, "character": name} | details)


def describe_act(turn: TurnBase, names: Mapping[str, str]) -> str:
    """Says what a director's turn did, in a sentence for people.

    Args:
        names: Role id -> who plays it.
    """
    act = act_of(turn)
    name = names.get(str(act.get("role", "")), "somebody")
    match act.get("kind"):
        case "whisper":
            return f"(to {name}) {turn.text}"
        case "mood":
            strength = act.get("strength")
            share = f" ({strength:.0%})" if isinstance(strength, int | float) and 0 <= strength <= 1 else ""
            return f"{name} feels {act.get('emotion', '')}{share}."
        case "cast":
            return f"{act.get('character', '')} plays in place of {name} from here on."
        case "weights":
            return f"{name} is played by {act.get('weights') or 'the weights of the others'} from here on."
    return turn.text


def describe_seconds(seconds: float) -> str:
    """Says how long something takes in its two largest units, such as `2 days 3 hours`."""
    left, said = round(seconds), []
    for unit, length in _UNITS:
        count, left = divmod(left, length)
        if count:
            said.append(f"{count:,} {unit}{'s' if count > 1 else ''}")
    return " ".join(said[:2]) or "0 seconds"


def _draft(text: str, audience: list[str], act: dict[str, Any], record: dict[str, Any] | None = None) -> TurnBase:
    return TurnBase(
        speaker_id=DIRECTOR_ID,
        speaker=DIRECTOR_NAME,
        kind=SpeakerKind.DIRECTOR,
        text=text,
        origin=Origin.HUMAN,
        audience=audience,
        finish="human",
        record=(record or {}) | {ACT_KEY: act},
    )
