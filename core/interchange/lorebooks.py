"""Lorebooks as files of their own: SillyTavern's worlds, `lorebook_v3`, NovelAI's, and those inside character cards.

Law, for each kind: a file that is read and written again means the same, unknown fields included.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.interchange.card_data import parse_card_object
from core.interchange.cards import read_card
from core.interchange.character_books import take_book
from core.interchange.files import MEBIBYTE, read_file, write_file
from core.interchange.json_text import parse_json
from core.interchange.lorebook_cards import format_lorebook_v3, parse_card_book, parse_lorebook_v3
from core.interchange.lorebook_novelai import format_novelai, parse_novelai
from core.interchange.lorebook_worlds import format_world, parse_world
from models.fields import MAX_NAME_CHARS
from models.lore import LorebookDraft, LoreEntryBase

MAX_FILE_BYTES = 64 * MEBIBYTE
NOVELAI_SUFFIX = ".lorebook"


class LorebookForm(StrEnum):
    """A kind of file."""

    WORLD = "world"
    V3 = "v3"
    NOVELAI = "novelai"


_WRITERS: dict[LorebookForm, Callable[[LorebookDraft], dict[str, Any]]] = {
    LorebookForm.WORLD: format_world,
    LorebookForm.V3: format_lorebook_v3,
    LorebookForm.NOVELAI: format_novelai,
}


@dataclass(frozen=True, slots=True)
class ReadLorebook:
    """What a file held."""

    book: LorebookDraft
    form: LorebookForm | None
    """What kind of file it was; None: a character card."""
    warnings: tuple[str, ...] = ()
    """One sentence for each thing that was not understood, or works differently here."""


def read_lorebook(path: Path) -> ReadLorebook:
    """Reads the book of a file, of whatever kind it is: the name says nothing. A book without a name gets the file's.

    Raises:
        UserError: There is none in it, or the file cannot be read; the sentence says what is wrong.
    """
    data = read_file(path, MAX_FILE_BYTES)
    found = parse_lorebook(data, path.name) if _looks_like_json(data) else _read_card_book(path)
    if not found.book.name:
        found.book.name = path.stem[:MAX_NAME_CHARS]
    return found


def parse_lorebook(data: bytes, name: str) -> ReadLorebook:
    """Reads a book from JSON.

    Args:
        name: What the file is called in messages.

    Raises:
        UserError: As `read_lorebook`.
    """
    document = parse_json(data, name, MAX_FILE_BYTES)
    warnings: list[str] = []
    if isinstance(document, dict):
        found = _parse_object(document, name, warnings)
        if found is not None:
            return ReadLorebook(found[0], found[1], tuple(warnings))
    raise UserError(
        f"{name} is no lorebook.",
        "Readable are SillyTavern's world files, lorebooks of V3, NovelAI's .lorebook, and cards that hold a book.",
    )


def is_lorebook(data: bytes) -> bool:
    """Tells whether a file is a lorebook rather than a card, as far as it can be read at all."""
    if not _looks_like_json(data):
        return False
    try:
        document = parse_json(data, "The file", MAX_FILE_BYTES)
    except UserError:
        return False
    return isinstance(document, dict) and _form_of(document) is not None


def format_lorebook(draft: LorebookDraft, form: LorebookForm) -> bytes:
    """Writes a book as a file of some kind."""
    text = json.dumps(_WRITERS[form](draft), ensure_ascii=False, indent=2, allow_nan=False)
    return f"{text}\n".encode("utf-8", errors="replace")


def write_lorebook(path: Path, draft: LorebookDraft, form: LorebookForm, *, overwrite: bool = False) -> None:
    """Writes a book to a file. Raises UserError when it exists and `overwrite` is not set, or cannot be written."""
    write_file(path, format_lorebook(draft, form), overwrite=overwrite)


def book_of_pairs(name: str, pairs: list[tuple[str, str]]) -> LorebookDraft:
    """Makes a book of pairs: keys with commas between them, and what is told when one is found."""
    entries = [
        LoreEntryBase(keys=[key.strip() for key in keys.split(",") if key.strip()], content=content, place=place)
        for place, (keys, content) in enumerate(pairs)
    ]
    return LorebookDraft(name=name[:MAX_NAME_CHARS], entries=entries)


def _form_of(document: dict[str, Any]) -> LorebookForm | None:
    if document.get("spec") == "lorebook_v3" and isinstance(document.get("data"), dict):
        return LorebookForm.V3
    if str(document.get("spec")).startswith("chara_card") and isinstance(document.get("data"), dict):
        return None
    entries = document.get("entries")
    if "lorebookVersion" in document and isinstance(entries, list):
        return LorebookForm.NOVELAI
    if isinstance(entries, list) and entries and all(isinstance(entry, dict) for entry in entries):
        return LorebookForm.V3 if "keys" in entries[0] and "key" not in entries[0] else LorebookForm.WORLD
    return LorebookForm.WORLD if isinstance(entries, dict | list) and "spec" not in document else None


def _parse_object(
    document: dict[str, Any], name: str, warnings: list[str]
) -> tuple[LorebookDraft, LorebookForm | None] | None:
    form = _form_of(document)
    match form:
        case LorebookForm.V3 if document.get("spec") == "lorebook_v3":
            return parse_lorebook_v3(document, name, warnings), form
        case LorebookForm.V3:
            book = parse_card_book(document, name, warnings)
            return None if book is None else (book, form)
        case LorebookForm.NOVELAI:
            return parse_novelai(document, name, warnings), form
        case LorebookForm.WORLD:
            return parse_world(document, name, warnings), form
    if "spec" not in document:
        return None
    book = take_book(parse_card_object(document, name, warnings), name, warnings)
    return None if book is None else (book, None)


def _read_card_book(path: Path) -> ReadLorebook:
    card = read_card(path)
    warnings = list(card.warnings)
    book = take_book(card.character, path.name, warnings)
    if book is None:
        raise UserError(f"The card of {card.character.name} has no lorebook.", "Choose a file that has one.")
    return ReadLorebook(book, None, tuple(warnings))


def _looks_like_json(data: bytes) -> bool:
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return start in {b"{", b"["} or data.startswith((b"\xff\xfe", b"\xfe\xff"))
