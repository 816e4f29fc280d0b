"""NovelAI's `.lorebook` files. What has no field of ours is kept in `extra["novelai"]`.

`budgetPriority` is our `order`: both say who gets a share of the budget first. Categories are folders. NovelAI
searches the last `searchRange` characters; we search messages, and keep the number for export.
"""

import uuid
from typing import Any

from core.errors import UserError
from core.interchange.lorebook_cards import MAX_ENTRIES
from core.interchange.lorebook_fields import OWN, FileField, flag, put, read_own, take, text, texts, whole, write_own
from models.fields import MAX_NAME_CHARS
from models.lore import LorebookBase, LorebookDraft, LoreEntryBase

FORM = "novelai"
VERSION = 5

_ENTRY = (
    FileField("text", "content", text, "", always=True),
    FileField("displayName", "name", text, "", always=True),
    FileField("keys", "keys", texts, [], always=True),
    FileField("enabled", "enabled", flag, True, always=True),
    FileField("forceActivation", "constant", flag, False, always=True),
)
_CONTEXT = (FileField("budgetPriority", "order", whole, 400, always=True),)
_SAID = frozenset({"content", "name", "keys", "enabled", "constant", "order", "place", "extra", "folder"})
_OWN_OF_ENTRY = tuple(name for name in LoreEntryBase.model_fields if name not in _SAID)
_OWN_OF_BOOK = ("name", "description", "enabled", "settings", "folders")
_NEW_CONTEXT = {
    "prefix": "",
    "suffix": "\n",
    "tokenBudget": 2048,
    "reservedTokens": 0,
    "trimDirection": "trimBottom",
    "insertionType": "newline",
    "maximumTrimType": "sentence",
    "insertionPosition": -1,
}
_NEW_ENTRY = {
    "lastUpdatedAt": 0,
    "searchRange": 1000,
    "keyRelative": False,
    "nonStoryActivatable": False,
    "loreBiasGroups": [],
}


def parse_novelai(document: dict[str, Any], name: str, warnings: list[str]) -> LorebookDraft:
    """Reads a lorebook of NovelAI.

    Args:
        name: What the file is called in messages.
        warnings: Takes one sentence for each thing that works differently here.

    Raises:
        UserError: Its entries are no entries, or too many.
    """
    rest = dict(document)
    sources = rest.pop("entries", None)
    if not isinstance(sources, list) or not all(isinstance(source, dict) for source in sources):
        raise UserError(f"{name}: the field “entries” should be a list of objects.", "Export it again from NovelAI.")
    if len(sources) > MAX_ENTRIES:
        raise UserError(f"{name} has more than {MAX_ENTRIES:,} entries.", "Divide it into several files.")
    own = read_own(rest.pop(OWN, None), LorebookBase, _OWN_OF_BOOK)
    folders = _folder_names(rest.get("categories"))
    entries = [_parse_entry(source, place, folders, warnings) for place, source in enumerate(sources)]
    if any("&" in key for entry in entries for key in entry.keys):
        warnings.append("Keys with “&” are read as they stand: use secondary keys where two must be found.")
    extra = own.pop("extra", {}) | {FORM: rest}
    named = list(dict.fromkeys([*own.pop("folders", []), *folders.values()]))
    return LorebookDraft.model_validate(own | {"folders": named, "extra": extra, "entries": entries})


def format_novelai(draft: LorebookDraft) -> dict[str, Any]:
    """Writes a lorebook of NovelAI: the other half of `parse_novelai`."""
    kept = draft.extra.get(FORM)
    rest = dict(kept) if isinstance(kept, dict) else {"settings": {"orderByKeyLocations": False}}
    categories = _categories(rest.get("categories"), draft)
    own_row = LorebookBase.model_validate(draft.model_dump(exclude={"entries"}))
    known = _folder_names(rest.get("categories")).values()
    own_row.folders = [] if list(known) == own_row.folders else own_row.folders
    ids = {name: number for number, name in _folder_names(categories).items()}
    document = {
        "lorebookVersion": VERSION,
        **rest,
        "entries": [_format_entry(entry, ids) for entry in draft.entries],
    }
    if categories or "categories" in rest or FORM not in draft.extra:
        document["categories"] = categories
    return document | write_own(own_row, _OWN_OF_BOOK, FORM)


def _parse_entry(source: dict[str, Any], place: int, folders: dict[str, str], warnings: list[str]) -> LoreEntryBase:
    values, rest, _ = take(_ENTRY, source, "entries.", warnings)
    if isinstance(rest.get("contextConfig"), dict):
        found, context_rest, _ = take(_CONTEXT, rest["contextConfig"], "entries.contextConfig.", warnings)
        values |= found
        rest["contextConfig"] = context_rest
    own = read_own(rest.pop(OWN, None), LoreEntryBase, (*_OWN_OF_ENTRY, "folder"))
    category = rest.get("category")
    if isinstance(category, str) and category in folders:
        values["folder"] = folders[category]
    extra = own.pop("extra", {}) | {FORM: rest}
    return LoreEntryBase.model_validate(values | own | {"place": place, "extra": extra})


def _format_entry(entry: LoreEntryBase, categories: dict[str, str]) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in LoreEntryBase.model_fields}
    kept = entry.extra.get(FORM)
    rest = dict(kept) if isinstance(kept, dict) else _new_entry(entry)
    context = rest.pop("contextConfig", None)
    if isinstance(context, dict) or entry.order != LoreEntryBase().order:
        rest["contextConfig"] = put(_CONTEXT, values, context if isinstance(context, dict) else _NEW_CONTEXT)
    elif context is not None:
        rest["contextConfig"] = context
    if entry.folder or "category" in rest:
        rest["category"] = categories.get(entry.folder, "" if entry.folder else rest.get("category", ""))
        if not entry.folder and rest["category"] in categories.values():
            rest["category"] = ""
    return put(_ENTRY, values, rest) | write_own(entry, _OWN_OF_ENTRY, FORM)


def _new_entry(entry: LoreEntryBase) -> dict[str, Any]:
    """What NovelAI expects of an entry that was made elsewhere; the same entry always gets the same number."""
    number = uuid.uuid5(uuid.NAMESPACE_OID, f"{entry.place}\0{entry.title}\0{entry.content}")
    return {"id": str(number), "category": "", "contextConfig": dict(_NEW_CONTEXT), **_NEW_ENTRY}


def _folder_names(categories: Any) -> dict[str, str]:
    """Returns the names of categories by their ids; two of one name are one folder."""
    found = {}
    for category in categories if isinstance(categories, list) else []:
        number, name = (category.get("id"), category.get("name")) if isinstance(category, dict) else (None, None)
        if isinstance(number, str) and isinstance(name, str) and name.strip():
            found[number] = name[:MAX_NAME_CHARS]
    return found


def _categories(known: Any, draft: LorebookDraft) -> list[Any]:
    """Returns the categories that the file had, and one for each folder that none stands for."""
    categories = list(known) if isinstance(known, list) else []
    names = set(_folder_names(categories).values())
    for folder in dict.fromkeys([*draft.folders, *(entry.folder for entry in draft.entries)]):
        if folder and folder not in names:
            number = str(uuid.uuid5(uuid.NAMESPACE_OID, folder))
            categories.append({"name": folder, "id": number, "enabled": True, "open": True})
    return categories
