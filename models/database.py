"""Opening a project file: one SQLite database in WAL mode with foreign keys on."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import create_engine

from models.migrations import migrate

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


def _prepare_connection(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
