"""Renames that conditions, effects and triggers of a story follow: each text goes on meaning what it meant.

Texts that cannot be read stay as they are.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from core.world.conditions import (
    And,
    Compare,
    Condition,
    Flag,
    Knows,
    Located,
    Not,
    Or,
    Present,
    Visited,
    format_condition,
    parse_condition,
)
from core.world.effects import Add, Appear, Effect, Learn, Move, Put, format_effects, parse_effects
from core.world.graph import Story, StoryBeat, StoryRole
from core.world.lexer import Misread
from core.world.scope import LANGUAGE_WORDS, PLACE_WORDS, ROLE_WORDS, NameKind, Scope
from core.world.triggers import FactSpoken, PhraseSaid, read_trigger, trigger_document
from models.world import Place, Prop, Variable

Rename = Callable[[NameKind, str], str]
"""What a name stands for and the name -> the name that it should be."""
Thing = Variable | Prop | Place | StoryRole | StoryBeat


def is_word_of_language(kind: NameKind, name: str) -> bool:
    """Whether conditions and effects mean something else by a name."""
    match kind:
        case NameKind.VARIABLE | NameKind.PROP:
            return name.casefold() in LANGUAGE_WORDS
        case NameKind.ROLE:
            return name.strip().casefold() in ROLE_WORDS
        case NameKind.PLACE:
            return name.strip().casefold() in PLACE_WORDS
    return False


def make_rename(before: Story, after: Story, kind: NameKind, old_key: str, new_key: str) -> Rename:
    """Returns what names in texts become, so that each means the same thing as before.

    Args:
        before: The story with the old name.
        after: The same story with the new one.
        old_key: Id of what is renamed, or the old name of a variable or prop.
        new_key: Its id, or the new name.
    """
    old_scope, new_scope = Scope(before), Scope(after)
    things = {_key_of(one): one for one in _things(after, kind)}
    old_names = next((list(_own_names(one)) for one in _things(before, kind) if _key_of(one) == old_key), [])

    def rename(found: NameKind, name: str) -> str:
        thing = _find(old_scope, found, name) if found == kind else None
        if thing is None:
            return name
        is_renamed = _key_of(thing) == old_key
        key = new_key if is_renamed else _key_of(thing)
        names = list(_own_names(things[key]))
        follows = is_renamed and _is_said_by(name, old_names[0] if old_names else "", kind)
        for one in (*names, name) if follows else (name, *names):
            meant = _find(new_scope, kind, one)
            if meant is not None and _key_of(meant) == key:
                return one
        return key

    return rename


def rename_in_condition(text: str, rename: Rename) -> str:
    """Returns a condition with other names; the same text when nothing in it changes."""
    try:
        before = parse_condition(text)
    except Misread:
        return text
    after = _in_condition(before, rename)
    return text if after == before else format_condition(after)


def rename_in_effects(text: str, rename: Rename) -> str:
    """Returns effects with other names; the same text when nothing in them changes."""
    try:
        before = parse_effects(text)
    except Misread:
        return text
    after = tuple(_in_effect(effect, rename) for effect in before)
    return text if after == before else format_effects(after)


def rename_in_trigger(document: dict[str, Any], rename: Rename) -> dict[str, Any]:
    """Returns a trigger with another name of who must speak."""
    try:
        trigger = read_trigger(document)
    except ValidationError:
        return document
    if isinstance(trigger, PhraseSaid | FactSpoken) and trigger.by:
        by = rename(NameKind.ROLE, trigger.by)
        return document if by == trigger.by else trigger_document(trigger.model_copy(update={"by": by}))
    return document


def _things(story: Story, kind: NameKind) -> Iterator[Thing]:
    match kind:
        case NameKind.VARIABLE:
            yield from story.world.variables
        case NameKind.PROP:
            yield from story.world.props
        case NameKind.PLACE:
            yield from story.world.places
        case NameKind.ROLE:
            yield from story.roles
        case NameKind.BEAT:
            yield from story.beats


def _find(scope: Scope, kind: NameKind, name: str) -> Thing | None:
    if name.casefold() in ROLE_WORDS | PLACE_WORDS:
        return None
    match kind:
        case NameKind.VARIABLE:
            return scope.variable(name)
        case NameKind.PROP:
            return scope.prop(name)
        case NameKind.PLACE:
            return scope.place(name)
        case NameKind.ROLE:
            return scope.role(name)
        case NameKind.BEAT:
            return scope.beat(name)
    return None


def _key_of(thing: Thing) -> str:
    return thing.name if isinstance(thing, Variable | Prop) else thing.id


def _own_names(thing: Thing) -> Iterator[str]:
    """Yields what a thing is called, its own name first."""
    names = thing.names if isinstance(thing, StoryRole) else (thing.name,)
    yield from (" ".join(name.split()) for name in names if name.strip())


def _is_said_by(name: str, own: str, kind: NameKind) -> bool:
    """Whether it is the own name that a text says, or a part of it; not an id, nor the name of a character."""
    said, whole = name.split(), own.split()
    said_key, own_key = " ".join(said).casefold(), " ".join(whole).casefold()
    if said_key == own_key or not own_key:
        return True
    if kind == NameKind.ROLE:
        return said_key in own_key.split()
    return kind == NameKind.PLACE and said_key.removeprefix("the ") == own_key.removeprefix("the ")


def _in_condition(condition: Condition, rename: Rename) -> Condition:
    match condition:
        case Not(inner):
            return Not(_in_condition(inner, rename))
        case And(parts):
            return And(tuple(_in_condition(part, rename) for part in parts))
        case Or(parts):
            return Or(tuple(_in_condition(part, rename) for part in parts))
        case Compare(name, attribute, _, value):
            kind = NameKind.PROP if attribute else NameKind.VARIABLE
            return replace(condition, name=rename(kind, name), value=_in_value(attribute, value, rename))
        case Flag(name):
            return replace(condition, name=rename(NameKind.VARIABLE, name))
        case Knows(role) | Present(role):
            return replace(condition, role=rename(NameKind.ROLE, role))
        case Located(role, place):
            return replace(condition, role=rename(NameKind.ROLE, role), place=rename(NameKind.PLACE, place))
        case Visited(beat):
            return replace(condition, beat=rename(NameKind.BEAT, beat))
    return condition


def _in_effect(effect: Effect, rename: Rename) -> Effect:
    match effect:
        case Add(name):
            return replace(effect, name=rename(NameKind.VARIABLE, name))
        case Put(name, attribute, value):
            kind = NameKind.PROP if attribute else NameKind.VARIABLE
            return replace(effect, name=rename(kind, name), value=_in_value(attribute, value, rename))
        case Learn(role) | Appear(role):
            return replace(effect, role=rename(NameKind.ROLE, role))
        case Move(role, place):
            return replace(effect, role=rename(NameKind.ROLE, role), place=rename(NameKind.PLACE, place))


def _in_value(attribute: str, value: int | str, rename: Rename) -> int | str:
    kinds = {"holder": NameKind.ROLE, "place": NameKind.PLACE}
    return rename(kinds[attribute], value) if attribute in kinds and isinstance(value, str) else value
