"""Character cards as files: PNG with `ccv3` or `chara`, and JSON. Knows no project; the fields are `card_data`'s.

The portrait of a PNG card is the picture without its card texts; texts of other programs stay in it. In a JSON card it
is the main icon, if that is a `data:` URI. Law: `parse_card(format(c, p)) == (c, p, [])` for both formats.
"""

import base64
import binascii
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from core.errors import UserError
from core.interchange import png
from core.interchange.card_data import (
    DEFAULT_ICON,
    format_card_object,
    format_v2_object,
    is_default_icon,
    main_icon,
    parse_card_object,
)
from core.interchange.files import MEBIBYTE, read_file, write_file
from core.interchange.json_text import parse_json
from core.interchange.pictures import SUFFIXES, check_picture, draw_placeholder, to_png
from models.character import CharacterBase

MAX_FILE_BYTES = 64 * MEBIBYTE
MAX_CARD_BYTES = 8 * MEBIBYTE
"""Of the JSON in a picture."""

V3_KEYWORD, V2_KEYWORD = "ccv3", "chara"
PLACEHOLDER_KEYWORD = "tableread-placeholder"
"""Marks a picture that was drawn because the character had none."""

_DATA_URI = re.compile(r"data:(image/[\w.+-]+);base64,", re.IGNORECASE)
_OTHER_FILES = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"RIFF", "a WebP picture or a sound"),
    (b"GIF8", "a GIF picture"),
    (b"PK\x03\x04", "a zip archive, such as CHARX"),
    (b"SQLite format 3", "a database"),
    (b"GGUF", "a file of weights"),
    (b"%PDF", "a PDF document"),
)

Portrait = tuple[bytes, str]
"""A picture and its media type."""


class Card(NamedTuple):
    """What a card holds."""

    character: CharacterBase
    portrait: Portrait | None
    warnings: list[str]
    """One sentence for each thing that was mended or may be lost."""


def read_card(path: Path) -> Card:
    """Reads a card from a file. Raises UserError as `parse_card` does, and when the file cannot be read."""
    return parse_card(read_file(path, MAX_FILE_BYTES), path.name)


def write_card(path: Path, character: CharacterBase, portrait: Portrait | None, *, overwrite: bool = False) -> None:
    """Writes a card in the format that the suffix names: `.png` or `.json`."""
    formats = {".png": format_card_png, ".json": format_card_json}
    if path.suffix.lower() not in formats:
        raise UserError(f"{path.name} should end in .png or .json.", "Choose the format by the end of the name.")
    write_file(path, formats[path.suffix.lower()](character, portrait), overwrite=overwrite)


def parse_card(data: bytes, filename: str) -> Card:
    """Reads a card, of whatever format it is: the name of the file says nothing.

    Raises:
        UserError: No card, damaged, or over a limit; the sentence says what it is instead.
    """
    if len(data) > MAX_FILE_BYTES:
        raise UserError(f"{filename} is larger than {MAX_FILE_BYTES // MEBIBYTE} MiB.", "Choose a smaller card.")
    if not data.strip(b"\0 \t\r\n"):
        raise UserError(f"{filename} is empty.", "Get the file again.")
    if data.startswith(png.SIGNATURE):
        return _parse_png_card(data, filename)
    for start, what in _OTHER_FILES:
        if data.startswith(start):
            raise UserError(
                f"{filename} is {what}, not a character card that can be read.",
                "Cards are PNG pictures with a character in them, or JSON files.",
            )
    return _parse_json_card(data, filename)


def format_card_json(character: CharacterBase, portrait: Portrait | None = None) -> bytes:
    """Formats a V3 card as JSON, with the portrait as its main icon if one is given.

    Raises:
        UserError: The card would be too large to be read back.
    """
    card = format_card_object(character)
    if portrait is not None:
        card["data"]["assets"] = _with_icon(card["data"].get("assets", []), portrait)
    data = _dump(card, indent=1)
    if len(data) > MAX_FILE_BYTES:
        raise _too_large(character, MAX_FILE_BYTES)
    return data


def format_card_png(character: CharacterBase, portrait: Portrait | None = None) -> bytes:
    """Formats a V3 card as a PNG picture, with V2 beside it for older programs.

    A portrait of another format becomes PNG; without one, a plain picture is drawn.

    Raises:
        UserError: The portrait is damaged, or the card would be too large to be read back.
    """
    name = f"The portrait of {character.name}"
    texts = {
        V3_KEYWORD: _encode(format_card_object(character), character),
        V2_KEYWORD: _encode(format_v2_object(character), character),
    }
    if portrait is None:
        texts[PLACEHOLDER_KEYWORD] = "1"
        picture = draw_placeholder(character.name)
    else:
        picture = portrait[0] if portrait[0].startswith(png.SIGNATURE) else to_png(portrait[0], name)
    chunks = png.without_texts(png.parse_png(picture, name), [PLACEHOLDER_KEYWORD])
    data = png.format_png(png.with_texts(chunks, texts))
    if len(data) > MAX_FILE_BYTES:
        raise _too_large(character, MAX_FILE_BYTES)
    return data


def _parse_png_card(data: bytes, filename: str) -> Card:
    chunks = png.parse_png(data, filename)
    warnings: list[str] = []
    card = _read_card_text(chunks, filename, warnings)
    character = parse_card_object(card, filename, warnings)
    if PLACEHOLDER_KEYWORD in png.text_keywords(chunks):
        return Card(character, None, warnings)
    picture = png.format_png(png.without_texts(chunks, [V3_KEYWORD, V2_KEYWORD]))
    return Card(character, _checked(picture, filename, warnings), warnings)


