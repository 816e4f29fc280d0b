"""The relationship map by mouse and keyboard: arrows are drawn, read, turned round, forgotten and undone."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from core.library.characters import delete_character, list_characters
from core.library.relationships import list_relationships, relate
from core.library.settings import get_setting, set_setting
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


def test_news_while_an_arrow_is_drawn_do_not_lose_it(
    qtbot: QtBot, workspace: Workspace, dialog: RelationshipDialog
) -> None:
    viewport, start, end = dialog.map.viewport(), point_of(dialog, "Mara Voss"), point_of(dialog, "Theo Dane")
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, shift, start)
    qtbot.mouseMove(viewport, (start + end) / 2)
    before = dict(dialog.map.people)
    people = {character.name: character.id for character in list_characters(workspace.project)}
    relate(workspace.project, people["Theo Dane"], people["Mara Voss"], label="a witness")
    qtbot.waitUntil(lambda: len(dialog.map.arrows) == 1)
    assert all(dialog.map.people[one] is not person for one, person in before.items())
    end = point_of(dialog, "Theo Dane")
    qtbot.mouseMove(viewport, end - QPoint(3, 3))
    dialog.map.grab()
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, shift, end)
    assert dialog.panel.title.text() == "Mara Voss → Theo Dane"


def test_an_arrow_from_somebody_who_went_ends(qtbot: QtBot, workspace: Workspace, dialog: RelationshipDialog) -> None:
    viewport, start, end = dialog.map.viewport(), point_of(dialog, "Mara Voss"), point_of(dialog, "Theo Dane")
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, shift, start)
    mara = next(one.id for one in list_characters(workspace.project) if one.name == "Mara Voss")
    delete_character(workspace.project, mara)
    qtbot.waitUntil(lambda: len(dialog.map.people) == 1)
    dialog.map.grab()
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, shift, end)
    assert dialog.panel.pair == ("", "")


def test_news_while_somebody_is_dragged_wait_for_the_end(
    qtbot: QtBot, workspace: Workspace, dialog: RelationshipDialog
) -> None:
    viewport, start = dialog.map.viewport(), point_of(dialog, "Mara Voss")
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(viewport, start + QPoint(30, 20))
    held = dict(dialog.map.people)
    people = {character.name: character.id for character in list_characters(workspace.project)}
    relate(workspace.project, people["Theo Dane"], people["Mara Voss"], label="a witness")
    qtbot.wait(300)
    assert dict(dialog.map.people) == held
    assert dialog.map.arrows == []
    qtbot.mouseMove(viewport, start + QPoint(90, 60))
    place = dialog.map.people[people["Mara Voss"]].pos()
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=start + QPoint(90, 60))
    assert len(dialog.map.arrows) == 1
    assert dialog.map.people[people["Mara Voss"]].pos() == place
    assert get_setting(workspace.project, PLACES_KEY)[people["Mara Voss"]] == [place.x(), place.y()]


def test_places_that_are_none_are_left_out(workspace: Workspace, dialog: RelationshipDialog) -> None:
    people = [character.id for character in list_characters(workspace.project)]
    for places in ([], {people[0]: 5}, {people[0]: ["a", "b"]}, {people[0]: [1e300, 0]}, {people[0]: [1]}):
        set_setting(workspace.project, PLACES_KEY, places)
        dialog.read()
        assert len(dialog.map.people) == 2
