"""Measures the Stage: how fast long playtests open, how smoothly they scroll, and how long the window is ever blocked.

    python tests/benchmarks/stage_frames.py [n_turns]

Prints one JSON line per figure. Runs with the platform that Qt finds, or with QT_QPA_PLATFORM=offscreen.
"""

import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["TABLEREAD_HOME"] = tempfile.mkdtemp(prefix="stage-frames-")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from sqlmodel import func, select

from core.events import TextStreamed, TurnDiscarded, TurnStarted
from core.fidelity.catalogue import METRICS
from core.inference.request import Generate
from core.inference.scripted import ScriptedEngine
from core.library.characters import create_character
from core.library.scenarios import create_scenario
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from gui import theme
from gui.stage.place import StagePlace
from gui.window_first import put_window_first
from gui.workspace import Workspace
from models.character import CharacterBase
from models.playtest import Origin, Playtest, SpeakerKind, Turn
from models.scenario import RoleBase, ScenarioBase
from models.score import Score

WORDS = [
    "the",
    "lamp",
    "was",
    "dark",
    "for",
    "an",
    "hour",
    "and",
    "nobody",
    "who",
    "signed",
    "the",
    "log",
    "that",
    "night",
    "held",
    "the",
    "second",
    "key",
]
CHANCE = random.Random(7)
TOKENS_PER_S = 300
N_BRANCHES, N_BRANCH_TURNS = 200, 5
N_IN_VIEW = 60
"""Turns that a speaker's view holds, of a long playtest."""
STREAM_S = 5.0
SIZE = (1376, 840)


class Heartbeat:
    """Notes the longest time between two turns of the event loop, and how much of it the window's thread worked.

    The second is the window's own; the first also has what other programs took of the machine.
    """

    def __init__(self) -> None:
        self._timer = QTimer()
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._beat)
        self.reset()
        self._timer.start()

    def reset(self) -> None:
        """Begins anew."""
        self.gaps_ms: list[float] = []
        self.work_ms: list[float] = []
        self._last, self._last_work = time.perf_counter(), time.thread_time()

    def _beat(self) -> None:
        now, work = time.perf_counter(), time.thread_time()
        self.gaps_ms.append((now - self._last) * 1000)
        self.work_ms.append((work - self._last_work) * 1000)
        self._last, self._last_work = now, work

    def report(self, what: str, **facts: object) -> None:
        """Prints the longest gap, the 99th of 100, and the most work in one of them."""
        gaps = sorted(self.gaps_ms)
        longest, p99, work = gaps[-1], gaps[int(len(gaps) * 0.99)], max(self.work_ms)
        say(what, max_block_ms=round(longest, 1), p99_block_ms=round(p99, 1), max_work_ms=round(work, 1), **facts)


def main() -> None:
    """Measures everything once."""
    n_turns = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    app = QApplication([])
    theme.apply(app, "dark")
    workspace = Workspace(lambda _settings, _emit: ScriptedEngine(say_line, delay_s=1 / TOKENS_PER_S))
    workspace.adopt_project(Project(Path(os.environ["TABLEREAD_HOME"]) / "frames.tableread"))
    scenario_id = make_scene(workspace.project)
    long_id = make_playtest(workspace.project, scenario_id, n_turns)
    branched_id = make_playtest(workspace.project, scenario_id, n_turns, N_BRANCHES)
    place = StagePlace(workspace)
    place.resize(*SIZE)
    place.show()
    put_window_first(app)
    pump_until(lambda: False, 0.5)
    beat = Heartbeat()
    measure_opening(place, long_id, n_turns, beat)
    measure_scrolling(place, n_turns)
    measure_search(place, n_turns)
    measure_streaming(place, workspace, beat, n_turns)
    measure_charts(place, n_turns)
    measure_opening(place, branched_id, n_turns, beat, N_BRANCHES)
    measure_rooms(place, beat, n_turns)
    measure_xray(place, beat, n_turns)
    measure_playing(place, scenario_id, beat)
    place.stop_and_wait()
    place.close()
    workspace.close()


def measure_opening(place: StagePlace, playtest_id: str, n_turns: int, beat: Heartbeat, n_branches: int = 0) -> None:
    """From the request until the rows are painted, and until the charts have their scores."""
    beat.reset()
    start = time.perf_counter()
    place.open_entity("playtest", playtest_id)
    pump_until(lambda: place.transcript.model.rowCount() == n_turns, 60)
    place.transcript.view.viewport().repaint()
    opened_s = time.perf_counter() - start
    pump_until(lambda: len(place.session.scores) >= n_turns, 60)
    scores_s = time.perf_counter() - start
    pump_until(lambda: False, 0.5)
    beat.report(
        "open",
        n_turns=n_turns,
        n_branches=n_branches,
        transcript_s=round(opened_s, 3),
        scores_s=round(scores_s, 3),
        load=round(os.getloadavg()[0], 1),
    )


