"""A board of Fidelity with a judge that answers by script: what the tests of its panels share."""

import json
import math
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from pytestqt.qtbot import QtBot

from core.inference.request import Choose, Chosen, Generate, OrderedChoice, Request, Result
from core.inference.scripted import ScriptedEngine
from gui.fidelity.board import Board
from gui.fidelity.panels.lab_panel import LabPanel
from gui.workspace import Workspace
from tests.gui.played_scene import PlayedScene
from tests.gui.stage_scene import TIMEOUT_MS
from tests.scripted_judge import USAGE

Panel = TypeVar("Panel", bound=LabPanel)


class JudgingEngine(ScriptedEngine):
    """Chooses what `favours` says, likeliest first, and writes JSON that any reader can take."""

    def __init__(self) -> None:
        super().__init__(_write)
        self.favours = ""
        """An option, or a word in it, that is likelier than the others; empty: the first."""

    def submit(
        self, request: Request, on_text: Callable[[str], None] | None = None, *, background: bool = False
    ) -> Future[Result]:
        """Answers a choice at once, and leaves the rest to the script."""
        if not isinstance(request, Choose):
            return super().submit(request, on_text, background=background)
        found: Future[Result] = Future()
        found.set_result(_choose(request, self.favours))
        return found


def _write(request: Generate) -> str:
    grammar = str(request.grammar or "")
    if not grammar.startswith("{"):
        return "\n".join(f"{number}: 4" for number in range(1, 51)) if grammar else "I keep to the log."
    return json.dumps({name: _value_of(kind) for name, kind in json.loads(grammar)["properties"].items()})


def _value_of(kind: dict[str, object]) -> object:
    if isinstance(kind.get("enum"), list):
        return kind["enum"][-1]  # type: ignore[index]
    return {"array": [], "integer": 4, "number": 4, "boolean": True}.get(str(kind.get("type")), "It keeps to the log.")


def _choose(request: Choose, favours: str) -> Chosen:
    best = next((place for place, one in enumerate(request.options) if favours and favours in one), 0)
    n = len(request.options)
    shares = tuple(0.7 if place == best else 0.3 / max(n - 1, 1) for place in range(n))
    orders = tuple(
        OrderedChoice(tuple((place + turn) % n for place in range(n)), shares, tuple(map(math.log, shares)))
        for turn in range(n)
    )
    return Chosen(shares, shares, shares, 1.0, 0.0, (1,) * n, orders, USAGE)


def use_judging_engine(workspace: Workspace) -> JudgingEngine:
    """Has a workspace play and judge by script."""
    engine = JudgingEngine()
    workspace._make_engine = lambda _settings, _emit: engine
    workspace.restart_engine()
    return engine


def open_board(qtbot: QtBot, workspace: Workspace, scene: PlayedScene, n_turns: int) -> Board:
    """Makes a board that shows a scene."""
    board = Board(workspace)
    board.wake(True)
    board.show_playtests([scene.playtest_id])
    qtbot.waitUntil(lambda: board.frame.n_rows == n_turns, timeout=TIMEOUT_MS)
    return board


def read_all(qtbot: QtBot, workspace: Workspace) -> None:
    """Waits until all that is being read has been read, and was delivered."""
    for is_long in (True, False):
        delivered: list[object] = []
        workspace.jobs.run(lambda: None, delivered.append, is_long=is_long)
        wait(qtbot, delivered.copy)


def turn_ids(board: Board) -> list[int]:
    """Returns the turns of the branch."""
    return [int(board.frame.turn_id[row]) for row in board.frame.sides[0].rows]


def show(qtbot: QtBot, panel: Panel) -> Panel:
    """Shows a panel as wide as it is beside the charts."""
    qtbot.addWidget(panel)
    panel.resize(320, 900)
    with qtbot.waitActive(panel):
        panel.show()
        panel.activateWindow()
    return panel


def wait(qtbot: QtBot, is_done: Callable[[], object]) -> None:
    """Runs the window until something is so."""
    qtbot.waitUntil(lambda: bool(is_done()), timeout=TIMEOUT_MS)
