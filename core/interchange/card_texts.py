"""The JSON of a card as it travels: found in the texts of a PNG picture, taken apart, and written within limits."""

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any

from core.errors import UserError
from core.interchange import png
from core.interchange.files import MEBIBYTE
from core.interchange.json_text import parse_json

MAX_CARD_BYTES = 8 * MEBIBYTE
"""Of the JSON in a picture."""
V3_KEYWORD, V2_KEYWORD = "ccv3", "chara"
ASSET_KEYWORD = "chara-ext-asset_"

PLAIN_TEXTS = {
    "name": "name",
    "description": "description",
    "personality": "personality",
    "scenario": "scenario",
    "first_message": "first_mes",
    "example_messages": "mes_example",
}
"""Keywords of pictures that hold a character as plain texts -> fields of a V1 card."""


def read_card_text(chunks: list[png.Chunk], filename: str, warnings: list[str]) -> Any:
    """Returns the V3 card if there is one that can be read, else the older one, else None.

    Raises:
        UserError: There is one, but none that can be read.
    """
    fault: UserError | None = None
    for keyword in (V3_KEYWORD, V2_KEYWORD):
        try:
            text = png.read_text(chunks, keyword, filename)
            if text is not None:
                card = parse_json(decode_card(text, filename), f"The card in {filename}", MAX_CARD_BYTES)
                warnings.extend(
                    [f"The V3 card could not be read, so the older one was. {fault.message}"] if fault else []
                )
                return card
        except UserError as error:
            fault = fault or error
    if fault is not None:
        raise fault
    return None


def read_plain_texts(chunks: list[png.Chunk], filename: str) -> dict[str, str]:
    """Returns the fields of a V1 card from a picture that holds them as plain texts; empty unless there is a name."""
    texts = {keyword: png.read_text(chunks, keyword, filename) for keyword in PLAIN_TEXTS}
    found = {keyword: _mend_utf8(text) for keyword, text in texts.items() if text is not None}
    return found if "name" in found and len(found) > 1 else {}


def write_plain_texts(chunks: list[png.Chunk], texts: dict[str, str]) -> list[png.Chunk]:
    """Writes plain texts in UTF-8, as the program does that invented them."""
    encoded = {key: text.encode("utf-8", errors="replace").decode("latin-1") for key, text in texts.items()}
    return png.with_texts(chunks, encoded)


def read_asset_texts(chunks: list[png.Chunk], filename: str, warnings: list[str]) -> dict[str, bytes]:
    """Returns the files that a PNG card carries as texts of its own: path or number -> file."""
    found: dict[str, bytes] = {}
    for key, text in png.read_texts(chunks, ASSET_KEYWORD, filename).items():
        try:
            found.setdefault(key.removeprefix(":"), _decode_base64(text))
        except (binascii.Error, ValueError):
            warnings.append(f"The file “{key[:40]}” in the picture was left out, for it is damaged.")
    return found


def decode_card(text: str, filename: str) -> bytes:
    """Takes base64 apart, with or without its padding. Some tools write the JSON as it is."""
    if text.lstrip().startswith("{"):
        return text.encode()
    try:
        return _decode_base64(text)
    except (binascii.Error, ValueError) as error:
        raise UserError(f"The character in {filename} is damaged: it is not base64.", "Get the file again.") from error


def encode_card(card: dict[str, Any], name: str) -> str:
    """Writes a card as base64. Raises UserError when it would be too large to be read back."""
    return base64.b64encode(check_size(dump_card(card, indent=None), MAX_CARD_BYTES, name)).decode()


def dump_card(card: dict[str, Any], indent: int | None) -> bytes:
    """Writes the JSON of a card; with indent also a line end."""
    text = json.dumps(card, ensure_ascii=False, indent=indent, allow_nan=False)
    return text.encode("utf-8", errors="replace") + (b"\n" if indent else b"")


def check_size(data: bytes, max_bytes: int, name: str) -> bytes:
    """Returns the data. Raises UserError when it is more than could be read back."""
    if len(data) > max_bytes:
        raise UserError(
            f"{name} is too large for a card: the limit is {max_bytes // MEBIBYTE} MiB.",
            "Shorten the texts or make the pictures smaller.",
        )
    return data


def explain_no_card(keywords: Iterable[str], filename: str) -> UserError:
    """Returns the fault of a picture that holds no character."""
    found = [f"“{keyword[:30]}”" for keyword in dict.fromkeys(keywords)]
    if found:
        return UserError(
            f"{filename} holds texts called {', '.join(found[:8])}, but is not a character card.",
            "Export the character as a V2 or V3 card in the program that made it.",
        )
    return UserError(
        f"{filename} is a picture without a character in it.",
        "Image editors and chat apps remove the character: get the original file, not a copy of the picture.",
    )


def _decode_base64(text: str) -> bytes:
    stripped = "".join(text.split()).rstrip("=")
    return base64.b64decode(stripped + "=" * (-len(stripped) % 4), validate=True)


def _mend_utf8(text: str) -> str:
    """These texts should be Latin-1, but are written as UTF-8."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text
