"""What a character thinks before it speaks: about what, about whom, and how much.

Source: ToMATO (methods 2.21): five states, each with the words that a thought of it begins with, of the first order
about itself and the world, of the second about what somebody else thinks. Which comes when is ours: the states that
the rules name, one after the other over the character's own turns; with second order each state twice, first about
itself, then about whoever spoke last.
"""

from collections.abc import Mapping
from typing import Any

from core.characters.prompt import THINK_OPEN
from core.minds.moment import Contribution, Moment
from core.path import only
from models.playtest import SpeakerKind
from models.stage import Reasoning, ThoughtState

FIRST_ORDER = {
    ThoughtState.BELIEF: "I think",
    ThoughtState.INTENTION: "I will",
    ThoughtState.DESIRE: "I want",
    ThoughtState.EMOTION: "I feel",
    ThoughtState.KNOWLEDGE: "I know",
}
SECOND_ORDER = {
    ThoughtState.BELIEF: "thinks",
    ThoughtState.INTENTION: "will",
    ThoughtState.DESIRE: "wants",
    ThoughtState.EMOTION: "feels",
    ThoughtState.KNOWLEDGE: "knows",
}


def think(moment: Moment, _so_far: Mapping[str, Contribution]) -> Contribution | None:
    """Opens the thought of a turn, and bounds it."""
    rules = moment.rules.thought
    if rules.reasoning == Reasoning.NONE:
        return Contribution(opening="", record={"reasoning": "none"})
    if not moment.thinks:
        return None
    bound = rules.max_tokens if rules.reasoning == Reasoning.BOUNDED else None
    record: dict[str, Any] = {} if bound is None else {"reasoning": "bounded", "max_tokens": bound}
    if not rules.states:
        return Contribution(record=record, think_tokens=bound) if record else None
    opening, about = _open(moment)
    record |= {"reasoning": rules.reasoning.value, **about, "opening": opening}
    return Contribution(record=record, opening=f"{THINK_OPEN}{opening}", think_tokens=bound)


def _open(moment: Moment) -> tuple[str, dict[str, Any]]:
    """Returns the words that the thought begins with, and what the record says of it."""
    rules = moment.rules.thought
    n_own = len(only(moment.own, "spoken", lambda turn: turn.kind == SpeakerKind.CHARACTER))
    others = rules.about_others and len(moment.cast) > 1
    state = rules.states[(n_own // 2 if others else n_own) % len(rules.states)]
    if not others or n_own % 2 == 0:
        return FIRST_ORDER[state], {"state": state.value, "order": 1}
    about = _whom(moment)
    opening = f"I think that {moment.cast[about]} {SECOND_ORDER[state]}"
    return opening, {"state": state.value, "order": 2, "about": about, "name": moment.cast[about]}


def _whom(moment: Moment) -> str:
    """Returns whoever of the others spoke last; before anybody did, the first of the cast."""
    others = [role_id for role_id in moment.cast if role_id != moment.role_id]
    spoken = (turn.speaker_id for turn in reversed(moment.heard) if turn.text.strip())
    return next((role_id for role_id in spoken if role_id in others), others[0])
