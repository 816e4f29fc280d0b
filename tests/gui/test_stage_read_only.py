"""The Stage of a project that another window writes: it opens without a fault, and no act looks possible."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from core.errors import UserError
from core.library.settings import set_setting
from gui.stage.place import StagePlace
from gui.stage.session import OPEN_KEY
from gui.stage.world.world_room import WorldRoom
from gui.workspace import Workspace
from tests.gui.played_scene import PlayedScene, open_stage
from tests.gui.stage_scene import wait_for


@pytest.fixture
def faults(workspace: Workspace) -> list[str]:
    found: list[str] = []
    workspace.faulted.connect(lambda message, _hint: found.append(message))
    return found


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace, faults: list[str]) -> Iterator[StagePlace]:
    scene = PlayedScene(workspace.project)
    turns = scene.play(4)
    scene.play(2, parent_id=turns[1].id)
    set_setting(workspace.project, OPEN_KEY, "another")
    workspace.project.refuse_writes(UserError("Another window writes this project.", "Close it."))
    place = open_stage(qtbot, workspace, scene)
    yield place
    place.stop_and_wait()


def test_a_playtest_is_opened_without_a_fault(place: StagePlace, faults: list[str]) -> None:
    assert len(place.session.path) == 4
    assert faults == []


def test_no_act_looks_possible(qtbot: QtBot, place: StagePlace) -> None:
    acts = place.acts
    place.transcript.go_to_turn(place.session.path[-1].id)
    writing = [acts.play, acts.step, acts.retry_last, acts.rename, acts.delete, acts.what_if, acts.name_branch]
    of_turn = [acts.edit, acts.retry, acts.continue_here, acts.previous, acts.next, acts.pin]
    assert [one.text() for one in (*writing, *of_turn, *acts.of_director()) if one.isEnabled()] == []
    assert all(one.isEnabled() for one in (acts.find, acts.compare, acts.export, acts.copy))
    assert not place.controls.input.isEnabled()
    assert place.controls.forward_button.isHidden()
    menu = place.desk.menu_for(place.session.script.parts[0].role_id)  # type: ignore[union-attr]
    assert [one.text() for one in menu.actions() if one.isEnabled() and not one.isSeparator()] == [
        menu.actions()[0].text()
    ]
    menu.close()
    menu.deleteLater()


def test_world_and_branches_can_only_be_looked_at(qtbot: QtBot, place: StagePlace) -> None:
    place.side.show_room(WorldRoom.KEY)
    room = place.side.room
    assert isinstance(room, WorldRoom)
    wait_for(qtbot, lambda: room.now is not None)
    assert not room.values.values.can_edit
    assert not room.grid.can_edit
    branches = place.branches.room
    place.side.show_room(branches.KEY)
    for row in range(len(branches.model.rows)):
        branches.view.setCurrentIndex(branches.model.index(row))
        assert not branches.rename_action.isEnabled()
        assert not branches.cut_action.isEnabled()
        assert not branches.go_action.isEnabled()
