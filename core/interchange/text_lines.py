"""Lines of a text file, plain or packed with xz, one at a time: memory is bounded by the longest line."""

import io
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from core.errors import UserError
from core.interchange.files import MEBIBYTE, disk_faults, open_regular

MAX_LINE_BYTES = 16 * MEBIBYTE
MAX_TOTAL_BYTES = 4096 * MEBIBYTE
"""Once unpacked."""

_XZ = b"\xfd7zXZ\0"
_XZ_MEMORY_BYTES = 256 * MEBIBYTE
_BLOCK_BYTES = 256 * 1024


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yields (number from 1, line without its end) of each line that is not blank.

    Raises:
        UserError: The file is missing, empty, damaged, or over a limit.
    """
    with disk_faults(path, "read"), open_regular(path) as file:
        is_packed = file.read(len(_XZ)) == _XZ
        file.seek(0)
        blocks = _unpack(file, path.name) if is_packed else iter(lambda: file.read(_BLOCK_BYTES), b"")
        n_lines = 0
        for number, line in enumerate(_split(_bounded(blocks, path.name), path.name), start=1):
            if line.strip():
                n_lines += 1
                yield number, line
    if not n_lines:
        raise UserError(f"{path.name} is empty.", "Choose a file with conversations in it.")


def _unpack(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Unpacks one or more xz streams, block by block."""
    unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES)
    waiting = b""
    try:
        while True:
            if unpacker.eof:
                waiting = (unpacker.unused_data or file.read(_BLOCK_BYTES)).lstrip(b"\0")
                if not waiting:
                    return
                unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES)
            elif unpacker.needs_input and not waiting:
                waiting = file.read(_BLOCK_BYTES)
                if not waiting:
                    raise EOFError
            yield unpacker.decompress(waiting, _BLOCK_BYTES)
            waiting = b""
    except (lzma.LZMAError, EOFError, MemoryError) as error:
        raise UserError(f"{name} is damaged or cut off: it cannot be unpacked.", "Get the file again.") from error


def _bounded(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    total_bytes = 0
    for block in blocks:
        total_bytes += len(block)
        if total_bytes > MAX_TOTAL_BYTES:
            raise UserError(
                f"{name} holds more than {MAX_TOTAL_BYTES // MEBIBYTE} MiB.", "Split it into smaller files."
            )
        yield block


def _split(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    waiting = io.BytesIO()
    for block in blocks:
        *complete, rest = block.split(b"\n")
        for line in complete:
            waiting.write(line)
            yield waiting.getvalue().rstrip(b"\r")
            waiting = io.BytesIO()
        waiting.write(rest)
        if waiting.tell() > MAX_LINE_BYTES:
            raise UserError(
                f"{name} has a line of over {MAX_LINE_BYTES // MEBIBYTE} MiB.", "Conversations stand one to a line."
            )
    yield waiting.getvalue().rstrip(b"\r")
