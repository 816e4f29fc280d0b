"""Files of the user: read up to a limit, written whole or not at all, never over another file by accident."""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from core.errors import UserError

MEBIBYTE = 1024 * 1024


def read_file(path: Path, max_bytes: int) -> bytes:
    """Reads a file whole. Raises UserError when it is missing, no file, larger than `max_bytes`, or unreadable."""
    with disk_faults(path, "read"), open_regular(path) as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise UserError(
            f"{path.name} is larger than {max_bytes // MEBIBYTE} MiB, the limit for such files.",
            "Choose another file; this one was not read.",
        )
    return data


def open_regular(path: Path) -> BinaryIO:
    """Opens a file for reading. Raises UserError for folders, pipes and devices, which would block or never end."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise UserError(f"{path.name} is a folder.", "Choose a file.")
    if not stat.S_ISREG(mode):
        raise UserError(f"{path.name} is not an ordinary file.", "Choose a file on a disk.")
    return path.open("rb")


def write_file(path: Path, data: bytes, *, overwrite: bool = False) -> None:
    """Writes a file whole. Raises UserError when it cannot, or when the file exists and `overwrite` is not set."""
    with new_file(path, overwrite=overwrite) as file:
        file.write(data)


def make_folder(path: Path) -> None:
    """Makes a folder, with those above it, unless it is there; then looks whether files can be written in it.

    Raises:
        UserError: It cannot be made, or takes no files.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"The folder {path} cannot be made: {error.strerror}.", "Name another folder.") from error
    check_place(path / "file")


def check_place(path: Path) -> None:
    """Raises UserError unless a file can be written under a name: found out with an empty one of another name."""
    if path.is_dir():
        raise UserError(f"{path.name} is a folder.", "Choose the name of a file.")
    trial = path.with_name(f".tableread-{secrets.token_hex(8)}.part")
    with disk_faults(path, "written"):
        trial.open("xb").close()
        trial.unlink()


@contextmanager
def new_file(path: Path, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """Yields a draft in the same folder, which takes the place of `path` when the block ends well.

    A fault leaves the folder as it was.

    Raises:
        UserError: The file exists and `overwrite` is not set, or it cannot be written.
    """
    if not overwrite:
        _refuse_existing(path)
    draft = path.with_name(f".tableread-{secrets.token_hex(8)}.part")
    with disk_faults(path, "written"):
        try:
            with draft.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            _put_in_place(draft, path, overwrite)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def _refuse_existing(path: Path) -> None:
    if os.path.lexists(path):
        raise UserError(f"{path.name} exists already; it was left as it is.", "Choose another name.")


def _put_in_place(draft: Path, path: Path, overwrite: bool) -> None:
    """Takes the name first, so that of two writers one is told."""
    if overwrite:
        draft.replace(path)
        return
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        _refuse_existing(path)
        raise
    try:
        draft.replace(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def disk_faults(path: Path, verb: str) -> Iterator[None]:
    """Turns faults of the disk into one sentence and a next step.

    Args:
        verb: What was not done: `read` or `written`.
    """
    try:
        yield
    except OSError as error:
        raise UserError(*_explain(error, path, verb)) from error


def _explain(error: OSError, path: Path, verb: str) -> tuple[str, str]:
    name, folder = path.name or str(path), path.parent
    missing = f"{name} does not exist.", "Check the name."
    if verb == "written" and folder.is_dir():  # some folders of the system say so of every new file
        missing = f"The folder {folder} takes no files.", "Choose another folder."
    elif verb == "written":
        missing = f"The folder {folder} does not exist.", "Check the name."
    known = {
        errno.ENOSPC: (
            f"The disk is full: {name} was not {verb}.",
            "Make room or choose another disk, then try again.",
        ),
        errno.EROFS: (f"{folder} is on a read-only disk: {name} was not {verb}.", "Choose another folder."),
        errno.EACCES: (
            f"{name} cannot be {verb}: the rights do not allow it.",
            "Choose another folder or change them.",
        ),
        errno.ENOENT: missing,
        errno.ENOTDIR: (f"{folder} is not a folder.", "Choose a folder."),
        errno.EISDIR: (f"{name} is a folder.", "Choose the name of a file."),
        errno.ENAMETOOLONG: (f"The name {name[:40]}… is too long for this disk.", "Choose a shorter name."),
        errno.EFBIG: (f"{name} is too large for this disk and was not {verb}.", "Choose another disk."),
    }
    aliases = {errno.EPERM: errno.EACCES, getattr(errno, "EDQUOT", errno.ENOSPC): errno.ENOSPC}
    number = aliases.get(error.errno or 0, error.errno or 0)
    return known.get(
        number, (f"{name} could not be {verb}: {error.strerror or error}.", "Check the disk and the rights.")
    )