def _read_card_text(chunks: list[png.Chunk], filename: str, warnings: list[str]) -> Any:
    """Returns the V3 card if there is one that can be read, else the older one."""
    fault: UserError | None = None
    for keyword in (V3_KEYWORD, V2_KEYWORD):
        try:
            text = png.read_text(chunks, keyword, filename)
            if text is not None:
                card = parse_json(_decode(text, filename), f"The card in {filename}", MAX_CARD_BYTES)
                warnings.extend(
                    [f"The V3 card could not be read, so the older one was. {fault.message}"] if fault else []
                )
                return card
        except UserError as error:
            fault = fault or error
    raise fault or _explain_no_card(chunks, filename)


def _explain_no_card(chunks: list[png.Chunk], filename: str) -> UserError:
    keywords = [f"“{keyword[:30]}”" for keyword in dict.fromkeys(png.text_keywords(chunks))]
    if {"“name”", "“personality”"} <= set(keywords):
        return UserError(
            f"{filename} describes a character in a way of its own, as texts called {', '.join(keywords[:8])}, and is "
            "not a character card.",
            "Export it as a V2 or V3 card in the program that made it, or copy the texts into a new character.",
        )
    return UserError(
        f"{filename} is a picture without a character in it.",
        "Image editors and chat apps remove the character: get the original file, not a copy of the picture.",
    )


def _decode(text: str, filename: str) -> bytes:
    """Takes base64 apart, with or without its padding. Some tools write the JSON as it is."""
    stripped = "".join(text.split())
    if stripped.startswith("{"):
        return text.encode()
    try:
        return base64.b64decode(stripped.rstrip("=") + "=" * (-len(stripped.rstrip("=")) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise UserError(f"The character in {filename} is damaged: it is not base64.", "Get the file again.") from error


def _encode(card: dict[str, Any], character: CharacterBase) -> str:
    data = _dump(card, indent=None)
    if len(data) > MAX_CARD_BYTES:
        raise _too_large(character, MAX_CARD_BYTES)
    return base64.b64encode(data).decode()


def _dump(card: dict[str, Any], indent: int | None) -> bytes:
    text = json.dumps(card, ensure_ascii=False, indent=indent, allow_nan=False)
    return text.encode("utf-8", errors="replace") + (b"\n" if indent else b"")


def _too_large(character: CharacterBase, max_bytes: int) -> UserError:
    return UserError(
        f"{character.name} is too large for a card: the limit is {max_bytes // MEBIBYTE} MiB.",
        "Shorten the texts or make the portrait smaller.",
    )


def _parse_json_card(data: bytes, filename: str) -> Card:
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in {b"{", b"["} and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UserError(
            f"{filename} is neither a PNG picture nor JSON.", "Choose a character card: a PNG picture or a JSON file."
        )
    warnings: list[str] = []
    character = parse_card_object(parse_json(data, filename, MAX_FILE_BYTES), filename, warnings)
    extra = character.card_extra.get("data", {})
    place = main_icon(extra.get("assets", []))
    if place is None:
        return Card(character, None, warnings)
    uri = extra["assets"][place]["uri"]
    portrait = _read_data_uri(uri, filename, warnings)
    if portrait is not None:
        character.card_extra = _without_icon_data(character.card_extra, place)
    return Card(character, portrait, warnings)


def _read_data_uri(uri: str, filename: str, warnings: list[str]) -> Portrait | None:
    match = _DATA_URI.match(uri)
    if match is None:
        return None
    try:
        picture = base64.b64decode(uri[match.end() :], validate=True)
    except (binascii.Error, ValueError):
        warnings.append("The portrait was left out, for it is damaged.")
        return None
    return _checked(picture, filename, warnings)


def _checked(picture: bytes, filename: str, warnings: list[str]) -> Portrait | None:
    """Leaves a picture that cannot be shown out: the character is worth more."""
    try:
        return picture, check_picture(picture, filename)
    except UserError as error:
        warnings.append(f"The portrait was left out. {error.message}")
        return None


def _without_icon_data(card_extra: dict[str, Any], place: int) -> dict[str, Any]:
    """The picture is now the portrait, which `ccdefault:` stands for."""
    data = dict(card_extra["data"])
    assets = list(data.pop("assets"))
    icon = assets.pop(place) | {"uri": DEFAULT_ICON["uri"]}
    if not is_default_icon(icon):
        assets.insert(place, icon)
    data |= {"assets": assets} if assets else {}
    extra = {key: value for key, value in card_extra.items() if key != "data"}
    return {"data": data, **extra} if data else extra


def _with_icon(assets: list[dict[str, Any]], portrait: Portrait) -> list[dict[str, Any]]:
    """Makes the portrait the main icon: it is nearer than an address on the web or in an archive."""
    picture, media_type = portrait
    uri = f"data:{media_type};base64,{base64.b64encode(picture).decode()}"
    place = main_icon(assets)
    if place is None:
        return [DEFAULT_ICON | {"uri": uri, "ext": SUFFIXES[media_type]}, *assets]
    return [*assets[:place], assets[place] | {"uri": uri}, *assets[place + 1 :]]
