"""A project that cannot be written: told, readable, refused in a sentence, and writable once it can be."""

import multiprocessing
import sqlite3
from collections.abc import Callable, Iterator
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from core.library.characters import create_character, list_characters
from core.project import Project, find_damage
from gui.main_window import MainWindow
from models.character import CharacterBase
from tests.gui.conftest import fill

PAGE = 4096


def hold_open(path: Path, opened: Event, done: Event) -> None:
    """What a second window's process does."""
    project = Project(path)
    opened.set()
    done.wait(60)
    project.close()


@pytest.fixture
def path(tmp_path: Path, home: Path) -> Path:
    project = Project(tmp_path / "Scenes.tableread")
    fill(project, tmp_path)
    project.close()
    return tmp_path / "Scenes.tableread"


@pytest.fixture
def other_window(path: Path) -> Iterator[Callable[[], None]]:
    """Another process has the project open; call to close it there."""
    context = multiprocessing.get_context("spawn")
    opened, done = context.Event(), context.Event()
    process = context.Process(target=hold_open, args=(path, opened, done))
    process.start()
    assert opened.wait(30)

    def close() -> None:
        done.set()
        process.join(30)

    yield close
    close()


def press(window: MainWindow, text: str) -> None:
    button = next(one for one in window.banner.buttons() if one.text() == text)
    button.click()


def test_the_second_window_is_told_and_can_write_when_the_first_is_closed(
    make_window: Callable[..., MainWindow], path: Path, other_window: Callable[[], None], qtbot: QtBot
) -> None:
    window = make_window(path)
    assert window.workspace.project.is_read_only
    assert "open in another window" in window.banner.message
    assert "reading only" in window.windowTitle()
    assert [character.name for character in list_characters(window.workspace.project)] == ["Mara Voss", "Theo Dane"]
    assert not window.menus.undo.isEnabled()
    assert not window.menus.rename.isEnabled()
    place = window.show_place("characters")
    qtbot.waitUntil(lambda: bool(place.character_id))
    place.new_character()
    place.delete()
    assert any("Nothing can be changed here" in notice.message for notice in window.notices.notices)
    field = place.form.fields["summary"]
    qtbot.keyClicks(field.findChild(QPushButton) or field.focusProxy() or field, "x")
    window.show_place("library")
    press(window, "Try again")
    assert window.workspace.project.is_read_only
    other_window()
    press(window, "Try again")
    assert not window.workspace.project.is_read_only
    assert window.banner.message == ""
    create_character(window.workspace.project, CharacterBase(name="Ilse"))
    qtbot.waitUntil(window.menus.undo.isEnabled)


def test_every_place_can_be_looked_at_while_nothing_can_be_written(
    make_window: Callable[..., MainWindow], path: Path, other_window: Callable[[], None], qtbot: QtBot
) -> None:
    before = path.read_bytes()
    window = make_window(path)
    for key in ("characters", "scenarios", "stage", "weights", "library"):
        window.show_place(key)
        qtbot.wait(50)
    for actions in window.every_action().values():
        for action in actions:
            if action.isEnabled() and action.text().startswith(("New ", "Duplicate", "Delete", "Example")):
                action.trigger()
    qtbot.wait(50)
    assert path.read_bytes() == before
    assert len(list_characters(window.workspace.project)) == 2


def test_a_file_that_may_only_be_read_opens_to_read(
    make_window: Callable[..., MainWindow], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.project.os.access", lambda _path, _mode: False)
    window = make_window(path)
    assert "may only be read" in window.banner.message
    assert len(list_characters(window.workspace.project)) == 2
    monkeypatch.undo()
    window.read_only.try_writing()
    assert not window.workspace.project.is_read_only


def test_a_damaged_project_opens_as_what_was_rescued_of_it(
    make_window: Callable[..., MainWindow], path: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    damaged = tmp_path / "Broken.tableread"
    content = bytearray(path.read_bytes())
    content[PAGE : 2 * PAGE] = b"\xff" * PAGE
    damaged.write_bytes(content)
    assert find_damage(damaged)
    window = make_window(path)
    assert not window.projects.open(damaged)
    qtbot.waitUntil(lambda: "could be read" in window.banner.message, timeout=20_000)
    project = window.workspace.project
    assert project.is_read_only
    assert project.path.name == "Broken rescued.tableread"
    assert {character.name for character in list_characters(project)} <= {"Mara Voss", "Theo Dane"}
    assert damaged.read_bytes() == content
    press(window, "Go on with this")
    assert not window.workspace.project.is_read_only
    assert window.workspace.project.path.name == "Broken rescued.tableread"


def test_damage_that_is_found_later_stops_all_writing(
    make_window: Callable[..., MainWindow], path: Path, qtbot: QtBot
) -> None:
    window = make_window(path)
    window.safekeeper.damage_found.emit("page 7 is never used")
    assert "is damaged" in window.banner.message
    assert not window.workspace.attempt(lambda: create_character(window.workspace.project, CharacterBase(name="Ilse")))
    assert len(list_characters(window.workspace.project)) == 2
    press(window, "Rescue what can be read")
    qtbot.waitUntil(lambda: "could be read" in window.banner.message, timeout=20_000)
    assert len(list_characters(window.workspace.project)) == 2


def test_a_banner_is_read_out_and_its_buttons_are_reached_by_key(
    make_window: Callable[..., MainWindow], path: Path, other_window: Callable[[], None]
) -> None:
    window = make_window(path)
    assert window.banner.accessibleName().startswith("Open for reading only.")
    assert all(button.focusPolicy() & Qt.FocusPolicy.TabFocus for button in window.banner.buttons())


def test_the_file_of_an_older_version_is_read_through_a_copy(path: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.tableread"
    old.write_bytes(path.read_bytes())
    with sqlite3.connect(old) as connection:
        connection.execute("DELETE FROM schema_migration WHERE number = 6")
        connection.execute("DROP TABLE version")
        connection.execute("DROP INDEX ix_change_entity_entity_id")
        connection.execute("ALTER TABLE action DROP COLUMN burst")
        connection.execute("ALTER TABLE action DROP COLUMN changed_at")
    connection.close()
    before = old.read_bytes()
    from core.errors import UserError

    project = Project(old, UserError("It lies on a disc."))
    assert len(list_characters(project)) == 2
    project.close()
    assert old.read_bytes() == before
