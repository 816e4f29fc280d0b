"""Measures the canvas of beats: how long a frame takes while a large graph is dragged, panned and zoomed.

    python tests/benchmarks/canvas_frames.py [n_beats]

Prints one JSON line per figure: the median, the 99th of 100 and the slowest frame in ms of work of the window's thread,
painted by mouse events as a person makes them. 60 frames a second leave 16.7 ms. Then the whole editor over a real
project: what one edit costs the window, and frames while the checker works in its process. Runs with the platform that
Qt finds, or with QT_QPA_PLATFORM=offscreen.
"""

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ["TABLEREAD_HOME"] = tempfile.mkdtemp(prefix="canvas-frames-")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from core.inference.scripted import ScriptedEngine
from core.library.beats import insert_parts, update_beats
from core.library.scenarios import create_scenario
from core.project import Project
from gui import theme
from gui.scenarios.beats.canvas import BeatCanvas
from gui.scenarios.beats.card import RoleName, make_face
from gui.scenarios.beats.editor import BeatsEditor
from gui.scenarios.beats.graph import make_graph
from gui.scenarios.beats.scene import Arrow
from gui.scenarios.cast import read_cast
from gui.scenarios.checking.checker import Checker, Verdict
from gui.scenarios.open_story import OpenStory
from gui.workspace import Workspace
from models.beat import Beat, BeatKind, BeatLink, BeatLinkBase
from models.scenario import RoleBase, ScenarioBase
from models.world import Prop, Variable, World

SIZE = (1100, 760)
N_FRAMES = 240
CHANCE = random.Random(7)
PER_COLUMN = 20


def main() -> None:
    """Measures every way to move about."""
    numbers = [word for word in sys.argv[1:] if word.isdecimal()]
    n_beats = int(numbers[0]) if numbers else 500
    app = QApplication([])
    theme.apply(app, "dark")
    canvas = make_canvas(n_beats)
    canvas.show()
    app.processEvents()
    for zoom in (canvas.view.zoom, 0.4, 1.0):
        canvas.view.zoom_at(QPointF(550, 380), zoom)
        settle(canvas)
        facts = {"zoom": round(zoom, 2), "n_in_sight": len(canvas.scene.cards_in(canvas.seen()))}
        measure("pan", canvas, pan, **facts)
        measure("drag one", canvas, lambda one: drag(one, 1), **facts)
        measure("drag 50", canvas, lambda one: drag(one, 50), **facts)
    canvas.zoom_fit()
    measure("zoom", canvas, zoom_in_and_out, n_in_sight=n_beats)
    started = time.perf_counter()
    canvas.show_graph(canvas.graph, canvas.scene.faces, canvas.scene.arrows)
    canvas.repaint()
    say("show again", ms=round((time.perf_counter() - started) * 1000, 1))
    measure_editor(canvas)


def measure_editor(canvas: BeatCanvas) -> None:
    """Puts the same graph into a project and edits it with the checker on."""
    workspace = Workspace(lambda _settings, _emit: ScriptedEngine(lambda _request: ""))
    workspace.adopt_project(Project(Path(os.environ["TABLEREAD_HOME"]) / "frames.tableread"))
    project = workspace.project
    world = World(variables=[Variable(name="tension")], props=[Prop(name="log", states=["shut", "open"])])
    scenario = create_scenario(project, ScenarioBase(name="Frames", world=world.to_document()), [RoleBase(name="Theo")])
    graph = canvas.graph
    order = {key: place for place, key in enumerate(graph.beats)}
    links = [(order[one.from_id], order[one.to_id], BeatLinkBase()) for one in graph.links.values()]
    insert_parts(project, scenario.id, list(graph.beats.values()), links)
    story = OpenStory(workspace)
    editor = BeatsEditor(story)
    editor.resize(*SIZE)
    editor.show()
    checker = Checker(story)
    verdicts: list[Verdict] = []
    checker.finished.connect(verdicts.append)
    started = time.thread_time()
    story.open(scenario.id, read_cast(project, scenario.id))
    QApplication.processEvents()
    say("open", ms=round((time.thread_time() - started) * 1000, 1), n_beats=len(story.graph.beats))
    settle(editor.canvas)
    checker.check_now()
    measure("pan while checking", editor.canvas, pan, is_checking=checker.is_busy)
    wait_for(lambda: bool(verdicts))
    for verdict in verdicts[:1]:
        say("checked", n_findings=len(verdict.problems), n_states=verdict.n_states, stopped=verdict.stopped)
    costs = []
    beat_id = next(iter(story.graph.beats))
    editor.show_beat(beat_id)
    for number in range(12):
        started = time.thread_time()
        update_beats(project, {beat_id: {"text": f"Page {number}."}})
        story.refresh(story.cast, {"beat": {beat_id}})
        editor.canvas.repaint()
        costs.append((time.thread_time() - started) * 1000)
    say("one edit", median_ms=round(statistics.median(costs), 1), max_ms=round(max(costs), 1))
    started = time.thread_time()
    editor.show_findings({key: ["cannot be reached"] for key in list(story.graph.beats)[:100]}, set())
    editor.canvas.repaint()
    say("findings", ms=round((time.thread_time() - started) * 1000, 1))
    started = time.thread_time()
    editor.select_all()
    editor.tidy()
    say("tidy", ms=round((time.thread_time() - started) * 1000, 1))
    checker.stop()
    workspace.close()


def wait_for(is_done: Callable[[], bool], timeout_s: float = 60) -> None:
    """Runs the event loop."""
    end = time.perf_counter() + timeout_s
    while not is_done() and time.perf_counter() < end:
        QApplication.processEvents()
        time.sleep(0.001)


