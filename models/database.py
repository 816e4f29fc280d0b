"""Opening a project file: one SQLite database in WAL mode with foreign keys on."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, event
from sqlmodel import create_engine

from models.migrations import check_schema, migrate

BUSY_TIMEOUT_MS = 5_000


def open_database(path: Path) -> Engine:
    """Opens a project file, made if missing, and brings its schema up to date.

    Raises:
        SchemaTooNew: The file was written by a newer version of the app. It is left as it is.
        sqlite3.Error, sqlalchemy.exc.DBAPIError: The file cannot be read or written, or is no database.
    """
    engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare_connection)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def open_database_to_read(path: Path) -> Engine:
    """Opens a project file without writing a byte of it, or beside it where the folder cannot be written.

    Raises:
        SchemaTooNew, SchemaTooOld: The file is of another version of the app.
        sqlite3.Error, sqlalchemy.exc.DBAPIError: The file cannot be read, or is no database.
    """
    engine = create_engine(f"sqlite:///{path}", creator=lambda: connect_to_read(path))
    try:
        check_schema(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Returns a connection that cannot write. A file in a folder that cannot be written is taken as it lies there."""
    address = f"file:{quote(str(path))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if _has_log(path):
            raise
        connection = sqlite3.connect(f"{address}&immutable=1", uri=True, check_same_thread=False)
    return connection


def sweep_log(path: Path) -> None:
    """Takes away the empty log beside a file that was only read, unless somebody else has the file open.

    SQLite does it itself when the last connection that could write closes; one that only reads cannot. Nothing is
    written to the file.
    """
    if not path.with_name(f"{path.name}-wal").exists() or _has_log(path):
        return
    address = f"file:{quote(str(path))}?mode=rw"
    with suppress(sqlite3.Error), closing(sqlite3.connect(address, uri=True, timeout=0)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _has_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _prepare_connection(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
