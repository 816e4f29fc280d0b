"""The world, live: after the last turn and after any other; values set by hand; knowledge with since when and how."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from core.library.beats import add_beat
from core.narrator.advancing import Point, PointStatus
from gui.stage.place import StagePlace
from gui.stage.world.saying import say_point
from gui.stage.world.world_room import WorldRoom
from gui.stage.world.world_story import WorldNow, WorldReader
from gui.workspace import Workspace
from models.beat import BeatBase, BeatKind
from models.world import FactStatus
from tests.gui.played_scene import OTHER_LINES, PlayedScene, make_scene, open_stage

TIMEOUT_MS = 10_000
TOLD = 2
"""Place in `OTHER_LINES` of the line that says the secret."""


@pytest.fixture
def scene(workspace: Workspace) -> PlayedScene:
    """Two turns, then Ilse tells the secret; tension is set to 8 after that."""
    scene = PlayedScene(workspace.project)
    scene.play(2, OTHER_LINES)
    scene.say(2, OTHER_LINES[TOLD])
    scene.set_world("tension = 8")
    scene.say(0, OTHER_LINES[1])
    return scene


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace, scene: PlayedScene) -> Iterator[StagePlace]:
    place = open_stage(qtbot, workspace, scene)
    place.side.show_room(WorldRoom.KEY)
    qtbot.waitUntil(lambda: room_of(place).now is not None, timeout=TIMEOUT_MS)
    yield place
    place.stop_and_wait()


def room_of(place: StagePlace) -> WorldRoom:
    room = place.side.rooms[WorldRoom.KEY]
    assert isinstance(room, WorldRoom)
    return room


def now_of(place: StagePlace) -> WorldNow:
    now = room_of(place).now
    assert now is not None
    return now


def words_of(room: WorldRoom) -> str:
    return "\n".join(label.text() for label in room.findChildren(QLabel) if label.isVisible())


def test_the_world_at_the_head(qtbot: QtBot, place: StagePlace, tmp_path: Path) -> None:
    now, room = now_of(place), room_of(place)
    assert now.number == 5
    values = {one.name: one for one in now.values}
    assert (values["tension"].value, values["tension"].since.number, values["tension"].since.how) == (8, 4, "set")
    assert values["door"].since.number == 0
    goal = next(goal for goal in now.goals if goal.test)
    assert goal.is_reached
    assert goal.since.number == 4
    assert now.places[0][1] == tuple(part.role_id for part in place.session.script.parts)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: "reached, since turn 4" in words_of(room), timeout=TIMEOUT_MS)
    assert place.grab().save(str(tmp_path / "world.png"))


def test_who_knows_what_and_since_when(qtbot: QtBot, place: StagePlace) -> None:
    now, grid = now_of(place), room_of(place).grid
    keeper, magistrate, deckhand = (part.role_id for part in place.session.script.parts)  # type: ignore[union-attr]
    assert now.knows[deckhand, "boat"].status == FactStatus.KNOWS
    assert now.knows[keeper, "lamp"].status == FactStatus.DENIES
    heard = now.knows[magistrate, "boat"]
    assert (heard.status, heard.since.number, heard.since.how, heard.since.speaker) == (
        FactStatus.KNOWS,
        3,
        "heard",
        "Ilse Ruud",
    )
    cell = grid.knowledge.index(1, 2)
    said = grid.knowledge.data(cell, Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Theo Dane knows: Ilse sold the boat (since turn 3, heard from Ilse Ruud)"
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.visualRect(cell).center())
    qtbot.waitUntil(lambda: place.transcript.view.currentIndex().row() == 2, timeout=TIMEOUT_MS)


def test_an_earlier_turn_shows_the_world_as_it_was_and_fresh_changes(qtbot: QtBot, place: StagePlace) -> None:
    room = room_of(place)
    place.transcript.view.go_to(2)
    qtbot.waitUntil(lambda: now_of(place).number == 3, timeout=TIMEOUT_MS)
    assert {one.name: one.value for one in now_of(place).values}["tension"] == 2
    assert room.grid.knowledge.is_fresh(room.grid.knowledge.index(1, 1))
    assert not room.grid.knowledge.is_fresh(room.grid.knowledge.index(1, 3))
    assert not room.values.values.can_edit
    place.transcript.view.go_to(1)
    qtbot.waitUntil(lambda: now_of(place).number == 2, timeout=TIMEOUT_MS)
    assert not any(
        knows.status for key, knows in now_of(place).knows.items() if key[1] == "boat" and knows.since.number
    )
    qtbot.mouseClick(room.now_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: now_of(place).number == 5, timeout=TIMEOUT_MS)


def test_a_value_is_set_by_double_click(qtbot: QtBot, place: StagePlace) -> None:
    table = room_of(place).values
    row = next(row for row, one in enumerate(table.values.values) if one.name == "tension")
    point = table.visualRect(table.values.index(row, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=point)
    QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=point)
    editor = table.findChild(QSpinBox)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, "3")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: now_of(place).number == 6, timeout=TIMEOUT_MS)
    assert {one.name: one.value for one in now_of(place).values}["tension"] == 3
    assert table.values.is_fresh(row)


def test_somebody_can_be_made_to_forget(qtbot: QtBot, place: StagePlace) -> None:
    grid = room_of(place).grid
    magistrate = place.session.script.parts[1].role_id  # type: ignore[union-attr]
    grid.set_status(grid.knowledge.index(1, 2), "forgets")
    qtbot.waitUntil(lambda: now_of(place).number == 6, timeout=TIMEOUT_MS)
    assert now_of(place).knows[magistrate, "boat"].status == ""


def test_a_branch_knows_nothing_of_another(workspace: Workspace, scene: PlayedScene) -> None:
    first = scene.branch.turns[1]
    other = scene.say(1, OTHER_LINES[3], first.id)
    reader = WorldReader(workspace.project, scene.playtest_id, scene.script)
    told = [turn.id or 0 for turn in scene.branch.turns[:5]]
    assert {one.name: one.value for one in reader.read(told).values}["tension"] == 8
    apart = reader.read([*told[:2], other.id or 0])
    assert {one.name: one.value for one in apart.values}["tension"] == 2
    assert not any(knows.since.number for knows in apart.knows.values())


def test_every_point_of_a_story_says_what_became_of_it() -> None:
    said = [
        say_point(Point("b", "The key", status, 4 if status is PointStatus.REACHED else None)) for status in PointStatus
    ]
    assert ("✓", "The key · reached, turn 4") in said
    assert len({words for _sign, words in said}) == len(said)


def test_beats_are_points_that_lead_to_their_turns(qtbot: QtBot, workspace: Workspace) -> None:
    scenario_id = make_scene(workspace.project)
    start = add_beat(workspace.project, scenario_id, BeatBase(name="The question", kind=BeatKind.START))
    add_beat(workspace.project, scenario_id, BeatBase(name="The answer"), start.id)
    scene = PlayedScene(workspace.project, scenario_id)
    scene.play(3)
    place = open_stage(qtbot, workspace, scene)
    place.side.show_room(WorldRoom.KEY)
    qtbot.waitUntil(lambda: room_of(place).now is not None, timeout=TIMEOUT_MS)
    now = now_of(place)
    assert now.beat == "The answer"
    assert [point.title for point in now.points] == ["The question", "The answer"]
    button = next(one for one in room_of(place).findChildren(QPushButton) if "The answer" in one.text())
    button.click()
    number = next(point.turn for point in now.points if point.title == "The answer")
    assert number is not None
    qtbot.waitUntil(lambda: place.transcript.view.currentIndex().row() == number - 1, timeout=TIMEOUT_MS)
    place.stop_and_wait()
