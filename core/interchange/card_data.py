"""Character cards as JSON objects: V1, V2 and V3 in, V3 and V2 out. Knows no files and no pictures.

`CharacterBase.card_extra` keeps what a character has no field for, in objects, each left out when empty:

- `data`: fields of the card's `data`: `extensions` (ours taken out), `assets`, `source`, `group_only_greetings`,
  the dates, and any that are unknown;
- `top`: fields beside `data`, such as `avatar` or `create_date`; for V1 cards all unknown fields;
- `book`: the card's lorebook, completed as V3 wants it. In a project it is rows of its own.

Fields of a character that cards have no place for travel in `data.extensions.tableread`, and with them what
`originals` and `card_assets` keep: `originals` and `members`.

Source: Character Card V1; V2 (malfoyslastname); V3 (kwaroran), "CharacterCard V3 Object" and "Lorebook".
"""

import re
from typing import Any

from pydantic import ValidationError

from core.errors import UserError
from core.interchange.card_extra import BOOK, MEMBERS, ORIGINALS, book_of, data_of, is_asset, top_of
from core.interchange.card_fields import CardFields
from core.interchange.loose_fields import as_table, as_tables
from models.character import CharacterBase
from models.fields import MAX_NAME_CHARS
from models.persona import Layers

EXTENSION = "tableread"
DEFAULT_ICON = {"type": "icon", "uri": "ccdefault:", "name": "main", "ext": "png"}

_V1_TEXTS = {
    "description": "description",
    "personality": "personality",
    "scenario": "situation",
    "first_mes": "greeting",
    "mes_example": "example_dialogue",
}
"""Card field -> field of a character."""
_V2_TEXTS = {
    "creator_notes": "creator_notes",
    "system_prompt": "system_prompt",
    "post_history_instructions": "post_history_instructions",
    "creator": "creator",
}
_TEXTS = _V1_TEXTS | _V2_TEXTS
_LABELS = ("name", "nickname", "character_version")
_LISTS = ("alternate_greetings", "tags")
_OWN_TEXTS = ("summary", "voice", "knowledge", "boundaries")
_KEPT = (ORIGINALS, MEMBERS)
"""What `card_extra` keeps beside the fields of the card."""
_BESIDE = frozenset({"spec", "spec_version", "data", "name", *_V1_TEXTS, "tags", "creator", "creatorcomment"})
"""Not kept from beside `data`: SillyTavern repeats fields there for old readers, but `data` is the truth."""
_OLD_NAMES = {
    "char_name": "name",
    "char_persona": "description",
    "world_scenario": "scenario",
    "char_greeting": "first_mes",
    "example_dialogue": "mes_example",
    "creatorcomment": "creator_notes",
}
"""What programs before V1, and SillyTavern beside it, called the same fields."""
_V3_ONLY = (
    "assets",
    "nickname",
    "creator_notes_multilingual",
    "source",
    "group_only_greetings",
    "creation_date",
    "modification_date",
)
_DECORATORS = re.compile(r"\A(?:[ \t]*@@[^\n]*(?:\n|\Z))+")


def parse_card_object(card: Any, name: str, warnings: list[str]) -> CharacterBase:
    """Reads a card of any version.

    Args:
        name: What the card is called in messages; names the character if the card does not.
        warnings: Takes one sentence for each thing that was mended or may be lost.

    Raises:
        UserError: No character card, or a field cannot be mended.
    """
    data, top = _find_data(card, name, warnings)
    is_flat = top is None
    fields = CardFields(data, name, "" if is_flat else "data.", warnings)
    found: dict[str, Any] = {key: fields.text(key, MAX_NAME_CHARS) for key in _LABELS}
    if not found["name"].strip():
        found["name"] = name.rsplit(".", 1)[0][:MAX_NAME_CHARS].strip() or "Unnamed"
        warnings.append("The card has no name: the character is called like the file.")
    found |= {own: fields.text(key) for key, own in _TEXTS.items()}
    found |= {key: fields.texts(key) for key in _LISTS}
    book = _parse_book(fields.table("character_book"), name, warnings)
    extensions = dict(fields.table("extensions"))
    found |= _parse_own(extensions, name, warnings)
    extra = {"data": _take_v3_extras(fields, extensions), "top": top or {}, BOOK: book} | found.pop("kept", {})
    extra["top" if is_flat else "data"].update(fields.rest)
    found["card_extra"] = {key: value for key, value in extra.items() if value}
    try:
        return CharacterBase.model_validate(found)
    except ValidationError as error:
        raise UserError(f"{name} cannot be a character: {error.errors()[0]['msg']}.", "Correct the card.") from error


