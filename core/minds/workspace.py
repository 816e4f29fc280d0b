"""A global workspace: five voices bid for what a turn is about, and one wins.

Source: CogniPair (methods G3): emotion, memory, norms, plan and goal compete, and what wins is broadcast to all. The
saliences are ours, each in [0, 1]:

- emotion: how strongly the strongest emotion is felt;
- memory, norms, goal: how near it comes to what was just said, see `variants.nearness`, times two;
- plan: 0.4 and 0.2 more for each own turn that the step was tried in vain;
- the voice that won the last time bids 0.8 of it, so that no voice speaks alone for ever.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from core.characters.layer_text import end_sentence
from core.characters.macros import expand_macros
from core.characters.prompt import Block, BlockOrigin
from core.characters.statements import split_sentences
from core.minds.moment import Contribution, Moment
from core.minds.mood import mood_of, mood_text
from core.minds.plan import KEY as PLAN_KEY
from core.minds.plan import plan_text, read_plan
from core.minds.variants import nearness
from models.playtest import SpeakerKind

KEY = "workspace"
LAST_WINNER = 0.8
NEARNESS_GAIN = 2.0
"""Texts that are about the same come to about half of the greatest nearness."""
PLAN_BASE = 0.4
PLAN_STEP = 0.2
N_LINES = 2
SILENCED = frozenset({BlockOrigin.RECALLED, BlockOrigin.MOOD, BlockOrigin.PLAN})
"""What is said by these voices only when they win; memories that a person pinned are said in any case."""


class Voice(StrEnum):
    """Who bids; of equals the first wins."""

    EMOTION = "emotion"
    MEMORY = "memory"
    NORMS = "norms"
    PLAN = "plan"
    GOAL = "goal"


@dataclass(frozen=True, slots=True)
class Bid:
    """What one voice would have the turn be about."""

    voice: Voice
    text: str
    salience: float
    """In [0, 1]."""
    why: str


def attend(moment: Moment, so_far: Mapping[str, Contribution]) -> Contribution | None:
    """Lets the voices bid; the winner is said."""
    if not moment.rules.mind.workspace:
        return None
    last = moment.last_record(KEY).get("winner")
    bids = [_habituate(bid, last) for bid in _bids(moment, so_far)]
    if not bids:
        return None
    winner = max(bids, key=lambda bid: bid.salience)
    record = {
        "winner": winner.voice.value,
        "bids": [
            {"voice": bid.voice.value, "text": bid.text, "salience": round(bid.salience, 3), "why": bid.why}
            for bid in bids
        ],
    }
    has_pinned = "memory" in so_far and bool(so_far["memory"].record.get("pinned"))
    silenced = SILENCED - {BlockOrigin.RECALLED} if has_pinned else SILENCED
    return Contribution((Block(BlockOrigin.WORKSPACE, winner.text),), record, silences=silenced)


def _bids(moment: Moment, so_far: Mapping[str, Contribution]) -> Iterator[Bid]:
    mood = mood_of(moment)
    if text := mood_text(mood):
        name, strength = mood.strongest()[0]
        yield Bid(Voice.EMOTION, text, min(1.0, strength), f"{name} is felt at {strength:.2f}")
    lines = (turn.text for turn in reversed(moment.heard) if turn.kind != SpeakerKind.DIRECTOR and turn.text.strip())
    heard = [*islice(lines, N_LINES)][::-1] or [moment.setting]
    yield from _nearest(Voice.MEMORY, _memories(moment, so_far), heard)
    yield from _nearest(Voice.NORMS, _norms(moment), heard)
    plan = read_plan(so_far[PLAN_KEY].record) if PLAN_KEY in so_far else None
    if plan is not None and plan.now is not None:
        tries = plan.now.n_tries
        yield Bid(Voice.PLAN, plan_text(plan), min(1.0, PLAN_BASE + PLAN_STEP * tries), f"tried {tries} times")
    goal = moment.role.goal.strip()
    yield from _nearest(Voice.GOAL, [f"You want this: {end_sentence(one)}" for one in split_sentences(goal)], heard)


def _nearest(voice: Voice, texts: Sequence[str], heard: Sequence[str]) -> Iterator[Bid]:
    """Bids with the text that comes nearest to what was said."""
    if not texts or not any(heard):
        return
    rows = nearness(heard, texts)
    value, text = max((max(row[at] for row in rows), text) for at, text in enumerate(texts))
    yield Bid(voice, text, min(1.0, max(0.0, NEARNESS_GAIN * value)), f"{value:.2f} near to what was just said")


def _memories(moment: Moment, so_far: Mapping[str, Contribution]) -> list[str]:
    """What came back at this turn; where memory is off, what the author wrote."""
    told = [note.text for note in so_far["memory"].notes] if "memory" in so_far else []
    lines = [line.removeprefix("You remember:").lstrip("- ") for text in told for line in text.splitlines()]
    written = [_expand(moment, one.text) for one in moment.character.persona.memories]
    found = [line for line in lines if line.strip()] or [text for text in written if text]
    return [f"You remember: {end_sentence(text)}" for text in found]


def _norms(moment: Moment) -> list[str]:
    character = moment.character
    texts = [*split_sentences(character.boundaries), *character.persona.voice_rules]
    return [f"Keep to this: {end_sentence(_expand(moment, text))}" for text in texts if text.strip()]


def _expand(moment: Moment, text: str) -> str:
    return expand_macros(text, moment.character.spoken_name, moment.user_name).strip()


def _habituate(bid: Bid, last: object) -> Bid:
    if bid.voice.value != last:
        return bid
    return replace(bid, salience=LAST_WINNER * bid.salience, why=f"{bid.why}; it won the last time")
