"""The engine against its peers on the same weights: `python -m tests.benchmarks.engine --json`.

One JSON object a line: `what`, `ours`, `peer`, `ratio` (above 1: ours is better), `unit`. Peers: (a) llama-cpp-python's
`create_chat_completion`; (b) llama-server with a slot for each character; (c) llama-batched-bench, the ceiling of raw
decoding. (b) and (c) are built from llama-cpp-python's source distribution; `LLAMA_CPP_BIN` names their folder, and
without it they are left out. Four characters with personas of 600 tokens, turns of 60 tokens.
"""

import argparse
import json
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from core.inference.request import (
    HEARD,
    Diverge,
    Finish,
    Generate,
    Generated,
    Layout,
    Listener,
    Message,
    Sampling,
    Score,
    Shadow,
    WeightsSettings,
)
from core.inference.weights.catalog import default_threads
from core.inference.worker import Worker
from tests.benchmarks import llama_server
from tests.benchmarks.scene import CAST, N_CTX, N_TURN_TOKENS, WEIGHTS, chat_of, cpu_seconds, weights_path, words

N_PLAYTESTS = 16
N_TIMED = 4
"""Turns at the end of a scene that are timed."""


@dataclass
class Options:
    """What is measured."""

    weights: Path
    name: str
    n_threads: int
    n_turns: int
    n_playtests: int
    layout: Layout
    """Of what is not about one layout."""

    def worker(self, **settings: object) -> Worker:
        """Returns an engine with room for one cast, unless told otherwise."""
        defaults = {"n_threads": self.n_threads, "n_ctx": N_CTX, "n_sequences": 14, "layout": self.layout}
        return Worker(WeightsSettings(self.weights, **{**defaults, **settings}))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Played:
    """Turns at the end of a scene: seconds each, and seconds to the first word."""

    total_s: list[float]
    first_s: list[float]


def main() -> None:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="the only form there is; kept for scripts")
    parser.add_argument("--weights", choices=WEIGHTS, default="20M F16")
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--playtests", type=int, default=N_PLAYTESTS)
    parser.add_argument("--threads", type=int, default=default_threads())
    parser.add_argument("--layout", choices=[*Layout], default=Layout.APART, type=Layout)
    parser.add_argument("--only", action="append", help="names of measurements, such as `parallel`")
    arguments = parser.parse_args()
    options = Options(
        weights_path(arguments.weights),
        arguments.weights,
        arguments.threads,
        arguments.turns,
        arguments.playtests,
        arguments.layout,
    )
    for measure in (turns, parallel, branch, scores, overhead, cancel, resume, memory):
        if not arguments.only or measure.__name__ in arguments.only:
            measure(options)


def report(options: Options, what: str, ours: float, peer: float, ratio: float, unit: str) -> None:
    """Prints one result."""
    figures = {"ours": round(ours, 4), "peer": round(peer, 4), "ratio": round(ratio, 3)}
    how = {"weights": options.name, "threads": options.n_threads, "layout": options.layout.value}
    print(json.dumps({"what": what, **figures, "unit": unit, **how}), flush=True)


def turns(options: Options) -> None:
    """Turn time and time to the first word late in a scene."""
    given = [words(f"line {number}", N_TURN_TOKENS) for number in range(options.n_turns - 2 * N_TIMED)]
    with closing_worker(options.worker()) as worker:
        ours = play(worker, given, 2 * N_TIMED)
    alone = play_alone(options, [*given, *(words(f"more {n}", N_TURN_TOKENS) for n in range(N_TIMED))])
    own = statistics.mean(ours.total_s)
    report(options, "turn_time_vs_a", own, alone, alone / own, "s")
    if llama_server.peer_path("llama-server"):
        theirs = play_on_server(options, given, 2 * N_TIMED)
        peer = statistics.mean(theirs.total_s)
        report(options, "turn_time_vs_b", own, peer, peer / own, "s")
        first, peers_first = statistics.median(ours.first_s), statistics.median(theirs.first_s)
        report(options, "first_token_vs_b", first, peers_first, peers_first / first, "s")
    step = (own - statistics.mean(ours.first_s)) / (N_TURN_TOKENS - 1)
    report(
        options, "first_token_in_steps", statistics.median(ours.first_s) / step, 3, 3 * step / first_of(ours), "steps"
    )


def first_of(played: Played) -> float:
    """Returns the usual time to the first word."""
    return statistics.median(played.first_s)


def request_of(number: int, said: Sequence[str], prefix: str = "") -> Generate:
    """Returns a turn as the app asks for it: all others hear it."""
    speaker = CAST[number % len(CAST)]
    lines = list(said)
    listeners = tuple(
        Listener(prefix + other, chat_of(other, [*lines, f" {HEARD}"])) for other in CAST if other != speaker
    )
    sampling = Sampling(seed=number)
    return Generate(prefix + speaker, chat_of(speaker, lines), N_TURN_TOKENS, sampling, listeners=listeners)


