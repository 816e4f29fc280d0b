"""Time of a turn late in a scene, against llama-cpp-python alone on the same weights.

Four characters, 40 turns of 60 tokens. The peer is `Llama.create_chat_completion` with speakers in turn: one sequence,
so that each change of speaker reads the prompt again. Both sides have the same threads, context and sampling.
"""

import argparse
import os
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from core.inference.request import Generate, Generated, Message, Sampling, WeightsSettings
from core.inference.weights.catalog import default_threads
from core.inference.worker import Worker
from tests.benchmarks.scene import (
    CAST,
    N_CTX,
    N_TURN_TOKENS,
    WEIGHTS,
    chat_of,
    cpu_seconds,
    report,
    weights_path,
    words,
)


class Cost(NamedTuple):
    """What a turn takes."""

    clock_s: float
    cpu_s: float
    """CPU time of the process that runs the weights: unlike time on the clock it does not grow with other work."""


def main() -> None:
    """Runs the benchmark and prints JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20 M weights, 12 turns")
    parser.add_argument("--weights", choices=WEIGHTS, action="append")
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--threads", type=int, default=default_threads())
    arguments = parser.parse_args()
    names = ["20M F16"] if arguments.quick else arguments.weights or list(WEIGHTS)
    for name in names:
        compare(name, 12 if arguments.quick else arguments.turns, arguments.threads)


def compare(name: str, n_turns: int, n_threads: int) -> None:
    """Measures the last round of a scene on both sides.

    The lines before the last two rounds are given, not written: both sides read them, neither is timed on them.
    """
    n_given = max(0, n_turns - 2 * len(CAST))
    said = [words(f"line {number}", N_TURN_TOKENS) for number in range(n_given)]
    ours, spoken = play(name, said, n_turns, n_threads)
    peers = play_peer(name, spoken, n_turns, n_threads)
    for turn, peer in peers.items():
        report(weights=name, turn=turn, threads=n_threads, tableread=ours[turn]._asdict(), peer=peer._asdict())
    own, peer = mean([ours[turn] for turn in peers]), mean(list(peers.values()))
    report(
        benchmark="turn_time",
        weights=name,
        threads=n_threads,
        turns=n_turns,
        turn_tokens=N_TURN_TOKENS,
        tableread_s=round(own.clock_s, 3),
        peer_s=round(peer.clock_s, 3),
        ratio_last_round=round(peer.clock_s / own.clock_s, 2),
        ratio_last_turn=round(peers[n_turns].clock_s / ours[n_turns].clock_s, 2),
        ratio_last_round_cpu=round(peer.cpu_s / own.cpu_s, 2),
    )


def play(name: str, said: list[str], n_turns: int, n_threads: int) -> tuple[dict[int, Cost], list[str]]:
    """Plays the scene to its end; returns the cost by turn, and all lines."""
    said = list(said)
    costs: dict[int, Cost] = {}
    worker = Worker(WeightsSettings(weights_path(name), n_threads=n_threads, n_ctx=N_CTX, n_sequences=6))
    try:
        assert worker.info.n_threads == n_threads
        process_id = worker.process_id
        assert process_id
        for number in range(len(said), n_turns):
            speaker = CAST[number % len(CAST)]
            request = Generate(speaker, chat_of(speaker, said), N_TURN_TOKENS, Sampling(seed=number))
            answer, costs[number + 1] = timed(process_id, lambda request=request: worker.submit(request).result())
            assert isinstance(answer, Generated)
            assert answer.usage.n_written_tokens == N_TURN_TOKENS
            said.append(answer.text)
    finally:
        worker.close()
    return costs, said


def play_peer(name: str, said: list[str], n_turns: int, n_threads: int) -> dict[int, Cost]:
    """Plays the last round, and the turn before it uncounted; returns the cost by turn."""
    from llama_cpp import Llama

    peer = Llama(str(weights_path(name)), n_ctx=N_CTX, n_threads=n_threads, n_threads_batch=n_threads, verbose=False)
    costs: dict[int, Cost] = {}
    for number in range(n_turns - len(CAST) - 1, n_turns):
        speaker = CAST[number % len(CAST)]
        messages = [as_dict(message) for message in chat_of(speaker, said[:number])]
        options = {"max_tokens": N_TURN_TOKENS, "seed": number, "temperature": 0.8, "top_k": 40, "min_p": 0.05}
        answer, cost = timed(
            os.getpid(), lambda messages=messages, options=options: peer.create_chat_completion(messages, **options)
        )
        assert answer["usage"]["completion_tokens"] == N_TURN_TOKENS
        if number >= n_turns - len(CAST):
            costs[number + 1] = cost
    peer.close()
    return costs


def timed(process_id: int, work: Callable[[], Any]) -> tuple[Any, Cost]:
    """Returns what the work returns, and what it cost."""
    started, before = time.perf_counter(), cpu_seconds(process_id)
    result = work()
    return result, Cost(round(time.perf_counter() - started, 3), round(cpu_seconds(process_id) - before, 3))


def as_dict(message: Message) -> dict[str, str]:
    """Returns a message as the peer takes it."""
    return {"role": message.role, "content": message.content}


def mean(costs: list[Cost]) -> Cost:
    """Returns the mean cost."""
    return Cost(sum(cost.clock_s for cost in costs) / len(costs), sum(cost.cpu_s for cost in costs) / len(costs))


if __name__ == "__main__":
    main()
