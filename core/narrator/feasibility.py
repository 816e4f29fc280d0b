"""Whether an act can be done in a world, what comes of it, why not. The world's own rules: no weights, no chance."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.narrator.acts import Act, ActKind
from core.narrator.situation import Situation
from core.world.effects import Appear, Effect, Move, Put, format_effects
from models.world import Prop


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the world says of an act."""

    feasible: bool
    effects: str = ""
    """What it changes, in the language of `core.world.effects`."""
    reason: str = ""
    """Why it cannot be done, for whoever runs the playtest: a clause without its full stop."""
    said: str = ""
    """As much of the reason as those who are there can see."""


def judge(situation: Situation, act: Act) -> Verdict:
    """Returns what the world says of an act."""
    name = situation.call(act.role_id)
    if not situation.knows(act.role_id):
        return _no(f"{name} is no part of this world")
    if situation.is_dead(act.role_id):
        return _no(f"{name} is dead")
    if act.kind == ActKind.ENTER:
        return _enter(situation, act)
    if not situation.is_present(act.role_id):
        return _no(f"{name} is away")
    match act.kind:
        case ActKind.LEAVE:
            return _yes(situation, act)
        case ActKind.GO:
            return _go(situation, act)
    prop = situation.props.get(act.prop)
    if prop is None:
        return _no("there is no such thing")
    match act.kind:
        case ActKind.TAKE:
            return _take(situation, act, prop)
        case ActKind.GIVE:
            return _give(situation, act, prop)
        case ActKind.PUT:
            return _put(situation, act, prop)
        case ActKind.SET:
            return _set(situation, act, prop)
    return _blocked(situation, act, prop) or _yes(situation, act)


def affected_by(act: Act) -> str | None:
    """Returns whom an act touches by the world's rules: at most one, and never who acts."""
    return act.other if act.kind == ActKind.GIVE and act.other != act.role_id else None


def meant_effects(situation: Situation, act: Act) -> str:
    """Returns what an act would change if it could be done, in the language of effects; empty: nothing."""
    if not situation.knows(act.role_id) or (act.place and act.place not in situation.places):
        return ""
    return format_effects(tuple(_effects(situation, act)))


def _effects(situation: Situation, act: Act) -> Iterator[Effect]:
    who = situation.write_role(act.role_id)
    match act.kind:
        case ActKind.LEAVE:
            yield Appear(who, is_present=False)
        case ActKind.ENTER:
            yield Appear(who, is_present=True)
        case ActKind.TAKE if act.prop in situation.props:
            yield Put(act.prop, "holder", who)
        case ActKind.GIVE if act.prop in situation.props and situation.knows(act.other):
            yield Put(act.prop, "holder", situation.write_role(act.other))
        case ActKind.PUT if act.prop in situation.props:
            place = act.place or situation.place_of(act.role_id)
            if place is not None:
                yield Put(act.prop, "place", situation.write_place(place))
        case ActKind.SET | ActKind.USE if act.prop in situation.props:
            state = _state_after(situation, act)
            if state:
                yield Put(act.prop, "state", state)
    place_id = act.place or (situation.world.role_places.get(act.role_id, "") if act.kind == ActKind.ENTER else "")
    if act.kind in {ActKind.GO, ActKind.ENTER} and place_id in situation.places:
        yield Move(who, situation.write_place(place_id))


def _state_after(situation: Situation, act: Act) -> str:
    """What is used and has two states is in the other one then; what has none, or more, only was used."""
    states = situation.props[act.prop].states
    if act.kind == ActKind.SET:
        return act.state if act.state in states else ""
    now = situation.reader.prop_state(act.prop)
    return next(state for state in states if state != now) if len(states) == 2 else ""


def _yes(situation: Situation, act: Act) -> Verdict:
    return Verdict(True, meant_effects(situation, act))


def _no(reason: str, said: str = "") -> Verdict:
    return Verdict(False, reason=reason, said=said or reason)


