"""Inheritance: what a character has from its fragments, and from which.

Lists are appended and each entry is kept once, objects are merged name by name, and what is empty is replaced. Where
two say different things of one field, the character's own word counts, and of two fragments the later one's; a clash
between fragments is a finding. Pure, and the same when it is done twice.

Source: TinyTroupe, `TinyPerson.include_persona_definitions` and fragments; we differ: a clash is no error.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from models.character import CharacterBase
from models.fragment import INHERITABLE, FragmentBase
from models.persona import MAX_ITEMS

OWN = ""
"""The source of what a character says of itself."""

Provenance = dict[str, tuple[str, ...]]
"""Path of a field, such as `layers.social.age`, to where its value is from: one name, or one for each list entry."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two fragments say different things of one field; the last one counts."""

    path: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A character with all that it inherits."""

    character: CharacterBase
    provenance: Provenance
    clashes: tuple[Clash, ...] = ()
    unread: tuple[str, ...] = ()
    """Names of fragments that hold what no character can have; nothing of them is inherited."""

    def inherited(self, path: str) -> tuple[str, ...]:
        """Returns the names of the fragments that a field has something from, each once."""
        return tuple(dict.fromkeys(source for source in self.provenance.get(path, ()) if source != OWN))


@dataclass(slots=True)
class _Merge:
    provenance: Provenance = field(default_factory=dict)
    clashes: dict[str, list[str]] = field(default_factory=dict)


def resolve(character: CharacterBase, fragments: Sequence[FragmentBase]) -> Resolved:
    """Returns a character with all that it inherits from fragments, the first of which counts least."""
    merge, unread = _Merge(), []
    content: dict[str, Any] = {}
    for fragment in fragments:
        try:
            checked = FragmentBase.model_validate(fragment, from_attributes=True)
        except ValidationError:
            unread.append(fragment.name)
            continue
        part = {name: checked.content[name] for name in INHERITABLE if name in checked.content}
        content = _merge_objects(merge, content, part, fragment.name, "")
    own = {name: getattr(character, name) for name in INHERITABLE}
    whole = _override(merge, content, {name: value for name, value in own.items() if not _is_empty(value)}, "")
    merged = character.model_copy(update={name: whole.get(name, own[name]) for name in INHERITABLE})
    clashes = tuple(Clash(path, tuple(dict.fromkeys(sources))) for path, sources in merge.clashes.items())
    return Resolved(merged, merge.provenance, clashes, tuple(unread))


def _merge_objects(
    merge: _Merge, below: dict[str, Any], above: dict[str, Any], source: str, prefix: str
) -> dict[str, Any]:
    """Lays one fragment's content over that of those before it."""
    merged = dict(below)
    for name, value in above.items():
        path = f"{prefix}{name}"
        before = merged.get(name)
        if _is_empty(value):
            continue
        if isinstance(value, dict):
            merged[name] = _merge_objects(merge, before or {}, value, source, f"{path}.")
        elif isinstance(value, list):
            merged[name] = _append(merge, before or [], value, source, path)
        else:
            if not _is_empty(before) and before != value:
                merge.clashes.setdefault(path, [*merge.provenance.get(path, ())]).append(source)
            merged[name] = value
            merge.provenance[path] = (source,)
    return merged


def _override(merge: _Merge, inherited: dict[str, Any], own: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Lays the character's own content over what it inherits; its own entries come first, just as they are."""
    merged = dict(inherited)
    for name, value in own.items():
        path = f"{prefix}{name}"
        if _is_empty(value):
            continue
        if isinstance(value, dict):
            merged[name] = _override(merge, inherited.get(name) or {}, value, f"{path}.")
        elif isinstance(value, list):
            others, sources = inherited.get(name) or [], merge.provenance.pop(path, ())
            entries = list(value)
            merge.provenance[path] = (OWN,) * len(value)
            for entry, source in zip(others, sources, strict=True):
                entries = _append(merge, entries, [entry], source, path)
            merged[name] = entries
        else:
            merged[name] = value
            merge.provenance[path] = (OWN,)
            merge.clashes.pop(path, None)
    return merged


def _append(merge: _Merge, entries: list[Any], more: Iterable[Any], source: str, path: str) -> list[Any]:
    """Adds entries that are not there yet, up to what a list may hold."""
    known = {_key(entry) for entry in entries}
    merged, sources = list(entries), list(merge.provenance.get(path, ()))
    for entry in more:
        if (key := _key(entry)) not in known and len(merged) < MAX_ITEMS:
            known.add(key)
            merged.append(entry)
            sources.append(source)
    merge.provenance[path] = tuple(sources)
    return merged


def _key(entry: Any) -> str:
    return json.dumps(entry, sort_keys=True)


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)
