"""Measures the lab at 100,000 turns of 20 measures: reading, filters, and how long each view holds the window's thread.

    python tests/benchmarks/fidelity_frames.py [n_turns]

Prints one JSON line per figure, in milliseconds of the processor, except where a clock is named. Runs with the platform
that Qt finds, or with QT_QPA_PLATFORM=offscreen.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ["TABLEREAD_HOME"] = tempfile.mkdtemp(prefix="fidelity-frames-")

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from core.fidelity.catalogue import METRICS
from core.lab.frame import Filter
from core.lab.frame_reading import read_frame, read_more
from core.project import Project
from gui import theme
from gui.fidelity.chart import Chart
from gui.fidelity.place import FidelityPlace
from gui.workspace import Workspace
from tests.gui.stage_scene import add_turns, make_scene

N_TURNS = 100_000
N_METRICS = 20
SIZE = (1440, 900)
N_TIMES = 5


class _Timed(QApplication):
    """Knows the longest time for which one event held the window's thread."""

    longest_ms = 0.0
    _depth = 0

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        if self._depth:
            return super().notify(receiver, event)
        self._depth, began = 1, time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            self._depth = 0
            self.longest_ms = max(self.longest_ms, (time.thread_time() - began) * 1000)


def main() -> None:
    """Makes a project, opens the place, and measures."""
    n_turns = int(sys.argv[1]) if len(sys.argv) > 1 else N_TURNS
    app = _Timed([])
    theme.apply(app, "dark")
    with tempfile.TemporaryDirectory(prefix="fidelity-frames-") as folder:
        project = Project(Path(folder) / "big.tableread")
        playtest_id = _fill(project, n_turns)
        began, busy = time.perf_counter(), time.process_time()
        frame = read_frame(project, [playtest_id])
        _say("read in the background, by the clock", (time.perf_counter() - began) * 1000)
        _say("read in the background, time of the processor", (time.process_time() - busy) * 1000)
        _measure("read what is new", lambda: read_more(project, frame))
        _measure("filter by values", lambda: Filter(column=next(iter(frame.columns)), low=0.0).mask(frame))
        workspace = Workspace()
        workspace.adopt_project(project)
        _measure_place(app, workspace)
        workspace.close()


def _measure_place(app: _Timed, workspace: Workspace) -> None:
    place = FidelityPlace(workspace)
    place.resize(*SIZE)
    place.show()
    board = place.board
    while not board.frame.n_rows or board.is_loading:
        app.processEvents()
        time.sleep(0.005)
    app.processEvents()
    keys = [key for key in board.frame.columns if key in board.frame.scores]
    half = board.frame.turn_id % 2 == 0
    for card in place.cards.values():
        view = card.view
        if isinstance(view, Chart):
            _measure(f"{view.KEY}: work out", view.prepare)
            _measure(f"{view.KEY}: paint", lambda view=view: _paint(view))
            board.selection.select(half)
            _measure(f"{view.KEY}: paint half selected", lambda view=view: _paint(view))
            board.selection.clear()
    place.worst.ready()
    changes: dict[str, Callable[[], object]] = {
        "choose another measure": lambda: _choose(place, keys),
        "brush half": lambda: _brush(place, half),
        "filter": lambda: board.set_filter(Filter(column=keys[0], low=-1.0, high=float(np.random.random()))),
    }
    for what, change in changes.items():
        times = [_longest(app, change) for _time in range(N_TIMES)]
        _say(f"{what}: the longest piece", statistics.median(times), max(times))
    place.close()


def _longest(app: _Timed, change: Callable[[], object]) -> float:
    """Returns the longest time of the processor that one event took after a change, in ms."""
    began = time.thread_time()
    change()
    app.longest_ms, end = (time.thread_time() - began) * 1000, time.perf_counter() + 0.5
    while time.perf_counter() < end:
        app.processEvents()
        time.sleep(0.002)
    return app.longest_ms


def _choose(place: FidelityPlace, keys: list[str]) -> None:
    place.board.choose_metric(keys[(keys.index(place.board.metric) + 1) % len(keys)])


def _brush(place: FidelityPlace, half: np.ndarray) -> None:
    place.board.selection.select(~half if place.board.selection.mask[0] == half[0] else half)


def _paint(view: Chart) -> None:
    image = QImage(560, 300, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    view.paint_whole(painter, QRectF(0, 0, 560, 300))
    painter.end()


def _fill(project: Project, n_turns: int) -> str:
    scenario_id, roles = make_scene(project)
    turns = [{"speaker_id": roles[turn % len(roles)], "text": f"Line {turn} of the scene."} for turn in range(n_turns)]
    playtest_id = add_turns(project, scenario_id, turns)
    names = list(METRICS)[:N_METRICS]
    values = np.random.default_rng(1).normal(size=(n_turns, len(names))).cumsum(axis=0) / np.sqrt(n_turns)
    with project.append() as session:
        connection = session.connection().connection.driver_connection
        assert connection is not None
        first = connection.execute("SELECT min(id) FROM turn").fetchone()[0]
        connection.executemany(
            "INSERT INTO score (turn_id, metric, value, evidence, created_at) VALUES (?, ?, ?, '{}', '2026')",
            (
                (first + turn, name, float(values[turn, place]))
                for turn in range(n_turns)
                for place, name in enumerate(names)
            ),
        )
    return playtest_id


def _measure(what: str, run: Callable[[], object]) -> None:
    times = []
    for _time in range(N_TIMES):
        began = time.thread_time()
        run()
        times.append((time.thread_time() - began) * 1000)
    _say(what, statistics.median(times), max(times))


def _say(what: str, ms: float, worst_ms: float | None = None) -> None:
    worst = {} if worst_ms is None else {"worst_ms": round(worst_ms, 1)}
    print(json.dumps({"what": what, "ms": round(ms, 1)} | worst), flush=True)


if __name__ == "__main__":
    main()