def make_canvas(n_beats: int) -> BeatCanvas:
    """Returns a canvas with beats in columns, each linked to about two of the next column."""
    kinds = [BeatKind.STEP] * 12 + [BeatKind.WIN, BeatKind.LOSE, BeatKind.ENDING, BeatKind.EVENT]
    beats = [
        Beat(
            id=f"b{number}",
            scenario_id="s",
            name=f"Theo reads page {number} of the log",
            kind=CHANCE.choice(kinds) if number else BeatKind.START,
            condition=f"log.state == open and tension > {number % 9}" if number % 3 else "",
            effects="tension + 1\nkey.holder = Theo" if number % 2 else "",
            goals={"r1": "find who signed"} | ({"r2": "keep quiet"} if number % 4 == 0 else {}),
            x=(number // PER_COLUMN) * 296,
            y=(number % PER_COLUMN) * 136 + CHANCE.randrange(-2, 3) * 8,
        )
        for number in range(n_beats)
    ]
    links = []
    for number in range(n_beats - PER_COLUMN):
        for _ in range(CHANCE.choice((1, 2, 2))):
            other = min(n_beats - 1, (number // PER_COLUMN + 1) * PER_COLUMN + CHANCE.randrange(PER_COLUMN))
            links.append(BeatLink(id=f"l{len(links)}", scenario_id="s", from_id=f"b{number}", to_id=f"b{other}"))
    graph = make_graph(beats, links)
    roles = {"r1": RoleName("Theo", 0), "r2": RoleName("Mara", 1)}
    faces = {
        beat.id: make_face(beat, roles, findings=("cannot be reached",) if number % 11 == 0 else ())
        for number, beat in enumerate(graph.beats.values())
    }
    arrows = {
        link.id: Arrow(link.from_id, link.to_id, "when asked" if number % 3 == 0 else "")
        for number, link in enumerate(graph.links.values())
    }
    canvas = BeatCanvas()
    canvas.resize(*SIZE)
    canvas.show_graph(graph, faces, arrows, anew=True)
    return canvas


def settle(canvas: BeatCanvas) -> None:
    """Paints until nothing is missing."""
    canvas.note_view_changed()
    for _ in range(60):
        canvas.repaint()


def measure(what: str, canvas: BeatCanvas, work: Callable[[BeatCanvas], list[float]], **facts: object) -> None:
    """Prints what frames took."""
    frames = sorted(work(canvas))
    say(
        what,
        median_ms=round(statistics.median(frames), 2),
        p99_ms=round(frames[int(len(frames) * 0.99)], 2),
        max_ms=round(frames[-1], 2),
        **facts,
    )


def pan(canvas: BeatCanvas) -> list[float]:
    """Holds the canvas with the middle button and moves it about."""
    mouse(canvas, QEvent.Type.MouseButtonPress, QPointF(550, 380), Qt.MouseButton.MiddleButton)
    places = [QPointF(550 + 120 * ((n % 60) / 30 - 1), 380 + n % 40) for n in range(N_FRAMES)]
    frames = [frame(canvas, lambda at=at: move(canvas, at, Qt.MouseButton.MiddleButton)) for at in places]
    mouse(canvas, QEvent.Type.MouseButtonRelease, places[-1], Qt.MouseButton.MiddleButton)
    return frames


def drag(canvas: BeatCanvas, n_beats: int) -> list[float]:
    """Drags cards that are in sight."""
    middle = canvas.seen().center()
    near = sorted(canvas.scene.cards, key=lambda key: (canvas.scene.cards[key].center() - middle).manhattanLength())
    canvas.select(set(near[:n_beats]), current=near[0])
    start = canvas.view.to_widget(canvas.scene.cards[near[0]].center())
    mouse(canvas, QEvent.Type.MouseButtonPress, start, Qt.MouseButton.LeftButton)
    places = [start + QPointF(3 + n % 100, (n * 3) % 70) for n in range(N_FRAMES)]
    frames = [frame(canvas, lambda at=at: move(canvas, at, Qt.MouseButton.LeftButton)) for at in places]
    mouse(canvas, QEvent.Type.MouseButtonRelease, places[-1], Qt.MouseButton.LeftButton)
    return frames


def zoom_in_and_out(canvas: BeatCanvas) -> list[float]:
    """Turns the wheel at one place."""

    def turn(angle: int) -> None:
        event = QWheelEvent(
            QPointF(500, 300),
            QPointF(500, 300),
            QPoint(),
            QPoint(0, angle),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(canvas, event)

    angles = [40 if n % 80 < 40 else -40 for n in range(N_FRAMES)]
    return [frame(canvas, lambda angle=angle: turn(angle)) for angle in angles]


def frame(canvas: BeatCanvas, work: Callable[[], None]) -> float:
    """Returns how long the window's thread works on an event and its painting, in ms."""
    start = time.thread_time()
    work()
    canvas.repaint()
    return (time.thread_time() - start) * 1000


def move(canvas: BeatCanvas, place: QPointF, button: Qt.MouseButton) -> None:
    """Moves the pointer with a button held."""
    mouse(canvas, QEvent.Type.MouseMove, place, button)


def mouse(canvas: BeatCanvas, kind: QEvent.Type, place: QPointF, button: Qt.MouseButton) -> None:
    """Sends one mouse event."""
    event = QMouseEvent(kind, place, place, button, button, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas, event)


def say(what: str, **figures: object) -> None:
    """Prints one figure."""
    print(json.dumps({"what": what, "platform": QApplication.platformName()} | figures), flush=True)


if __name__ == "__main__":
    main()
