"""Numbered migrations and the ledger of those that a file has had. A released migration is never changed."""

from collections.abc import Callable

from sqlalchemy import Connection, Engine, text

from models.fields import utc_now
from models.migrations.m1_first import migrate_first
from models.migrations.m2_long_scenes import migrate_long_scenes
from models.migrations.m3_authoring import migrate_authoring
from models.migrations.m4_lore import migrate_lore
from models.migrations.m5_library import migrate_library
from models.migrations.m6_history import migrate_history
from models.migrations.m7_stage import migrate_stage
from models.migrations.m8_lab import migrate_lab

MIGRATIONS: dict[int, Callable[[Connection], None]] = {
    1: migrate_first,
    2: migrate_long_scenes,
    3: migrate_authoring,
    4: migrate_lore,
    5: migrate_library,
    6: migrate_history,
    7: migrate_stage,
    8: migrate_lab,
}


class SchemaTooNew(Exception):
    """The file was written by a newer version of the app."""


class SchemaTooOld(Exception):
    """The file needs migrations, and may not be written."""


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


def check_schema(engine: Engine) -> None:
    """Raises SchemaTooNew, SchemaTooOld or NotAProject unless the file has had just these migrations."""
    with engine.connect() as connection:
        done = _read_ledger(connection)
    if done and max(done) > max(MIGRATIONS):
        raise SchemaTooNew(max(done))
    if done != set(MIGRATIONS):
        raise SchemaTooOld


def _read_ledger(connection: Connection) -> set[int]:
    tables = {row[0] for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))}
    if "schema_migration" in tables:
        return {row[0] for row in connection.execute(text("SELECT number FROM schema_migration"))}
    if tables:
        raise NotAProject
    return set()
