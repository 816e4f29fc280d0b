"""The migrations make exactly the tables that the models describe."""

import importlib
import pkgutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlmodel import SQLModel

import models
from models.database import open_database
from models.migrations import MIGRATIONS, NotAProject, SchemaTooNew

for module in pkgutil.iter_modules(models.__path__):
    importlib.import_module(f"models.{module.name}")


def describe(engine) -> dict[str, object]:
    inspector = inspect(engine)
    return {
        table: (
            {
                column["name"]: (str(column["type"]), column["nullable"], bool(column["primary_key"]))
                for column in inspector.get_columns(table)
            },
            sorted((index["name"], tuple(index["column_names"])) for index in inspector.get_indexes(table)),
            sorted(
                (tuple(key["constrained_columns"]), key["referred_table"], key["options"].get("ondelete"))
                for key in inspector.get_foreign_keys(table)
            ),
        )
        for table in inspector.get_table_names()
        if table != "schema_migration" and not table.startswith("search_")
    }


def test_migrations_and_models_agree(tmp_path: Path) -> None:
    migrated = open_database(tmp_path / "a.tableread")
    created = create_engine(f"sqlite:///{tmp_path / 'b.sqlite'}")
    SQLModel.metadata.create_all(created)
    assert describe(migrated) == describe(created)


def test_a_project_keeps_its_rows_when_opened_again(tmp_path: Path) -> None:
    first = open_database(tmp_path / "a.tableread")
    with first.begin() as connection:
        connection.execute(text("INSERT INTO setting (key, value) VALUES ('k', '\"one\"')"))
    first.dispose()
    again = open_database(tmp_path / "a.tableread")
    with again.connect() as connection:
        assert connection.execute(text("SELECT value FROM setting")).scalar() == '"one"'
        ledger = connection.execute(text("SELECT number FROM schema_migration")).scalars().all()
        assert ledger == list(MIGRATIONS)
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_file_of_an_older_schema_keeps_its_rows_and_gets_the_new_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.tableread"
    old = create_engine(f"sqlite:///{path}")
    with old.begin() as connection:
        MIGRATIONS[1](connection)
        connection.execute(text("INSERT INTO schema_migration VALUES (1, 'then')"))
        connection.execute(text("INSERT INTO setting (key, value) VALUES ('k', '\"one\"')"))
    old.dispose()
    created = create_engine(f"sqlite:///{tmp_path / 'b.sqlite'}")
    SQLModel.metadata.create_all(created)
    migrated = open_database(path)
    assert describe(migrated) == describe(created)
    with migrated.connect() as connection:
        assert connection.execute(text("SELECT value FROM setting")).scalar() == '"one"'
    migrated.dispose()


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.tableread"
    engine = open_database(path)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO schema_migration VALUES (999, 'later')"))
    engine.dispose()
    before = path.read_bytes()
    with pytest.raises(SchemaTooNew):
        open_database(path)
    assert path.read_bytes() == before


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with create_engine(f"sqlite:///{path}").begin() as connection:
        connection.execute(text("CREATE TABLE recipe (id INTEGER)"))
    with pytest.raises(NotAProject):
        open_database(path)
