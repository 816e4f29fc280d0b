"""The settings dialog: what is changed holds at once and is remembered; every action is listed with its keys."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.app_settings import load_settings
from core.project import Project
from gui import theme
from gui.main_window import MainWindow
from gui.settings.dialog import SettingsDialog
from gui.translations import install_language, list_languages
from gui.widgets.command_palette import entries_of
from tests.gui.conftest import fill


@pytest.fixture
def window(make_window: Callable[..., MainWindow], tmp_path: Path, home: Path) -> MainWindow:
    project = Project(tmp_path / "p.tableread")
    fill(project, tmp_path)
    project.close()
    return make_window(tmp_path / "p.tableread")


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> SettingsDialog:
    return window.show_settings()


def pick(box: object, data: object) -> None:
    row = box.findData(data)
    box.setCurrentIndex(row)
    box.activated.emit(row)


def test_theme_and_text_size_hold_at_once(dialog: SettingsDialog, qtbot: QtBot) -> None:
    page = dialog.pages["appearance"]
    pick(page.theme, "light")
    pick(page.scale, 150)
    assert not theme.is_dark()
    assert theme.text_px(100) == 150
    assert load_settings().theme == "light"
    pick(page.scale, 100)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_english_is_there_and_what_is_not_there_cannot_be_had(qapp: object, tmp_path: Path) -> None:
    assert list_languages() == {"en": "English"} or "en" in list_languages()
    assert install_language("en")
    assert not install_language("xx", tmp_path)
    (tmp_path / "tableread_de.qm").write_bytes(b"not a translation")
    assert list(list_languages(tmp_path)) == ["en", "de"]
    assert not install_language("de", tmp_path)


def test_folders_are_added_and_taken_away(dialog: SettingsDialog, tmp_path: Path) -> None:
    dialog.show_page("weights")
    page = dialog.pages["weights"]
    page.add_folder(tmp_path)
    page.add_folder(tmp_path)
    assert load_settings().weights_folders == [str(tmp_path)]
    page.folders.setCurrentRow(0)
    page.remove.click()
    assert load_settings().weights_folders == []


def test_backups_are_set(dialog: SettingsDialog) -> None:
    dialog.show_page("backups")
    page = dialog.pages["backups"]
    page.wanted.setChecked(False)
    page.today.setValue(3)
    page.today.editingFinished.emit()
    settings = load_settings()
    assert (settings.backups, settings.backups_today) == (False, 3)


def test_keys_of_everything_can_be_searched(window: MainWindow, qtbot: QtBot) -> None:
    dialog = window.show_shortcuts()
    page = dialog.pages["shortcuts"]
    qtbot.keyClicks(page.search, "undo ctrl+z")
    shown = [
        item.text(0)
        for row in range(page.list.topLevelItemCount())
        if not (group := page.list.topLevelItem(row)).isHidden()
        for place in range(group.childCount())
        if not (item := group.child(place)).isHidden()
    ]
    assert shown == [window.menus.undo.text()]


def test_the_palette_lists_every_action_that_can_be_done(window: MainWindow) -> None:
    window.every_action()
    window.open_palette()
    shown = {(entry.group, entry.title) for entry in window._palette._entries}
    for title, actions in window.every_action().items():
        for entry in entries_of(actions, title):
            assert (title, entry.title) in shown


def test_every_place_has_help(window: MainWindow) -> None:
    window.every_action()
    for key, place in window._places.items():
        assert len(place.HELP) > 80, key
        assert place.TITLE, key
        assert place.place_actions(), key


def test_the_project_menu_is_complete(window: MainWindow) -> None:
    texts = " ".join(action.text() for action in window.menus.actions_by_group()["Project"])
    for wanted in (
        "New",
        "Open",
        "Import",
        "Export",
        "Rename",
        "copy",
        "backup",
        "Reveal",
        "Settings",
        "Close",
        "Quit",
    ):
        assert wanted in texts
