"""What another program wrote, kept whole beside the character, so that export changes in it only what was edited.

Kept in `CharacterBase.card_extra["originals"]`: name of the format -> its document, and what the character was called.
Law: where nothing was edited, the document that is written is the one that was read.
"""

from collections.abc import Callable
from typing import Any

from core.interchange.card_extra import ORIGINALS, original_document
from core.interchange.loose_fields import as_table
from models.character import CharacterBase

OWN = "tableread"
"""Where fields that a format has no place for travel, in formats that let unknown fields be."""
_NOT_OURS = frozenset({"portrait", "card_extra", "fragment_ids"})

Read = Callable[[dict[str, Any], str], CharacterBase]
"""(document, name for a character without one) -> character."""
Write = Callable[[CharacterBase], dict[str, Any]]
"""The other half of `Read`, for what the format has a place for."""


def rebase(original: Any, before: Any, after: Any) -> Any:
    """Puts the changes from `before` to `after` into `original`, which says what `before` says and more."""
    if before == after:
        return original
    if isinstance(original, dict) and isinstance(before, dict) and isinstance(after, dict):
        return _rebase_table(original, before, after)
    if isinstance(original, list) and isinstance(before, list) and isinstance(after, list):
        return _rebase_list(original, before, after)
    return after


def with_original(character: CharacterBase, form: str, document: Any) -> CharacterBase:
    """Keeps a document with a character."""
    kept = {"document": document, "name": character.name}
    originals = as_table(character.card_extra.get(ORIGINALS)) | {form: kept}
    character.card_extra = character.card_extra | {ORIGINALS: originals}
    return character


def without_original(character: CharacterBase, form: str) -> CharacterBase:
    """Returns a copy that does not know the document of a format."""
    originals = {key: kept for key, kept in as_table(character.card_extra.get(ORIGINALS)).items() if key != form}
    return character.model_copy(update={"card_extra": character.card_extra | {ORIGINALS: originals}})


def parse_kept(document: dict[str, Any], form: str, read: Read, name: str) -> CharacterBase:
    """Reads a document, with the fields of ours that travel in it, and keeps it with the character."""
    return with_original(_read_with_own(document, read, name), form, document)


def format_kept(character: CharacterBase, form: str, read: Read, write: Write) -> dict[str, Any]:
    """Writes a character in a format, into the document that it came from if there is one.

    What the format has no place for goes along as fields of ours.
    """
    after = _write_with_own(character, read, write)
    original = original_document(character, form)
    if original is None:
        return after
    before = _write_with_own(_read_with_own(original[0], read, original[1]), read, write)
    rebased: dict[str, Any] = rebase(original[0], before, after)
    return rebased


def _read_with_own(document: dict[str, Any], read: Read, name: str) -> CharacterBase:
    own = document.get(OWN)
    character = read({key: value for key, value in document.items() if key != OWN}, name)
    if not isinstance(own, dict):
        return character
    said = {key: value for key, value in own.items() if key in CharacterBase.model_fields and key not in _NOT_OURS}
    fields = character.model_dump(mode="json")
    try:
        return CharacterBase.model_validate(_merge(fields, said))
    except ValueError:  # somebody broke them
        return character


def _write_with_own(character: CharacterBase, read: Read, write: Write) -> dict[str, Any]:
    document = write(character)
    lost = _difference(_said(character), _said(read(document, character.name)))
    return document | ({OWN: lost} if lost else {})


def _said(character: CharacterBase) -> dict[str, Any]:
    fields = character.model_dump(mode="json", exclude_defaults=True, exclude=set(_NOT_OURS))
    layers = {key: value for key, value in fields.pop("layers", {}).items() if key != "expressions"}
    return fields | ({"layers": layers} if layers else {})


def _difference(wanted: dict[str, Any], there: dict[str, Any]) -> dict[str, Any]:
    """Returns what must be merged into `there` to say all of `wanted`."""
    result: dict[str, Any] = {}
    for key, value in wanted.items():
        if isinstance(value, dict) and isinstance(there.get(key), dict):
            inside = _difference(value, there[key])
            result |= {key: inside} if inside else {}
        elif key not in there or there[key] != value:
            result[key] = value
    for key in there.keys() - wanted.keys():
        result[key] = _difference({}, there[key]) if isinstance(there[key], dict) else _empty(there[key])
    return result


def _empty(value: Any) -> Any:
    return type(value)() if isinstance(value, str | list) else None


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both_tables = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both_tables else value
    return merged


def _rebase_table(original: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    gone = before.keys() - after.keys()
    result = {key: value for key, value in original.items() if key not in gone}
    for key, value in after.items():
        if key not in before:
            result[key] = value
        elif key in original:
            result[key] = rebase(original[key], before[key], value)
        elif before[key] != value:
            result[key] = value
    return result


def _rebase_list(original: list[Any], before: list[Any], after: list[Any]) -> list[Any]:
    """Follows items that stayed or moved; when none was added or taken away, also those that changed in place."""
    if len(original) != len(before):
        return after
    if len(before) == len(after):
        return [rebase(*three) for three in zip(original, before, after, strict=True)]
    left = list(range(len(before)))
    result = []
    for item in after:
        place = next((place for place in left if before[place] == item), None)
        if place is None:
            result.append(item)
        else:
            left.remove(place)
            result.append(original[place])
    return result