def format_card_object(character: CharacterBase) -> dict[str, Any]:
    """Writes a character as a V3 card: the other half of `parse_card_object`."""
    extra = data_of(character)
    data: dict[str, Any] = {"name": character.name}
    data |= {key: getattr(character, own) for key, own in _TEXTS.items()}
    data |= {key: list(getattr(character, key)) for key in _LISTS}
    data["character_version"] = character.character_version
    data["group_only_greetings"] = extra.get("group_only_greetings", [])
    data["extensions"] = _format_extensions(character, extra.get("extensions", {}))
    if character.nickname:
        data["nickname"] = character.nickname
    if book := book_of(character):
        data["character_book"] = book
    data = _extended(data, extra)
    if "assets" in data and main_icon(data["assets"]) is None:
        data["assets"] = [DEFAULT_ICON, *data["assets"]]
    card = {"spec": "chara_card_v3", "spec_version": "3.0", "data": data}
    return _extended(card, top_of(character))


def format_v2_object(character: CharacterBase) -> dict[str, Any]:
    """Writes a character as a V2 card, V1 fields beside `data`, for readers that do not know V3.

    Without the notice in `creator_notes` that V3 suggests: like SillyTavern, we keep the author's words as they are.
    """
    card = format_card_object(character)
    data = {key: value for key, value in card["data"].items() if key not in _V3_ONLY}
    if "character_book" in data:
        data["character_book"] = _without_decorators(data["character_book"])
    mirrors = {key: data[key] for key in ("name", *_V1_TEXTS)}
    return card | mirrors | {"spec": "chara_card_v2", "spec_version": "2.0", "data": data}


def main_icon(assets: list[dict[str, Any]]) -> int | None:
    """Returns the place of the main icon in a list of assets, or None."""
    icons = (place for place, asset in enumerate(assets) if (asset["type"], asset["name"]) == ("icon", "main"))
    return next(icons, None)


def is_default_icon(asset: dict[str, Any]) -> bool:
    """Tells whether an asset says only what is so without it: that the picture itself is the main icon."""
    return asset | {"ext": ""} == DEFAULT_ICON | {"ext": ""}


