"""How fast weights read and write on this machine, by real requests as a playtest makes them."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from core.inference.request import Engine, Generate, Generated, Message, Result, Sampling, WeightsInfo

N_SEQUENCES = (1, 4, 8)
N_READ_TOKENS = 512
N_WRITE_TOKENS = 64
"""That each sequence writes, in as many answers as it takes."""
LEAST_WRITTEN_TOKENS = 8
"""An answer that ends sooner says little of speed."""
MAX_ANSWERS = 16
"""Answers of one sequence, one after the other: those of small weights are short."""
POLL_S = 0.1
SEED = 1
TEXT = (
    "The harbour master counted the boats that came home before dark and wrote each name into his book while the rain "
    "drew long lines across the window and somebody in the next room sang of the sea"
)


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens per second, with what they depend on."""

    read_tokens_per_s: float
    write_tokens_per_s: dict[int, float | None]
    """Sequences that wrote at once -> tokens of all of them; None: the answers ended too soon to tell."""
    n_threads: int
    gpu: str
    safe_mode: bool
    measured_at: str
    """ISO 8601, UTC."""

    def to_note(self) -> dict[str, Any]:
        """Returns it as plain JSON."""
        return asdict(self) | {"write_tokens_per_s": {str(n): rate for n, rate in self.write_tokens_per_s.items()}}

    @classmethod
    def from_note(cls, note: dict[str, Any]) -> "Speed":
        """Reads what `to_note` wrote."""
        rates = {int(n): rate for n, rate in note["write_tokens_per_s"].items()}
        return cls(**(note | {"write_tokens_per_s": rates}))


def measure_speed(
    engine: Engine,
    on_step: Callable[[int, int], None] = lambda n_done, n_all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Speed:
    """Measures reading, then writing with one and with several sequences at once. Takes seconds to minutes.

    Args:
        engine: One that nobody else uses meanwhile, with at least 8 sequences and batches that are shared.
        on_step: Called with how many of the steps are done.

    Raises:
        UserError: The weights cannot be run.
        CancelledError: `cancelled` said so.
    """
    info = engine.info
    n_steps = 1 + len(N_SEQUENCES)
    on_step(0, n_steps)
    _run(
        engine, [_stories(0, 1, n_tokens=4)], cancelled
    )  # the first request also warms up what is compiled or mapped on first use
    read = _measure_reading(engine, info, cancelled)
    rates: dict[int, float | None] = {}
    for number, n_sequences in enumerate(N_SEQUENCES, start=1):
        on_step(number, n_steps)
        rates[n_sequences] = _measure_writing(engine, n_sequences, cancelled)
    on_step(n_steps, n_steps)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Speed(round(read, 1), rates, info.n_threads, info.gpu, info.safe_mode, now)


def _measure_reading(engine: Engine, info: WeightsInfo, cancelled: Callable[[], bool]) -> float:
    """Reads a prompt that nothing was read of before and writes one token."""
    words = TEXT.split()
    n_words = min(N_READ_TOKENS, info.n_ctx // 2) * 3 // 4
    text = " ".join(words[(number * 7 + number // len(words)) % len(words)] for number in range(n_words))
    request = Generate("speed/read", (Message("user", f"{time.monotonic_ns()} {text}"),), max_tokens=1)
    ((answer,),) = _run(engine, [[request]], cancelled)
    usage = answer.result.usage
    n_read = usage.n_prompt_tokens - usage.n_reused_tokens
    return n_read / max(usage.first_token_s, 1e-6)


def _measure_writing(engine: Engine, n_sequences: int, cancelled: Callable[[], bool]) -> float | None:
    """Returns tokens per second of all sequences together, while all of them write."""
    lanes = _run(engine, [_stories(lane, MAX_ANSWERS) for lane in range(n_sequences)], cancelled)
    began = max(answers[0].times[0] for answers in lanes)
    ended = min(answers[-1].times[-1] for answers in lanes)
    if ended <= began:  # they took turns: this engine writes one answer at a time
        began = min(answers[0].times[0] for answers in lanes)
        ended = max(answers[-1].times[-1] for answers in lanes)
    n_tokens = sum(answer.n_tokens_between(began, ended) for answers in lanes for answer in answers)
    if n_tokens < LEAST_WRITTEN_TOKENS * n_sequences or ended <= began:
        return None
    return round(n_tokens / (ended - began), 1)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of a request, and when its pieces of text came."""

    result: Generated
    times: tuple[float, ...]

    def n_tokens_between(self, began: float, ended: float) -> float:
        """Returns how many tokens came after `began` and until `ended`: text may come in other pieces than tokens."""
        n_pieces = sum(began < at <= ended for at in self.times)
        return self.result.usage.n_written_tokens * n_pieces / len(self.times)


def _stories(lane: int, n_answers: int, n_tokens: int = N_WRITE_TOKENS) -> list[Generate]:
    """Returns requests of one sequence: the same prompt, which is read once, and other words each time."""
    prompt = Message("user", f"Tell a long story that begins so: {TEXT[lane * 4 :]}")
    return [
        Generate(
            f"speed/{lane}",
            (prompt,),
            max_tokens=n_tokens,
            sampling=Sampling(temperature=1.0, seed=SEED + 100 * number + lane),
        )
        for number in range(n_answers)
    ]


def _run(engine: Engine, lanes: Sequence[Sequence[Generate]], cancelled: Callable[[], bool]) -> list[list[_Answer]]:
    """Runs all lanes at once, each its requests one after the other without a pause, until enough was written."""
    answers: list[list[_Answer]] = [[] for _ in lanes]
    running: dict[Future[Result], tuple[int, list[float]]] = {}

    def submit(lane: int) -> None:
        times: list[float] = []
        request = lanes[lane][len(answers[lane])]
        running[engine.submit(request, lambda _piece: times.append(time.perf_counter()))] = lane, times

    for lane in range(len(lanes)):
        submit(lane)
    while running:
        if cancelled():
            for future in running:
                future.cancel()
            raise CancelledError
        for future in wait(running, timeout=POLL_S, return_when=FIRST_COMPLETED).done:
            lane, times = running.pop(future)
            result = future.result()
            assert isinstance(result, Generated)
            answers[lane].append(_Answer(result, tuple(times) or (time.perf_counter(),)))
            n_written = sum(answer.result.usage.n_written_tokens for answer in answers[lane])
            if len(answers[lane]) < len(lanes[lane]) and n_written < N_WRITE_TOKENS:
                submit(lane)
    return answers
