"""Numbered migrations and the ledger of those that a file has had. A released migration is never changed."""

from collections.abc import Callable

from sqlalchemy import Connection, Engine, text

from models.fields import utc_now
from models.migrations.m1_first import migrate_first
from models.migrations.m2_long_scenes import migrate_long_scenes
from models.migrations.m3_authoring import migrate_authoring

MIGRATIONS: dict[int, Callable[[Connection], None]] = {
    1: migrate_first,
    2: migrate_long_scenes,
    3: migrate_authoring,
}


class SchemaTooNew(Exception):
    """The file was written by a newer version of the app."""


class NotAProject(Exception):
    """The file is a database, but of something else."""


def migrate(engine: Engine) -> None:
    """Applies the migrations that the file has not had, each in its own transaction, in order."""
    with engine.connect() as connection:
        done = _read_ledger(connection)
    if done and max(done) > max(MIGRATIONS):
        raise SchemaTooNew(max(done))
    for number, migration in MIGRATIONS.items():
        if number not in done:
            with engine.begin() as connection:
                migration(connection)
                connection.execute(
                    text("INSERT INTO schema_migration (number, applied_at) VALUES (:number, :now)"),
                    {"number": number, "now": utc_now()},
                )


def _read_ledger(connection: Connection) -> set[int]:
    tables = {row[0] for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))}
    if "schema_migration" in tables:
        return {row[0] for row in connection.execute(text("SELECT number FROM schema_migration"))}
    if tables:
        raise NotAProject
    return set()
