"""For every test: no display is needed, nobody's own settings are touched, the schema is built once per process."""

import gc
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

import core.project
import models.database
from core.demo import make_demo_project
from models.database import open_database

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="module", autouse=True)
def what_is_there_stays_there() -> None:
    """Takes what earlier files left in memory out of the collector's sight: it took longer than the tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gives the app a folder of its own files that nobody has used yet."""
    folder = tmp_path / "home"
    monkeypatch.setenv("TABLEREAD_HOME", str(folder))
    return folder


@pytest.fixture(scope="session", autouse=True)
def new_projects_are_copies(disks_are_not_waited_for: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Begins each new project as a copy of one that the migrations made: they take ten times as long as opening it.

    `tests/models` opens files without `Project`, so that every migration is still run there; child processes run them
    all the time.
    """
    blank = tmp_path_factory.mktemp("blank") / "blank.tableread"
    open_database(blank).dispose()

    def open_copy(path: Path) -> Engine:
        if not path.exists():
            with suppress(OSError):  # the app says what is wrong with the folder
                shutil.copyfile(blank, path)
        return open_database(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core.project, "open_database", open_copy)
        yield


@pytest.fixture(scope="session", autouse=True)
def disks_are_not_waited_for() -> Iterator[None]:
    """Leaves it to the system when files reach the disk: only a power cut would tell, and no test cuts the power."""
    prepare = models.database._prepare_connection

    def prepare_quickly(connection: sqlite3.Connection, record: Any) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous = OFF")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models.database, "_prepare_connection", prepare_quickly)
        yield


@pytest.fixture(scope="session")
def demo_template(new_projects_are_copies: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo project, made once; tests get copies of it."""
    path = tmp_path_factory.mktemp("demo") / "Demo.tableread"
    make_demo_project(path)
    return path
