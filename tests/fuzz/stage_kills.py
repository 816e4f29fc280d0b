"""A scene of four with everything on, whose process is killed at random: nothing is lost but the half-spoken turn.

A process of its own plays the scene until it ends; SIGKILL ends it and its weights at random moments, and another one
goes on. Every turn that was said to be committed must still be there; the tree must hold together; and all of the
branch is written again from its record, word for word.

    python -m tests.fuzz.stage_kills --turns 60 --kills 10 --seed 1
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from core.events import Event, Failed, TurnCommitted
from core.inference.request import WeightsSettings
from core.inference.weights.catalog import house_weights
from core.inference.worker import Worker
from core.library.playtests import get_playtest, list_scores, list_turns
from core.playtest.directing.director import Director
from core.playtest.looking_back.replaying import Replay
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.tree import path_to
from core.project import Project
from models.playtest import SpeakerKind, Turn
from tests.fuzz.stage_scene import add_scene

PATIENCE_S = 3600.0
READY = "ready"
MAX_TOKENS = 48


@dataclass(frozen=True)
class Verdict:
    """What was found."""

    n_turns: int
    n_kills: int
    ended: str | None
    n_lost: int
    """Turns that were said to be committed and are not there."""
    is_whole: bool
    """Numbers are unbroken, every turn follows one that is there, and the head is the last one."""
    n_written: int
    """Turns of the branch that weights wrote."""
    not_equal: tuple[str, ...]
    """Of them, those that say something else when they are written again, and why."""
    n_unscored: int
    """Lines of the branch that have no scores at all."""
    faults: tuple[str, ...]
    seconds: float


def weights() -> WeightsSettings:
    """Returns the house weights, loaded the same each time."""
    return WeightsSettings(house_weights(), n_threads=1, n_ctx=2048)


def play_until_killed(path: Path, playtest_id: str) -> int:
    """Plays on, in a process of its own, until the scene ends. Says on standard output what has been committed."""

    def tell(event: Event) -> None:
        match event:
            case TurnCommitted(turn_id=turn_id):
                print(turn_id, flush=True)
            case Failed(message=message, hint=hint):
                print(f"failed: {message} {hint}", flush=True)
            case _:
                pass

    with closing(Project(path)) as project, closing(Worker(weights(), lambda _event: None)) as worker:
        assert worker.info
        with closing(Director(project, worker, playtest_id, tell)) as director:
            print(READY, flush=True)
            director.play()
            return 0 if director.wait(PATIENCE_S) else 1


def run(n_turns: int, n_kills: int, seed: int, within_s: float) -> Verdict:
    """Plays the scene with kills, each up to so many seconds after a process was ready."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scene.tableread"
        with closing(Project(path)) as project:
            scenario = add_scene(project, n_turns)
            settings = PlaySettings(seed=seed, max_tokens=MAX_TOKENS)
            playtest_id = start_playtest(project, scenario.id, settings).id
        began = time.monotonic()
        said, faults, n_killed = _play_through(path, playtest_id, n_kills, Random(seed), within_s)
        return _look(path, playtest_id, said, faults, n_killed, time.monotonic() - began)


def _play_through(
    path: Path, playtest_id: str, n_kills: int, random: Random, within_s: float
) -> tuple[set[int], list[str], int]:
    said: set[int] = set()
    faults: list[str] = []
    n_killed = 0
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        command = [sys.executable, "-m", "tests.fuzz.stage_kills", "--child", str(path), playtest_id]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
            assert process.stdout is not None
            while (line := process.stdout.readline()) and line.strip() != READY:
                pass
            is_killed = n_killed < n_kills
            if is_killed:
                time.sleep(random.uniform(0.05, within_s))
                is_killed = process.poll() is None
                if is_killed:
                    os.killpg(process.pid, signal.SIGKILL)
                    n_killed += 1
            for line in process.stdout:
                if line.strip().isdigit():
                    said.add(int(line))
                elif line.startswith("failed"):
                    faults.append(line.strip())
            process.wait()
        if not is_killed:
            break
    return said, faults, n_killed


def _look(path: Path, playtest_id: str, said: set[int], faults: list[str], n_killed: int, seconds: float) -> Verdict:
    with closing(Project(path)) as project, closing(Worker(weights(), lambda _event: None)) as worker:
        playtest = get_playtest(project, playtest_id)
        assert playtest is not None
        turns = list_turns(project, playtest_id)
        branch = path_to(turns, playtest.head_id)
        replayed = list(Replay(project, worker, playtest_id).replay())
        scored = {score.turn_id for score in list_scores(project, playtest_id)}
        lines = [turn for turn in branch if turn.kind == SpeakerKind.CHARACTER and turn.record.get("weights")]
        return Verdict(
            n_turns=len(branch),
            n_kills=n_killed,
            ended=playtest.ended,
            n_lost=len(said - {turn.id for turn in turns}),
            is_whole=_is_whole(turns, branch),
            n_written=sum(one.is_written for one in replayed),
            not_equal=tuple(f"{one.number}: {one.why}" for one in replayed if not one.is_equal),
            n_unscored=sum(turn.id not in scored for turn in lines),
            faults=tuple(faults),
            seconds=round(seconds, 1),
        )


def _is_whole(turns: list[Turn], branch: list[Turn]) -> bool:
    numbers = {turn.id: turn.number for turn in turns}
    follows = all(
        turn.number == (1 if turn.parent_id is None else numbers.get(turn.parent_id, -1) + 1) for turn in turns
    )
    return follows and [turn.number for turn in branch] == list(range(1, len(branch) + 1)) and len(branch) == len(turns)


def is_good(verdict: Verdict) -> bool:
    """Whether nothing was lost, and all of it is equal when it is written again."""
    return (
        verdict.ended is not None
        and not verdict.n_lost
        and verdict.is_whole
        and not verdict.not_equal
        and verdict.n_written > 0
        and not verdict.faults
    )


def main() -> int:
    """Prints what was found; returns 1 when something was lost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, default=60)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--within", type=float, default=12.0, help="Seconds after which a kill comes at the latest.")
    parser.add_argument("--child", nargs=2, metavar=("PATH", "PLAYTEST"))
    arguments = parser.parse_args()
    if arguments.child:
        return play_until_killed(Path(arguments.child[0]), arguments.child[1])
    with tempfile.TemporaryDirectory() as home:
        os.environ["TABLEREAD_HOME"] = home
        verdict = run(arguments.turns, arguments.kills, arguments.seed, arguments.within)
    print(json.dumps(asdict(verdict), indent=1))
    return 0 if is_good(verdict) and verdict.n_kills == arguments.kills else 1


if __name__ == "__main__":
    sys.exit(main())
