"""The keys of the Stage in the whole window: after menus and the palette they work as before, without a click."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from core.library.playtests import list_playtests
from gui.main_window import MainWindow
from gui.stage.place import StagePlace

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
TIMEOUT_MS = 10_000


def press(window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    """Presses a key where the system would send it."""
    over = QApplication.activePopupWidget()
    QTest.keyClick(over if over is not None else window.windowHandle(), key, modifier)


def open_stage(qtbot: QtBot, window: MainWindow) -> StagePlace:
    place = window.show_place("stage")
    assert isinstance(place, StagePlace)
    place.open_entity("playtest", list_playtests(window.workspace.project)[0].id)
    qtbot.waitUntil(lambda: place.session.is_loaded, timeout=TIMEOUT_MS)
    window.activateWindow()
    return place


def open_and_leave_menu(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_D, CTRL)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu), timeout=TIMEOUT_MS)
    press(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None, timeout=TIMEOUT_MS)


def test_keys_work_after_the_direct_menu_and_the_palette(
    qtbot: QtBot, make_window: Callable[..., MainWindow], demo_path: Path
) -> None:
    window = make_window(demo_path)
    place = open_stage(qtbot, window)
    for _round in range(2):
        open_and_leave_menu(qtbot, window)
        press(window, Qt.Key.Key_K, CTRL)
        assert window._palette.isVisible()
        press(window, Qt.Key.Key_Escape)
        assert not window._palette.isVisible()
    open_and_leave_menu(qtbot, window)
    pressed: list[str] = []
    place.acts.play.triggered.connect(lambda: pressed.append("play"))
    place.acts.hold.setEnabled(True)
    place.acts.hold.triggered.connect(lambda: pressed.append("hold"))
    place.acts.play.triggered.disconnect(place.play_or_pause) if False else None
    press(window, Qt.Key.Key_Space, SHIFT)
    press(window, Qt.Key.Key_Space)
    assert pressed == ["hold", "play"]


def test_keys_work_where_the_palette_came_from_nowhere(
    qtbot: QtBot, make_window: Callable[..., MainWindow], demo_path: Path
) -> None:
    window = make_window(demo_path)
    place = open_stage(qtbot, window)
    focused = QApplication.focusWidget()
    assert focused is not None
    focused.clearFocus()
    press(window, Qt.Key.Key_K, CTRL)
    press(window, Qt.Key.Key_Escape)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert place.isAncestorOf(focused)
    open_and_leave_menu(qtbot, window)
