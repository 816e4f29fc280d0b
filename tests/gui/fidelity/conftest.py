"""A played scene on a board, with a judge that answers by script. `N_TURNS` of a file says how long the scene is."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.fidelity.board import Board
from gui.fidelity.panels.judges.judging_desk import desk_of
from gui.workspace import Workspace
from tests.gui.fidelity.lab_scene import JudgingEngine, open_board, use_judging_engine
from tests.gui.played_scene import PlayedScene


@pytest.fixture
def engine(workspace: Workspace) -> Iterator[JudgingEngine]:
    """Has the workspace play and judge by script."""
    engine = use_judging_engine(workspace)
    yield engine
    engine.close()


@pytest.fixture
def scene(request: pytest.FixtureRequest, workspace: Workspace, engine: JudgingEngine) -> PlayedScene:
    """A scene that was played."""
    scene = PlayedScene(workspace.project)
    scene.play(request.module.N_TURNS)
    return scene


@pytest.fixture
def board(request: pytest.FixtureRequest, qtbot: QtBot, workspace: Workspace, scene: PlayedScene) -> Iterator[Board]:
    """A board that shows it."""
    board = open_board(qtbot, workspace, scene, request.module.N_TURNS)
    yield board
    board.wake(False)
    desk_of(board).close()
