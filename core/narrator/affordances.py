"""Which acts are possible for a role at a moment, in an order that is always the same, and how each is said.

Source: Knowledge-enhanced Agents for Text Games (affordances told to the agent).
"""

from collections.abc import Iterator
from itertools import groupby, islice

from core.narrator.acts import Act, ActKind
from core.narrator.feasibility import judge
from core.narrator.situation import Situation

MAX_ACTS = 24
VERB_OF_STATE = {
    "open": "open", "opened": "open", "closed": "close", "shut": "close", "locked": "lock", "unlocked": "unlock",
    "lit": "light", "burning": "light", "out": "put out", "dark": "put out", "unlit": "put out", "on": "switch on",
    "off": "switch off", "broken": "break", "smashed": "smash", "torn": "tear", "full": "fill", "empty": "empty",
    "raised": "raise", "lowered": "lower",
}  # fmt: skip


def possible_acts(situation: Situation, role_id: str, limit: int = MAX_ACTS) -> list[Act]:
    """Returns acts that the world allows somebody now; where they are too many, some of each kind.

    Args:
        limit: How many at most.
    """
    if not situation.can_act(role_id):
        return []
    feasible = [act for act in _thinkable(situation, role_id) if judge(situation, act).feasible]
    return _some_of_each(feasible, limit)


def describe_act(situation: Situation, act: Act) -> str:
    """Says an act as one would tell somebody to do it, such as `give the key to Theo`."""
    thing = situation.call_prop(act.prop) if act.prop else ""
    place = situation.call_place(act.place) if act.place in situation.places else "somewhere"
    tool = f" with {situation.call_prop(act.tool)}" if act.tool else ""
    match act.kind:
        case ActKind.TAKE:
            return f"take {thing}"
        case ActKind.GIVE:
            return f"give {thing} to {situation.call(act.other)}"
        case ActKind.PUT:
            return f"put {thing} down"
        case ActKind.SET:
            verb = VERB_OF_STATE.get(act.state.casefold())
            return f"{verb} {thing}{tool}" if verb else f"make {thing} {act.state.replace('_', ' ')}{tool}".strip()
        case ActKind.USE:
            return f"use {thing}{tool}"
        case ActKind.GO:
            return f"go to {place}"
        case ActKind.ENTER:
            return f"enter {place}" if act.place else "enter"
    return "leave"


def _thinkable(situation: Situation, role_id: str) -> Iterator[Act]:
    props = situation.seen_by(role_id)
    for prop in props:
        yield Act(ActKind.TAKE, role_id, prop.name)
    for prop in props:
        for state in prop.states:
            yield Act(ActKind.SET, role_id, prop.name, state=state)
    others = situation.others_with(role_id)
    for prop in props:
        for other in others if situation.reader.holder(prop.name) == role_id else ():
            yield Act(ActKind.GIVE, role_id, prop.name, other=other)
    for prop in props:
        if not prop.states and situation.reader.holder(prop.name) == role_id:
            yield Act(ActKind.USE, role_id, prop.name)
    for place_id in situation.ways_from(role_id):
        yield Act(ActKind.GO, role_id, place=place_id)
    for prop in props:
        yield Act(ActKind.PUT, role_id, prop.name)
    yield Act(ActKind.LEAVE, role_id)


def _some_of_each(acts: list[Act], limit: int) -> list[Act]:
    """Keeps the order; takes the first of each kind, then the second, until there are enough."""
    if len(acts) <= limit:
        return acts
    ranked = [(rank, act) for _, group in groupby(acts, lambda act: act.kind) for rank, act in enumerate(group)]
    kept = set(islice((act for _, act in sorted(ranked, key=lambda pair: pair[0])), limit))
    return [act for act in acts if act in kept]
