"""The history window: by mouse and by key, on real projects."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from core.history.entities import Entity
from core.history.moments import MomentKind
from core.library.characters import get_character, list_characters, update_character
from core.library.playtests import list_playtests
from core.library.scenarios import list_roles, list_scenarios, update_role
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from gui.history.dialog import HistoryDialog
from gui.history.words import moment_title
from gui.main_window import MainWindow
from gui.workspace import Workspace
from tests.gui.conftest import fill


@pytest.fixture
def mara(workspace: Workspace, tmp_path: Path) -> str:
    fill(workspace.project, tmp_path)
    mara = list_characters(workspace.project)[0]
    update_character(workspace.project, mara.id, voice="Short and slow sentences.", tags=["island", "keeper"])
    update_character(workspace.project, mara.id, description="She keeps the light.")
    return mara.id


@pytest.fixture
def dialog(workspace: Workspace, mara: str, qtbot: QtBot) -> Iterator[HistoryDialog]:
    dialog = HistoryDialog(workspace, Entity("character", mara), "Mara Voss")
    with qtbot.waitExposed(dialog):
        dialog.show()
    qtbot.waitUntil(lambda: dialog.moments.count() == 4)
    yield dialog
    dialog.close()


def show(dialog: HistoryDialog, row: int, qtbot: QtBot, n_cards: int) -> None:
    dialog.moments.clearSelection()
    dialog.moments.setCurrentRow(row)
    qtbot.waitUntil(lambda: len(dialog.cards()) == n_cards)


def test_moments_newest_first_and_what_each_of_them_changed(dialog: HistoryDialog, qtbot: QtBot) -> None:
    titles = [moment_title(moment) for moment in dialog.moments.moments()]
    assert titles == ["Now", "Edit Mara Voss", "Edit Mara Voss", "New Mara Voss"]
    show(dialog, 3, qtbot, 3)
    dialog.compared.setCurrentIndex(1)
    show(dialog, 2, qtbot, 2)
    texts = {card.difference.path: card.text.toPlainText() for card in dialog.cards()}
    assert texts["voice",] == "Short and slow sentences."
    assert "keeper" in texts["tags",]


def test_one_field_comes_back_by_key_and_ctrl_z_takes_that_back(
    dialog: HistoryDialog, workspace: Workspace, mara: str, qtbot: QtBot
) -> None:
    show(dialog, 3, qtbot, 3)
    card = next(card for card in dialog.cards() if card.difference.path == ("voice",))
    card.restore.setFocus()
    qtbot.keyClick(card.restore, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: get_character(workspace.project, mara).voice == "Short sentences.")
    assert get_character(workspace.project, mara).description == "She keeps the light."
    qtbot.waitUntil(lambda: dialog.moments.count() == 5)
    qtbot.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "Undone" in dialog.said.text())
    assert get_character(workspace.project, mara).voice == "Short and slow sentences."


def test_a_whole_moment_comes_back(dialog: HistoryDialog, workspace: Workspace, mara: str, qtbot: QtBot) -> None:
    show(dialog, 3, qtbot, 3)
    qtbot.mouseClick(dialog.restore, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Ctrl+Z" in dialog.said.text())
    row = get_character(workspace.project, mara)
    assert (row.voice, row.description, row.tags) == ("Short sentences.", "", ["island"])
    assert workspace.project.undo_label() == "Restore Mara Voss"


def test_a_version_is_named_compared_and_forgotten(
    dialog: HistoryDialog, workspace: Workspace, mara: str, qtbot: QtBot
) -> None:
    show(dialog, 0, qtbot, 1)
    qtbot.keyClick(dialog, Qt.Key.Key_F2)
    asked = dialog.findChild(QInputDialog)
    asked.setTextValue("Before the rewrite")
    asked.accept()
    qtbot.waitUntil(lambda: dialog.moments.count() == 5)
    update_character(workspace.project, mara, description="She sold the light.")
    qtbot.waitUntil(lambda: dialog.moments.count() == 6)
    dialog.choose(MomentKind.VERSION, next(m.source_id for m in dialog.moments.moments() if m.kind == "version"))
    qtbot.waitUntil(lambda: [card.difference.path for card in dialog.cards()] == [("description",)])
    assert "sold" in dialog.cards()[0].text.toPlainText()
    qtbot.keyClick(dialog.moments, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: dialog.moments.count() == 5)
    assert workspace.project.undo() == "Forget version Before the rewrite"


def test_two_moments_are_compared(dialog: HistoryDialog, qtbot: QtBot) -> None:
    dialog.moments.clearSelection()
    dialog.moments.item(3).setSelected(True)
    dialog.moments.item(2).setSelected(True)
    qtbot.waitUntil(lambda: {card.difference.path for card in dialog.cards()} == {("voice",), ("tags",)})
    assert not dialog.restore.isVisible()


def test_ctrl_h_shows_what_is_open_and_a_playtest_shows_what_it_ran(
    make_window: Callable[..., MainWindow], tmp_path: Path, home: Path, qtbot: QtBot
) -> None:
    project = Project(tmp_path / "p.tableread")
    fill(project, tmp_path)
    scenario = list_scenarios(project)[0]
    start_playtest(project, scenario.id, PlaySettings())
    playtest = list_playtests(project)[0]
    update_role(project, list_roles(project, scenario.id)[0].id, goal="Leave the island.")
    project.close()
    window = make_window(tmp_path / "p.tableread")
    window.menus.refresh()
    assert window.histories.show_current() is None
    assert "nothing here" in window.notices.notices[-1].message
    dialog = window.histories.show_entity("playtest", playtest.id)
    qtbot.waitUntil(lambda: [card.difference.path for card in dialog.cards()] == [("goal",)])
    assert dialog.moments.chosen()[0].kind == MomentKind.PLAYTEST
    dialog.restore.click()
    qtbot.waitUntil(lambda: list_roles(window.workspace.project, scenario.id)[0].goal == "")
    assert window.histories.show_entity("scenario", scenario.id) is dialog
    place = window.show_place("characters")
    qtbot.waitUntil(lambda: bool(place.character_id))
    other = window.histories.show_current()
    assert other.entity == Entity("character", place.character_id)
    for one in (dialog, other):
        one.close()