def measure_rooms(place: StagePlace, beat: Heartbeat, n_turns: int) -> None:
    """The first look at each room of the right side: blocks, and when short work is done that was asked for with it."""
    for key in place.side.rooms:
        beat.reset()
        start = time.perf_counter()
        place.side.show_room(key)
        short = place.workspace.jobs.run(lambda: None)
        pump_until(short.done, 60)
        short_s = time.perf_counter() - start
        pump_until(place.workspace.jobs.run(lambda: None, is_long=True).done, 60)
        read_s = time.perf_counter() - start
        pump_until(lambda: False, 0.3)
        beat.report(
            "room",
            room=key,
            n_turns=n_turns,
            short_work_s=round(short_s, 3),
            read_s=round(read_s, 3),
            load=round(os.getloadavg()[0], 1),
        )


def measure_xray(place: StagePlace, beat: Heartbeat, n_turns: int) -> None:
    """From the choice of a late turn until its X-ray is shown: with nothing read before, and once more."""
    place.session.readers.forget()
    for name, row in (("xray_first", n_turns - 50), ("xray_next", n_turns - 60)):
        beat.reset()
        start = time.perf_counter()
        place.side.show_turn(place.session.path[row].id)
        pump_until(lambda: place.side.xray.xray is not None, 60)
        shown_s = time.perf_counter() - start
        pump_until(lambda: False, 0.3)
        beat.report(name, n_turns=n_turns, shown_s=round(shown_s, 3), load=round(os.getloadavg()[0], 1))


