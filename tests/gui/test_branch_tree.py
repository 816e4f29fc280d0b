"""The tree of branches, driven by mouse and keyboard on real rows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from core.library.branches import read_marks
from gui.stage.branches.branch_endings import read_endings
from gui.stage.branches.branch_model import find_stems, short_ending
from gui.stage.branches.branch_rows import list_branches, sketch_line
from gui.stage.branches.branches_room import BranchesRoom
from gui.stage.place import StagePlace
from gui.stage.reading import BranchMark, ScoreCell, StageTurn
from gui.stage.session import StageSession
from gui.stage.side_panel import SidePanel
from gui.stage.turn_tree import TurnTree
from gui.workspace import Workspace
from models.playtest import Origin, SpeakerKind
from tests.gui.played_scene import OTHER_LINES, PlayedScene, open_stage

TIMEOUT_MS = 10_000


@pytest.fixture
def scene(workspace: Workspace) -> PlayedScene:
    """Three branches: eight turns; from the fifth on four others; from the seventh of those two."""
    scene = PlayedScene(workspace.project)
    first = scene.play(8)
    other = scene.play(4, OTHER_LINES, first[4].id)
    scene.play(2, OTHER_LINES[2:], other[1].id)
    return scene


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace, scene: PlayedScene) -> Iterator[StagePlace]:
    place = open_stage(qtbot, workspace, scene)
    place.side.show_room(BranchesRoom.KEY)
    yield place
    place.stop_and_wait()


def room_of(place: StagePlace) -> BranchesRoom:
    room = place.side.rooms[BranchesRoom.KEY]
    assert isinstance(room, BranchesRoom)
    return room


def select(place: StagePlace, row: int) -> BranchesRoom:
    room = room_of(place)
    room.view.setFocus()
    QTest.mouseClick(
        room.view.viewport(), Qt.MouseButton.LeftButton, pos=room.view.visualRect(room.model.index(row)).center()
    )
    return room


def test_all_branches_are_there_as_a_tree(place: StagePlace, tmp_path: Path) -> None:
    model = room_of(place).model
    assert [(row.depth, row.leaf.number, row.fork_number) for row in model.rows] == [(0, 8, 0), (1, 9, 5), (2, 9, 7)]
    assert model.present_place == 2
    said = str(model.data(model.index(1), Qt.ItemDataRole.AccessibleTextRole))
    assert said.startswith("Branch 2 of 3")
    assert "leaves at 5" in said
    assert place.grab().save(str(tmp_path / "branches.png"))


def test_enter_goes_there(qtbot: QtBot, place: StagePlace) -> None:
    room = select(place, 0)
    QTest.keyClick(room.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(place.session.path) == 8, timeout=TIMEOUT_MS)
    assert room.model.present_place == 0


def test_a_branch_is_named_in_its_place_and_undo_takes_the_name_back(qtbot: QtBot, place: StagePlace) -> None:
    room = select(place, 1)
    QTest.keyClick(room.view, Qt.Key.Key_F2)
    editor = room.view.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "Ilse lies")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: room.model.rows[1].name == "Ilse lies", timeout=TIMEOUT_MS)
    project, playtest_id = place.workspace.project, place.session.playtest_id
    assert [mark.name for mark in read_marks(project, playtest_id).values()] == ["Ilse lies"]
    project.undo()
    qtbot.waitUntil(lambda: room.model.rows[1].name == "", timeout=TIMEOUT_MS)


def test_deleting_a_branch_leaves_what_others_share_and_undo_brings_it_back(qtbot: QtBot, place: StagePlace) -> None:
    room = select(place, 1)
    QTest.keyClick(room.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(room.model.rows) == 2, timeout=TIMEOUT_MS)
    assert [(row.depth, row.leaf.number) for row in room.model.rows] == [(0, 8), (1, 9)]
    assert len(place.session.tree) == 12
    assert len(place.map.lanes) == 2
    place.workspace.project.undo()
    qtbot.waitUntil(lambda: len(room.model.rows) == 3, timeout=TIMEOUT_MS)


def test_deleting_the_present_branch_moves_the_head(qtbot: QtBot, place: StagePlace) -> None:
    room = select(place, 2)
    assert room.cut_action.isEnabled()
    QTest.keyClick(room.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(place.session.path) == 7, timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: len(room.model.rows) == 2, timeout=TIMEOUT_MS)


def test_scores_of_another_branch_are_seen_in_the_charts(qtbot: QtBot, place: StagePlace) -> None:
    room = select(place, 0)
    QTest.keyClick(room.view, Qt.Key.Key_O)
    charts = place.side.charts
    charts.draw_all()
    chart = charts.charts[0]
    assert sum(len(line.getData()[0]) for line in chart._others.values()) == 8
    assert "Dim: “First run”" in chart._caption.text()
    room.view.setFocus()
    QTest.keyClick(room.view, Qt.Key.Key_O)
    charts.draw_all()
    assert not chart._others


def test_the_room_is_remembered(qtbot: QtBot, workspace: Workspace, place: StagePlace) -> None:
    place.side.tabs.setFocus()
    QTest.keyClick(place.side.tabs, Qt.Key.Key_Right)
    key = place.side.room.KEY
    assert key != BranchesRoom.KEY
    again = SidePanel(workspace, place.session)
    qtbot.addWidget(again)
    assert again.room.title() == place.side.room.title()


def test_why_other_branches_ended_is_found_from_their_turns(workspace: Workspace) -> None:
    scene = PlayedScene(workspace.project)
    first = scene.play(4)
    parted = scene.play(3, ("Good night.", "Farewell, sir."), first[3].id)
    leaves = [first[3].id or 0, parted[-1].id or 0]
    endings = read_endings(workspace.project, scene.playtest_id, scene.script, leaves)
    assert endings == {leaves[0]: "", leaves[1]: "natural"}
    assert short_ending("natural") == "ended with goodbye"


def test_names_follow_the_turn_that_carries_them() -> None:
    tree = TurnTree(make_turn(number, number - 1 or None, number) for number in range(1, 5))
    tree.add([make_turn(5, 2, 3)])
    marks = {3: BranchMark("old", False), 4: BranchMark("new", False), 5: BranchMark("other", False)}
    assert [row.name for row in list_branches(tree, marks)] == ["new", "other"]
    assert [row.only.id for row in list_branches(tree, marks)] == [3, 5]
    assert tree.cut([5])
    assert [row.leaf.id for row in list_branches(tree, marks)] == [4]
    assert tree.tip_of(2) == 4
    assert not tree.has_branches
    assert tree.cut([])
    assert len(tree.leaves()) == 2


def test_lines_run_past_rows_to_those_below() -> None:
    assert find_stems([0, 1, 2, 1, 0]) == [frozenset(), frozenset({0}), frozenset({0}), frozenset(), frozenset()]


def test_a_thumbnail_of_a_long_branch_looks_at_some_turns_only() -> None:
    path = [make_turn(number, number - 1 or None, number) for number in range(1, 10_001)]
    scores = {turn.id: {"drift": ScoreCell(float(turn.number), None)} for turn in path}
    line = sketch_line(path, scores, "drift", 40)
    assert len(line) <= 40
    assert line[0][1] < line[-1][1]
    assert 0 <= line[0][0] < line[-1][0] <= 1


def make_turn(turn_id: int, parent_id: int | None, number: int) -> StageTurn:
    return StageTurn(
        id=turn_id,
        parent_id=parent_id,
        number=number,
        speaker_id="r",
        speaker="R",
        kind=SpeakerKind.CHARACTER,
        text="Words.",
        thought=None,
        origin=Origin.WEIGHTS,
        finish="end",
        audience=None,
    )


def test_the_branch_one_stands_on_is_selected_until_another_is_chosen(qtbot: QtBot, place: StagePlace) -> None:
    room = room_of(place)
    assert room.view.currentIndex().row() == room.model.present_place == 2
    place.choose_branch(room.model.rows[0].leaf.id)
    qtbot.waitUntil(lambda: room.model.present_place == 0, timeout=TIMEOUT_MS)
    assert room.view.currentIndex().row() == 0
    select(place, 1)
    place.choose_branch(room.model.rows[2].leaf.id)
    qtbot.waitUntil(lambda: room.model.present_place == 2, timeout=TIMEOUT_MS)
    assert room.view.currentIndex().row() == 1


def test_deleting_a_branch_offers_to_undo_it(qtbot: QtBot, place: StagePlace) -> None:
    room = select(place, 1)
    with qtbot.waitSignal(place.undo_offered, timeout=TIMEOUT_MS) as offered:
        QTest.keyClick(room.view, Qt.Key.Key_Delete)
    assert offered.args is not None
    assert "was deleted" in offered.args[0]


def test_with_no_turns_what_is_said_stands_together_at_the_top(qtbot: QtBot, workspace: Workspace) -> None:
    room = BranchesRoom(workspace, StageSession(workspace))
    qtbot.addWidget(room)
    room.resize(360, 700)
    with qtbot.waitExposed(room):
        room.show()
    assert room._empty.isVisible()
    assert not room.view.isVisible()
    assert room._empty.y() < room.height() / 4
    assert room._empty.alignment() & Qt.AlignmentFlag.AlignTop
