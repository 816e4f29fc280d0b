"""The text that some programs keep with a JPEG or WebP picture: the user comment of its EXIF data.

Source: Exif 2.32, "UserComment"; the forms that chat programs have written are JSON, base64, and numbers of bytes.
"""

import base64
import binascii
import io
import re

from PIL import Image

from core.errors import UserError
from core.interchange.files import MEBIBYTE
from core.interchange.pictures import BROKEN, MEDIA_TYPES

MAX_TEXT_BYTES = 12 * MEBIBYTE
_EXIF_IFD, _USER_COMMENT, _IMAGE_DESCRIPTION = 0x8769, 0x9286, 0x010E
_ASCII, _UNICODE, _NONE = b"ASCII\0\0\0", b"UNICODE\0", b"\0" * 8
_NUMBERS = re.compile(r"[\d,\s]+\Z")


def read_comment(data: bytes, name: str) -> bytes | None:
    """Returns the JSON that a picture carries, or None. Raises UserError when its EXIF data is damaged."""
    try:
        with Image.open(io.BytesIO(data), formats=list(MEDIA_TYPES)) as image:
            exif = image.getexif()
            found = exif.get_ifd(_EXIF_IFD).get(_USER_COMMENT), exif.get(_USER_COMMENT), exif.get(_IMAGE_DESCRIPTION)
    except (Image.DecompressionBombError, *BROKEN) as error:
        raise UserError(f"{name} is a damaged picture.", "Get the file again.") from error
    for value in found:
        text = _decode(value)
        if text is not None:
            return text
    return None


def with_comment(picture: bytes, comment: bytes) -> bytes:
    """Writes a picture as lossless WebP with a comment. Raises UserError when it is no picture."""
    try:
        with Image.open(io.BytesIO(picture), formats=list(MEDIA_TYPES)) as image:
            exif = Image.Exif()
            exif.get_ifd(_EXIF_IFD)[_USER_COMMENT] = _ASCII + comment
            buffer = io.BytesIO()
            has_alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
            image.convert("RGBA" if has_alpha else "RGB").save(buffer, "WEBP", lossless=True, exif=exif)
            return buffer.getvalue()
    except BROKEN as error:
        raise UserError("The portrait is damaged.", "Choose another picture.") from error


def without_comment(picture: bytes) -> bytes:
    """Takes the EXIF chunk out of a WebP picture, without touching the pixels; other pictures stay as they are."""
    if picture[:4] != b"RIFF" or picture[8:12] != b"WEBP":
        return picture
    kept, place = [], 12
    while place + 8 <= len(picture):
        size = int.from_bytes(picture[place + 4 : place + 8], "little")
        end = place + 8 + size + size % 2
        if picture[place : place + 4] != b"EXIF":
            kept.append(picture[place:end])
        place = end
    if kept and kept[0][:4] == b"VP8X":
        kept[0] = kept[0][:8] + bytes([kept[0][8] & ~0x08]) + kept[0][9:]
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _decode(value: object) -> bytes | None:
    """Returns the JSON in a comment, in any of the forms in which it occurs."""
    if isinstance(value, str):
        value = value.encode()
    if not isinstance(value, bytes) or len(value) > MAX_TEXT_BYTES:
        return None
    head, rest = value[:8], value[8:]
    if head == _UNICODE:
        encoding = "utf-16-be" if rest[:1] == b"\0" else "utf-16"
        value = rest.decode(encoding, errors="replace").encode()
    elif head in {_ASCII, _NONE}:
        value = rest
    value = value.strip(b"\0 \t\r\n")
    if value[:1] == b"{":
        return value
    text = value.decode("latin-1")
    try:
        if _NUMBERS.match(text):
            decoded = bytes(int(number) for number in text.split(",") if number.strip())
        else:
            decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if decoded.lstrip()[:1] == b"{" else None
