"""The window that writes populations: what is typed is read at once, a run can be left and gone on with."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.authoring.population.keeping import recall_state
from core.library.characters import create_character, list_characters
from gui.population.dialog import PopulationDialog
from gui.workspace import Workspace
from models.character import CharacterBase


def open_dialog(qtbot: QtBot, workspace: Workspace) -> PopulationDialog:
    dialog = PopulationDialog(workspace)
    with qtbot.waitExposed(dialog):
        dialog.open()
    return dialog


def type_words(qtbot: QtBot, dialog: PopulationDialog, words: str) -> None:
    dialog.words.selectAll()
    qtbot.keyClicks(dialog.words, words)
    qtbot.wait(300)


def rows(dialog: PopulationDialog) -> list[tuple[str, ...]]:
    table = dialog.plan
    return [tuple(table.item(row, column).text() for column in range(3)) for row in range(table.rowCount())]


def test_people_are_written_and_added_as_one_step(qtbot: QtBot, workspace: Workspace) -> None:
    dialog = open_dialog(qtbot, workspace)
    type_words(qtbot, dialog, "12 sailors, half over 60, one cook, mostly harmless")
    assert rows(dialog) == [("Sailors", "12", ""), ("Over 60", "6", ""), ("Cook", "1", ""), ("Sailor", "11", "")]
    assert "mostly harmless" in dialog.said.text()
    assert not dialog.add_button.isEnabled()
    qtbot.mouseClick(dialog.write_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.state is not None and dialog.state.is_done and dialog.add_button.isEnabled())
    assert [(there, wanted) for _name, wanted, there in rows(dialog)] == [
        ("12", "12"),
        ("6", "6"),
        ("1", "1"),
        ("11", "11"),
    ]
    with qtbot.waitSignal(dialog.added) as added:
        qtbot.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    assert added.args[1] == "12 sailors"
    assert len(list_characters(workspace.project)) == 12
    assert workspace.project.undo() == "Add 12 sailors"
    assert recall_state(workspace.project) is None


@pytest.mark.parametrize("words", ["", "villagers", "10 villagers, 11 healers"])
def test_what_cannot_be_is_said_beside_the_words(qtbot: QtBot, workspace: Workspace, words: str) -> None:
    dialog = open_dialog(qtbot, workspace)
    dialog.words.setPlainText(words)
    qtbot.waitUntil(lambda: not dialog.write_button.isEnabled())
    assert dialog.said.text()
    dialog.reject()


def test_a_run_that_was_left_goes_on_with_the_same_people(qtbot: QtBot, workspace: Workspace) -> None:
    first = open_dialog(qtbot, workspace)
    type_words(qtbot, first, "1000 sailors, half over 60")
    first.start()
    qtbot.waitUntil(lambda: first.people.count() > 5)
    first.cancel_run()
    qtbot.waitUntil(first.write_button.isVisible)
    left = [person["name"] for person in first.state.accepted]
    assert 0 < len(left) < 1000
    first.reject()
    again = open_dialog(qtbot, workspace)
    assert again.people.count() == len(left)
    assert not again.words.isEnabled()
    again.start()
    qtbot.waitUntil(lambda: again.state.is_done and again.add_button.isEnabled(), timeout=60_000)
    assert [person["name"] for person in again.state.accepted][: len(left)] == left
    again.start_over()
    assert recall_state(workspace.project) is None
    again.reject()


def test_who_bears_a_name_that_was_given_meanwhile_is_renamed(qtbot: QtBot, workspace: Workspace) -> None:
    first = open_dialog(qtbot, workspace)
    type_words(qtbot, first, "2000 sailors")
    first.start()
    qtbot.waitUntil(lambda: first.people.count() > 5)
    first.cancel_run()
    qtbot.waitUntil(first.write_button.isVisible)
    name = str(first.state.accepted[0]["name"])
    first.reject()
    create_character(workspace.project, CharacterBase(name=name))
    again = open_dialog(qtbot, workspace)
    again.add()
    names = [character.name for character in list_characters(workspace.project)]
    assert names.count(name) == 1
    assert len(set(names)) == len(names) > 5


def test_numbers_in_words_and_groups_are_planned(qtbot: QtBot, workspace: Workspace) -> None:
    dialog = open_dialog(qtbot, workspace)
    type_words(qtbot, dialog, "1,000 villagers, 12.5% women, half under 4")
    assert rows(dialog) == [("Villagers", "1,000", ""), ("Woman", "125", "")]
    assert "half under 4" in dialog.said.text()
    type_words(qtbot, dialog, "two dozen villagers, 25 healers")
    assert "25 for “healer” are more than all 24" in dialog.said.text()
    dialog.reject()
