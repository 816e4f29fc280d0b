"""Measures the canvas of beats: how long a frame takes while a large graph is dragged, panned and zoomed.

    python tests/benchmarks/canvas_frames.py [n_beats]

Prints one JSON line per figure: the median, the 99th of 100 and the slowest frame in ms, painted by mouse events as a
person makes them. 60 frames a second leave 16.7 ms. Runs with the platform that Qt finds, or with
QT_QPA_PLATFORM=offscreen. With `--checking`, a process keeps the checker's core busy meanwhile, as the editor does.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.scenarios.beats.canvas import BeatCanvas
from gui.scenarios.beats.card import RoleName, make_face
from gui.scenarios.beats.graph import make_graph
from gui.scenarios.beats.scene import Arrow
from models.beat import Beat, BeatKind, BeatLink

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
