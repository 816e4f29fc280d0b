"""Who acts next, and why."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.errors import UserError
from core.playtest.script import Part, Script
from models.playtest import SpeakerKind, TurnBase
from models.scenario import TurnPolicy


@dataclass(frozen=True, slots=True)
class NextSpeaker:
    """A part and the reason why the turn is theirs."""

    part: Part
    why: str


def next_speaker(script: Script, history: Sequence[TurnBase], away: Collection[str] = ()) -> NextSpeaker:
    """Applies the scenario's policy. The last speaker never goes on by themselves while others are there.

    Args:
        away: Ids of the roles that have left the scene: they are passed over.

    Raises:
        UserError: All of them have.
    """
    if all(part.role_id in away for part in script.parts):
        raise UserError("Everybody has left the scene.", "Choose a way, or continue from an earlier turn.")
    if script.scenario.turn_policy == TurnPolicy.MENTION and history:
        named = _first_named(script, history[-1], away)
        if named is not None:
            return NextSpeaker(named, f"named by {history[-1].speaker}")
    return _next_in_order(script, history, away)


def _first_named(script: Script, last: TurnBase, away: Collection[str]) -> Part | None:
    found = []
    for part in script.parts:
        if part.role_id == last.speaker_id or part.role_id in away:
            continue
        words = "|".join(re.escape(word) for word in part.character.name.split() if len(word) > 1)
        match = re.search(rf"\b(?:{words})\b", last.text, re.IGNORECASE) if words else None
        if match:
            found.append((match.start(), part))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _next_in_order(script: Script, history: Sequence[TurnBase], away: Collection[str]) -> NextSpeaker:
    ids = [part.role_id for part in script.parts]
    spoken = (turn.speaker_id for turn in reversed(history) if turn.kind == SpeakerKind.CHARACTER)
    last = next((speaker_id for speaker_id in spoken if speaker_id in ids), None)
    first = 0 if last is None else ids.index(last) + 1
    in_order = [*script.parts[first:], *script.parts[:first]]
    part = next(part for part in in_order if part.role_id not in away)
    return NextSpeaker(part, "first in order" if last is None else "next in order")
