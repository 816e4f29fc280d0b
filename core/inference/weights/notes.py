"""What this machine has learnt about weights: heads read, hashes, measured memory, speed, how they hold a role.

One SQLite file beside the app's settings. Everything in it can be found out again: a file that cannot be read is set
aside, and where nothing can be kept the app works on without.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.app_settings import app_dir
from core.errors import UserError
from core.inference.weights.fit import Measured
from core.inference.weights.gguf_header import WeightsHeader, WeightsKind, weights_sha256

FILE_NAME = "weights.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS heads_1 (
    path TEXT PRIMARY KEY, size INTEGER, modified_ns INTEGER, head TEXT, fault TEXT
);
CREATE TABLE IF NOT EXISTS hashes (path TEXT PRIMARY KEY, size INTEGER, modified_ns INTEGER, sha256 TEXT);
CREATE TABLE IF NOT EXISTS measured (
    sha256 TEXT, n_ctx INTEGER, n_sequences INTEGER, n_gpu_layers INTEGER, total_bytes INTEGER,
    PRIMARY KEY (sha256, n_ctx, n_sequences, n_gpu_layers)
);
CREATE TABLE IF NOT EXISTS notes (sha256 TEXT, what TEXT, note TEXT, PRIMARY KEY (sha256, what));
"""
SPEED, ROLE_CHECK = "speed", "role check"
Stamp = tuple[int, int]
"""Size and time of change of a file, in bytes and nanoseconds: while both stay, the file is taken to be the same."""


class WeightsNotes:
    """The open file. Belongs to the thread that opened it; several processes may have it open."""

    def __init__(self) -> None:
        path = app_dir() / FILE_NAME
        try:
            self._connection = _open(path)
        except sqlite3.DatabaseError:
            with suppress(OSError):
                path.replace(path.with_suffix(".broken.sqlite"))
            try:
                self._connection = _open(path)
            except sqlite3.DatabaseError as error:
                raise UserError(
                    f"What is known of weights cannot be kept in {path}: {error}.", "Make room or change the rights."
                ) from error

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def find_head(self, path: Path, stamp: Stamp) -> WeightsHeader | str | None:
        """Returns what was read of a file, or the sentence that said why it cannot be used; None: never seen so."""
        row = self._find(
            "SELECT head, fault FROM heads_1 WHERE path = ? AND size = ? AND modified_ns = ?", (_key(path), *stamp)
        )
        if row is None:
            return None
        if row[1]:
            return str(row[1])
        values = json.loads(row[0])
        return WeightsHeader(**(values | {"path": path, "kind": WeightsKind(values["kind"])}))

    def keep_head(self, path: Path, stamp: Stamp, found: WeightsHeader | str) -> None:
        """Remembers what was read of a file, or why it cannot be used."""
        is_fault = isinstance(found, str)
        head = None if is_fault else json.dumps(asdict(found) | {"path": ""})  # type: ignore[arg-type]
        row = (_key(path), *stamp, head, found if is_fault else None)
        self._change("INSERT OR REPLACE INTO heads_1 VALUES (?, ?, ?, ?, ?)", row)

    def find_sha256(self, path: Path, stamp: Stamp) -> str:
        """Returns the hash of a file that was hashed before; empty: it was not."""
        row = self._find(
            "SELECT sha256 FROM hashes WHERE path = ? AND size = ? AND modified_ns = ?", (_key(path), *stamp)
        )
        return str(row[0]) if row else ""

    def keep_sha256(self, path: Path, stamp: Stamp, sha256: str) -> None:
        """Remembers the hash of a file."""
        self._change("INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?)", (_key(path), *stamp, sha256))

    def measured(self, sha256: str) -> tuple[Measured, ...]:
        """Returns what weights took when they were loaded here."""
        statement = "SELECT n_ctx, n_sequences, n_gpu_layers, total_bytes FROM measured WHERE sha256 = ?"
        return tuple(Measured(*row) for row in self._rows(statement, (sha256,)))

    def keep_measured(self, sha256: str, measured: Measured) -> None:
        """Remembers what weights took; of several with the same settings the most, as memory is used bit by bit."""
        self._change(
            "INSERT INTO measured VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET total_bytes = "
            "max(total_bytes, excluded.total_bytes)",
            (sha256, measured.n_ctx, measured.n_sequences, measured.n_gpu_layers, measured.total_bytes),
        )

    def note(self, sha256: str, what: str) -> dict[str, Any] | None:
        """Returns a note of one kind about weights, as it was kept."""
        row = self._find("SELECT note FROM notes WHERE sha256 = ? AND what = ?", (sha256, what))
        return json.loads(row[0]) if row else None

    def keep_note(self, sha256: str, what: str, note: dict[str, Any]) -> None:
        """Remembers a note, in place of the one before."""
        self._change("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", (sha256, what, json.dumps(note)))

    def _find(self, statement: str, values: tuple[object, ...]) -> tuple[Any, ...] | None:
        return next(iter(self._rows(statement, values)), None)

    def _rows(self, statement: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.DatabaseError:  # what cannot be read is found out again
            return []

    def _change(self, statement: str, values: tuple[object, ...]) -> None:
        with suppress(sqlite3.DatabaseError):  # a full disk or a file held by somebody else: found out again later
            self._connection.execute(statement, values)


@contextmanager
def open_notes() -> Iterator[WeightsNotes]:
    """Opens the file for a few reads or changes."""
    with closing(WeightsNotes()) as notes:
        yield notes


def stamp_of(path: Path) -> Stamp:
    """Returns the stamp of a file; OSError when there is none."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def hash_of(path: Path, notes: WeightsNotes) -> str:
    """Returns the hash of weights, read from the file only when it has changed. Raises UserError."""
    try:
        stamp = stamp_of(path)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Choose other weights.") from error
    known = notes.find_sha256(path, stamp)
    if not known:
        known = weights_sha256(path)
        notes.keep_sha256(path, stamp, known)
    return known


def measured_memory(sha256: str) -> tuple[Measured, ...]:
    """Returns what weights took when they were loaded here; nothing where that cannot be read."""
    try:
        with open_notes() as notes:
            return notes.measured(sha256)
    except (UserError, sqlite3.DatabaseError):
        return ()


def _key(path: Path) -> str | bytes:
    """Returns what a file is kept under: its path, as bytes when that is no text, which names need not be."""
    text = str(path)
    try:
        text.encode()
    except UnicodeEncodeError:
        return os.fsencode(path)
    return text


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(SCHEMA)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
