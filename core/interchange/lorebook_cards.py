"""Lorebooks as in character cards of V2 and V3, and the same alone in a file (`lorebook_v3`).

What SillyTavern knows of an entry beyond the specification stands in its `extensions`, in SillyTavern's spelling; what
only we know, in `extensions.tableread`. The rest is kept in `extra["card"]`.

Source: Character Card V2, `character_book`; V3 (kwaroran), "Lorebook Fields".
"""

import re
from typing import Any

from core.errors import UserError
from core.interchange.lorebook_fields import (
    OWN,
    FileField,
    WrongKind,
    choice,
    count,
    flag,
    label,
    level,
    number_of,
    percent,
    put,
    read_own,
    settings_of,
    take,
    text,
    texts,
    whole,
    write_own,
)
from models.lore import KeyLogic, LorebookBase, LorebookDraft, LoreEntryBase, LorePosition, LoreRole

FORM = "card"
MAX_ENTRIES = 100_000

_BOOK = (
    FileField("name", "name", label, ""),
    FileField("description", "description", text, ""),
    FileField("scan_depth", "scan_depth", count, None),
    FileField("token_budget", "token_budget", count, None),
    FileField("recursive_scanning", "recursive", flag, None),
)
_OWN_OF_BOOK = ("enabled", "folders", "settings")


def _side(value: Any) -> LorePosition:
    if value not in ("before_char", "after_char"):
        raise WrongKind
    return LorePosition.BEFORE if value == "before_char" else LorePosition.AFTER


_ENTRY = (
    FileField("keys", "keys", texts, [], always=True),
    FileField("content", "content", text, "", always=True),
    FileField("enabled", "enabled", flag, True, always=True),
    FileField("insertion_order", "order", whole, 0, always=True),
    FileField("use_regex", "use_regex", flag, False, always=True),
    FileField("constant", "constant", flag, False),
    FileField("selective", "selective", flag, False),
    FileField("secondary_keys", "secondary_keys", texts, []),
    FileField("name", "name", text, ""),
    FileField("comment", "comment", text, ""),
    FileField("priority", "priority", whole, None),
    FileField("case_sensitive", "case_sensitive", flag, None),
    FileField(
        "position",
        "side",
        _side,
        LorePosition.AFTER,
        lambda side: "before_char" if side == LorePosition.BEFORE else "after_char",
    ),
)
_EXTENSIONS = (
    FileField("position", "position", choice(LorePosition), None, number_of(LorePosition)),
    FileField("depth", "depth", count, 4),
    FileField("role", "role", choice(LoreRole), LoreRole.SYSTEM, number_of(LoreRole)),
    FileField("outlet_name", "outlet", label, ""),
    FileField("probability", "probability", percent, 100),
    FileField("useProbability", "use_probability", flag, True),
    FileField("selectiveLogic", "logic", choice(KeyLogic), KeyLogic.AND_ANY, number_of(KeyLogic)),
    FileField("exclude_recursion", "exclude_recursion", flag, False),
    FileField("prevent_recursion", "prevent_recursion", flag, False),
    FileField("delay_until_recursion", "recursion_level", level, 0),
    FileField("group", "group", text, ""),
    FileField("group_override", "group_override", flag, False),
    FileField("group_weight", "group_weight", count, 100),
    FileField("use_group_scoring", "group_scoring", flag, None),
    FileField("scan_depth", "scan_depth", count, None),
    FileField("match_whole_words", "whole_words", flag, None),
    FileField("automation_id", "automation_id", text, ""),
    FileField("vectorized", "vectorized", flag, False),
    FileField("ignore_budget", "ignore_budget", flag, False),
    FileField("sticky", "sticky", count, 0),
    FileField("cooldown", "cooldown", count, 0),
    FileField("delay", "delay", count, 0),
    FileField("match_persona_description", "match_persona_description", flag, False),
    FileField("match_character_description", "match_character_description", flag, False),
    FileField("match_character_personality", "match_character_personality", flag, False),
    FileField("match_character_depth_prompt", "match_character_depth_prompt", flag, False),
    FileField("match_scenario", "match_scenario", flag, False),
    FileField("match_creator_notes", "match_creator_notes", flag, False),
    FileField("triggers", "triggers", texts, []),
)
_OWN_OF_ENTRY = ("folder", "filter_names", "filter_tags", "filter_excludes")
_DECORATORS = re.compile(r"\A(?:[ \t]*@@[^\n]*(?:\n|\Z))+")


def parse_card_book(book: Any, name: str, warnings: list[str]) -> LorebookDraft | None:
    """Reads the `character_book` of a card, or the `data` of a book alone; None where there is none.

    Args:
        name: What the file is called in messages.
        warnings: Takes one sentence for each thing that was not understood.

    Raises:
        UserError: It is not a book at all, or too large.
    """
    if book is None or book in ({}, []):
        return None
    if not isinstance(book, dict):
        raise UserError(f"{name}: the lorebook should be an object.", "Correct it in the program that made the file.")
    values, rest, given = take(_BOOK, book, "character_book.", warnings)
    sources = _entry_objects(rest.pop("entries", None), name, warnings)
    extensions = _extensions_of(rest)
    own = read_own(extensions.pop(OWN, None), LorebookBase, _OWN_OF_BOOK)
    entries, keys, extension_keys = [], set(), set()
    for place, source in enumerate(sources):
        entry, given_keys, given_extensions = _parse_entry(source, place, warnings)
        entries.append(entry)
        keys |= given_keys
        extension_keys |= given_extensions
    kept = {
        "book": rest | ({"extensions": extensions} if extensions else {}),
        "given": sorted(given),
        "keys": sorted(keys),
        "extension_keys": sorted(extension_keys),
    }
    settings = own.pop("settings", {}) | settings_of(values)
    extra = own.pop("extra", {}) | {FORM: {key: value for key, value in kept.items() if value}}
    fields = values | own | {"settings": settings, "extra": {key: value for key, value in extra.items() if value}}
    return LorebookDraft.model_validate(fields | {"entries": entries})


