"""Character cards as files: PNG, APNG, WebP and JPEG pictures, JSON, and CHARX. Knows no project.

The fields are `card_data`'s; portrait, expressions and other files in the card are `card_assets`'. The portrait of a
PNG or WebP card is the picture without its card; texts of other programs stay in it. In other cards it is the main
icon. Law: `parse_card(format(c, p, b)) == (c, p, [], b)` for PNG, JSON and CHARX.
"""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from core.errors import UserError
from core.interchange import archive_members, card_texts, exif_text, png
from core.interchange.card_assets import Blob, Portrait, absorb_assets, asset_path, data_uri, embed_assets
from core.interchange.card_data import (
    EXTENSION,
    format_card_object,
    format_v2_object,
    is_default_icon,
    parse_card_object,
)
from core.interchange.card_extra import CARD_MEMBER, MEMBERS, data_of, original_document
from core.interchange.card_texts import V2_KEYWORD, V3_KEYWORD, check_size, dump_card, encode_card
from core.interchange.files import MEBIBYTE, read_file, write_file
from core.interchange.json_text import parse_json
from core.interchange.loose_fields import as_table
from core.interchange.originals import rebase, with_original
from core.interchange.pictures import check_picture, draw_placeholder, to_jpeg, to_png
from models.character import CharacterBase

MAX_FILE_BYTES = 64 * MEBIBYTE
MAX_ARCHIVE_BYTES = 256 * MEBIBYTE
MAX_CARD_BYTES = card_texts.MAX_CARD_BYTES

PLACEHOLDER_KEYWORD = "tableread-placeholder"
"""Marks a picture that was drawn because the character had none."""
PNG_TEXTS = "png_texts"
"""Name of the original of a picture that holds a character as plain texts."""

_NO_PORTRAIT = "has_no_portrait"
_JPEG, _RIFF = b"\xff\xd8\xff", b"RIFF"
_OTHER_FILES = (
    (b"GIF8", "a GIF picture"),
    (b"SQLite format 3", "a database"),
    (b"GGUF", "a file of weights"),
    (b"%PDF", "a PDF document"),
)


class Card(NamedTuple):
    """What a card holds."""

    character: CharacterBase
    portrait: Portrait | None
    warnings: list[str]
    """One sentence for each thing that was mended or may be lost."""
    blobs: dict[str, Blob] = {}
    """SHA-256 -> file: expressions, and members that are only kept."""


def read_card(path: Path) -> Card:
    """Reads a card from a file. Raises UserError as `parse_card` does, and when the file cannot be read."""
    return parse_card(read_file(path, MAX_ARCHIVE_BYTES), path.name)


def write_card(
    path: Path,
    character: CharacterBase,
    portrait: Portrait | None,
    blobs: dict[str, Blob] | None = None,
    *,
    overwrite: bool = False,
) -> None:
    """Writes a card in the format that the suffix names, see `WRITERS`."""
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise UserError(
            f"{path.name} should end in {', '.join(list(WRITERS)[:-1])} or {list(WRITERS)[-1]}.",
            "Choose the format by the end of the name.",
        )
    write_file(path, write(character, portrait, blobs), overwrite=overwrite)


