"""What `CharacterBase.card_extra` keeps, read as something that a stranger may have made: packs bring it in as it is.

Everybody who needs a part of it asks here. What is not of the right kind counts as not there.
"""

import re
from collections.abc import Mapping
from typing import Any

from core.interchange.archive_members import find_path_fault
from core.interchange.free_paths import FreePaths
from core.interchange.loose_fields import as_table, as_tables
from models.character import CharacterBase

MEMBERS = "members"
"""Path of a file in a card -> its SHA-256."""
ORIGINALS = "originals"
BOOK = "book"
CARD_MEMBER = "card.json"
"""The card itself in a CHARX archive: no other file may be called so."""
ASSET_FIELDS = ("type", "uri", "name", "ext")

_CHECKED = frozenset({"assets", "extensions", "nickname", "character_book"})
"""Read apart from the others, or fields of a character, which no honest import leaves here."""
_LISTS = frozenset({"source", "group_only_greetings"})
_SHA256 = re.compile(r"[0-9a-f]{64}")


def data_of(character: CharacterBase) -> dict[str, Any]:
    """Returns the fields of the card's `data` that a character has none for; `assets` and `extensions` are sound."""
    data = as_table(character.card_extra.get("data"))
    rest = {
        key: value for key, value in data.items() if key not in _CHECKED and (key not in _LISTS or _is_lines(value))
    }
    extensions, assets = as_table(data.get("extensions")), assets_of(character)
    return rest | ({"extensions": extensions} if extensions else {}) | ({"assets": assets} if assets else {})


def top_of(character: CharacterBase) -> dict[str, Any]:
    """Returns the fields beside `data`."""
    return as_table(character.card_extra.get("top"))


def assets_of(character: CharacterBase) -> list[dict[str, Any]]:
    """Returns copies of the card's assets that have all their fields."""
    assets = as_tables(as_table(character.card_extra.get("data")).get("assets"))
    return [dict(asset) for asset in assets if is_asset(asset)]


def is_asset(asset: Mapping[str, Any]) -> bool:
    """Tells whether an asset has all its fields."""
    return all(isinstance(asset.get(key), str) for key in ASSET_FIELDS)


def is_member_path(path: str) -> bool:
    """Tells whether a file of a card may be called so in an archive."""
    return path != CARD_MEMBER and find_path_fault(path) is None


def members_of(character: CharacterBase) -> dict[str, str]:
    """Returns the files of the card: path -> SHA-256. Each path may stand in an archive; bad ones become fresh ones."""
    kept = as_table(character.card_extra.get(MEMBERS))
    sound = {path: sha for path, sha in kept.items() if isinstance(sha, str) and _SHA256.fullmatch(sha)}
    paths = FreePaths(sound)
    return {path if is_member_path(path) else paths.make("files/file", "bin"): sha for path, sha in sound.items()}


def book_of(character: CharacterBase) -> dict[str, Any]:
    """Returns the card's lorebook while the character is on its way; `entries` and `extensions` are objects."""
    book = as_table(character.card_extra.get(BOOK))
    sound = {"entries": as_tables(book.get("entries")), "extensions": as_table(book.get("extensions"))}
    return book | {key: value for key, value in sound.items() if key in book}


def original_document(character: CharacterBase, form: str) -> tuple[dict[str, Any], str] | None:
    """Returns the document of a format that a character came from and its name then, or None."""
    kept = as_table(as_table(character.card_extra.get(ORIGINALS)).get(form))
    if not isinstance(kept.get("document"), dict):
        return None
    name = kept.get("name")
    return kept["document"], name if isinstance(name, str) and name else character.name


def _is_lines(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(line, str) for line in value)
