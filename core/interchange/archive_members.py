"""Zip files of other programs (CHARX, BYAF) as names and bytes: read as something from a stranger, written plainly.

A zip file may stand behind a picture. Nothing is ever unpacked to the disk, so names are only checked to be honest.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping

from core.errors import UserError
from core.interchange.files import MEBIBYTE

MAX_MEMBERS = 10_000
MAX_TOTAL_BYTES = 256 * MEBIBYTE
"""Once unpacked."""
MAX_RATIO = 200
RATIO_FREE_BYTES = MEBIBYTE
"""Smaller members may be packed as tightly as they like."""
MAX_PATH_CHARS = 250

SIGNATURE = b"PK\x03\x04"
_END, _END_BYTES, _MAX_COMMENT_BYTES = b"PK\x05\x06", 22, 65_535
_EPOCH = (1980, 1, 1, 0, 0, 0)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)
"""What zipfile raises for archives that are broken."""


def find_archive(data: bytes) -> bool:
    """Tells whether a zip file is in the data, at its beginning or behind something else."""
    return SIGNATURE in data and _END in data[-_END_BYTES - _MAX_COMMENT_BYTES :]


def read_members(data: bytes, name: str) -> dict[str, bytes]:
    """Unpacks all files of an archive into memory: name -> bytes, in the order of the archive.

    Raises:
        UserError: No zip file, damaged, or hostile: climbing or absolute names, links, encrypted, too many, too large.
    """
    _check_count(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
            _check_members(infos, name)
            return {info.filename: _read(archive, info, name) for info in infos}
    except _BROKEN as error:
        raise UserError(f"{name} is damaged or cut off.", "Get the file again; nothing was imported.") from error


def format_members(members: Mapping[str, bytes], name: str = "The archive") -> bytes:
    """Writes an archive: equal members give equal bytes. What is written, `read_members` reads.

    Raises:
        UserError: There are too many members, or they are too large.
    """
    if len(members) > MAX_MEMBERS or sum(map(len, members.values())) > MAX_TOTAL_BYTES:
        most = f"{MAX_TOTAL_BYTES // MEBIBYTE} MiB or {MAX_MEMBERS:,} files"
        raise UserError(f"{name} would have more than {most}.", "Make its pictures smaller, or fewer.")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in members.items():
            info = zipfile.ZipInfo(path, _EPOCH)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.compress_type = zipfile.ZIP_STORED if _looks_like_bomb(data) else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return buffer.getvalue()


def find_path_fault(path: str) -> str | None:
    """Returns why a name may not stand for a file in an archive, or None."""
    checks = [
        (not path or len(path) > MAX_PATH_CHARS, "has no name, or one that is too long"),
        (path.startswith(("/", "\\")) or re.match("[A-Za-z]:", path), "has an absolute name"),
        (".." in re.split(r"[/\\]", path), "climbs out of the folder"),
        ("\\" in path or not path.isprintable(), "has an odd name"),
        (path.endswith("/"), "is called like a folder"),
    ]
    return next((fault for is_so, fault in checks if is_so), None)


def _looks_like_bomb(data: bytes) -> bool:
    """Tells whether data is so monotonous that readers would refuse it if it were packed."""
    return len(data) > RATIO_FREE_BYTES and len(data) > MAX_RATIO // 2 * len(zlib.compress(data))


def _check_count(data: bytes, name: str) -> None:
    """Bounds the directory before it is read, for each of its entries costs memory."""
    place = data.rfind(_END, max(0, len(data) - _END_BYTES - _MAX_COMMENT_BYTES))
    if place < 0 or len(data) - place < _END_BYTES:
        raise UserError(f"{name} is no zip file, or it is cut off.", "Get the file again; nothing was imported.")
    (n_members,) = struct.unpack_from("<H", data, place + 10)
    (directory_bytes,) = struct.unpack_from("<I", data, place + 12)
    if n_members > MAX_MEMBERS or directory_bytes > MAX_MEMBERS * 1_000:
        raise _refused(name, f"it says that it has more than {MAX_MEMBERS:,} members")


def _check_members(infos: list[zipfile.ZipInfo], name: str) -> None:
    seen: set[str] = set()
    for info in infos:
        fault = find_path_fault(info.orig_filename) or _find_fault(info)
        if fault is None and info.filename in seen:
            fault = "is there twice"
        if fault:
            raise _refused(name, f"the member “{info.orig_filename[:80]!s}” {fault}")
        seen.add(info.filename)
    if len(infos) > MAX_MEMBERS:
        raise _refused(name, f"it has more than {MAX_MEMBERS:,} members")
    if sum(info.file_size for info in infos) > MAX_TOTAL_BYTES:
        raise _refused(name, f"it unpacks to more than {MAX_TOTAL_BYTES // MEBIBYTE} MiB")


def _find_fault(info: zipfile.ZipInfo) -> str | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    is_bomb = info.file_size > RATIO_FREE_BYTES and info.file_size > MAX_RATIO * max(1, info.compress_size)
    checks = [
        (kind == stat.S_IFLNK, "is a link"),
        (kind not in {0, stat.S_IFREG}, "is no file"),
        (bool(info.flag_bits & 0x1), "is encrypted"),
        (info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}, "is packed in an unusual way"),
        (is_bomb, f"unpacks to more than {MAX_RATIO} times its size"),
    ]
    return next((fault for is_so, fault in checks if is_so), None)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    """Reads one member, never more than its declared size."""
    with archive.open(info) as file:
        data = file.read(info.file_size + 1)
    if len(data) > info.file_size:
        raise _refused(name, f"{info.filename[:80]} is larger than it says")
    return data


def _refused(name: str, why: str) -> UserError:
    return UserError(f"{name} is refused: {why}.", "No honest archive is made so; nothing was imported.")
