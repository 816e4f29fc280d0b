"""A mood: eight emotions that follow from what a character heard and said, and fade. A fold over what it perceived.

Source: the eight emotions of Emotional RAG (methods 2.18); the fold is ours: with each line the mood fades to 0.85 of
itself, then each emotion named in the line closes a share of its distance to 1: 0.6 for a line heard, 0.3 for an own
one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from core.characters.prompt import Block, BlockOrigin
from core.memory.emotion import CALM, EMOTIONS, Emotion, read_emotion
from core.minds.moment import Contribution, Moment
from core.path import fold, only
from models.playtest import SpeakerKind, Turn

KEPT = 0.85
"""Share of a mood that is left a line later."""
HEARD_GAIN = 0.6
OWN_GAIN = 0.3
FELT = 0.35
"""From here on an emotion is told, below it `a little`."""
SLIGHT = 0.15
"""Below this nothing is told."""
MAX_TOLD = 2
WORDS = {
    "joy": "glad",
    "trust": "trusting",
    "fear": "afraid",
    "surprise": "surprised",
    "sadness": "sad",
    "disgust": "disgusted",
    "anger": "angry",
    "anticipation": "eager",
}


_named_in = lru_cache(maxsize=20_000)(read_emotion)
"""A path is folded anew before each turn, its lines are read once."""


@dataclass(frozen=True, slots=True)
class Mood:
    """How much of each emotion is felt, in [0, 1], and the turn that has the largest part in it."""

    vector: Emotion = CALM
    causes: tuple[int | None, ...] = (None,) * len(EMOTIONS)
    """Turn numbers; None: nothing on this path, such as how the role begins."""

    def strongest(self) -> list[tuple[str, float]]:
        """Returns the emotions that are felt and how much, the strongest first."""
        felt = [(name, value) for name, value in zip(EMOTIONS, self.vector, strict=True) if value >= SLIGHT]
        return sorted(felt, key=lambda pair: -pair[1])

    def cause_of(self, emotion: str) -> int | None:
        """Returns the number of the turn that has the largest part in an emotion."""
        return self.causes[EMOTIONS.index(emotion)]


class _Felt(NamedTuple):
    vector: Emotion
    shares: Emotion
    """Of each emotion, what its cause has added that is left."""
    causes: tuple[int | None, ...]


def feel(moment: Moment, _so_far: Mapping[str, Contribution]) -> Contribution | None:
    """Tells a character its mood; where the rule is off, only a mood that the director has set."""
    mood = mood_of(moment)
    text = mood_text(mood)
    if not moment.rules.mind.mood and not any(mood.vector):
        return None
    record = {
        "vector": {name: round(value, 3) for name, value in zip(EMOTIONS, mood.vector, strict=True) if value >= 0.001},
        "because": {name: cause for name, _ in mood.strongest() if (cause := mood.cause_of(name)) is not None},
        "told": text,
    }
    return Contribution((Block(BlockOrigin.MOOD, text),) if text else (), record)


def mood_of(moment: Moment) -> Mood:
    """Returns the mood that counts for a character's turn: where the rules say so, what follows from the lines."""
    if moment.rules.mind.mood or moment.rules.mind.workspace:
        return felt_mood(moment)
    return fold_mood(moment.heard, moment.role_id, follows_lines=False, since=moment.since)


def felt_mood(moment: Moment) -> Mood:
    """Returns the mood that follows from all that a character perceived, whether it is told or not."""
    return fold_mood(moment.heard, moment.role_id, read_emotion(moment.role.emotion), since=moment.since)


def fold_mood(
    heard: Sequence[Turn], role_id: str, begins: Emotion = CALM, *, follows_lines: bool = True, since: int = 0
) -> Mood:
    """Returns the mood after turns, oldest first, all of which the role has perceived.

    Args:
        follows_lines: What is said moves it; otherwise only the director does.
        since: Number of the last turn that leaves no trace, because another character played the part.
    """
    what = ("mood", role_id, begins, follows_lines)
    heard = only(heard, ("since", since), lambda turn: turn.number > since) if since else heard
    begun = _Felt(begins, begins, (None,) * len(EMOTIONS))
    felt = fold(heard, what, begun, lambda felt, turns: _go_on(felt, turns, role_id, follows_lines=follows_lines))
    return Mood(felt.vector, felt.causes)


def _go_on(felt: _Felt, turns: Sequence[Turn], role_id: str, *, follows_lines: bool) -> _Felt:
    vector, shares, causes = list(felt.vector), list(felt.shares), list(felt.causes)
    for turn in turns:
        if turn.kind == SpeakerKind.DIRECTOR:
            _set(turn, role_id, vector, shares, causes)
            continue
        vector, shares = [KEPT * value for value in vector], [KEPT * value for value in shares]
        if not follows_lines:
            continue
        gain = OWN_GAIN if turn.speaker_id == role_id else HEARD_GAIN
        for place, named in enumerate(_named_in(turn.text)):
            raised = gain * named * (1 - vector[place])
            vector[place] += raised
            if raised > shares[place]:
                shares[place], causes[place] = raised, turn.number
    return _Felt(tuple(vector), tuple(shares), tuple(causes))


def _set(turn: Turn, role_id: str, vector: list[float], shares: list[float], causes: list[int | None]) -> None:
    """Applies what the director set. The record may come from a stranger's pack."""
    act = turn.record.get("act")
    if not isinstance(act, dict) or act.get("kind") != "mood" or act.get("role") != role_id:
        return
    strength = act.get("strength")
    if act.get("emotion") in EMOTIONS and isinstance(strength, int | float) and 0 <= strength <= 1:
        place = EMOTIONS.index(str(act["emotion"]))
        vector[place] = shares[place] = float(strength)
        causes[place] = turn.number


def mood_text(mood: Mood) -> str:
    """Returns a sentence for the weights, such as `You feel afraid and a little angry.`; empty when nothing is felt."""
    parts = [WORDS[name] if value >= FELT else f"a little {WORDS[name]}" for name, value in mood.strongest()[:MAX_TOLD]]
    return f"You feel {' and '.join(parts)}." if parts else ""
