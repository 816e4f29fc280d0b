"""A playtest from a stranger's pack: markup in it is shown as text, and odd records break no room."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlmodel import select

from core.project import Project
from gui.stage.place import StagePlace
from gui.workspace import Workspace
from models.character import Character
from models.playtest import Playtest
from tests.gui.played_scene import LINES, PlayedScene, make_scene, open_stage
from tests.gui.stage_scene import wait_for

OpenStage = Callable[[PlayedScene], StagePlace]
MARKUP = "<u>strange</u>"
RECORDS: list[dict[str, Any]] = [
    {"n_prompt_tokens": ["a", 1]},
    {"n_turns_dropped": {"a": 1}, "n_written_tokens": "x", "n_ctx": 10**400, "total_s": "x", "first_token_s": []},
    {"weights": "x", "sampling": ["temperature"], "engine": [1], "gpu": {"a": 1}, "n_threads": "x"},
    {"sampling": {"temperature": "hot"}, "engine": {"n_batches": "x", "waited_s": {}}, "weights": {"server": [1]}},
    {"turn_taking": {"bids": {"x": 10**400}, "why": 5}, "act": 5, "alarms": [5, {}], "whisper": {"to": 5}},
    {"mind": {"memory": 5, "mood": [], "plan": "x", "thought": {"order": {}, "name": 5}}, "narrator": 5, "world": 5},
    {"turn_taking": {"bids": {"x": 10**400}}},
]


def _put(project: Project, turn_id: int, record: dict[str, Any]) -> None:
    with project._database.begin() as connection:
        values = {"record": json.dumps(record), "id": turn_id}
        connection.execute(text("update turn set record = :record where id = :id"), values)


@pytest.fixture
def stage(qtbot: QtBot, workspace: Workspace) -> Iterator[OpenStage]:
    """Opens the Stage on a scene, and ends the director that reads its story."""
    opened: list[StagePlace] = []

    def open_scene(scene: PlayedScene) -> StagePlace:
        opened.append(open_stage(qtbot, workspace, scene))
        return opened[-1]

    yield open_scene
    for place in opened:
        place.stop_and_wait()


def _say_everything(place: StagePlace) -> None:
    """Selects each turn in each room."""
    for key in place.side.rooms:
        place.side.show_room(key)
        for turn in place.session.path:
            place.transcript.go_to_turn(turn.id)
            place.workspace.jobs.run(lambda: None).result()
            place.grab()


def test_odd_records_break_no_room(qtbot: QtBot, workspace: Workspace, stage: OpenStage) -> None:
    scene = PlayedScene(workspace.project)
    for turn, record in zip(scene.play(len(RECORDS)), RECORDS, strict=True):
        _put(workspace.project, turn.id or 0, record)
    place = stage(scene)
    for key in ("charts", "branches", "xray"):
        place.side.show_room(key)
        for turn in place.session.path:
            place.transcript.go_to_turn(turn.id)
            wait_for(qtbot, lambda turn=turn: place.side.detail.turn_id == turn.id or not place.side.shows_detail)
            place.workspace.jobs.run(lambda: None).result()
            place.grab()


def test_a_record_that_is_no_json_has_no_notes(workspace: Workspace, stage: OpenStage) -> None:
    scene = PlayedScene(workspace.project)
    turns = scene.play(3)
    place = stage(scene)
    with workspace.project._database.begin() as connection:
        connection.execute(text("update turn set record = '{\"a\": NaN' where id = :id"), {"id": turns[1].id})
    place.session.notes = type(place.session.notes)(workspace)
    assert [place.transcript.model.entry(row).chips for row in range(3)] == [(), (), ()]


def test_markup_is_shown_as_text(workspace: Workspace, stage: OpenStage) -> None:
    project = workspace.project
    scenario_id = make_scene(project)
    with project.act("Rename") as session:
        for character in session.exec(select(Character)):
            character.name = f"{character.name} {MARKUP}"
    scene = PlayedScene(project, scenario_id)
    scene.play(4, [f"{line} {MARKUP}" for line in LINES])
    with project.append() as session:
        playtest = session.get_one(Playtest, scene.playtest_id)
        playtest.ended, playtest.ended_why = "natural", f"They have parted {MARKUP}"
    place = stage(scene)
    place.transcript.look_through(scene.script.parts[0].role_id)
    _say_everything(place)
    assert _rendered(place) == []


def _rendered(place: StagePlace) -> list[str]:
    """Returns the words of all widgets that would be rendered as markup."""
    found = []
    for widget in place.findChildren(QWidget):
        if isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText and MARKUP in widget.text():
            found.append(f"{type(widget.parent()).__name__}: {widget.text()}")
        if MARKUP in widget.toolTip():
            found.append(f"tip of {type(widget).__name__}: {widget.toolTip()}")
    for view in place.findChildren(QAbstractItemView):
        model = view.model()
        for row in range(model.rowCount() if model is not None else 0):
            for column in range(model.columnCount() if isinstance(model, QAbstractTableModel) else 1):
                tip = model.index(row, column).data(Qt.ItemDataRole.ToolTipRole)
                if isinstance(tip, str) and MARKUP in tip:
                    found.append(f"tip in {type(view).__name__}: {tip}")
    return found
