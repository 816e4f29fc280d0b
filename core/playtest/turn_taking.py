"""Who acts next, and why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.playtest.script import Part, Script
from models.playtest import SpeakerKind, TurnBase
from models.scenario import TurnPolicy


@dataclass(frozen=True, slots=True)
class NextSpeaker:
    """A part and the reason why the turn is theirs."""

    part: Part
    why: str


def next_speaker(script: Script, history: Sequence[TurnBase]) -> NextSpeaker:
    """Applies the scenario's policy. The last speaker never goes on by themselves while others are cast."""
    if script.scenario.turn_policy == TurnPolicy.MENTION and history:
        named = _first_named(script, history[-1])
        if named is not None:
            return NextSpeaker(named, f"named by {history[-1].speaker}")
    return _next_in_order(script, history)


def _first_named(script: Script, last: TurnBase) -> Part | None:
    found = []
    for part in script.parts:
        if part.role_id == last.speaker_id:
            continue
        words = "|".join(re.escape(word) for word in part.character.name.split() if len(word) > 1)
        match = re.search(rf"\b(?:{words})\b", last.text, re.IGNORECASE) if words else None
        if match:
            found.append((match.start(), part))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _next_in_order(script: Script, history: Sequence[TurnBase]) -> NextSpeaker:
    ids = [part.role_id for part in script.parts]
    for turn in reversed(history):
        if turn.kind == SpeakerKind.CHARACTER and turn.speaker_id in ids:
            place = (ids.index(turn.speaker_id) + 1) % len(ids)
            return NextSpeaker(script.parts[place], "next in order")
    return NextSpeaker(script.parts[0], "first in order")
