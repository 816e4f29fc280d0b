"""The zip file around a pack: written so that equal content gives equal bytes, read as something from a stranger.

Members are stored, not packed: what deflate writes differs between builds of zlib, and with it the bytes of the pack.
Packed members of packs that went through another program are read all the same.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from core.errors import UserError
from core.interchange.files import MEBIBYTE, disk_faults, open_regular

MAX_MEMBERS = 5_000
MAX_TOTAL_BYTES = 512 * MEBIBYTE
MAX_RATIO = 200
RATIO_FREE_BYTES = MEBIBYTE
"""Smaller members may be packed as well as they like."""

_MAX_FILE_BYTES = MAX_TOTAL_BYTES + 8 * MEBIBYTE
_MAX_DIRECTORY_BYTES = MAX_MEMBERS * 512
_LOCAL, _END, _END_64 = b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x07"
_END_BYTES, _END_64_BYTES, _LOCAL_BYTES = 22, 20, 30
_EPOCH = (1980, 1, 1, 0, 0, 0)
_BLOCK_BYTES = 256 * 1024
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)
"""What zipfile raises for archives that are broken."""


def write_archive(file: BinaryIO, members: Iterable[tuple[str, bytes]]) -> None:
    """Writes members in the order given."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, data)


class Archive:
    """An open archive whose directory has been checked."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self.sizes_bytes = {info.filename: info.file_size for info in archive.infolist()}
        """Name -> size once unpacked, as declared; `read` holds it to that."""

    def read(self, member: str, max_bytes: int) -> bytes:
        """Reads a member, block by block, up to a limit."""
        blocks = bytearray()
        with _broken_archive(self._name), self._archive.open(member) as file:
            while block := file.read(_BLOCK_BYTES):
                blocks += block
                if len(blocks) > max_bytes:
                    raise UserError(
                        f"{self._name}: {member[:80]} is larger than {max_bytes // MEBIBYTE} MiB.",
                        "Such a pack is not opened; nothing was imported.",
                    )
        return bytes(blocks)


@contextmanager
def open_archive(source: Path | bytes, name: str) -> Iterator[Archive]:
    """Opens an archive and checks all that can be known without unpacking.

    Raises:
        UserError: No zip file, damaged, or hostile: see the checks below.
    """
    with _open_source(source) as file:
        _check_ends(file, name)
        with _broken_archive(name), zipfile.ZipFile(file) as archive:
            _check_members(archive.infolist(), name)
            _check_sizes(archive.infolist(), name)
            yield Archive(archive, name)


@contextmanager
def _open_source(source: Path | bytes) -> Iterator[BinaryIO]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    with disk_faults(source, "read"), open_regular(source) as file:
        yield file


@contextmanager
def _broken_archive(name: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise _damaged(name) from error


def _damaged(name: str) -> UserError:
    return UserError(f"{name} is damaged or cut off.", "Get the file again; nothing was imported.")


def _refused(name: str, why: str) -> UserError:
    return UserError(f"{name} is refused: {why}.", "No honest pack is made so; nothing was imported.")


def _check_ends(file: BinaryIO, name: str) -> None:
    """Bounds the directory before it is read, for each of its entries costs memory. Our packs have no comment."""
    start = file.read(len(_LOCAL))
    size_bytes = file.seek(0, io.SEEK_END)
    if not size_bytes:
        raise UserError(f"{name} is empty.", "Get the file again.")
    if start != _LOCAL:
        raise UserError(f"{name} is not a scenario pack.", "Choose a file that ends in .trpack.")
    if size_bytes > _MAX_FILE_BYTES:
        raise _refused(name, f"it is larger than {MAX_TOTAL_BYTES // MEBIBYTE} MiB")
    file.seek(max(0, size_bytes - _END_BYTES - _END_64_BYTES))
    tail = file.read()
    end = tail[-_END_BYTES:]
    if len(end) < _END_BYTES or not end.startswith(_END):
        raise _damaged(name)
    disk, first_disk, _, n_members, directory_bytes, directory, comment_bytes = struct.unpack("<HHHHIIH", end[4:])
    if tail.startswith(_END_64) or n_members > MAX_MEMBERS or directory_bytes > _MAX_DIRECTORY_BYTES:
        raise _refused(name, f"it says that it has more than {MAX_MEMBERS:,} members")
    if disk or first_disk or comment_bytes or directory + directory_bytes + _END_BYTES != size_bytes:
        raise _damaged(name)
    file.seek(0)


def _check_members(members: list[zipfile.ZipInfo], name: str) -> None:
    seen: set[str] = set()
    for info in members:
        fault = _find_fault(info)
        if fault:
            raise _refused(name, f"the member “{info.orig_filename[:80]!s}” {fault}")
        folded = info.filename.casefold()
        if folded in seen:
            raise _refused(name, f"it holds “{info.filename[:80]}” twice")
        seen.add(folded)


def _find_fault(info: zipfile.ZipInfo) -> str | None:
    member = info.orig_filename
    kind = stat.S_IFMT(info.external_attr >> 16)
    checks = [
        (member.startswith(("/", "\\")) or re.match("[A-Za-z]:", member), "has an absolute name"),
        (".." in re.split(r"[/\\]", member), "climbs out of the folder"),
        ("\\" in member, "has a backslash in its name"),
        (member != info.filename or not member.isprintable() or not member.isascii(), "has an odd name"),
        (kind == stat.S_IFLNK, "is a link"),
        (kind not in {0, stat.S_IFREG}, "is no file"),
        (member.endswith("/"), "is a folder"),
        (bool(info.flag_bits & 0x1), "is encrypted"),
        (info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}, "is packed in an unusual way"),
    ]
    return next((fault for is_so, fault in checks if is_so), None)


def _check_sizes(members: list[zipfile.ZipInfo], name: str) -> None:
    for info in members:
        if info.file_size > RATIO_FREE_BYTES and info.file_size > MAX_RATIO * max(1, info.compress_size):
            raise _refused(name, f"{info.filename[:80]} unpacks to more than {MAX_RATIO} times its size")
    if sum(info.file_size for info in members) > MAX_TOTAL_BYTES:
        raise _refused(name, f"it unpacks to more than {MAX_TOTAL_BYTES // MEBIBYTE} MiB")
    end = 0
    for info in sorted(members, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise _refused(name, f"{info.filename[:80]} shares its bytes with another member")
        end = info.header_offset + _LOCAL_BYTES + info.compress_size
