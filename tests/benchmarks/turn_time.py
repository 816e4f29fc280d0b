"""Time of a turn late in a scene, against llama-cpp-python alone on the same weights.

Four characters, 40 turns of 60 tokens. The peer is `Llama.create_chat_completion` with speakers in turn: one sequence,
so that each change of speaker reads the prompt again. Both sides have the same threads, context and sampling.
"""

import argparse
import time

from core.inference.catalog import default_threads
from core.inference.request import Generate, Generated, Message, Sampling, WeightsSettings
from core.inference.worker import Worker
from tests.benchmarks.scene import CAST, N_CTX, N_TURN_TOKENS, WEIGHTS, chat_of, report, weights_path, words


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
    for turn, own_s in ours.items():
        if turn in peers:
            report(
                weights=name, turn=turn, threads=n_threads, tableread_s=round(own_s, 3), peer_s=round(peers[turn], 3)
            )
    late = list(peers)
    report(
        benchmark="turn_time",
        weights=name,
        threads=n_threads,
        turns=n_turns,
        turn_tokens=N_TURN_TOKENS,
        tableread_s=round(mean([ours[turn] for turn in late]), 3),
        peer_s=round(mean([peers[turn] for turn in late]), 3),
        ratio_last_round=round(mean([peers[turn] for turn in late]) / mean([ours[turn] for turn in late]), 2),
        ratio_last_turn=round(peers[n_turns] / ours[n_turns], 2),
    )


def play(name: str, said: list[str], n_turns: int, n_threads: int) -> tuple[dict[int, float], list[str]]:
    """Plays the scene to its end; returns seconds by turn, and all lines."""
    said = list(said)
    seconds: dict[int, float] = {}
    worker = Worker(WeightsSettings(weights_path(name), n_threads=n_threads, n_ctx=N_CTX, n_sequences=6))
    try:
        for number in range(len(said), n_turns):
            speaker = CAST[number % len(CAST)]
            started = time.perf_counter()
            request = Generate(speaker, chat_of(speaker, said), N_TURN_TOKENS, Sampling(seed=number))
            answer = worker.submit(request).result()
            seconds[number + 1] = time.perf_counter() - started
            assert isinstance(answer, Generated)
            assert answer.usage.n_written_tokens == N_TURN_TOKENS
            said.append(answer.text)
    finally:
        worker.close()
    return seconds, said


def play_peer(name: str, said: list[str], n_turns: int, n_threads: int) -> dict[int, float]:
    """Plays the last round, and the turn before it untimed; returns seconds by turn."""
    from llama_cpp import Llama

    peer = Llama(str(weights_path(name)), n_ctx=N_CTX, n_threads=n_threads, n_threads_batch=n_threads, verbose=False)
    seconds: dict[int, float] = {}
    for number in range(n_turns - len(CAST) - 1, n_turns):
        speaker = CAST[number % len(CAST)]
        messages = [as_dict(message) for message in chat_of(speaker, said[:number])]
        started = time.perf_counter()
        answer = peer.create_chat_completion(
            messages, max_tokens=N_TURN_TOKENS, seed=number, temperature=0.8, top_k=40, top_p=0.95, min_p=0.05
        )
        assert answer["usage"]["completion_tokens"] == N_TURN_TOKENS
        if number >= n_turns - len(CAST):
            seconds[number + 1] = time.perf_counter() - started
    peer.close()
    return seconds


def as_dict(message: Message) -> dict[str, str]:
    """Returns a message as the peer takes it."""
    return {"role": message.role, "content": message.content}


def mean(values: list[float]) -> float:
    """Returns the mean."""
    return sum(values) / len(values)


if __name__ == "__main__":
    main()
