"""What is done in the background for a project that was opened, and backups that come back as copies."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.app_settings import change_settings
from core.library.characters import create_character, list_characters
from core.project import Project
from core.safekeeping.backups import list_backups
from gui.main_window import MainWindow
from models.character import CharacterBase
from tests.gui.conftest import fill


@pytest.fixture
def path(tmp_path: Path, home: Path) -> Path:
    project = Project(tmp_path / "Scenes.tableread")
    fill(project, tmp_path)
    project.close()
    return tmp_path / "Scenes.tableread"


def test_a_project_is_backed_up_when_it_was_opened_and_comes_back_as_a_copy(
    make_window: Callable[..., MainWindow], path: Path, qtbot: QtBot
) -> None:
    window = make_window(path)
    assert list_backups(path) == []
    with qtbot.waitSignal(window.safekeeper.backed_up, timeout=20_000):
        window.safekeeper.run_now()
    assert window.safekeeper.run_now().result() == ("", "")
    create_character(window.workspace.project, CharacterBase(name="Ilse"))
    dialog = window.projects.ask_backup()
    qtbot.waitUntil(lambda: "Characters 2" in dialog.what.text())
    dialog.restore.click()
    qtbot.waitUntil(lambda: window.workspace.project.path != path, timeout=20_000)
    assert window.workspace.project.path.parent == path.parent
    assert len(list_characters(window.workspace.project)) == 2
    again = Project(path)
    assert len(list_characters(again)) == 3
    again.close()


def test_no_backup_is_made_where_none_is_wanted(
    make_window: Callable[..., MainWindow], path: Path, qtbot: QtBot
) -> None:
    change_settings(lambda settings: setattr(settings, "backups", False))
    window = make_window(path)
    window.safekeeper.run_now().result()
    assert list_backups(path) == []
