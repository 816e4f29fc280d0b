"""Programs that a user wrote for a project: their text, and which texts may be run on this machine.

What was allowed is remembered beside the settings, by the hash of the text, and never in a project: a file that
somebody sends allows nothing, and a program that was changed is asked about again.
"""

import hashlib
import os
import stat
from pathlib import Path, PurePath

from core.app_settings import AppSettings, change_settings, load_settings
from core.errors import UserError

MAX_BYTES = 200_000
SUFFIX = ".py"


def read_program(folder: Path, name: str) -> str:
    """Returns the text of a file that stands in this folder itself.

    Raises:
        UserError: The name is no plain name of such a file, or it cannot be read.
    """
    name = name.strip()
    is_plain = PurePath(name).name == name and not {"\\", "\0"} & set(name)
    if not is_plain or not name.endswith(SUFFIX) or name.startswith("."):
        raise UserError(f"“{name}” is no name of a Python file.", "Give the name alone, such as `mine.py`.")
    try:
        data = _read_start(folder / name)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UserError(f"{name} cannot be read: {why}.", f"Put it into {folder}, beside the project.") from error
    if len(data) > MAX_BYTES:
        raise UserError(f"{name} is longer than {MAX_BYTES:,} bytes.", "Make it shorter.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{name} is no text.", "Save it as UTF-8.") from error


def _read_start(path: Path) -> bytes:
    """Returns what a plain file begins with, one byte more than is allowed. A pipe or a device is not waited for."""
    with open(path, "rb", opener=_open_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is no plain file")
        return file.read(MAX_BYTES + 1)


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def hash_of(text: str) -> str:
    """Returns the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_allowed(text: str) -> bool:
    """Whether just this text may be run on this machine."""
    return hash_of(text) in load_settings().allowed_programs


def allow(text: str) -> None:
    """Lets just this text be run on this machine, whichever project it stands beside."""

    def change(settings: AppSettings) -> None:
        settings.allowed_programs = [*dict.fromkeys([*settings.allowed_programs, hash_of(text)])]

    change_settings(change)


def forbid(text: str) -> None:
    """Takes back that this text may be run."""

    def change(settings: AppSettings) -> None:
        settings.allowed_programs = [one for one in settings.allowed_programs if one != hash_of(text)]

    change_settings(change)
