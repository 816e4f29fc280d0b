"""A finding: what is wrong, where, and what would mend it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.characters.fragments import Resolved
from models.character import CharacterBase
from models.persona import with_value


class Severity(StrEnum):
    """How much a finding matters."""

    WARNING = "warning"
    """The weights are told something that cannot be meant."""
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a character."""

    path: str
    """Of the field, such as `greeting` or `layers.life.likes`."""
    item: int | None = None
    """Which entry of a list, from 0."""
    span: tuple[int, int] | None = None
    """From which character of the text to which."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that mends a finding: another text for a field or an entry, or without one the entry is taken out."""

    label: str
    place: Place
    text: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    rule: str
    severity: Severity
    sentence: str
    place: Place
    other: Place | None = None
    """Where the other half of a contradiction is."""
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known besides the character itself."""

    scene_years: tuple[int, ...] = ()
    """Years in which the scenes play that it is cast in."""
    user_names: tuple[str, ...] = ()
    """What those scenes call the person at the keyboard."""
    uses: tuple[int, ...] | None = None
    """In how many turns of playtests each statement shows; None: it was not played enough to tell."""
    n_tokens: dict[str, int] = field(default_factory=dict)
    """Path -> tokens of the field, as far as they were counted."""
    n_ctx: int | None = None
    """Tokens that the weights can hold."""


def mend(character: CharacterBase, fix: Fix) -> tuple[str, Any]:
    """Returns the field that a fix changes, and its new value. Raises LookupError when the place is gone."""
    path, item = fix.place.path, fix.place.item
    value = value_at(character, path)
    if item is None:
        return path, fix.text or ""
    if item >= len(value):
        raise LookupError(path)
    mended = [] if not (fix.text or "").strip() else [_with_text(value[item], fix.text)]
    return path, [*value[:item], *mended, *value[item + 1 :]]


def _with_text(entry: Any, text: str | None) -> Any:
    """An entry of a list with another text: of several parts one is the text."""
    if not isinstance(entry, dict):
        return text
    return entry | {"text" if "text" in entry else "name": text}


def value_at(character: CharacterBase, path: str) -> Any:
    """Returns the value of a field. Raises KeyError or AttributeError for a wrong path."""
    name, _, rest = path.partition(".")
    return character.persona.get(rest) if name == "layers" and rest else getattr(character, name)


def with_value_at(character: CharacterBase, path: str, value: Any) -> CharacterBase:
    """Returns a copy of a character with another value in one field."""
    name, _, rest = path.partition(".")
    changed = with_value(character.layers, rest, value) if name == "layers" and rest else value
    return character.model_copy(update={name: changed})


def is_own(resolved: Resolved, place: Place) -> bool:
    """Returns whether the text at a place is the character's own, so that it can be changed there."""
    sources = resolved.provenance.get(place.path, ("",))
    return not sources[min(place.item or 0, len(sources) - 1)] if sources else True
