"""The scene that the benchmarks play: four characters who speak in turn, each with a persona of its own."""

import json
import os
import random
import sys
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # for both sides: spinning threads drown in other work

import psutil

from core.inference.request import Message
from tests.random_weights import SHAPE_20M, SHAPE_500M, Shape, random_weights

CAST = ("mila", "vera", "toma", "ruza")
N_TURN_TOKENS = 60
N_PERSONA_WORDS = 580
N_CTX = 4096

WEIGHTS = {
    "20M F16": (Shape(**{**SHAPE_20M.__dict__, "rarely_ends": True}), "20m-rarely-ends"),
    "0.5B Q8_0": (Shape(**{**SHAPE_500M.__dict__, "rarely_ends": True}), "500m-rarely-ends"),
}


def weights_path(name: str) -> Path:
    """Returns the path of one of `WEIGHTS`, written if it is not there yet."""
    shape, file_name = WEIGHTS[name]
    return random_weights(shape, file_name)


def words(seed: str, count: int) -> str:
    """Returns words of the random weights' vocabulary, one token each."""
    draw = random.Random(seed)
    return "".join(" " + "".join(draw.choice("bdfgh") + draw.choice("aeiou") for _ in range(2)) for _ in range(count))


def chat_of(speaker: str, said: list[str], *, persona: bool = True, n_last: int | None = None) -> tuple[Message, ...]:
    """Returns what a speaker reads before the turn.

    Args:
        said: All lines so far; line n is by the n-th of the cast, over and over.
        n_last: How many of the last lines are read; None: all.
    """
    system = words("scene", 20) + (words(speaker, N_PERSONA_WORDS) if persona else "")
    lines = [
        Message("assistant" if CAST[number % len(CAST)] == speaker else "user", line)
        for number, line in enumerate(said)
    ]
    chosen = lines if n_last is None else lines[len(lines) - n_last :]
    first = Message("user", words("opening", 5))
    return (Message("system", system), first, *chosen) if n_last is None else (Message("system", system), *chosen)


def cpu_seconds(process_id: int) -> float:
    """Returns the CPU time of a process so far: unlike time on the clock, it does not grow with other work."""
    times = psutil.Process(process_id).cpu_times()
    return float(times.user + times.system)


def report(**facts: object) -> None:
    """Prints one JSON line."""
    print(json.dumps(facts), flush=True)
    sys.stdout.flush()