def _find_data(card: Any, name: str, warnings: list[str]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Returns the object with the fields, and what stands beside it; None beside flat V1 fields."""
    if not isinstance(card, dict):
        kind = "a list of records" if isinstance(card, list) else "a single value"
        raise UserError(f"{name} is {kind}, not one character card.", "Save the character in a file of its own.")
    spec, data = card.get("spec"), card.get("data")
    if spec == "lorebook_v3" or (spec is None and "entries" in card and "name" not in card):
        raise UserError(f"{name} is a lorebook, not a character card.", "Choose the card of a character.")
    if isinstance(data, dict) and (spec is not None or "name" in data):
        _check_version(spec, card.get("spec_version"), warnings)
        return data, {key: value for key, value in card.items() if key not in _BESIDE}
    if data is not None and spec is not None:
        raise UserError(f"{name}: the field “data” should be an object.", "Have the card made again.")
    if spec is not None:
        warnings.append(f"The card says that it is {str(spec)[:40]}, but has no “data”: its V1 fields were read.")
    return _flatten_v1(card, name, warnings), None


def _flatten_v1(card: dict[str, Any], name: str, warnings: list[str]) -> dict[str, Any]:
    flat = {key: value for key, value in card.items() if key not in {"spec", "spec_version", "data"}}
    if card.get("data") is not None:
        warnings.append("The field “data” was left out, for this is a V1 card.")
    for old, new in _OLD_NAMES.items():
        value = flat.pop(old, None)
        if value is not None and not flat.get(new):
            flat[new] = value
    if "name" not in flat or not any(key in flat for key in _V1_TEXTS):
        found = ", ".join(f"“{str(key)[:20]}”" for key in list(card)[:5]) or "nothing"
        raise UserError(
            f"{name} is JSON, but no character card: it has {found}.",
            "A card has a name and at least a description, a personality, a scenario or a first message.",
        )
    return flat


def _check_version(spec: Any, spec_version: Any, warnings: list[str]) -> None:
    if spec not in {"chara_card_v2", "chara_card_v3"}:
        warnings.append(f"The card is of an unknown kind ({str(spec)[:40]}): what is known of it was read.")
        return
    try:
        version = float(spec_version)
    except (TypeError, ValueError, OverflowError):
        return
    if spec == "chara_card_v3" and version > 3.0:
        warnings.append(f"The card is of a newer version ({version:g}) than 3.0: what is not known of it is kept.")


def _parse_book(book: dict[str, Any], name: str, warnings: list[str]) -> dict[str, Any]:
    """Fills in what V3 requires, so that the book is written as it was read."""
    if not book:
        return {}
    fields = CardFields(book, name, "character_book.", warnings)
    entries = fields.tables("entries")
    extensions = fields.table("extensions")
    return fields.rest | {"extensions": extensions, "entries": [_entry_defaults() | entry for entry in entries]}


def _entry_defaults() -> dict[str, Any]:
    """What V3 requires of an entry of a lorebook."""
    return {"keys": [], "content": "", "extensions": {}, "enabled": True, "insertion_order": 0, "use_regex": False}


def _without_decorators(book: dict[str, Any]) -> dict[str, Any]:
    """Takes the leading lines with `@@` off the contents, which V2 readers would show."""
    return book | {"entries": [_without_decorator(entry) for entry in as_tables(book.get("entries"))]}


def _without_decorator(entry: dict[str, Any]) -> dict[str, Any]:
    content = entry.get("content")
    return entry | {"content": _DECORATORS.sub("", content, count=1)} if isinstance(content, str) else entry


def _parse_own(extensions: dict[str, Any], name: str, warnings: list[str]) -> dict[str, Any]:
    """Takes our fields out of the extensions; leaves what is not known of ours."""
    if not isinstance(extensions.get(EXTENSION), dict):
        return {}
    fields = CardFields(extensions.pop(EXTENSION), name, f"data.extensions.{EXTENSION}.", warnings)
    found: dict[str, Any] = {key: fields.text(key) for key in _OWN_TEXTS}
    found["statements"] = fields.texts("statements")
    found["layers"] = _parse_layers(fields, warnings)
    found["kept"] = {key: fields.take_if(key, dict) for key in _KEPT}
    if fields.rest:
        extensions[EXTENSION] = fields.rest
    return found


def _parse_layers(fields: CardFields, warnings: list[str]) -> dict[str, Any]:
    """Pictures of expressions are assets of the card: their names here mean nothing elsewhere."""
    layers = {key: value for key, value in fields.table("layers").items() if key != "expressions"}
    try:
        return Layers.read(layers).to_document()
    except ValidationError:
        warnings.append("The layers of the persona were left out, for they are not as this app writes them.")
        return {}


def _format_extensions(character: CharacterBase, extensions: dict[str, Any]) -> dict[str, Any]:
    own = {key: getattr(character, key) for key in (*_OWN_TEXTS, "statements") if getattr(character, key)}
    layers = {key: value for key, value in character.layers.items() if key != "expressions"}
    own |= {"layers": layers} if layers else {}
    own |= {key: kept for key in _KEPT if (kept := as_table(character.card_extra.get(key)))}
    kept = extensions.get(EXTENSION, {})
    if not own:
        return dict(extensions)
    return extensions | {EXTENSION: (kept if isinstance(kept, dict) else {}) | own}


def _take_v3_extras(fields: CardFields, extensions: dict[str, Any]) -> dict[str, Any]:
    """Takes the fields of V3 that a character has none for, if they are of the right types."""
    assets = [asset for asset in fields.tables("assets") if is_asset(asset) and not is_default_icon(asset)]
    found: dict[str, Any] = {
        "extensions": extensions,
        "assets": assets,
        "source": fields.texts("source"),
        "group_only_greetings": fields.texts("group_only_greetings"),
        "creator_notes_multilingual": fields.take_if("creator_notes_multilingual", dict),
        "creation_date": fields.take_if("creation_date", int | float),
        "modification_date": fields.take_if("modification_date", int | float),
    }
    return {key: value for key, value in found.items() if value is not None and value not in ([], {})}


def _extended(own: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    return own | {key: value for key, value in extra.items() if key not in own}