def _enter(situation: Situation, act: Act) -> Verdict:
    if situation.is_present(act.role_id):
        return _no(f"{situation.call(act.role_id)} is here already")
    if act.place and act.place not in situation.places:
        return _no("there is no such place")
    return _yes(situation, act)


def _go(situation: Situation, act: Act) -> Verdict:
    if act.place not in situation.places:
        return _no("there is no such place")
    here, there = situation.place_of(act.role_id), situation.call_place(act.place)
    if here == act.place:
        return _no(f"{situation.call(act.role_id)} is at {there} already")
    if act.place not in situation.ways_from(act.role_id):
        return _no(f"no way leads from {situation.call_place(here or '')} to {there}")
    return _yes(situation, act)


def _take(situation: Situation, act: Act, prop: Prop) -> Verdict:
    if situation.reader.holder(prop.name) == act.role_id:
        return _no(f"{situation.call(act.role_id)} has {situation.call_prop(prop.name)} already")
    return _out_of_reach(situation, act.role_id, prop) or _yes(situation, act)


def _give(situation: Situation, act: Act, prop: Prop) -> Verdict:
    if (lacks := _lacks(situation, act.role_id, prop.name)) is not None:
        return lacks
    other = situation.call(act.other)
    if act.other == act.role_id or not situation.knows(act.other):
        return _no("there is nobody to give it to")
    if not situation.are_together(act.role_id, act.other):
        return _no(f"{other} is {_whereabouts(situation, act.other)}", f"{other} is not here")
    if situation.is_dead(act.other):
        return _no(f"{other} is dead")
    return _yes(situation, act)


def _put(situation: Situation, act: Act, prop: Prop) -> Verdict:
    if (lacks := _lacks(situation, act.role_id, prop.name)) is not None:
        return lacks
    here = situation.place_of(act.role_id)
    place = act.place or here
    if place is None or place not in situation.places:
        return _no("there is no place to put it down")
    if here is not None and place != here:
        return _no(f"{situation.call(act.role_id)} is at {situation.call_place(here)}")
    return _yes(situation, act)


def _set(situation: Situation, act: Act, prop: Prop) -> Verdict:
    if (blocked := _blocked(situation, act, prop)) is not None:
        return blocked
    thing = situation.call_prop(prop.name)
    if act.state not in prop.states:
        return _no(f"{thing} cannot be like that", "")
    if situation.reader.prop_state(prop.name) == act.state:
        return _no(f"{thing} is {act.state.replace('_', ' ')} already")
    return _yes(situation, act)


def _blocked(situation: Situation, act: Act, prop: Prop) -> Verdict | None:
    """Returns why somebody cannot lay hands on a prop, or lacks what it is to be done with."""
    if situation.reader.holder(prop.name) != act.role_id:
        out_of_reach = _out_of_reach(situation, act.role_id, prop)
        if out_of_reach is not None:
            return out_of_reach
    return _lacks(situation, act.role_id, act.tool) if act.tool else None


def _lacks(situation: Situation, role_id: str, prop_name: str) -> Verdict | None:
    if situation.props.get(prop_name) is None:
        return _no("there is no such thing")
    if situation.reader.holder(prop_name) == role_id:
        return None
    return _no(f"{situation.call(role_id)} does not have {situation.call_prop(prop_name)}")


def _out_of_reach(situation: Situation, role_id: str, prop: Prop) -> Verdict | None:
    """Returns why a prop that somebody does not hold cannot be reached; None: it lies there."""
    if situation.lies_with(role_id, prop):
        return None
    thing = situation.call_prop(prop.name)
    holder, place = situation.reader.holder(prop.name), situation.reader.prop_place(prop.name)
    unseen = f"{thing} is not here"
    if holder is not None:
        reason = f"{situation.call(holder)} has {thing}"
        return _no(reason, reason if situation.sees(role_id, prop) else unseen)
    return _no(f"{thing} is {f'at {situation.call_place(place)}' if place is not None else 'nowhere'}", unseen)


def _whereabouts(situation: Situation, role_id: str) -> str:
    place = situation.place_of(role_id)
    return f"at {situation.call_place(place)}" if place is not None else "away"
