"""What a character holds to be so, wants, feels and knows at a moment, each with the turn that gave cause.

Source: the latent state of HumanLM (methods G3): belief, intention, desire, emotion, stance, knowledge, style. Ours is
a fold over the path and what its turns' records keep: an entry changes only where somebody gave cause. For people; the
weights never read it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.memory.emotion import EMOTIONS, read_emotion
from core.minds.moment import MIND_KEY, Moment
from core.minds.mood import HEARD_GAIN, KEPT, felt_mood, mood_text
from core.minds.plan import KEY as PLAN_KEY
from core.minds.plan import read_plan
from core.minds.thoughts import FIRST_ORDER
from core.path import fold, only
from models.playtest import SpeakerKind, Turn
from models.stage import ThoughtState

LEARNED_KEY = "learned"
WARM, COOL = 0.2, -0.2
"""How somebody is met counts from here on: the fold of kind less hostile emotion in what they said, in [-1, 1]."""
_KIND = frozenset({"joy", "trust"})
_HOSTILE = frozenset({"anger", "disgust", "fear"})


class Aspect(StrEnum):
    """What an entry is about."""

    BELIEF = "belief"
    INTENTION = "intention"
    DESIRE = "desire"
    EMOTION = "emotion"
    STANCE = "stance"
    KNOWLEDGE = "knowledge"
    STYLE = "style"


@dataclass(frozen=True, slots=True)
class StateEntry:
    """One line of the state."""

    aspect: Aspect
    text: str
    cause: int | None = None
    """Number of the turn that gave cause; None: it was so when the scene began."""
    about: str = ""
    """Role id of somebody else; empty: the character itself, or the world."""


def latent_state(moment: Moment) -> tuple[StateEntry, ...]:
    """Returns the state of a character after what it has perceived, aspect by aspect."""
    return (
        *_thought(moment, ThoughtState.BELIEF, Aspect.BELIEF),
        *_intention(moment),
        *_desire(moment),
        *_emotion(moment),
        *(_stance(moment, role_id) for role_id in moment.cast if role_id != moment.role_id),
        *_knowledge(moment),
        *_style(moment),
    )


def _thought(moment: Moment, state: ThoughtState, aspect: Aspect) -> Iterator[StateEntry]:
    """The last thought of a kind, of the first order."""
    for turn in reversed(moment.own):
        thought = turn.thought or ""
        is_such = _state_of(turn) == state.value or thought.startswith(FIRST_ORDER[state])
        if thought and is_such and _order_of(turn) != 2:
            yield StateEntry(aspect, thought, _cause_before(moment, turn))
            return


def _intention(moment: Moment) -> Iterator[StateEntry]:
    plan = read_plan(moment.last_record(PLAN_KEY))
    if plan is None or plan.now is None:
        yield from _thought(moment, ThoughtState.INTENTION, Aspect.INTENTION)
        return
    settled = [step.by for step in plan.steps if step.by is not None]
    yield StateEntry(Aspect.INTENTION, plan.now.text, max(settled, default=None) or _revised_by(moment))


def _desire(moment: Moment) -> Iterator[StateEntry]:
    thoughts = list(_thought(moment, ThoughtState.DESIRE, Aspect.DESIRE))
    goal = moment.role.goal.strip()
    yield from thoughts or ([StateEntry(Aspect.DESIRE, goal)] if goal else [])


def _emotion(moment: Moment) -> Iterator[StateEntry]:
    mood = felt_mood(moment)
    felt = mood.strongest()
    if felt:
        yield StateEntry(Aspect.EMOTION, mood_text(mood), mood.cause_of(felt[0][0]))
    elif moment.role.emotion.strip():
        yield StateEntry(Aspect.EMOTION, moment.role.emotion.strip())


def _stance(moment: Moment, role_id: str) -> StateEntry:
    """How somebody is met: by what they said, as far as it was kind or hostile."""
    nothing: tuple[float, int | None] = (0.0, None)
    said = only(
        moment.heard, ("said", role_id), lambda turn: turn.speaker_id == role_id and turn.kind == SpeakerKind.CHARACTER
    )
    warmth, cause = fold(said, "stance", nothing, _warm)
    return StateEntry(Aspect.STANCE, _attitude(warmth), cause, role_id)


def _warm(felt: tuple[float, int | None], said: Sequence[Turn]) -> tuple[float, int | None]:
    warmth, cause = felt
    for turn in said:
        warmth *= KEPT
        emotion = dict(zip(EMOTIONS, read_emotion(turn.text), strict=True))
        change = max(emotion[name] for name in _KIND) - max(emotion[name] for name in _HOSTILE)
        before, warmth = _attitude(warmth), max(-1.0, min(1.0, warmth + HEARD_GAIN * change))
        cause = turn.number if _attitude(warmth) != before else cause
    return warmth, cause


def _attitude(warmth: float) -> str:
    return "warm" if warmth >= WARM else "wary" if warmth <= COOL else "open"


def _knowledge(moment: Moment) -> Iterator[StateEntry]:
    """What it was told from the start, and the turns at which it learned something."""
    learned_at = _learned_at(moment)
    for line in moment.told.facts.splitlines():
        yield StateEntry(Aspect.KNOWLEDGE, line, learned_at)


def _learned_at(moment: Moment) -> int | None:
    """The last turn at which the character learned a fact."""
    for turn in reversed(moment.heard):
        learned = turn.record.get(LEARNED_KEY)
        if isinstance(learned, dict) and learned.get(moment.role_id):
            return turn.number
    return None


def _style(moment: Moment) -> Iterator[StateEntry]:
    variant = moment.last_record("variant")
    if variant.get("name"):
        cause = variant.get("turn")
        yield StateEntry(Aspect.STYLE, str(variant["name"]), cause if isinstance(cause, int) else None)
    elif style := (moment.role.style.strip() or moment.character.voice.strip()):
        yield StateEntry(Aspect.STYLE, style)


def _state_of(turn: Turn) -> object:
    return _thought_record(turn).get("state")


def _order_of(turn: Turn) -> object:
    return _thought_record(turn).get("order")


def _thought_record(turn: Turn) -> dict[str, Any]:
    mind = turn.record.get(MIND_KEY)
    record = mind.get("thought") if isinstance(mind, dict) else None
    return record if isinstance(record, dict) else {}


def _cause_before(moment: Moment, own: Turn) -> int | None:
    """The last turn of somebody else before an own one: what it was an answer to."""
    others = (turn.number for turn in reversed(moment.heard) if turn.speaker_id != moment.role_id)
    return next((number for number in others if number < own.number), None)


def _revised_by(moment: Moment) -> int | None:
    for turn in reversed(moment.own):
        mind = turn.record.get(MIND_KEY)
        plan = mind.get(PLAN_KEY) if isinstance(mind, dict) else None
        revisions = plan.get("revisions") if isinstance(plan, dict) else None
        if isinstance(revisions, list) and revisions and isinstance(revisions[-1], dict):
            by = revisions[-1].get("by")
            return by if isinstance(by, int) else None
    return None