def play(worker: Worker, given: Sequence[str], n_turns: int) -> Played:
    """Plays turns one after the other; the last ones are timed."""
    said = list(given)
    total, first = [], []
    for _ in range(n_turns):
        request = request_of(len(said), said)
        began: list[float] = []
        started = time.perf_counter()
        answer = worker.submit(request, lambda text, began=began: began.append(time.perf_counter())).result()
        assert isinstance(answer, Generated)
        assert answer.usage.n_written_tokens == N_TURN_TOKENS
        total.append(time.perf_counter() - started)
        first.append(began[0] - started)
        said.append(answer.text)
    return Played(total[-N_TIMED:], first[-N_TIMED:])


def play_alone(options: Options, said: Sequence[str]) -> float:
    """Returns the mean time of turns with llama-cpp-python alone, speakers in turn."""
    from llama_cpp import Llama

    peer = Llama(
        str(options.weights),
        n_ctx=N_CTX,
        n_threads=options.n_threads,
        n_threads_batch=options.n_threads,
        verbose=False,
    )
    lines = list(said)
    took = []
    for number in range(len(lines), len(lines) + 3):
        chat = chat_of(CAST[number % len(CAST)], lines)
        messages = [{"role": message.role, "content": message.content} for message in chat]
        started = time.perf_counter()
        answer = peer.create_chat_completion(messages, max_tokens=N_TURN_TOKENS, seed=number, top_k=40, min_p=0.05)
        took.append(time.perf_counter() - started)
        lines.append(answer["choices"][0]["message"]["content"])
    peer.close()
    return statistics.mean(took[1:])


def play_on_server(options: Options, given: Sequence[str], n_turns: int) -> Played:
    """Plays the same scene on a server, a slot for each character."""
    said = list(given)
    answers = []
    with llama_server.run_server(options.weights, len(CAST), N_CTX, options.n_threads) as server:
        for _ in range(n_turns):
            number = len(said)
            answers.append(server.ask(number % len(CAST), chat_of(CAST[number % len(CAST)], said), number))
            said.append(answers[-1].text)
    return Played([one.total_s for one in answers[-N_TIMED:]], [one.first_token_s for one in answers[-N_TIMED:]])


def parallel(options: Options) -> None:
    """Many playtests at once: tokens per second while all write, and over whole turns."""
    n_rounds, n_ctx = 5, 1024
    lanes = [f"{number}/" for number in range(options.n_playtests)]
    n_sequences = min(64, options.n_playtests * len(CAST) + 1)
    with closing_worker(options.worker(layout=Layout.BATCHED, n_ctx=n_ctx, n_sequences=n_sequences)) as worker:
        rate, n_prompt = write_parallel(worker, lanes)
        scene_rate = play_parallel(worker, lanes, n_rounds)
    if llama_server.peer_path("llama-batched-bench"):
        ceiling = llama_server.raw_decode_rate(options.weights, options.n_playtests, n_prompt, options.n_threads)
        report(options, "parallel_vs_c", rate, ceiling, rate / ceiling, "tokens/s")
    if llama_server.peer_path("llama-server"):
        peer = serve_parallel(options, n_rounds, n_ctx)
        report(options, "parallel_vs_b", scene_rate, peer, scene_rate / peer, "tokens/s")


def write_parallel(worker: Worker, lanes: Sequence[str]) -> tuple[float, int]:
    """Writes a turn in each lane after all have read; returns tokens per second, and the tokens of a prompt."""
    chat = chat_of(CAST[0], [words("begins", N_TURN_TOKENS)])
    for future in [worker.submit(Generate(lane, chat, 1)) for lane in lanes]:
        future.result()
    started = time.perf_counter()
    futures = [
        worker.submit(Generate(lane, chat, N_TURN_TOKENS, Sampling(seed=number))) for number, lane in enumerate(lanes)
    ]
    answers = [future.result() for future in futures]
    took = time.perf_counter() - started
    written = [answer.usage for answer in answers if isinstance(answer, Generated)]
    return sum(usage.n_written_tokens for usage in written) / took, written[0].n_prompt_tokens


