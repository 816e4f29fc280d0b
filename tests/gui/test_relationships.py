"""The relationship map by mouse and keyboard: arrows are drawn, read, turned round, forgotten and undone."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from core.library.characters import list_characters
from core.library.relationships import list_relationships, relate
from core.library.settings import get_setting
from gui.relationships.dialog import PLACES_KEY, RelationshipDialog
from gui.workspace import Workspace
from tests.gui.conftest import fill


@pytest.fixture
def dialog(qtbot: QtBot, workspace: Workspace, tmp_path: Path) -> RelationshipDialog:
    fill(workspace.project, tmp_path)
    dialog = RelationshipDialog(workspace)
    with qtbot.waitExposed(dialog):
        dialog.show()
    yield dialog
    dialog.reject()


def point_of(dialog: RelationshipDialog, name: str) -> QPoint:
    person = next(one for one in dialog.map.people.values() if one.face.name == name)
    return dialog.map.mapFromScene(person.pos())


def edges(workspace: Workspace) -> list[tuple[str, str, str]]:
    names = {character.id: character.name for character in list_characters(workspace.project)}
    rows = list_relationships(workspace.project)
    return [(names[row.character_id], names[row.other_id], row.label) for row in rows]


def draw(qtbot: QtBot, dialog: RelationshipDialog, source: str, target: str) -> None:
    viewport, start, end = dialog.map.viewport(), point_of(dialog, source), point_of(dialog, target)
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, start)
    qtbot.mouseMove(viewport, end)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, end)


def test_an_arrow_is_drawn_named_turned_round_and_forgotten(
    qtbot: QtBot, workspace: Workspace, dialog: RelationshipDialog
) -> None:
    draw(qtbot, dialog, "Mara Voss", "Theo Dane")
    assert dialog.panel.title.text() == "Mara Voss → Theo Dane"
    assert edges(workspace) == []
    label = dialog.panel.fields["label"]
    qtbot.keyClicks(label._line, "the magistrate")
    qtbot.waitUntil(lambda: edges(workspace) == [("Mara Voss", "Theo Dane", "the magistrate")])
    dialog.panel.fields["trust"]._slider.setValue(-60)
    dialog.panel.flush()
    assert "You distrust Theo Dane." in dialog.panel.reading.text()
    qtbot.waitUntil(lambda: len(dialog.map.arrows) == 1)
    qtbot.mouseClick(dialog.panel.turn_button, Qt.MouseButton.LeftButton)
    assert dialog.panel.title.text() == "Theo Dane → Mara Voss"
    assert label.value() == ""
    qtbot.mouseClick(dialog.panel.turn_button, Qt.MouseButton.LeftButton)
    assert label.value() == "the magistrate"
    qtbot.waitUntil(dialog.panel.forget_button.isVisible)
    qtbot.mouseClick(dialog.panel.forget_button, Qt.MouseButton.LeftButton)
    assert edges(workspace) == []
    workspace.project.undo()
    assert edges(workspace) == [("Mara Voss", "Theo Dane", "the magistrate")]


def test_an_arrow_is_drawn_by_keys(qtbot: QtBot, dialog: RelationshipDialog) -> None:
    dialog.map.setFocus()
    qtbot.keyClick(dialog.map, Qt.Key.Key_Right)
    assert dialog.others.isVisible()
    assert dialog.others.itemText(0) == "Mara Voss and …"
    dialog.others.setFocus()
    qtbot.keyClick(dialog.others, Qt.Key.Key_Down)
    dialog.others.activated.emit(dialog.others.currentIndex())
    assert dialog.panel.title.text() == "Mara Voss → Theo Dane"


def test_places_are_kept_and_arrows_follow(qtbot: QtBot, workspace: Workspace, dialog: RelationshipDialog) -> None:
    people = {character.name: character.id for character in list_characters(workspace.project)}
    relate(workspace.project, people["Mara Voss"], people["Theo Dane"], label="a witness")
    qtbot.waitUntil(lambda: len(dialog.map.arrows) == 1)
    before = dialog.map.arrows[0].boundingRect()
    viewport, start = dialog.map.viewport(), point_of(dialog, "Mara Voss")
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(viewport, start + QPoint(30, 20))
    qtbot.mouseMove(viewport, start + QPoint(90, 60))
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=start + QPoint(90, 60))
    assert dialog.map.arrows[0].boundingRect() != before
    assert set(get_setting(workspace.project, PLACES_KEY)) == set(people.values())


def test_the_cast_of_a_scenario_alone(dialog: RelationshipDialog, workspace: Workspace) -> None:
    assert len(dialog.map.people) == 2
    dialog.scope.setCurrentIndex(1)
    assert {person.face.name for person in dialog.map.people.values()} == {"Mara Voss", "Theo Dane"}
