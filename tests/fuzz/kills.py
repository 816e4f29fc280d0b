"""A scene whose worker process is killed again and again: every turn is played, and says what it would have said.

The same playtest is played twice on the house weights, once in peace and once with a thread that sends SIGKILL to the
process at random moments of random turns. Where a turn is given up, Play is pressed again, as a user would.

    python -m tests.fuzz.kills --turns 40 --kills 10 --seed 1
"""

import argparse
import json
import os
import queue
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from core.demo import make_demo_project
from core.events import Event, Failed, TextStreamed, TurnCommitted, TurnDiscarded, TurnStarted, WorkerRestarted
from core.inference.request import WeightsSettings
from core.inference.weights.catalog import house_weights
from core.inference.worker import Worker
from core.library.playtests import get_playtest, list_scores, list_turns
from core.library.scenarios import list_scenarios
from core.playtest.directing.director import Director
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.tree import path_to
from core.project import Project
from models.playtest import Turn

PATIENCE_S = 600.0


@dataclass
class Run:
    """What was played, and what was shown meanwhile."""

    turns: list[Turn]
    shown: list[str]
    """Per turn, all that streamed for it, private or not."""
    n_scores: dict[int, int]
    """Turn number -> scores that have a value."""
    seconds: float
    n_kills: int = 0
    n_restarts: int = 0
    sentences: list[str] = field(default_factory=list)
    """What the user was told when a turn was given up."""


@dataclass(frozen=True)
class Verdict:
    """What a comparison of both runs found."""

    turns: int
    kills: int
    restarts: int
    given_up: int
    numbers_unbroken: bool
    nothing_shown_twice: bool
    """What streamed is the turn as it was committed, or its beginning where the end was too short to stream."""
    same_text: bool
    first_difference: int | None
    """Number of the first turn that says something else."""
    first_kill: int
    """Number of the first turn whose process was killed."""
    scores_lost: int
    calm_s: float
    disturbed_s: float
    sentences: tuple[str, ...]


class _Killer(threading.Thread):
    """Sends SIGKILL to the worker's process, once in each of some turns, a while after the turn began."""

    def __init__(self, worker: Worker, delays_s: Mapping[int, float]) -> None:
        super().__init__(daemon=True)
        self._worker, self._delays_s = worker, dict(delays_s)
        self._begun: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self.n_sent = 0

    def begin(self, number: int | None) -> None:
        """Says that a turn begins; None: there are no more."""
        self._begun.put(number)

    def run(self) -> None:
        while (number := self._begun.get()) is not None:
            delay_s = self._delays_s.pop(number, None)
            if delay_s is not None:
                time.sleep(delay_s)
                self._kill()

    def _kill(self) -> None:
        while (process_id := self._worker.process_id) is None:
            time.sleep(0.01)
        with suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)
            self.n_sent += 1


class _Stream:
    """Gathers what a window would show."""

    def __init__(self) -> None:
        self.killer: _Killer | None = None
        self.shown: list[str] = []
        self.faults: list[Failed] = []
        self.n_restarts = 0
        self._current = ""

    def take(self, event: Event) -> None:
        match event:
            case TurnStarted(number=number):
                self._current = ""
                if self.killer is not None:
                    self.killer.begin(number)
            case TurnDiscarded():
                self._current = ""
            case TextStreamed(text=text):
                self._current += text
            case TurnCommitted():
                self.shown.append(self._current)
                self._current = ""
            case Failed():
                self.faults.append(event)
            case WorkerRestarted():
                self.n_restarts += 1
            case _:
                pass