def measure_scrolling(place: StagePlace, n_turns: int) -> None:
    """Frame time of scrolling by a wheel's step, and of jumping anywhere."""
    view = place.transcript.view
    bar = view.verticalScrollBar()
    for name, step in (("scroll_steps", 120), ("scroll_jumps", max(1, bar.maximum() // 97))):
        bar.setValue(0)
        frames = []
        for number in range(200):
            start = time.perf_counter()
            bar.setValue((number * step) % max(1, bar.maximum()))
            view.viewport().repaint()
            frames.append((time.perf_counter() - start) * 1000)
        say(name, n_turns=n_turns, median_ms=round(statistics.median(frames), 2), max_ms=round(max(frames), 2))
    view.go_to_end()


def measure_search(place: StagePlace, n_turns: int) -> None:
    """Time from a letter typed into the search until the matches are counted and painted; the first one folds all."""
    bar = place.transcript.search
    bar.open()
    times = []
    for query in ("l", "la", "lam", "lamp", "lamp w", "lamp was", "lamp was dark", "nowhere"):
        start = time.perf_counter()
        bar.field.setText(query)
        place.transcript.view.viewport().repaint()
        times.append((time.perf_counter() - start) * 1000)
    say("search", n_turns=n_turns, first_ms=round(times[0], 1), max_ms=round(max(times[1:]), 1))
    bar.leave()
    place.transcript.view.go_to_end()


def measure_streaming(place: StagePlace, workspace: Workspace, beat: Heartbeat, n_turns: int) -> None:
    """Blocks of the window while a turn is written at the end of a long playtest, words coming from another thread."""
    playtest_id = place.session.playtest_id
    part = place.session.script.parts[0]
    done = threading.Event()

    def stream() -> None:
        workspace.post(TurnStarted(playtest_id, n_turns + 1, part.role_id, part.character.name, "next in order"))
        start = time.perf_counter()
        for number in range(int(STREAM_S * TOKENS_PER_S)):
            time.sleep(max(0.0, start + number / TOKENS_PER_S - time.perf_counter()))
            workspace.post(TextStreamed(playtest_id, WORDS[number % len(WORDS)] + " ", private=False))
        done.set()

    threading.Thread(target=stream, daemon=True).start()
    pump_until(lambda: place.session.live is not None, 5)
    beat.reset()
    pump_until(done.is_set, STREAM_S + 10)
    beat.report("stream", n_turns=n_turns, tokens_per_s=TOKENS_PER_S)
    workspace.post(TurnDiscarded(playtest_id, "stopped"))
    pump_until(lambda: place.session.live is None, 5)


def measure_charts(place: StagePlace, n_turns: int) -> None:
    """Time to draw and paint all charts with all points."""
    charts = place.side.charts
    frames = []
    for _ in range(20):
        start = time.perf_counter()
        for chart in charts.charts:
            chart.show_series(place.session.series, charts.speakers(), {})
            chart.plot.viewport().repaint()
        frames.append((time.perf_counter() - start) * 1000)
    say(
        "charts",
        n_points=n_turns * len(charts.charts),
        median_ms=round(statistics.median(frames), 2),
        max_ms=round(max(frames), 2),
    )


def measure_playing(place: StagePlace, scenario_id: str, beat: Heartbeat) -> None:
    """Blocks of the window while a new scene is played, committed and scored, all in this process."""
    place.side.show_room("charts")
    place.new_playtest(scenario_id)
    pump_until(lambda: False, 0.5)
    beat.reset()
    place.play_or_pause()
    pump_until(lambda: place.session.ended is not None and not place.session.is_playing, 60)
    beat.report("play", n_turns=len(place.session.path), tokens_per_s=TOKENS_PER_S)


def say_line(_request: Generate) -> str:
    """Returns another line each time."""
    return " ".join(CHANCE.choices(WORDS, k=24))


def make_scene(project: Project) -> str:
    """Adds a scenario of three."""
    names = ("Mara Voss", "Theo Dane", "Ilse Ruud")
    cast = [create_character(project, CharacterBase(name=name, description=f"{name} was there.")) for name in names]
    roles = [RoleBase(character_id=character.id) for character in cast]
    return create_scenario(
        project, ScenarioBase(name="The Inquest", greeting="The bell rings.", thoughts=False, max_turns=12), roles
    ).id


def make_playtest(project: Project, scenario_id: str, n_turns: int, n_branches: int = 0) -> str:
    """Adds a playtest of many turns, all scored; branches leave it all along its way."""
    playtest = start_playtest(project, scenario_id, PlaySettings())
    parts = [(part["role_id"], part["character"]["name"]) for part in playtest.script["parts"]]
    with project.append() as session:
        first_id = (session.exec(select(func.max(Turn.id))).one() or 0) + 1
        turns = [make_turn(playtest.id, first_id, number, number - 1, parts) for number in range(1, n_turns + 1)]
        for branch in range(n_branches):
            fork = (branch + 1) * n_turns // (n_branches + 1)
            for step in range(N_BRANCH_TURNS):
                place = len(turns) + 1
                turns.append(make_turn(playtest.id, first_id, place, place - 1 if step else fork, parts))
                turns[-1].number = fork + step + 1
        session.add_all(turns)
        session.flush()
        session.add_all(
            Score(turn_id=turn.id, metric=metric, value=(turn.id * 37 + len(metric)) % 101 / 101)
            for turn in turns
            for metric in METRICS
        )
        session.get_one(Playtest, playtest.id).head_id = first_id + n_turns - 1
    return playtest.id


def make_turn(playtest_id: str, first_id: int, place: int, parent: int, parts: list[tuple[str, str]]) -> Turn:
    """Returns the turn at a place of those that are made, after the one at another place; 0: after none."""
    role_id, name = parts[place % len(parts)]
    return Turn(
        id=first_id + place - 1,
        playtest_id=playtest_id,
        parent_id=first_id + parent - 1 if parent else None,
        number=place,
        speaker_id=role_id,
        speaker=name,
        kind=SpeakerKind.CHARACTER,
        text=" ".join(WORDS[(place + one) % len(WORDS)] for one in range(5 + place * 7 % 60)),
        thought="He counts the hours.",
        origin=Origin.WEIGHTS,
        token_ids=list(range(60)),
        record=make_record(place),
    )


def make_record(number: int) -> dict[str, Any]:
    """Returns a record as large as a turn's is whose speaker remembers."""
    retrieved = [
        {"id": f"t{max(1, number - back)}", "text": " ".join(WORDS), "recency": 0.5, "importance": 0.3, "total": 1.0}
        for back in range(8)
    ]
    return {
        "n_prompt_tokens": 900,
        "n_written_tokens": 60,
        "n_turns_dropped": max(0, number - N_IN_VIEW),
        "weights": {"name": "none"},
        "seed": number,
        "why": "next in order",
        "mind": {"memory": {"mode": "rank", "n_candidates": number, "retrieved": retrieved, "pinned": []}},
    }


def pump_until(is_done: Callable[[], bool], timeout_s: float) -> None:
    """Runs the event loop."""
    end = time.perf_counter() + timeout_s
    while not is_done() and time.perf_counter() < end:
        QApplication.processEvents()
        time.sleep(0.0005)


def say(what: str, **figures: object) -> None:
    """Prints one figure."""
    print(json.dumps({"what": what, "platform": QApplication.platformName()} | figures), flush=True)


if __name__ == "__main__":
    main()
