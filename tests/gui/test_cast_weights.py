"""A part is given to a server on the Stage, and plays there from the next turn on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.app_settings import Server
from core.inference.request import Engine
from core.inference.scripted import INFO, ScriptedEngine
from core.inference.servers.book import remember_server
from core.library.characters import create_character
from core.library.scenarios import create_scenario
from core.playtest.script import Script
from core.project import Project
from gui import theme
from gui.stage.place import StagePlace
from gui.workspace import Workspace
from models.character import CharacterBase
from models.scenario import RoleBase, ScenarioBase

TIMEOUT_MS = 10_000


def make_engine(choice: object, _on_event: object) -> Engine:
    name = "the tower" if isinstance(choice, Server) else "this machine"
    return ScriptedEngine(lambda _request: f"<think>So.</think>I speak from {name}.", info=replace(INFO, name=name))


@pytest.fixture
def place(qtbot: QtBot, home: Path, tmp_path: Path) -> Iterator[StagePlace]:
    theme.apply(QApplication.instance(), "dark")
    workspace = Workspace(make_engine)
    project = Project(tmp_path / "play.tableread")
    workspace.adopt_project(project)
    cast = [create_character(project, CharacterBase(name=name)) for name in ("Mara", "Theo")]
    roles = [RoleBase(character_id=character.id) for character in cast]
    create_scenario(project, ScenarioBase(name="Inquest", max_turns=12), roles)
    place = StagePlace(workspace)
    qtbot.addWidget(place)
    with qtbot.waitActive(place):
        place.show()
        place.activateWindow()
    yield place
    place.stop_and_wait()
    for window in QApplication.topLevelWidgets():
        window.close()
    workspace.close()


def test_a_part_is_given_to_a_server(qtbot: QtBot, place: StagePlace) -> None:
    step(qtbot, place, 1)
    section = place.settings.cast
    place.acts.settings.trigger()
    assert not section.isVisible(), "there is nothing to choose from"
    place.settings.close()
    remember_server(Server(name="Tower", base_url="http://localhost:9/v1"))
    place.acts.settings.trigger()
    assert section.isVisible()
    assert place.session.playtest is not None
    roles = {part.character.name: part.role_id for part in Script.model_validate(place.session.playtest.script).parts}
    box = section.choices[roles["Theo"]]
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == "Tower"
    qtbot.waitUntil(lambda: place.session.settings.cast_weights == {roles["Theo"]: "server:Tower"}, timeout=TIMEOUT_MS)
    place.settings.close()
    step(qtbot, place, 2)
    step(qtbot, place, 3)
    assert [(turn.speaker, turn.text) for turn in place.session.path] == [
        ("Mara", "I speak from this machine."),
        ("Theo", "I speak from the tower."),
        ("Mara", "I speak from this machine."),
    ]


def step(qtbot: QtBot, place: StagePlace, n_turns: int) -> None:
    """Plays one turn, after which there are so many."""
    place.acts.step.trigger()
    qtbot.waitUntil(lambda: len(place.session.path) == n_turns and not place.session.is_playing, timeout=TIMEOUT_MS)
