"""Damaged weights files: whatever is wrong with one, the app says so in a sentence or plays it, and goes on.

Each file goes the way of the app: its head is inspected, then a real `Worker` loads it in a process of its own and is
asked for a few words. A process may die; the app may not, may not wait beyond the limit, and may leave no process.

    python -m tests.fuzz.gguf --count 2000 --seed 1 [--keep FOLDER]
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import psutil

from core.errors import UserError
from core.events import Event, WorkerStopped
from core.inference import child_process
from core.inference.request import Generate, Message, Sampling, WeightsSettings
from core.inference.weights.catalog import house_weights
from core.inference.weights.gguf_header import inspect_gguf
from core.inference.worker import Worker
from tests.fuzz.forked_worker import WorkerNest
from tests.fuzz.gguf_damage import WAYS, damage
from tests.fuzz.gguf_parts import Parts, take_apart
from tests.random_weights import random_weights

HANG_S = 20.0
"""A process that is silent for so long while it loads or runs is ended; the app allows more."""
LIMIT_S = 3 * HANG_S
INSPECT_LIMIT_S = 2.0
HOUSE_SHARE = 0.15
"""Of the files that are made from the house weights; the others are small and quick."""
REQUEST = Generate(
    "mila", (Message("system", "You are Mila."), Message("user", "Hello?")), max_tokens=4, sampling=Sampling(seed=1)
)


@dataclass(frozen=True)
class Outcome:
    """What became of one file. `fault` is empty unless the app itself did wrong."""

    number: int
    way: str
    kind: str
    """works, refused by its head, refused by the worker, or died."""
    sentence: str
    seconds: float
    fault: str = ""


def run_fuzz(numbers: range, seed: int, *, keep: Path | None = None) -> Iterator[Outcome]:
    """Makes and tries one file for each number; the same number and seed make the same file."""
    small, house = _parts(random_weights()), _parts(house_weights())
    with tempfile.TemporaryDirectory() as folder, _forked_workers():
        path = Path(folder) / "weights.gguf"
        for number in numbers:
            random = Random(f"{seed}/{number}")
            way = WAYS[number % len(WAYS)]
            path.write_bytes(damage(way, random, house if random.random() < HOUSE_SHARE else small))
            outcome = _try(number, way.__name__, path)
            if keep and outcome.fault:
                (keep / f"{seed}-{number}.gguf").write_bytes(path.read_bytes())
            yield outcome


def _parts(path: Path) -> Parts:
    return take_apart(path.read_bytes())


@contextmanager
def _forked_workers() -> Iterator[None]:
    """Has the app fork its workers, and wait less long for those that hang."""
    nest = WorkerNest()
    before = child_process.start_process, child_process.HANG_S, child_process.HANG_LOADING_S
    child_process.start_process = nest.start  # type: ignore[assignment]
    child_process.HANG_S = child_process.HANG_LOADING_S = HANG_S
    try:
        yield
    finally:
        child_process.start_process, child_process.HANG_S, child_process.HANG_LOADING_S = before
        nest.close()


def _try(number: int, way: str, path: Path) -> Outcome:
    started = time.monotonic()
    events: list[Event] = []
    kind, sentence, fault = "", "", ""
    try:
        kind, sentence, fault = _load(path, events)
    except Exception as error:  # noqa: BLE001 - what the app must never let through is what is looked for
        fault = f"{type(error).__name__}: {error}"
    seconds = time.monotonic() - started
    deaths = [event for event in events if isinstance(event, WorkerStopped)]
    if deaths:
        kind = "works after its process died" if kind == "works" else "died"
    left = [child for child in psutil.Process().children(recursive=True) if _is_worker(child)]
    if left:
        fault = fault or f"left {len(left)} processes"
    if seconds > LIMIT_S:
        fault = fault or f"took {seconds:.0f} s"
    return Outcome(number, way, kind or "fault", sentence, seconds, fault)


def _load(path: Path, events: list[Event]) -> tuple[str, str, str]:
    """Returns what became of it, the sentence for the user, and what the app did wrong."""
    started = time.thread_time()  # unlike time on the clock, it does not grow with other work on the machine
    try:
        inspect_gguf(path)
    except UserError as error:
        return "refused by its head", error.message, ""
    finally:
        inspect_s = time.thread_time() - started
    fault = f"inspecting took {inspect_s:.1f} s" if inspect_s > INSPECT_LIMIT_S else ""
    worker = Worker(WeightsSettings(path, n_threads=1, n_ctx=256, n_sequences=2), events.append)
    try:
        text = worker.submit(REQUEST).result(timeout=LIMIT_S).text  # type: ignore[union-attr]
    except UserError as error:
        return "refused by the worker", error.message, fault
    finally:
        worker.close()
    return "works", repr(text), fault


def _is_worker(process: psutil.Process) -> bool:
    try:
        return process.ppid() != os.getpid() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def summarise(outcomes: list[Outcome]) -> dict[str, Any]:
    """Returns how many files ended how, and the sentences that were read most."""
    sentences = Counter(f"{outcome.kind}: {_gist(outcome.sentence)}" for outcome in outcomes if outcome.kind != "works")
    return {
        "files": len(outcomes),
        "kinds": dict(Counter(outcome.kind for outcome in outcomes)),
        "by_way": {
            way.__name__: dict(Counter(outcome.kind for outcome in outcomes if outcome.way == way.__name__))
            for way in WAYS
        },
        "sentences": dict(sentences.most_common(60)),
        "seconds": round(sum(outcome.seconds for outcome in outcomes), 1),
        "slowest_s": round(max(outcome.seconds for outcome in outcomes), 1),
        "app_peak_rss_mb": round(_peak_rss_bytes() / 2**20),
        "faults": [f"{outcome.number} {outcome.way}: {outcome.fault}" for outcome in outcomes if outcome.fault],
    }


def _gist(sentence: str) -> str:
    """Leaves numbers, names and the end away, so that like sentences count together."""
    return re.sub(r"[\d,.]+", "0", re.sub(r"'[^']*'|“[^”]*”|\"[^\"]*\"", "…", sentence))[:110]


def _peak_rss_bytes() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> int:
    """Tries all files and prints the summary; returns 1 when the app did wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    outcomes = []
    with tempfile.TemporaryDirectory() as home:
        os.environ["TABLEREAD_HOME"] = home
        numbers = range(arguments.first, arguments.first + arguments.count)
        for outcome in run_fuzz(numbers, arguments.seed, keep=arguments.keep):
            outcomes.append(outcome)
            if outcome.fault:
                print(f"{outcome.number} {outcome.way}: {outcome.fault}", file=sys.stderr, flush=True)
    summary = summarise(outcomes)
    print(json.dumps(summary, indent=1))
    return 1 if summary["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