def parse_card(data: bytes, filename: str) -> Card:
    """Reads a card, of whatever format it is: the name of the file says nothing.

    Raises:
        UserError: No card, damaged, or over a limit. The sentence says what the file is instead.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise UserError(f"{filename} is empty.", "Get the file again.")
    if data.startswith(png.SIGNATURE):
        return _parse_png_card(data, filename)
    if data.startswith(archive_members.SIGNATURE):
        return _parse_charx(data, filename)
    if data.startswith(_JPEG) and archive_members.find_archive(data):
        return _parse_charx(data, filename)
    if data.startswith(_JPEG) or (data.startswith(_RIFF) and data[8:12] == b"WEBP"):
        return _parse_exif_card(data, filename)
    for start, what in _OTHER_FILES:
        if data.startswith(start):
            raise UserError(
                f"{filename} is {what}, not a character card that can be read.",
                "Cards are PNG, WebP or JPEG pictures with a character in them, JSON files, or CHARX archives.",
            )
    return _parse_json_card(data, filename)


def format_card_json(
    character: CharacterBase, portrait: Portrait | None = None, blobs: dict[str, Blob] | None = None
) -> bytes:
    """Formats a V3 card as JSON, with the portrait as its main icon, and all files in it as addresses.

    Raises:
        UserError: The card would be too large to be read back.
    """
    card, _ = _with_files(character, portrait, blobs, lambda _path, blob, _place: data_uri(blob))
    return check_size(dump_card(card, indent=1), MAX_FILE_BYTES, character.name)


def format_card_png(
    character: CharacterBase, portrait: Portrait | None = None, blobs: dict[str, Blob] | None = None
) -> bytes:
    """Formats a V3 card as a PNG picture, with V2 beside it for older programs.

    A portrait of another format becomes PNG; without one, a plain picture is drawn. Files go along as texts.

    Raises:
        UserError: The portrait is damaged, or the card would be too large to be read back.
    """
    name = f"The portrait of {character.name}"
    card, files = _with_files(character, None, blobs, lambda _path, _blob, place: f"__asset:{place}")
    texts = {V3_KEYWORD: encode_card(card, character.name)}
    texts[V2_KEYWORD] = encode_card(format_v2_object(_without_files(character)), character.name)
    for place, (data, _) in enumerate(files.values()):
        check_size(data, png.MAX_TEXT_BYTES * 3 // 4, character.name)
        texts[f"{card_texts.ASSET_KEYWORD}:{place}"] = base64.b64encode(data).decode()
    if portrait is None:
        texts[PLACEHOLDER_KEYWORD] = "1"
        picture = draw_placeholder(character.name)
    else:
        picture = portrait[0] if portrait[0].startswith(png.SIGNATURE) else to_png(portrait[0], name)
    chunks = png.without_texts(png.parse_png(picture, name), [PLACEHOLDER_KEYWORD])
    chunks = _with_plain_texts(png.without_prefix(chunks, card_texts.ASSET_KEYWORD), character)
    return check_size(png.format_png(png.with_texts(chunks, texts)), MAX_FILE_BYTES, character.name)


def format_card_charx(
    character: CharacterBase, portrait: Portrait | None = None, blobs: dict[str, Blob] | None = None
) -> bytes:
    """Formats a V3 card as a CHARX archive, with all files under the paths that they had.

    Raises:
        UserError: The card would be too large to be read back.
    """
    return _format_archive(character, *_with_files(character, portrait, blobs, None))


def format_card_jpeg(
    character: CharacterBase, portrait: Portrait | None = None, blobs: dict[str, Blob] | None = None
) -> bytes:
    """Formats a card as a JPEG picture with a CHARX archive behind it. Raises UserError as the others do."""
    picture = portrait[0] if portrait is not None else draw_placeholder(character.name)
    card, files = _with_files(character, portrait, blobs, None)
    _mark_portrait(card, portrait)
    return to_jpeg(picture, f"The portrait of {character.name}") + _format_archive(character, card, files)


def format_card_webp(
    character: CharacterBase, portrait: Portrait | None = None, blobs: dict[str, Blob] | None = None
) -> bytes:
    """Formats a card as a lossless WebP picture with the card as its comment. Raises UserError as the others do."""
    card, _ = _with_files(character, None, blobs, lambda _path, blob, _place: data_uri(blob))
    _mark_portrait(card, portrait)
    text = check_size(dump_card(card, indent=None), MAX_CARD_BYTES, character.name)
    return exif_text.with_comment(portrait[0] if portrait is not None else draw_placeholder(character.name), text)


Writer = Callable[[CharacterBase, Portrait | None, dict[str, Blob] | None], bytes]
WRITERS: dict[str, Writer] = {
    ".png": format_card_png,
    ".apng": format_card_png,
    ".json": format_card_json,
    ".charx": format_card_charx,
    ".webp": format_card_webp,
    ".jpg": format_card_jpeg,
    ".jpeg": format_card_jpeg,
}
"""Suffix -> what writes it."""


def _parse_png_card(data: bytes, filename: str) -> Card:
    chunks = png.parse_png(data, filename)
    warnings: list[str] = []
    card = card_texts.read_card_text(chunks, filename, warnings)
    plain = card_texts.read_plain_texts(chunks, filename)
    if card is None and not plain:
        raise card_texts.explain_no_card(png.text_keywords(chunks), filename)
    if card is None:
        character = parse_card_object({card_texts.PLAIN_TEXTS[key]: text for key, text in plain.items()}, filename, [])
        with_original(character, PNG_TEXTS, plain)
    else:
        character = parse_card_object(card, filename, warnings)
    found = card_texts.read_asset_texts(chunks, filename, warnings)
    icon, blobs = absorb_assets(character, found, filename, warnings)
    if PLACEHOLDER_KEYWORD in png.text_keywords(chunks):
        return Card(character, icon, warnings, blobs)
    chunks = png.without_prefix(chunks, card_texts.ASSET_KEYWORD)
    picture = png.format_png(png.without_texts(chunks, [V3_KEYWORD, V2_KEYWORD]))
    return Card(character, _checked(picture, filename, warnings) or icon, warnings, blobs)


def _parse_exif_card(data: bytes, filename: str) -> Card:
    text = exif_text.read_comment(data, filename)
    if text is None:
        raise card_texts.explain_no_card((), filename)
    warnings: list[str] = []
    card = parse_json(text, f"The card in {filename}", exif_text.MAX_TEXT_BYTES)
    character = parse_card_object(card, filename, warnings)
    icon, blobs = absorb_assets(character, {}, filename, warnings)
    if _take_mark(character):
        return Card(character, None, warnings, blobs)
    picture = exif_text.without_comment(data)
    return Card(character, icon or _checked(picture, filename, warnings), warnings, blobs)


def _parse_charx(data: bytes, filename: str) -> Card:
    files = archive_members.read_members(data, filename)
    card = files.pop(CARD_MEMBER, None)
    if card is None:
        raise UserError(
            f"{filename} is an archive, but no CHARX: it has no {CARD_MEMBER}.",
            "Choose a character card; a pack ends in .trpack.",
        )
    warnings: list[str] = []
    character = parse_card_object(parse_json(card, CARD_MEMBER, MAX_FILE_BYTES), filename, warnings)
    portrait, blobs = absorb_assets(character, files, filename, warnings)
    has_none = _take_mark(character)
    if portrait is None and data.startswith(_JPEG) and not has_none:
        portrait = _checked(data[: data.index(archive_members.SIGNATURE)], filename, warnings)
    return Card(character, portrait, warnings, blobs)


def _parse_json_card(data: bytes, filename: str) -> Card:
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in {b"{", b"["} and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UserError(
            f"{filename} is neither a picture nor JSON.", "Choose a character card: a picture, JSON or CHARX file."
        )
    warnings: list[str] = []
    character = parse_card_object(parse_json(data, filename, MAX_FILE_BYTES), filename, warnings)
    portrait, blobs = absorb_assets(character, {}, filename, warnings)
    return Card(character, portrait, warnings, blobs)


def _with_files(
    character: CharacterBase,
    portrait: Portrait | None,
    blobs: dict[str, Blob] | None,
    address: Callable[[str, Blob, int], str] | None,
) -> tuple[dict[str, Any], dict[str, Blob]]:
    """Returns a card and its files by path.

    Args:
        address: (path, file, its place among the files) -> address in the card; None: by path. Paths that the
            addresses do not say go along as a field of ours.
    """
    embedded = embed_assets(character, portrait, blobs or {})
    card = format_card_object(_without_files(character))
    if embedded.assets:
        card["data"]["assets"] = embedded.assets
    if address is None or not embedded.members:
        return card, embedded.members
    uris = {path: address(path, blob, at) for at, (path, blob) in enumerate(embedded.members.items())}
    paths: dict[str, str | int] = {}
    for at, asset in enumerate(asset for asset in embedded.assets if not is_default_icon(asset)):
        path = asset_path(asset)
        if path in uris:
            asset["uri"] = uris[path]
            paths[path] = at
    paths = {path: paths.get(path, uri) for path, uri in uris.items()}
    own = as_table(card["data"]["extensions"].get(EXTENSION))
    card["data"]["extensions"] = card["data"]["extensions"] | {EXTENSION: own | {MEMBERS: paths}}
    return card, embedded.members


def _without_files(character: CharacterBase) -> CharacterBase:
    extra = {key: value for key, value in character.card_extra.items() if key != MEMBERS}
    data = {key: value for key, value in data_of(character).items() if key != "assets"}
    return character.model_copy(update={"card_extra": extra | {"data": data}})


def _format_archive(character: CharacterBase, card: dict[str, Any], files: dict[str, Blob]) -> bytes:
    members = {CARD_MEMBER: dump_card(card, indent=1)} | {path: data for path, (data, _) in files.items()}
    return archive_members.format_members(members, f"The CHARX file of {character.name}")


def _mark_portrait(card: dict[str, Any], portrait: Portrait | None) -> None:
    """Says in a card whose picture was drawn that it is not the portrait."""
    if portrait is None:
        extensions = card["data"]["extensions"]
        card["data"]["extensions"] = extensions | {
            EXTENSION: as_table(extensions.get(EXTENSION)) | {_NO_PORTRAIT: True}
        }


def _take_mark(character: CharacterBase) -> bool:
    """Returns whether the picture of a card was drawn, and forgets it."""
    data = data_of(character)
    own = as_table(data.get("extensions")).get(EXTENSION)
    if not isinstance(own, dict) or own.get(_NO_PORTRAIT) is not True:
        return False
    own = {key: value for key, value in own.items() if key != _NO_PORTRAIT}
    extensions = {key: value for key, value in data["extensions"].items() if key != EXTENSION}
    extensions |= {EXTENSION: own} if own else {}
    data = {key: value for key, value in data.items() if key != "extensions"}
    data |= {"extensions": extensions} if extensions else {}
    rest = {key: value for key, value in character.card_extra.items() if key != "data"}
    character.card_extra = ({"data": data} if data else {}) | rest
    return True


def _with_plain_texts(chunks: list[png.Chunk], character: CharacterBase) -> list[png.Chunk]:
    """Writes the plain texts of a picture that had them as they are now."""
    kept = original_document(character, PNG_TEXTS)
    if kept is None:
        return chunks
    original = kept[0]
    fields = {"scenario": "situation", "first_message": "greeting", "example_messages": "example_dialogue"}
    now = {key: getattr(character, fields.get(key, key)) for key in card_texts.PLAIN_TEXTS if key in original}
    texts = rebase(original, {key: original[key] for key in now}, now)
    return card_texts.write_plain_texts(chunks, {key: text for key, text in texts.items() if isinstance(text, str)})


def _checked(picture: bytes, filename: str, warnings: list[str]) -> Portrait | None:
    """Leaves a picture that cannot be shown out: the character is worth more."""
    try:
        return picture, check_picture(picture, filename)
    except UserError as error:
        warnings.append(f"The portrait was left out. {error.message}")
        return None
