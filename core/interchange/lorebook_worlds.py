"""SillyTavern's world files: lorebooks with entries by number. What has no field of ours is kept in `extra["world"]`.

What only we know travels in `tableread`, of the file and of each entry.
"""

from typing import Any

from core.errors import UserError
from core.interchange.lorebook_cards import MAX_ENTRIES
from core.interchange.lorebook_fields import (
    OWN,
    FileField,
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

FORM = "world"
_NUMBER = "\0number"
"""Where an entry keeps its key in the file, if that is not its `uid`."""

_BOOK = (
    FileField("name", "name", label, ""),
    FileField("description", "description", text, ""),
    FileField("scan_depth", "scan_depth", count, None),
    FileField("token_budget", "token_budget", count, None),
    FileField("recursive_scanning", "recursive", flag, None),
)
_OWN_OF_BOOK = ("enabled", "folders", "settings")


def _off(value: Any) -> bool:
    return not flag(value)


def _or_none(number: int) -> int | None:
    return number or None


_ENTRY = (
    FileField("key", "keys", texts, [], always=True),
    FileField("keysecondary", "secondary_keys", texts, [], always=True),
    FileField("comment", "comment", text, "", always=True),
    FileField("content", "content", text, "", always=True),
    FileField("constant", "constant", flag, False, always=True),
    FileField("vectorized", "vectorized", flag, False, always=True),
    FileField("selective", "selective", flag, True, always=True),
    FileField("selectiveLogic", "logic", choice(KeyLogic), KeyLogic.AND_ANY, number_of(KeyLogic), always=True),
    FileField("order", "order", whole, 100, always=True),
    FileField("position", "position", choice(LorePosition), LorePosition.BEFORE, number_of(LorePosition), always=True),
    FileField("disable", "enabled", _off, True, lambda enabled: not enabled, always=True),
    FileField("ignoreBudget", "ignore_budget", flag, False, always=True),
    FileField("excludeRecursion", "exclude_recursion", flag, False, always=True),
    FileField("preventRecursion", "prevent_recursion", flag, False, always=True),
    FileField("delayUntilRecursion", "recursion_level", level, 0, always=True),
    FileField("probability", "probability", percent, 100, always=True),
    FileField("useProbability", "use_probability", flag, True, always=True),
    FileField("depth", "depth", count, 4, always=True),
    FileField("outletName", "outlet", label, "", always=True),
    FileField("group", "group", text, "", always=True),
    FileField("groupOverride", "group_override", flag, False, always=True),
    FileField("groupWeight", "group_weight", count, 100, always=True),
    FileField("scanDepth", "scan_depth", count, None, always=True),
    FileField("caseSensitive", "case_sensitive", flag, None, always=True),
    FileField("matchWholeWords", "whole_words", flag, None, always=True),
    FileField("useGroupScoring", "group_scoring", flag, None, always=True),
    FileField("automationId", "automation_id", text, "", always=True),
    FileField("role", "role", choice(LoreRole), LoreRole.SYSTEM, number_of(LoreRole), always=True),
    FileField("sticky", "sticky", count, 0, _or_none, always=True),
    FileField("cooldown", "cooldown", count, 0, _or_none, always=True),
    FileField("delay", "delay", count, 0, _or_none, always=True),
    FileField("matchPersonaDescription", "match_persona_description", flag, False, always=True),
    FileField("matchCharacterDescription", "match_character_description", flag, False, always=True),
    FileField("matchCharacterPersonality", "match_character_personality", flag, False, always=True),
    FileField("matchCharacterDepthPrompt", "match_character_depth_prompt", flag, False, always=True),
    FileField("matchScenario", "match_scenario", flag, False, always=True),
    FileField("matchCreatorNotes", "match_creator_notes", flag, False, always=True),
    FileField("triggers", "triggers", texts, [], always=True),
)
_FILTER = (
    FileField("names", "filter_names", texts, [], always=True),
    FileField("tags", "filter_tags", texts, [], always=True),
    FileField("isExclude", "filter_excludes", flag, False, always=True),
)
_OWN_OF_ENTRY = ("name", "use_regex", "priority", "folder")


def parse_world(document: dict[str, Any], name: str, warnings: list[str]) -> LorebookDraft:
    """Reads a world file.

    Args:
        name: What the file is called in messages.
        warnings: Takes one sentence for each thing that was not understood.

    Raises:
        UserError: Its entries are no entries, or too many.
    """
    values, rest, given = take(_BOOK, document, "", warnings)
    sources = _entry_objects(rest.pop("entries", None), name)
    own = read_own(rest.pop(OWN, None), LorebookBase, _OWN_OF_BOOK)
    entries = [_parse_entry(key, source, place, warnings) for place, (key, source) in enumerate(sources)]
    settings = own.pop("settings", {}) | settings_of(values)
    kept = {key: value for key, value in (("file", rest), ("given", sorted(given))) if value}
    extra = own.pop("extra", {}) | ({FORM: kept} if kept else {})
    return LorebookDraft.model_validate(values | own | {"settings": settings, "extra": extra, "entries": entries})


def format_world(draft: LorebookDraft) -> dict[str, Any]:
    """Writes a world file: the other half of `parse_world`."""
    kept = draft.extra.get(FORM)
    kept = kept if isinstance(kept, dict) else {}
    values = {"scan_depth": None, "token_budget": None, "recursive": None} | draft.model_dump(exclude={"entries"})
    values |= {key: value for key, value in draft.settings.items() if key in values}
    rest = kept.get("file")
    given = kept.get("given")
    document = put(_BOOK, values, rest if isinstance(rest, dict) else {}, given if isinstance(given, list) else [])
    own_row = LorebookBase.model_validate(draft.model_dump(exclude={"entries"}))
    own_row.settings = {name: value for name, value in own_row.settings.items() if name not in values}
    numbers = _numbers(draft.entries)
    entries = {
        number: _format_entry(entry, number, place)
        for place, (number, entry) in enumerate(zip(numbers, draft.entries, strict=True))
    }
    return document | write_own(own_row, _OWN_OF_BOOK, FORM) | {"entries": entries}


def _entry_objects(entries: Any, name: str) -> list[tuple[str, dict[str, Any]]]:
    """Returns the entries in the order in which SillyTavern shows them, each with its key."""
    if isinstance(entries, list):
        entries = {str(place): entry for place, entry in enumerate(entries)}
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        raise UserError(
            f"{name}: the field “entries” should hold objects.", "Correct it in the program that made the file."
        )
    if len(entries) > MAX_ENTRIES:
        raise UserError(f"{name} has more than {MAX_ENTRIES:,} entries.", "Divide it into several files.")
    found = list(entries.items())
    if all(_is_index(entry.get("displayIndex")) for _, entry in found):
        found.sort(key=lambda item: item[1]["displayIndex"])
    return found


def _is_index(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _parse_entry(key: str, source: dict[str, Any], place: int, warnings: list[str]) -> LoreEntryBase:
    values, rest, _ = take(_ENTRY, source, "entries.", warnings)
    own = read_own(rest.pop(OWN, None), LoreEntryBase, _OWN_OF_ENTRY)
    if isinstance(rest.get("characterFilter"), dict):
        found, filter_rest, _ = take(_FILTER, rest.pop("characterFilter"), "entries.characterFilter.", warnings)
        values |= found
        rest |= {"characterFilter": filter_rest} if filter_rest else {}
    if str(rest.get("uid")) != key:
        rest[_NUMBER] = key
    extra = own.pop("extra", {}) | ({FORM: rest} if rest else {})
    return LoreEntryBase.model_validate(values | own | {"place": place, "extra": extra})


def _format_entry(entry: LoreEntryBase, number: str, place: int) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in LoreEntryBase.model_fields}
    rest = _rest_of(entry)
    has_key = rest.pop(_NUMBER, None) is not None
    filter_rest = rest.pop("characterFilter", None)
    if not entry.comment and entry.name:
        values["comment"] = entry.name
    uid = {} if has_key else {"uid": rest.get("uid", int(number) if number.isdecimal() else number)}
    index = {"displayIndex": place} if "displayIndex" in rest or FORM not in entry.extra else {}
    filters = put(_FILTER, values, filter_rest if isinstance(filter_rest, dict) else {})
    known = {"addMemo": True, "characterFilter": filters}
    return known | put(_ENTRY, values, rest) | uid | index | write_own(entry, _OWN_OF_ENTRY, FORM)


def _rest_of(entry: LoreEntryBase) -> dict[str, Any]:
    rest = entry.extra.get(FORM)
    return dict(rest) if isinstance(rest, dict) else {}


def _numbers(entries: list[LoreEntryBase]) -> list[str]:
    """Returns a key for each entry: its own where no earlier one has it, else the next that is free."""
    wanted = []
    for entry in entries:
        rest = _rest_of(entry)
        wanted.append(str(rest.get(_NUMBER, rest.get("uid", ""))))
    taken = set(wanted)
    seen: set[str] = set()
    free = 0
    numbers = []
    for number in wanted:
        if number and number not in seen:
            numbers.append(number)
        else:
            while str(free) in taken:
                free += 1
            taken.add(str(free))
            numbers.append(str(free))
        seen.add(number)
    return numbers
