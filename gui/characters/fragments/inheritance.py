"""What each field of the form has from fragments, in words and as a value."""

import json
from typing import Any

from core.characters.fragments import OWN, Resolved
from core.characters.lint.finding import value_at
from gui.characters.fragments.inherited_note import Inherited


def find_inherited(resolved: Resolved, path: str) -> Inherited | None:
    """Returns what the field at a path has from fragments; None: nothing."""
    if path in resolved.provenance:
        return _of_value(resolved, path)
    return _of_parts(resolved, path)


def own_value(resolved: Resolved, path: str) -> Any:
    """Returns the value of a field with all that it inherits, to be the character's own."""
    return value_at(resolved.character, path)


def _of_value(resolved: Resolved, path: str) -> Inherited | None:
    sources = resolved.inherited(path)
    if not sources:
        return None
    value = value_at(resolved.character, path)
    if not isinstance(value, list):
        return Inherited((str(value),), sources)
    origins = resolved.provenance[path]
    texts = [_text_of(entry) for entry, source in zip(value, origins, strict=True) if source != OWN]
    return Inherited(tuple(texts), sources)


def _of_parts(resolved: Resolved, path: str) -> Inherited | None:
    """A field that shows several values, such as the five factors."""
    found = {
        part.removeprefix(f"{path}."): sources
        for part, sources in resolved.provenance.items()
        if part.startswith(f"{path}.") and OWN not in sources
    }
    if not found:
        return None
    value = value_at(resolved.character, path)
    texts = tuple(f"{name}: {value[name]}" for name in found if name in value)
    names = tuple(dict.fromkeys(source for sources in found.values() for source in sources))
    return Inherited(texts, names)


def _text_of(entry: Any) -> str:
    """An entry of a list on one line."""
    if isinstance(entry, str):
        return entry
    parts = [str(part) for part in entry.values() if part] if isinstance(entry, dict) else [json.dumps(entry)]
    return " · ".join(" ".join(part.split()) for part in parts)
