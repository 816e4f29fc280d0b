"""A role that a person has taken: the scene waits for the line, with a countdown, and by keys alone."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from core.events import LineAwaited
from gui.stage.place import StagePlace
from gui.workspace import Workspace
from models.playtest import Origin
from tests.gui.stage_scene import (
    Scripted,
    make_scene,
    open_place,
    play_turns,
    press,
    press_here,
    use_engine,
    wait_for,
    wait_for_turns,
)

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def engine() -> Iterator[Scripted]:
    engine = Scripted()
    yield engine
    engine.close()


@pytest.fixture
def ids(workspace: Workspace, engine: Scripted) -> list[str]:
    use_engine(workspace, engine)
    return make_scene(workspace.project)[1]


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace, ids: list[str]) -> Iterator[StagePlace]:
    place = open_place(qtbot, workspace)
    play_turns(qtbot, place, 1)
    yield place
    place.stop_and_wait()


def take_mara(qtbot: QtBot, place: StagePlace, ids: list[str], seconds: float = 0) -> None:
    """Takes the role of Mara, whose turn is the next, and plays."""
    place.session.direct(lambda director: director.take_role(ids[0], seconds))
    wait_for(qtbot, lambda: ids[0] in place.session.taken_roles)
    place.play_or_pause()
    wait_for(qtbot, lambda: place.session.awaited is not None)


def test_a_role_is_taken_and_its_line_said_by_keys_alone(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    press(place, Qt.Key.Key_Y, CTRL_SHIFT)
    form = place.desk.form
    assert form is not None
    assert form.findChildren(QComboBox)[0].currentText() == "Mara Voss"
    press_here(place, Qt.Key.Key_Return)
    wait_for(qtbot, lambda: ids[0] in place.session.taken_roles)
    assert "played by you" in place.cast.card(ids[0]).accessibleName()
    press(place, Qt.Key.Key_Space)
    wait_for(qtbot, lambda: place.session.awaited is not None)
    line = place.your_line
    assert line.isVisible()
    assert line._title.text() == "Your line, Mara Voss"
    assert place.focusWidget() is line.input
    assert not line.bar.isVisible()
    assert "Your line" in place.cast.card(ids[0]).accessibleName()
    assert "waits for your line" in place.controls._state.text()
    QTest.keyClicks(line.input, "I was at my post.")
    press_here(place, Qt.Key.Key_Return)
    wait_for(qtbot, lambda: len(place.session.path) >= 2)
    turn = place.session.path[1]
    assert (turn.speaker_id, turn.text, turn.origin) == (ids[0], "I was at my post.", Origin.HUMAN)
    wait_for(qtbot, lambda: len(place.session.path) >= 4)
    wait_for(qtbot, lambda: place.session.awaited is not None)
    assert place.session.awaited.number == 5  # type: ignore[union-attr]


def test_a_line_can_be_whispered(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    take_mara(qtbot, place, ids)
    place.your_line.audience.choose([ids[2]])
    QTest.keyClicks(place.your_line.input, "Say nothing.")
    QTest.keyClick(place.your_line.input, Qt.Key.Key_Return)
    wait_for(qtbot, lambda: len(place.session.path) >= 2)
    assert place.session.path[1].audience == [ids[2]]


@pytest.mark.parametrize("by_key", [True, False])
def test_a_line_is_let_pass_and_the_weights_speak_this_once(
    qtbot: QtBot, place: StagePlace, ids: list[str], by_key: bool
) -> None:
    take_mara(qtbot, place, ids)
    if by_key:
        press_here(place, Qt.Key.Key_P, CTRL_SHIFT)
    else:
        qtbot.mouseClick(place.your_line.pass_button, Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: len(place.session.path) >= 2)
    assert (place.session.path[1].speaker_id, place.session.path[1].origin) == (ids[0], Origin.WEIGHTS)
    assert ids[0] in place.session.taken_roles


@pytest.mark.parametrize("by_key", [True, False])
def test_the_role_is_handed_back(qtbot: QtBot, place: StagePlace, ids: list[str], by_key: bool) -> None:
    take_mara(qtbot, place, ids)
    if by_key:
        press_here(place, Qt.Key.Key_H, CTRL_SHIFT)
    else:
        qtbot.mouseClick(place.your_line.back_button, Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: len(place.session.path) >= 2)
    assert place.session.path[1].origin == Origin.WEIGHTS
    assert not place.session.taken_roles
    assert not place.your_line.isVisible()
    assert not place.acts.hand_back.isEnabled()
    wait_for(qtbot, lambda: "played by you" not in place.cast.card(ids[0]).accessibleName())


def test_the_time_that_is_left_runs_down_and_then_the_weights_speak(
    qtbot: QtBot, place: StagePlace, ids: list[str]
) -> None:
    take_mara(qtbot, place, ids, 0.6)
    line = place.your_line
    assert line.bar.isVisible()
    assert "then the weights speak" in line._left.text()
    wait_for(qtbot, lambda: len(place.session.path) >= 2)
    assert place.session.path[1].origin == Origin.WEIGHTS


def test_stopping_gives_up_waiting(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    take_mara(qtbot, place, ids)
    qtbot.mouseClick(place.controls.stop_button, Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: place.session.awaited is None)
    wait_for_turns(qtbot, place, 1)
    assert not place.your_line.isVisible()


def test_the_prompt_is_for_the_open_playtest_only(place: StagePlace, ids: list[str]) -> None:
    place.workspace.event_received.emit(LineAwaited("another", 2, ids[0], "Mara Voss", 0))
    assert place.session.awaited is None
    place.workspace.event_received.emit(LineAwaited(place.session.playtest_id, 2, ids[0], "Mara Voss", 30))
    assert place.your_line.isVisible()
    place.new_playtest()
    assert not place.your_line.isVisible()
