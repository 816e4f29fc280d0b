"""PNG files as chunks: texts beside a picture, read and written. Knows nothing of characters, and decodes no pixels.

Source: PNG (third edition), sections 5 and 11.3.3. APNG needs no care here: its chunks pass through in order.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from core.errors import UserError
from core.interchange.files import MEBIBYTE

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 200_000
MAX_TEXT_BYTES = 12 * MEBIBYTE
"""Of one text, once inflated."""

_TEXT_KINDS = (b"tEXt", b"zTXt", b"iTXt")
_OVERHEAD = 12
"""Length, kind and checksum."""


class Chunk(NamedTuple):
    """One part of a PNG file."""

    kind: bytes
    data: bytes


def parse_png(data: bytes, name: str) -> list[Chunk]:
    """Splits a PNG file into chunks, IHDR to IEND. What follows IEND is left out.

    Args:
        name: What the file is called in messages.

    Raises:
        UserError: Not a PNG file, cut off, or a checksum is wrong.
    """
    if not data.startswith(SIGNATURE):
        raise UserError(f"{name} is not a PNG picture.", "Choose another file.")
    chunks: list[Chunk] = []
    place = len(SIGNATURE)
    while not chunks or chunks[-1].kind != b"IEND":
        chunk, place = _read_chunk(data, place, name)
        chunks.append(chunk)
        if len(chunks) > MAX_CHUNKS:
            raise UserError(f"{name} has more than {MAX_CHUNKS:,} parts.", "No honest PNG picture has: choose another.")
    if chunks[0].kind != b"IHDR":
        raise _damaged(name, "it does not begin with a header")
    return chunks


def format_png(chunks: Iterable[Chunk]) -> bytes:
    """Writes chunks as a PNG file, with fresh checksums."""
    parts = [SIGNATURE]
    for kind, data in chunks:
        checksum = zlib.crc32(data, zlib.crc32(kind))
        parts += [struct.pack(">I", len(data)), kind, data, struct.pack(">I", checksum)]
    return b"".join(parts)


def text_keywords(chunks: Iterable[Chunk]) -> list[str]:
    """Returns the keywords of all texts, in order."""
    return [_keyword(chunk) for chunk in chunks if chunk.kind in _TEXT_KINDS]


def read_text(chunks: Iterable[Chunk], keyword: str, name: str) -> str | None:
    """Returns the first text with a keyword, in any case of letters; None when there is none.

    Raises:
        UserError: The text is damaged, or larger than `MAX_TEXT_BYTES`.
    """
    for chunk in chunks:
        if chunk.kind in _TEXT_KINDS and _keyword(chunk).lower() == keyword.lower():
            return _decode_text(chunk, name)
    return None


def read_texts(chunks: Iterable[Chunk], prefix: str, name: str) -> dict[str, str]:
    """Returns all texts whose keyword begins with `prefix`, in any case of letters: the rest of the keyword -> text.

    Raises:
        UserError: A text is damaged, or larger than `MAX_TEXT_BYTES`.
    """
    texts: dict[str, str] = {}
    for chunk in chunks:
        if chunk.kind in _TEXT_KINDS and _keyword(chunk).lower().startswith(prefix.lower()):
            texts.setdefault(_keyword(chunk)[len(prefix) :], _decode_text(chunk, name))
    return texts


def without_prefix(chunks: Iterable[Chunk], prefix: str) -> list[Chunk]:
    """Leaves out all texts whose keyword begins with `prefix`, in any case of letters."""
    return [
        chunk
        for chunk in chunks
        if chunk.kind not in _TEXT_KINDS or not _keyword(chunk).lower().startswith(prefix.lower())
    ]


def with_texts(chunks: Sequence[Chunk], texts: Mapping[str, str]) -> list[Chunk]:
    """Adds texts in front of IEND; old ones with the same keywords go. Raises ValueError for more than Latin-1."""
    kept = without_texts(chunks, texts)
    added = [Chunk(b"tEXt", f"{keyword}\0{text}".encode("latin-1")) for keyword, text in texts.items()]
    return [*kept[:-1], *added, kept[-1]]


def without_texts(chunks: Iterable[Chunk], keywords: Iterable[str]) -> list[Chunk]:
    """Leaves out all texts with these keywords, in any case of letters."""
    unwanted = {keyword.lower() for keyword in keywords}
    return [chunk for chunk in chunks if chunk.kind not in _TEXT_KINDS or _keyword(chunk).lower() not in unwanted]


def _read_chunk(data: bytes, place: int, name: str) -> tuple[Chunk, int]:
    if len(data) - place < _OVERHEAD:
        raise _damaged(name, "it is cut off")
    length, kind = struct.unpack_from(">I4s", data, place)
    end = place + _OVERHEAD + length
    if not kind.isalpha():
        raise _damaged(name, f"a part has the impossible name {kind!r}")
    if end > len(data):
        raise _damaged(name, f"its part {kind.decode()} says that it has {length:,} bytes, but the file ends before")
    content = data[place + 8 : end - 4]
    (checksum,) = struct.unpack_from(">I", data, end - 4)
    if checksum != zlib.crc32(content, zlib.crc32(kind)):
        raise _damaged(name, f"the checksum of its part {kind.decode()} is wrong")
    return Chunk(kind, content), end


def _damaged(name: str, why: str) -> UserError:
    return UserError(f"{name} is damaged: {why}.", "Get the file again.")


def _keyword(chunk: Chunk) -> str:
    return chunk.data.partition(b"\0")[0].decode("latin-1")


def _decode_text(chunk: Chunk, name: str) -> str:
    rest = chunk.data.partition(b"\0")[2]
    if chunk.kind == b"tEXt":
        return _bounded(rest, name).decode("latin-1")
    if chunk.kind == b"zTXt":
        return _inflate(rest[1:], name).decode("latin-1")
    compressed, rest = rest[:1] == b"\1", rest[2:]
    text = rest.partition(b"\0")[2].partition(b"\0")[2]
    content = _inflate(text, name) if compressed else _bounded(text, name)
    return content.decode("utf-8", errors="replace")


def _bounded(data: bytes, name: str) -> bytes:
    if len(data) > MAX_TEXT_BYTES:
        raise UserError(f"{name} holds a text of over {MAX_TEXT_BYTES // MEBIBYTE} MiB.", "Such a picture is not read.")
    return data


def _inflate(data: bytes, name: str) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, MAX_TEXT_BYTES + 1)
    except zlib.error as error:
        raise _damaged(name, "a packed text in it cannot be unpacked") from error
    if not inflater.eof and len(text) <= MAX_TEXT_BYTES:
        raise _damaged(name, "a packed text in it is cut off")
    return _bounded(text, name)