def play_parallel(worker: Worker, lanes: Sequence[str], n_rounds: int) -> float:
    """Plays a scene in each lane, each turn as soon as the one before it is done; returns tokens per second."""

    def play_lane(lane: str) -> int:
        said, n_tokens = [words(f"{lane} begins", N_TURN_TOKENS)], 0
        for number in range(1, n_rounds + 1):
            answer = worker.submit(request_of(number, said, lane)).result()
            assert isinstance(answer, Generated)
            said.append(answer.text)
            n_tokens += answer.usage.n_written_tokens
        return n_tokens

    started = time.perf_counter()
    with ThreadPoolExecutor(len(lanes)) as pool:
        n_tokens = sum(pool.map(play_lane, lanes))
    return n_tokens / (time.perf_counter() - started)


def serve_parallel(options: Options, n_rounds: int, n_ctx: int) -> float:
    """Returns tokens per second of the same scenes on a server."""
    n_slots = options.n_playtests * len(CAST)
    with (
        llama_server.run_server(options.weights, n_slots, n_ctx, options.n_threads) as server,
        ThreadPoolExecutor(options.n_playtests) as pool,
    ):

        def play_slot(playtest: int) -> int:
            said = [words(f"{playtest}/ begins", N_TURN_TOKENS)]
            for number in range(1, n_rounds + 1):
                speaker = number % len(CAST)
                answer = server.ask(playtest * len(CAST) + speaker, chat_of(CAST[speaker], said), number)
                said.append(answer.text)
            return n_rounds * N_TURN_TOKENS

        started = time.perf_counter()
        n_tokens = sum(pool.map(play_slot, range(options.n_playtests)))
        return n_tokens / (time.perf_counter() - started)


def branch(options: Options) -> None:
    """The first word of a turn on a new branch in the middle of a scene, against a plain next turn."""
    said = [words(f"line {number}", N_TURN_TOKENS) for number in range(options.n_turns)]
    half = len(said) // 2 // len(CAST) * len(CAST)
    with closing_worker(options.worker()) as worker:
        for number in range(options.n_turns - len(CAST), options.n_turns + 1):
            first_word(worker, request_of(number, said[:number]))
        plain = first_word(worker, request_of(len(said), said))
        took = first_word(worker, request_of(half, said[:half]))
        report(
            options, "branch", took, plain, 1.1 * plain / took, "s to the first word; ratio of 1.1 times a next turn"
        )


def first_word(worker: Worker, request: Generate) -> float:
    """Runs a turn; returns seconds to its first word."""
    began: list[float] = []
    started = time.perf_counter()
    worker.submit(request, lambda text: began.append(time.perf_counter())).result()
    return began[0] - started


def scores(options: Options) -> None:
    """What grounding and drift add to a turn, read along and asked for as the app does."""
    given = [words(f"line {number}", N_TURN_TOKENS) for number in range(12)]
    with closing_worker(options.worker()) as worker:
        bare, quiet, bare_cpu = timed_scene(worker, given, scored=False)
        full, busy, full_cpu = timed_scene(worker, given, scored=True)
    added = full_cpu - bare_cpu
    report(options, "scores_cpu", added, bare_cpu, 0.5 * bare_cpu / added, "s of CPU a turn; ratio of half a turn")
    report(options, "scores", full - bare, bare, 0.5 * bare / (full - bare), "s a turn; ratio of half a turn")
    report(options, "scores_first_word", busy, quiet, quiet / busy, "s to the first word")


def timed_scene(worker: Worker, given: Sequence[str], *, scored: bool) -> tuple[float, float, float]:
    """Plays eight turns in a row; returns seconds a turn, to its first word, and of CPU a turn."""
    process_id = worker.info and worker.process_id
    assert process_id
    said = list(given)
    firsts = []
    started, cpu, n_turns = 0.0, 0.0, 8
    for number in range(4 + n_turns):
        if number == 4:
            started, cpu = time.perf_counter(), cpu_seconds(process_id)
        speaker = CAST[len(said) % len(CAST)]
        bare, fresh = chat_of(speaker, said, persona=False), chat_of(speaker, said, n_last=2)
        shadows = (Shadow(f"{speaker} bare", bare), Shadow(f"{speaker} fresh", fresh, distributions=True))
        request = request_of(len(said), said)
        began: list[float] = []
        asked = time.perf_counter()
        future = worker.submit(
            replace(request, shadows=shadows) if scored else request,
            lambda text, began=began: began.append(time.perf_counter()),
        )
        answer = future.result()
        assert isinstance(answer, Generated)
        firsts.append(began[0] - asked)
        if scored:
            weighed = [
                worker.submit(Score(f"{speaker} bare", bare, answer.token_ids), background=True),
                worker.submit(
                    Diverge(speaker, chat_of(speaker, said), f"{speaker} fresh", fresh, answer.token_ids),
                    background=True,
                ),
            ]
            for one in weighed:
                one.result()
        said.append(answer.text)
    took = (time.perf_counter() - started) / n_turns
    return took, statistics.median(firsts[4:]), (cpu_seconds(process_id) - cpu) / n_turns