def play(folder: Path, n_turns: int, max_tokens: int, delays_s: Mapping[int, float]) -> Run:
    """Plays a scene of the demo project; `delays_s`: turn number -> when after its beginning the process is killed."""
    path = folder / "scene.tableread"
    make_demo_project(path)
    stream = _Stream()
    worker = Worker(WeightsSettings(house_weights(), n_threads=1), stream.take)
    with closing(Project(path)) as project, closing(worker):
        scenario = list_scenarios(project)[0]
        playtest = start_playtest(project, scenario.id, PlaySettings(seed=5, max_tokens=max_tokens))
        assert worker.info  # both runs begin with weights in memory
        stream.killer = killer = _Killer(worker, delays_s)
        with closing(Director(project, worker, playtest.id, stream.take)) as director:
            began = time.monotonic()
            killer.start()
            _play_all(director, project, playtest.id, n_turns, stream)
            seconds = time.monotonic() - began
            killer.begin(None)
            killer.join()
        head = get_playtest(project, playtest.id)
        assert head is not None
        turns = path_to(list_turns(project, playtest.id), head.head_id)
        numbers = {turn.id: turn.number for turn in turns}
        scored: dict[int, int] = {}
        for score in list_scores(project, playtest.id):
            if score.value is not None:
                scored[numbers[score.turn_id]] = scored.get(numbers[score.turn_id], 0) + 1
    sentences = [f"{fault.message} {fault.hint}" for fault in stream.faults]
    return Run(turns, stream.shown, scored, seconds, killer.n_sent, stream.n_restarts, sentences)


def _play_all(director: Director, project: Project, playtest_id: str, n_turns: int, stream: _Stream) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while (n_missing := n_turns - len(list_turns(project, playtest_id))) > 0:
        n_faults = len(stream.faults)
        director.play(n_missing)
        if not director.wait(max(0.0, deadline - time.monotonic())):
            raise TimeoutError("the scene did not end")
        if len(stream.faults) == n_faults and len(list_turns(project, playtest_id)) < n_turns:
            raise AssertionError("play ended without a turn and without a word")


def compare(n_turns: int, n_kills: int, seed: int, max_tokens: int = 120) -> Verdict:
    """Plays the same scene in peace and with kills."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        calm = play(Path(one), n_turns, max_tokens, {})
        random = Random(seed)
        turn_s = calm.seconds / n_turns
        delays_s = {number: random.uniform(0, turn_s) for number in random.sample(range(2, n_turns + 1), n_kills)}
        disturbed = play(Path(other), n_turns, max_tokens, delays_s)
    pairs = zip(calm.turns, disturbed.turns, strict=True)
    different = [one.number for one, two in pairs if (one.thought, one.text) != (two.thought, two.text)]
    spoken = [
        (shown, (turn.thought or "") + turn.text)
        for shown, turn in zip(disturbed.shown, disturbed.turns, strict=True)
        if turn.token_ids
    ]
    lost = sum(max(0, count - disturbed.n_scores.get(number, 0)) for number, count in calm.n_scores.items())
    return Verdict(
        turns=len(disturbed.turns),
        kills=disturbed.n_kills,
        restarts=disturbed.n_restarts,
        given_up=len(disturbed.sentences),
        numbers_unbroken=[turn.number for turn in disturbed.turns] == list(range(1, n_turns + 1)),
        nothing_shown_twice=all(_bare(said).startswith(_bare(shown)) for shown, said in spoken),
        same_text=not different,
        first_difference=different[0] if different else None,
        first_kill=min(delays_s),
        scores_lost=lost,
        calm_s=round(calm.seconds, 1),
        disturbed_s=round(disturbed.seconds, 1),
        sentences=tuple(disturbed.sentences),
    )


def _bare(text: str) -> str:
    return "".join(text.split())


def main() -> int:
    """Prints what was found; returns 1 when something was lost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["TABLEREAD_HOME"] = home
        verdict = compare(arguments.turns, arguments.kills, arguments.seed)
    print(json.dumps(asdict(verdict), indent=1))
    kept = verdict.turns == arguments.turns and verdict.numbers_unbroken and verdict.nothing_shown_twice
    return 0 if kept and verdict.kills == arguments.kills else 1


if __name__ == "__main__":
    sys.exit(main())
