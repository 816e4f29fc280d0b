"""Which names conditions and effects may use in one scenario, and what each stands for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from itertools import islice
from typing import TypeVar

from core.world.conditions import RESERVED as CONDITION_WORDS
from core.world.effects import RESERVED as EFFECT_WORDS
from core.world.graph import Story, StoryBeat, StoryRole
from core.world.lexer import format_fact, format_name
from models.world import Fact, Place, Prop, Variable

ANYONE = "anyone"
EVERYONE = "everyone"
NOBODY = "nobody"
NOWHERE = "nowhere"
ROLE_WORDS = frozenset({ANYONE, EVERYONE, NOBODY})
PLACE_WORDS = frozenset({NOWHERE})
"""Names that stand for no single role or place."""
Named = TypeVar("Named")
LANGUAGE_WORDS = CONDITION_WORDS | EFFECT_WORDS
"""Words that mean something in conditions or effects: as names they stand in quotes."""
MAX_NEAR = 2_000
"""Names among which one like another is looked for."""


class NameKind(StrEnum):
    """What a name stands for."""

    VARIABLE = "variable"
    PROP = "prop"
    ROLE = "role"
    PLACE = "place"
    FACT = "fact"
    BEAT = "beat"


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name as it is written in conditions and effects, what it stands for, and a line about that."""

    text: str
    kind: NameKind
    note: str = ""


class Scope:
    """Finds what names stand for; capitals do not matter."""

    def __init__(self, story: Story) -> None:
        self.story = story
        world = story.world
        self._variables = _by_name((one.name, one) for one in world.variables)
        self._props = _by_name((one.name, one) for one in world.props)
        self._places = _by_name((name, one) for one in world.places for name in (one.name, one.id))
        self._roles = _by_name((name, one) for one in story.roles for name in (*one.names, one.id))
        self._first_names = _unique_words(story.roles)
        self._beats = _by_name((name, one) for one in story.beats for name in (one.name, one.id) if name.strip())
        self._facts = {one.id: one for one in world.facts}
        self._known: dict[frozenset[NameKind], dict[str, str]] = {}

    def variable(self, name: str) -> Variable | None:
        """Returns the variable of this name, or None."""
        return self._variables.get(_key(name))

    def prop(self, name: str) -> Prop | None:
        """Returns the prop of this name, or None."""
        return self._props.get(_key(name))

    def place(self, name: str) -> Place | None:
        """Returns the place of this name or id, or None; “the” may be left out or put before it."""
        key = _key(name)
        return self._places.get(key) or self._places.get(key.removeprefix("the ")) or self._places.get(f"the {key}")

    def role(self, name: str) -> StoryRole | None:
        """Returns the role that is called this, itself or by its character, or by a word of its name; or None."""
        return self._roles.get(_key(name)) or self._first_names.get(_key(name))

    def beat(self, name: str) -> StoryBeat | None:
        """Returns the beat of this name, or None."""
        return self._beats.get(_key(name))

    def facts(self, text: str) -> list[Fact]:
        """Returns the fact with this id, or all whose text contains these words."""
        if text in self._facts:
            return [self._facts[text]]
        words = _key(text)
        return [fact for fact in self._facts.values() if words and words in _key(fact.text)]

    def nearest(self, name: str, kinds: Sequence[NameKind]) -> str | None:
        """Returns a name that looks like one that is not known, or None."""
        known = self._names(kinds)
        found = get_close_matches(_key(name), known, n=1, cutoff=0.6)
        return known[found[0]] if found else None

    def _names(self, kinds: Sequence[NameKind]) -> dict[str, str]:
        """Returns the first names of these kinds: in small letters -> as they are written."""
        key = frozenset(kinds)
        if key not in self._known:
            named = (one for one in names_of(self.story) if one.kind in key)
            self._known[key] = {_key(one.text.strip('"')): one.text for one in islice(named, MAX_NEAR)}
        return self._known[key]


def names_of(story: Story) -> Iterator[KnownName]:
    """Yields all names of a story, as they are written in conditions and effects."""
    world = story.world
    for variable in world.variables:
        yield KnownName(write_name(variable.name), NameKind.VARIABLE, describe_values(variable))
    for prop in world.props:
        yield KnownName(write_name(prop.name), NameKind.PROP, prop.description)
    for role in story.roles:
        for name in role.names:
            yield KnownName(write_name(name), NameKind.ROLE)
    for place in world.places:
        yield KnownName(write_name(place.name or place.id), NameKind.PLACE, place.description)
    for fact in world.facts:
        yield KnownName(format_fact(fact.id, LANGUAGE_WORDS), NameKind.FACT, fact.text)
    for beat in story.beats:
        if beat.name.strip():
            yield KnownName(write_name(beat.name), NameKind.BEAT)


def write_name(name: str) -> str:
    """Writes a name so that conditions and effects both read it as one."""
    return format_name(name.strip(), LANGUAGE_WORDS)


def describe_values(variable: Variable) -> str:
    """Says what values a variable takes, such as `from 0 to 10`."""
    match variable.kind:
        case "flag":
            return "yes or no"
        case "choice":
            return join_words(variable.choices, "or")
    return f"from {variable.low} to {variable.high}"


def join_words(words: Sequence[str], last: str = "and") -> str:
    """Joins words as in a sentence; more than eight are cut short."""
    shown = [*words[:7], f"{len(words) - 7} more"] if len(words) > 8 else list(words)
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {last} {shown[-1]}" if shown else "nothing"


def _by_name(pairs: Iterable[tuple[str, Named]]) -> dict[str, Named]:
    """The first of one name counts."""
    found: dict[str, Named] = {}
    for name, thing in pairs:
        found.setdefault(_key(name), thing)
    return found


def _unique_words(roles: Sequence[StoryRole]) -> dict[str, StoryRole]:
    """Words of names that only one role has, such as first names."""
    owners: dict[str, dict[str, StoryRole]] = {}
    for role in roles:
        for word in {word for name in role.names for word in _key(name).split()}:
            owners.setdefault(word, {})[role.id] = role
    return {word: next(iter(found.values())) for word, found in owners.items() if len(found) == 1}


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
