"""The window that writes populations: what is typed is read at once, a run can be left and gone on with."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.authoring.population.keeping import recall_state
from core.library.characters import list_characters
from gui.population.dialog import PopulationDialog
from gui.workspace import Workspace


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
    assert rows(dialog) == [("Sailors", "12", ""), ("Over 60", "6", ""), ("Cook", "1", "")]
    assert "mostly harmless" in dialog.said.text()
    assert not dialog.add_button.isEnabled()
    qtbot.mouseClick(dialog.write_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.state is not None and dialog.state.is_done and dialog.add_button.isEnabled())
    assert rows(dialog) == [("Sailors", "12", "12"), ("Over 60", "6", "6"), ("Cook", "1", "1")]
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
    type_words(qtbot, first, "400 sailors, half over 60")
    first.start()
    qtbot.waitUntil(lambda: first.people.count() > 5)
    first.cancel_run()
    qtbot.waitUntil(first.write_button.isVisible)
    left = [person["name"] for person in first.state.accepted]
    assert 0 < len(left) < 400
    first.reject()
    again = open_dialog(qtbot, workspace)
    assert again.people.count() == len(left)
    assert not again.words.isEnabled()
    again.start()
    qtbot.waitUntil(lambda: again.state.is_done and again.add_button.isEnabled(), timeout=20_000)
    assert [person["name"] for person in again.state.accepted][: len(left)] == left
    again.start_over()
    assert recall_state(workspace.project) is None
    again.reject()
