"""Long scenes on the Stage: turns are pinned by mouse and key, and what left a view is said and shown."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from core.inference.scripted import INFO, ScriptedEngine
from core.library.playtests import list_pins
from core.library.scenarios import list_scenarios, update_scenario
from core.playtest.settings import PlaySettings, WhenFull
from core.project import Project
from gui import theme
from gui.stage.place import StagePlace
from gui.stage.transcript.transcript_entry import say_entry
from gui.stage.transcript.turn_layout import Spot
from gui.workspace import Workspace
from tests.gui.conftest import fill

TIMEOUT_MS = 20_000


@pytest.fixture
def place(qtbot: QtBot, home: Path, tmp_path: Path) -> Iterator[StagePlace]:
    engine = ScriptedEngine(
        lambda request: f"The keeper said {len(request.messages)} things of the lamp. And more.",
        info=replace(INFO, n_ctx=360),
    )
    workspace = Workspace(lambda _settings, _emit: engine)
    workspace.adopt_project(Project(tmp_path / "play.tableread"))
    fill(workspace.project, tmp_path)
    theme.apply(QApplication.instance(), "dark")
    place = StagePlace(workspace)
    qtbot.addWidget(place)
    place.resize(1280, 800)
    place.show()
    scenario = list_scenarios(workspace.project)[0]
    update_scenario(workspace.project, scenario.id, max_turns=500)
    place.open_entity("scenario", scenario.id)
    yield place
    place.stop_and_wait()
    workspace.close()


def play(qtbot: QtBot, place: StagePlace, n_turns: int) -> None:
    wanted = len(place.session.path) + n_turns
    place._with_playtest(lambda: place.session.play(n_turns))
    qtbot.waitUntil(
        lambda: len(place.session.path) == wanted and place.session.live is None and not place.session.is_playing,
        timeout=TIMEOUT_MS,
    )


def spot_point(place: StagePlace, row: int, spot: Spot) -> QPoint:
    view = place.transcript.view
    rect = next(rect for rect, _label, kind in view._layout(row)._labels if kind == spot)
    return view.visualRect(place.transcript.model.index(row, 0)).topLeft() + rect.center().toPoint()


def said_by(widget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def test_a_turn_is_pinned_by_key_and_unpinned_by_mouse(qtbot: QtBot, place: StagePlace) -> None:
    play(qtbot, place, 4)
    view, model = place.transcript.view, place.transcript.model
    view.setCurrentIndex(model.index(1, 0))
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: model.entry(1).is_pinned)
    assert "Pinned." in say_entry(model.entry(1))
    corner = view.visualRect(model.index(1, 0)).topLeft()
    assert "every view" in view._layout(1).tip_at((spot_point(place, 1, Spot.PIN) - corner).toPointF())
    project = place.workspace.project
    assert list_pins(project, place.session.playtest_id) == {place.session.path[1].id}
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot_point(place, 1, Spot.PIN))
    qtbot.waitUntil(lambda: not model.entry(1).is_pinned)
    project.undo()
    qtbot.waitUntil(lambda: model.entry(1).is_pinned)
    project.undo()
    qtbot.waitUntil(lambda: not model.entry(1).is_pinned)


def test_the_menu_of_a_turn_says_what_it_would_do(qtbot: QtBot, place: StagePlace) -> None:
    play(qtbot, place, 2)
    transcript = place.transcript
    assert "Pin: keep in every view" in menu_of(place, 0)
    place.session.set_pinned(place.session.path[0].id, True)
    qtbot.waitUntil(lambda: transcript.model.entry(0).is_pinned)
    assert "Unpin" in menu_of(place, 0)


def menu_of(place: StagePlace, row: int) -> list[str]:
    view = place.transcript.view
    place.transcript._open_menu(view.visualRect(place.transcript.model.index(row, 0)).center())
    menu = place.transcript.findChildren(QMenu)[-1]
    texts = [action.text() for action in menu.actions()]
    menu.close()
    return texts


def test_what_left_the_view_is_said_and_shown_with_what_stands_for_it(
    qtbot: QtBot, place: StagePlace, tmp_path: Path
) -> None:
    play(qtbot, place, 3)
    place.session.set_pinned(place.session.path[0].id, True)
    place.session.direct(lambda director: director.update_settings(PlaySettings(max_tokens=40)))
    play(qtbot, place, 24)
    said = place.controls._view_state.text()
    assert "The context is full" in said
    assert "1 pinned turn stays. Key sentences stand in their place." in said
    place.transcript.show_details(len(place.session.path) - 1)
    qtbot.waitUntil(lambda: "In the place of what left" in said_by(place.side))
    shown = said_by(place.side)
    assert "(Earlier in the scene:" in shown
    assert "the first" in shown
    place.grab().save(str(tmp_path / "long-scene.png"))


def test_what_stands_for_turns_can_be_chosen(qtbot: QtBot, place: StagePlace) -> None:
    play(qtbot, place, 1)
    popover = place.settings
    popover.open_below(place.header)
    assert popover.when_full.currentData() == WhenFull.EXTRACT
    popover.when_full.setFocus()
    QTest.keyClick(popover.when_full, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: place.session.settings.when_full == WhenFull.SUMMARISE, timeout=TIMEOUT_MS)
    assert place.workspace.settings.when_full == "summarise"
    popover.close()
