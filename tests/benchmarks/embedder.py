"""Speed of the house embedder on one core: sentences of about 12 words, and the time to load. Prints JSON lines.

    python -m tests.benchmarks.embedder [--runs 5]

The sentences are all different; a word seen before costs less, as in a long playtest. The clock and the CPU time of
this process are both given: on a machine with other work the second says more.
"""

import argparse
import json
import os
import random
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from core.fidelity.meaning.embedder import Embedder, house_embedder
from tests.core.fidelity.meaning.test_embedder import HOUSE_FILE

N_SENTENCES = 20_000
N_WORDS = 12
COMMON = """
    i you the a to and of in it is that was my for on with have do like what are so they at not be he she we this your
    really people love know think time good never always school house garden dog music work old little friend family
    don't it's i'm play read live water morning night travel cook teacher winter boat letter brother door money story
"""
LIMIT_LOAD_S, LIMIT_SENTENCES_PER_S = 0.1, 20_000


def main() -> None:
    """Runs the benchmark; the last line says whether both limits are kept, speed by CPU time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    load_clock_s, load_cpu_s = timed(lambda: Embedder(HOUSE_FILE), arguments.runs)
    print(json.dumps({"load_ms": round(load_clock_s * 1000, 1), "load_cpu_ms": round(load_cpu_s * 1000, 1)}))
    texts = sentences()
    clock_s, cpu_s = timed(lambda: Embedder(HOUSE_FILE).embed(texts), arguments.runs)
    clock_s, cpu_s = clock_s - load_clock_s, cpu_s - load_cpu_s
    print(json.dumps({"new_words": True, "per_s": round(len(texts) / clock_s), "per_cpu_s": round(len(texts) / cpu_s)}))
    clock_s, cpu_s = timed(lambda: house_embedder().embed(texts), arguments.runs)
    print(
        json.dumps({"new_words": False, "per_s": round(len(texts) / clock_s), "per_cpu_s": round(len(texts) / cpu_s)})
    )
    kept = load_clock_s < LIMIT_LOAD_S and len(texts) / cpu_s > LIMIT_SENTENCES_PER_S
    print(json.dumps({"benchmark": "embedder", "n_threads": 1, "n_sentences": len(texts), "limits_kept": kept}))


def sentences() -> list[str]:
    """Returns sentences of made-up and of common words: one word in four is seldom met, so that it must be cut."""
    draw = random.Random(1)
    rare = ["".join(draw.choice("bdfghklmnprst") + draw.choice("aeiou") for _ in range(3)) for _ in range(20_000)]
    rest = COMMON.split()
    return [
        " ".join(draw.choice(rare if draw.random() < 0.25 else rest) for _ in range(N_WORDS)).capitalize() + "."
        for _ in range(N_SENTENCES)
    ]


def timed(work: Callable[[], object], n_runs: int) -> tuple[float, float]:
    """Runs a piece of work; returns the median seconds on the clock and of CPU time."""
    clock, cpu = [], []
    for _ in range(n_runs):
        start, cpu_start = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - start)
        cpu.append(time.process_time() - cpu_start)
    return statistics.median(clock), statistics.median(cpu)


if __name__ == "__main__":
    main()
