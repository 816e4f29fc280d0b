"""What the live scores of a turn add to its time, and whether they delay the next turn's first word.

The scores: log-probabilities with the persona and without it, and the divergence from a short view (persona and last
two lines). They run in the background behind each turn.
"""

import argparse
import statistics
import time

from core.inference.request import Diverge, Generate, Generated, Request, Sampling, Score, WeightsSettings
from core.inference.weights.catalog import default_threads
from core.inference.worker import Worker
from tests.benchmarks.scene import CAST, N_CTX, N_TURN_TOKENS, WEIGHTS, chat_of, report, weights_path, words
from tests.benchmarks.turn_time import Cost, mean, timed


def main() -> None:
    """Runs the benchmark and prints JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20 M weights, a short scene")
    parser.add_argument("--weights", choices=WEIGHTS, action="append")
    parser.add_argument("--given", type=int, default=12, help="lines before the first turn that is played")
    parser.add_argument("--turns", type=int, default=12)
    parser.add_argument("--threads", type=int, default=default_threads())
    arguments = parser.parse_args()
    names = ["20M F16"] if arguments.quick else arguments.weights or list(WEIGHTS)
    for name in names:
        measure(name, 4 if arguments.quick else arguments.given, arguments.turns, arguments.threads)


def measure(name: str, n_given: int, n_turns: int, n_threads: int) -> None:
    """Plays turns with their scores; the first round does not count: there everything is read for the first time."""
    said = [words(f"line {number}", N_TURN_TOKENS) for number in range(n_given)]
    worker = Worker(WeightsSettings(weights_path(name), n_threads=n_threads, n_ctx=N_CTX))
    turns: list[Cost] = []
    added: list[Cost] = []
    try:
        for number in range(n_given, n_given + n_turns):
            turn, scores = play_turn(worker, number, said)
            if number >= n_given + len(CAST):
                turns.append(turn)
                added.append(scores)
                report(weights=name, turn=number + 1, turn_cost=turn._asdict(), scores_cost=scores._asdict())
        quiet, busy = first_words(worker, said)
    finally:
        worker.close()
    report(
        benchmark="score_cost",
        weights=name,
        threads=n_threads,
        turns=len(turns),
        turn_tokens=N_TURN_TOKENS,
        turn_s=round(mean(turns).clock_s, 3),
        scores_s=round(mean(added).clock_s, 3),
        added_percent=round(100 * mean(added).clock_s / mean(turns).clock_s, 1),
        added_percent_cpu=round(100 * mean(added).cpu_s / mean(turns).cpu_s, 1),
        first_word_quiet_s=round(statistics.median(quiet), 3),
        first_word_while_scoring_s=round(statistics.median(busy), 3),
    )


def play_turn(worker: Worker, number: int, said: list[str]) -> tuple[Cost, Cost]:
    """Plays one turn and its scores; returns the cost of each."""
    speaker = CAST[number % len(CAST)]
    request = Generate(speaker, chat_of(speaker, said), N_TURN_TOKENS, Sampling(seed=number))
    process_id = worker.info and worker.process_id
    assert process_id
    answer, turn = timed(process_id, lambda: worker.submit(request).result())
    assert isinstance(answer, Generated)
    scores = scores_of(speaker, said, answer.token_ids)
    _, added = timed(process_id, lambda: score_all(worker, scores))
    said.append(answer.text)
    return turn, added


def score_all(worker: Worker, scores: tuple[Request, ...]) -> None:
    """Runs scores as the app does: all at once, in the background."""
    for future in [worker.submit(request, background=True) for request in scores]:
        future.result()


def scores_of(speaker: str, said: list[str], tokens: tuple[int, ...]) -> tuple[Request, ...]:
    """Returns the live scores of a turn."""
    view, bare = chat_of(speaker, said), chat_of(speaker, said, persona=False)
    short = chat_of(speaker, said, n_last=2)
    return (
        Score(speaker, view, tokens),
        Score(f"{speaker} bare", bare, tokens),
        Diverge(speaker, view, f"{speaker} short", short, tokens),
    )


def first_words(worker: Worker, said: list[str]) -> tuple[list[float], list[float]]:
    """Returns seconds to the first word of a turn with nothing else to do, and while the scores of a turn run."""
    quiet: list[float] = []
    busy: list[float] = []
    for number in range(len(said), len(said) + 3 * len(CAST)):
        speaker = CAST[number % len(CAST)]
        scored = number % 2 == 1
        futures = []
        if scored:
            tokens = tuple(range(300, 300 + N_TURN_TOKENS))
            futures = [worker.submit(request, background=True) for request in scores_of(CAST[0], said, tokens)]
            time.sleep(0.05)
        began: list[float] = []
        started = time.perf_counter()
        request = Generate(speaker, chat_of(speaker, said), N_TURN_TOKENS, Sampling(seed=number))
        answer = worker.submit(request, lambda text, began=began: began.append(time.perf_counter())).result()
        (busy if scored else quiet).append(began[0] - started)
        assert isinstance(answer, Generated)
        said.append(answer.text)
        for future in futures:
            future.result()
    return quiet, busy


if __name__ == "__main__":
    main()
