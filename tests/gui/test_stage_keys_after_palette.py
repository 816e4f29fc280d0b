"""The keys of the Stage in the whole window: after menus and the palette they work as before, without a click."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from core.project import Project
from gui.main_window import MainWindow
from gui.stage.place import StagePlace
from tests.gui.stage_scene import add_turns, make_scene

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
TIMEOUT_MS = 10_000


def press(window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    """Presses a key where the system would send it."""
    over = QApplication.activePopupWidget()
    QTest.keyClick(over if over is not None else window.windowHandle(), key, modifier)


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[..., MainWindow], tmp_path: Path) -> MainWindow:
    """The whole window with a playtest of two turns on the Stage."""
    path = tmp_path / "keys.tableread"
    project = Project(path)
    scenario_id, ids = make_scene(project)
    playtest_id = add_turns(project, scenario_id, [{"speaker_id": one, "text": "So."} for one in ids[:2]])
    project.close()
    window = make_window(path)
    window.open_entity("playtest", playtest_id)
    qtbot.waitUntil(lambda: len(stage_of(window).session.path) == 2, timeout=TIMEOUT_MS)
    with qtbot.waitActive(window):
        window.activateWindow()
    return window


def stage_of(window: MainWindow) -> StagePlace:
    place = window.show_place("stage")
    assert isinstance(place, StagePlace)
    return place


def open_and_leave_menu(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_D, CTRL)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu), timeout=TIMEOUT_MS)
    press(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None, timeout=TIMEOUT_MS)


def list_pressed(place: StagePlace) -> list[str]:
    """Has Play and Hold say that they were pressed, instead of what they do."""
    pressed: list[str] = []
    for action, name in ((place.acts.play, "play"), (place.acts.hold, "hold")):
        action.triggered.disconnect()
        action.setEnabled(True)
        action.triggered.connect(lambda _checked=False, name=name: pressed.append(name))
    return pressed


def test_keys_work_after_the_direct_menu_and_the_palette(qtbot: QtBot, window: MainWindow) -> None:
    pressed = list_pressed(stage_of(window))
    open_and_leave_menu(qtbot, window)
    press(window, Qt.Key.Key_K, CTRL)
    assert window._palette.isVisible()
    press(window, Qt.Key.Key_Escape)
    assert not window._palette.isVisible()
    open_and_leave_menu(qtbot, window)
    press(window, Qt.Key.Key_Space, SHIFT)
    press(window, Qt.Key.Key_Space)
    assert pressed == ["hold", "play"]


def test_keys_work_after_a_palette_that_came_from_nowhere(qtbot: QtBot, window: MainWindow) -> None:
    place = stage_of(window)
    pressed = list_pressed(place)
    focused = QApplication.focusWidget()
    assert focused is not None
    focused.clearFocus()
    press(window, Qt.Key.Key_K, CTRL)
    press(window, Qt.Key.Key_Escape)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert place.isAncestorOf(focused)
    open_and_leave_menu(qtbot, window)
    press(window, Qt.Key.Key_Space, SHIFT)
    press(window, Qt.Key.Key_Space)
    assert pressed == ["hold", "play"]


def test_keys_of_the_stage_work_where_nothing_has_the_focus(qtbot: QtBot, window: MainWindow) -> None:
    pressed = list_pressed(stage_of(window))
    for lose in (lambda: QApplication.focusWidget().clearFocus(), window.setFocus, window.status.setFocus):
        lose()
        open_and_leave_menu(qtbot, window)
        lose()
        press(window, Qt.Key.Key_Space, SHIFT)
        lose()
        press(window, Qt.Key.Key_Space)
        stage_of(window)
    assert pressed == ["hold", "play"] * 3


def test_a_space_is_a_space_in_a_field_of_the_stage(qtbot: QtBot, window: MainWindow) -> None:
    place = stage_of(window)
    pressed = list_pressed(place)
    place.controls.input.setFocus()
    press(window, Qt.Key.Key_A)
    press(window, Qt.Key.Key_Space)
    press(window, Qt.Key.Key_Space, SHIFT)
    assert (place.controls.input.text(), pressed) == ("a  ", [])