def overhead(options: Options) -> None:
    """What everything around decoding takes of a written token."""
    chat = chat_of(CAST[0], [words("line", N_TURN_TOKENS)])
    with closing_worker(options.worker()) as worker:
        took = []
        for number in range(4):
            started = time.perf_counter()
            answer = worker.submit(Generate(CAST[0], chat, 200, Sampling(seed=number))).result()
            assert isinstance(answer, Generated)
            took.append((time.perf_counter() - started - answer.usage.first_token_s) / 199)
    token_s = min(took)
    raw = decode_s(options, len(chat[0].content.split()))
    report(options, "overhead", token_s - raw, raw, 0.15 * raw / max(token_s - raw, 1e-9), "s a token; ratio of 15 %")


def decode_s(options: Options, n_before: int) -> float:
    """Returns seconds of decoding one token by the bindings alone, in a child process' conditions."""
    from core.inference.llama import Chunk, Context, Weights

    weights = Weights(options.weights, n_gpu_layers=0, safe_mode=False, on_progress=lambda: None)
    context = Context(
        weights, n_ctx=N_CTX, n_sequences=14, n_threads=options.n_threads, n_batch=256, layout=Layout.APART
    )
    for start in range(0, n_before, 256):
        context.decode([Chunk([300] * min(256, n_before - start), 0, start, 0)])
    took = []
    for place in range(200):
        started = time.perf_counter()
        context.decode([Chunk([300 + place], 0, n_before + place, 1)])
        took.append(time.perf_counter() - started)
    context.close()
    weights.close()
    return statistics.median(took)


def cancel(options: Options) -> None:
    """How soon a request that reads 6,000 tokens ends when it is told to."""
    took = []
    with closing_worker(options.worker(n_ctx=8192, n_sequences=2)) as worker:
        _ = worker.info
        for number in range(3):
            long = (Message("system", words(f"long {number}", 6000)), Message("user", words("go", 5)))
            future = worker.submit(Generate(f"lane {number}", long))
            time.sleep(0.4)
            done = threading.Event()
            future.add_done_callback(lambda _, done=done: done.set())
            started = time.perf_counter()
            future.cancel()
            done.wait(60)
            took.append(time.perf_counter() - started)
            answer = future.result()
            assert isinstance(answer, Generated)
            assert answer.finish is Finish.CANCELLED
    report(options, "cancel", max(took), 0.25, 0.25 / max(took), "s; peer is the limit")


def resume(options: Options) -> None:
    """A scene of 40 turns whose sequences were parked, against reading it again."""
    said = [words(f"line {number}", N_TURN_TOKENS) for number in range(options.n_turns)]
    asked = [replace(request_of(n, said[: len(said) - 4 + n]), max_tokens=1, listeners=()) for n in range(len(CAST))]
    with closing_worker(options.worker(n_sequences=5)) as worker:
        started = time.perf_counter()
        for request in asked:
            worker.submit(request).result()
        read_s = time.perf_counter() - started
        for number in range(len(CAST)):
            other = (Message("system", words(f"other {number}", 30)), Message("user", words("go", 5)))
            worker.submit(Generate(f"other {number}", other, 1)).result()
        started = time.perf_counter()
        answers = [worker.submit(request).result() for request in asked]
        resumed_s = time.perf_counter() - started
    assert all(isinstance(answer, Generated) and answer.usage.n_restored_tokens for answer in answers)
    report(options, "resume", resumed_s, read_s, read_s / resumed_s, "s for four characters")


def memory(options: Options) -> None:
    """Cells that 16 playtests of four characters take when scene and personas are shared, against none shared."""
    n_lines = 4
    lanes = [f"{number}/" for number in range(min(options.n_playtests, 15))]
    n_needed = n_used = 0
    with closing_worker(options.worker(layout=Layout.SHARED, n_ctx=1024, n_sequences=64)) as worker:
        for lane in lanes:
            said = [words(f"{lane} {number}", 20) for number in range(n_lines)]
            for speaker in CAST:
                answer = worker.submit(Generate(lane + speaker, chat_of(speaker, said), 1)).result()
                assert isinstance(answer, Generated)
                n_needed += answer.usage.n_prompt_tokens
                n_used += answer.usage.n_prompt_tokens - answer.usage.n_copied_tokens
    share = n_used / n_needed
    report(options, "memory", n_used, n_needed, 0.35 / share, "cells; ratio of 0.35 of unshared")


@contextmanager
def closing_worker(worker: Worker) -> Iterator[Worker]:
    """Closes a worker at the end of the block."""
    try:
        yield worker
    finally:
        worker.close()


if __name__ == "__main__":
    main()
