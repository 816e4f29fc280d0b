"""What tests of Fidelity share: a scored playtest, the place opened on it, and a gate before a lane of jobs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.project import Project
from gui.fidelity.place import FidelityPlace
from gui.workspace import Workspace
from models.score import Score
from tests.gui.played_scene import PlayedScene

WAIT_MS = 20_000


def play_scored(project: Project, n_turns: int = 12) -> PlayedScene:
    """Plays turns, and gives each two scores."""
    scene = PlayedScene(project)
    with project.append() as session:
        for turn in scene.play(n_turns):
            session.add(Score(turn_id=turn.id or 0, metric="echo", value=0.05 * (turn.number % 5)))
            session.add(Score(turn_id=turn.id or 0, metric="voice.z", value=0.1 * (turn.number % 7)))
    return scene


def open_place(qtbot: QtBot, workspace: Workspace, n_rows: int) -> FidelityPlace:
    """Opens the place and waits until all is read and worked out."""
    place = FidelityPlace(workspace)
    qtbot.addWidget(place)
    place.resize(1372, 820)
    with qtbot.waitActive(place):
        place.show()
        place.activateWindow()
    qtbot.waitUntil(lambda: place.board.frame.n_rows == n_rows and not place.board.is_loading, timeout=WAIT_MS)
    for card in place.cards.values():
        card.view.ready()
    QApplication.processEvents()
    return place


@contextmanager
def held_reads(workspace: Workspace) -> Iterator[threading.Event]:
    """Holds all long reads until the event is set, or the block ends."""
    gate = threading.Event()
    workspace.jobs.run(lambda: gate.wait(10), is_long=True)
    try:
        yield gate
    finally:
        gate.set()
