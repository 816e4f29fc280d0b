"""Who acts next in a playtest, and why: the scenario's policy, asked with what the path says."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import UserError
from core.inference.request import Ask
from core.playtest.script import Part, Script
from core.playtest.story_play import StoryPlay
from models.playtest import SpeakerKind, Turn, TurnBase
from models.scenario import TurnPolicy

TURN_TAKING_KEY = "turn_taking"
"""Where a turn's record keeps how the turn came to its speaker."""


@dataclass(frozen=True, slots=True)
class NextSpeaker:
    """A part and the reason why the turn is theirs."""

    part: Part | None
    """None: nobody wants to speak, and the turn passes in silence."""
    why: str
    record: dict[str, Any] = field(default_factory=dict)
    """Policy, bids and who is waiting: what the turn keeps. JSON."""
    in_round: int | None = None
    """The simultaneous round that the turn is spoken in."""


class WhoNext:
    """Finds who acts next in one playtest."""

    def __init__(self, script: Script, story: StoryPlay) -> None:
        self._script = script
        self._story = story

    def find(self, path: Sequence[Turn], ask: Ask | None = None) -> NextSpeaker:
        """Applies the policy after a path.

        Args:
            ask: Runs requests on the playtest's own weights; None: only look, and say what is known without them.

        Raises:
            UserError: Everybody has left the scene.
            Stopped: The user stopped meanwhile.
        """
        return next_speaker(self._script, path, self._story.away_at(path))


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
