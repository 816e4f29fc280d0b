"""Rows found by looking at every page of a damaged SQLite file, without its header, schema or trees.

Leaf pages of tables say by themselves where their rows lie, and rows say by themselves what types their values have.
Which table a row is of must be guessed from its shape. Sources: the SQLite file format, sqlite.org/fileformat2.html.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE_SIZES = (512, 1024, 2048, 4096, 8192, 16384, 32768, 65536)
USUAL_PAGE_BYTES = 4096
LEAF = 0x0D
HEADER_BYTES = 100
MAX_COLUMNS = 200
MAX_ROW_BYTES = 256 * 1024**2


@dataclass(frozen=True)
class FoundRow:
    """One row of an unknown table."""

    rowid: int
    values: tuple[Any, ...]


class Pages:
    """The pages of a file, as they lie there; pages are numbered from 1."""

    def __init__(self, path: Path) -> None:
        """Reads the whole file, and its log beside it where there is one. Raises OSError."""
        content = bytearray(path.read_bytes())
        self._page_bytes = _page_bytes(content)
        log = path.with_name(f"{path.name}-wal")
        if log.exists():
            _apply_log(content, log.read_bytes(), self._page_bytes)
        self._content = bytes(content)

    def rows(self) -> Iterator[FoundRow]:
        """Yields every row that a leaf page of a table holds whole. Pages and rows that make no sense are left out."""
        free = self._free_pages()
        for start in range(0, len(self._content), self._page_bytes):
            if start // self._page_bytes + 1 not in free:
                page = self._content[start : start + self._page_bytes]
                yield from self._rows_of(page, HEADER_BYTES if start == 0 else 0)

    def _free_pages(self) -> set[int]:
        """Pages that hold nothing any more, as far as their list can be read: what is on them was deleted."""
        free: set[int] = set()
        trunk = struct.unpack_from(">I", self._content, 32)[0] if len(self._content) >= HEADER_BYTES else 0
        while 1 < trunk <= len(self._content) // self._page_bytes and trunk not in free:
            free.add(trunk)
            start = (trunk - 1) * self._page_bytes
            trunk, n_leaves = struct.unpack_from(">II", self._content, start)
            if n_leaves > self._page_bytes // 4 - 2:
                return set()
            free.update(struct.unpack_from(f">{n_leaves}I", self._content, start + 8))
        return free

    def _rows_of(self, page: bytes, offset: int) -> Iterator[FoundRow]:
        if len(page) < offset + 8 or page[offset] != LEAF:
            return
        (n_cells,) = struct.unpack_from(">H", page, offset + 3)
        if offset + 8 + 2 * n_cells > len(page):
            return
        for place in range(n_cells):
            (cell,) = struct.unpack_from(">H", page, offset + 8 + 2 * place)
            row = self._read_cell(page, cell) if offset + 8 + 2 * n_cells <= cell < len(page) else None
            if row is not None:
                yield row

    def _read_cell(self, page: bytes, start: int) -> FoundRow | None:
        try:
            n_bytes, at = _varint(page, start)
            rowid, at = _varint(page, at)
            payload = self._payload(page, at, n_bytes)
            return FoundRow(rowid - 2**64 if rowid >= 2**63 else rowid, _read_record(payload))
        except (IndexError, ValueError, struct.error):
            return None

    def _payload(self, page: bytes, at: int, n_bytes: int) -> bytes:
        """The bytes of a row, with what did not fit into its page."""
        usable = self._page_bytes
        if n_bytes > min(MAX_ROW_BYTES, len(self._content)):
            raise ValueError("a row cannot be that long")
        longest = usable - 35
        if n_bytes <= longest:
            return _exactly(page, at, n_bytes)
        least = (usable - 12) * 32 // 255 - 23
        n_local = least + (n_bytes - least) % (usable - 4)
        n_local = n_local if n_local <= longest else least
        parts = [_exactly(page, at, n_local)]
        (following,) = struct.unpack_from(">I", page, at + n_local)
        missing = n_bytes - n_local
        while missing > 0:
            start = (following - 1) * usable
            if following < 2 or start + usable > len(self._content):
                raise ValueError("the rest of the row is not in the file")
            (following,) = struct.unpack_from(">I", self._content, start)
            taken = min(missing, usable - 4)
            parts.append(_exactly(self._content, start + 4, taken))
            missing -= taken
        return b"".join(parts)


def _apply_log(content: bytearray, log: bytes, page_bytes: int) -> None:
    """Puts the pages of a write-ahead log that were committed where they belong."""
    n_frame = 24 + page_bytes
    if len(log) < 32 or log[:3] != b"\x37\x7f\x06":
        return
    waiting: list[tuple[int, bytes]] = []
    for start in range(32, len(log) - n_frame + 1, n_frame):
        number, n_pages = struct.unpack_from(">II", log, start)
        if log[start + 8 : start + 16] != log[16:24] or number == 0:
            break
        waiting.append((number, log[start + 24 : start + n_frame]))
        if n_pages == 0:
            continue
        for page, data in waiting:
            missing = page * page_bytes - len(content)
            if missing > MAX_ROW_BYTES:
                return
            content.extend(bytes(max(0, missing)))
            content[(page - 1) * page_bytes : page * page_bytes] = data
        waiting.clear()


def _page_bytes(content: bytes | bytearray) -> int:
    """The page size from the header where it makes sense, else the usual one."""
    if len(content) >= 18 and content.startswith(b"SQLite format 3\x00"):
        (size,) = struct.unpack_from(">H", content, 16)
        size = 65536 if size == 1 else size
        if size in PAGE_SIZES:
            return int(size)
    return USUAL_PAGE_BYTES


def _read_record(payload: bytes) -> tuple[Any, ...]:
    n_header, at = _varint(payload, 0)
    if n_header > len(payload):
        raise ValueError("the header of a row is longer than the row")
    types: list[int] = []
    while at < n_header and len(types) <= MAX_COLUMNS:
        kind, at = _varint(payload, at)
        types.append(kind)
    if at != n_header or len(types) > MAX_COLUMNS:
        raise ValueError("the header of a row is broken")
    values = []
    for kind in types:
        value, at = _read_value(payload, at, kind)
        values.append(value)
    if at != len(payload):
        raise ValueError("a row is longer than its values")
    return tuple(values)


def _read_value(payload: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind in (0, 8, 9):
        return (None, 0, 1)[(0, 8, 9).index(kind)], at
    if kind <= 6:
        n_bytes = (1, 2, 3, 4, 6, 8)[kind - 1]
        return int.from_bytes(_exactly(payload, at, n_bytes), "big", signed=True), at + n_bytes
    if kind == 7:
        return struct.unpack(">d", _exactly(payload, at, 8))[0], at + 8
    if kind < 12:
        raise ValueError("no such type")
    n_bytes = (kind - 12) // 2
    content = _exactly(payload, at, n_bytes)
    return (content.decode() if kind % 2 else content), at + n_bytes


def _exactly(content: bytes, at: int, n_bytes: int) -> bytes:
    part = content[at : at + n_bytes]
    if len(part) != n_bytes:
        raise ValueError("the end is missing")
    return part


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends."""
    value = 0
    for place in range(8):
        byte = content[at + place]
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            return value, at + place + 1
    return value << 8 | content[at + 8], at + 9