def format_card_book(draft: LorebookDraft) -> dict[str, Any]:
    """Writes a book as V3 cards hold it: the other half of `parse_card_book`."""
    kept = _table(draft.extra.get(FORM))
    values = {"scan_depth": None, "token_budget": None, "recursive": None} | draft.model_dump(exclude={"entries"})
    values |= {key: value for key, value in draft.settings.items() if key in values}
    rest = _table(kept.get("book"))
    book = put(_BOOK, values, rest, _names(kept.get("given")))
    own = write_own(_without_known_settings(draft), _OWN_OF_BOOK, FORM)
    keys, extension_keys = _names(kept.get("keys")), _names(kept.get("extension_keys"))
    entries = [_format_entry(entry, keys, extension_keys) for entry in draft.entries]
    return book | {"extensions": _table(rest.get("extensions")) | own, "entries": entries}


def parse_lorebook_v3(document: dict[str, Any], name: str, warnings: list[str]) -> LorebookDraft:
    """Reads a book alone in its file. What stands beside `data` is kept."""
    draft = parse_card_book(document.get("data"), name, warnings) or LorebookDraft()
    beside = {key: value for key, value in document.items() if key not in {"spec", "data"}}
    if beside:
        draft.extra = draft.extra | {FORM: _table(draft.extra.get(FORM)) | {"beside": beside}}
    return draft


def format_lorebook_v3(draft: LorebookDraft) -> dict[str, Any]:
    """The other half of `parse_lorebook_v3`."""
    beside = _table(_table(draft.extra.get(FORM)).get("beside"))
    return beside | {"spec": "lorebook_v3", "data": format_card_book(draft)}


def without_decorators(book: dict[str, Any]) -> dict[str, Any]:
    """Takes the leading lines with `@@` off the contents, which V2 readers would show."""
    entries = [entry | {"content": _DECORATORS.sub("", entry["content"], count=1)} for entry in book["entries"]]
    return book | {"entries": entries}


def _entry_objects(entries: Any, name: str, warnings: list[str]) -> list[dict[str, Any]]:
    if isinstance(entries, dict):
        warnings.append("The field “character_book.entries” was made into a list.")
        entries = list(entries.values())
    if entries is None or entries == "":
        return []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UserError(
            f"{name}: the field “character_book.entries” should be a list of objects.",
            "Correct it in the program that made the file.",
        )
    if len(entries) > MAX_ENTRIES:
        raise UserError(f"{name} has a lorebook of more than {MAX_ENTRIES:,} entries.", "Divide it into several files.")
    return entries


def _parse_entry(source: dict[str, Any], place: int, warnings: list[str]) -> tuple[LoreEntryBase, set[str], set[str]]:
    """Returns an entry and the keys that said only the default: in it, and in its extensions."""
    values, rest, given = take(_ENTRY, source, "character_book.entries.", warnings)
    extensions = _extensions_of(rest)
    own = read_own(extensions.pop(OWN, None), LoreEntryBase, _OWN_OF_ENTRY)
    more, more_rest, more_given = take(_EXTENSIONS, extensions, "character_book.entries.extensions.", warnings)
    side = values.pop("side")
    values |= more | {"position": more["position"] or side}
    if values["case_sensitive"] is None and isinstance(more_rest.get("case_sensitive"), bool):
        values["case_sensitive"] = more_rest["case_sensitive"]
    if more["position"] in (LorePosition.BEFORE, LorePosition.AFTER):
        more_given.add("position")
    if more["position"] is None:
        more_given.discard("position")
    rest |= {"extensions": more_rest} if more_rest else {}
    extra = own.pop("extra", {}) | ({FORM: rest} if rest else {})
    entry = LoreEntryBase.model_validate(values | own | {"place": place, "extra": extra})
    return entry, given, more_given


def _format_entry(entry: LoreEntryBase, keys: set[str], extension_keys: set[str]) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in LoreEntryBase.model_fields} | {"side": entry.position}
    rest = _table(entry.extra.get(FORM))
    if entry.position in (LorePosition.BEFORE, LorePosition.AFTER) and "position" not in extension_keys:
        values["position"] = None
    more = put(_EXTENSIONS, values, _table(rest.get("extensions")), extension_keys)
    if "case_sensitive" in more:
        more["case_sensitive"] = entry.case_sensitive
    return put(_ENTRY, values, rest, keys) | {"extensions": more | write_own(entry, _OWN_OF_ENTRY, FORM)}


def _without_known_settings(draft: LorebookDraft) -> LorebookBase:
    """The settings that a book of a card has places for are said there."""
    own = LorebookBase.model_validate(draft.model_dump(exclude={"entries"}))
    known = {"scan_depth", "token_budget", "recursive"}
    own.settings = {name: value for name, value in own.settings.items() if name not in known}
    return own


def _extensions_of(rest: dict[str, Any]) -> dict[str, Any]:
    """Takes the extensions out of what is left; odd ones stay there."""
    return dict(rest.pop("extensions")) if isinstance(rest.get("extensions"), dict) else {}


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _names(value: Any) -> set[str]:
    return {name for name in value if isinstance(name, str)} if isinstance(value, list) else set()
