"""A request at work, and what all requests in one context share."""

import time
from collections.abc import Generator
from dataclasses import dataclass, field, replace

from core.errors import UserError
from core.inference.batching.kept_rows import KeptRows
from core.inference.batching.lane_reader import LaneReader
from core.inference.batching.prefix_cache import Lane
from core.inference.batching.prompt_tokens import PromptTokens
from core.inference.batching.want import Kind, Reading, Want
from core.inference.llama import Context, Vocabulary
from core.inference.messages import Submit
from core.inference.request import Result, Usage
from core.inference.sampling.answer_sampler import Samplers

Steps = Generator[list[Want], None, Result]
"""A request as a generator: yields what it needs read, and goes on when all of it has been."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Weights with one context, ready to answer requests."""

    vocabulary: Vocabulary
    prompts: PromptTokens
    context: Context
    reader: LaneReader
    kept: KeptRows
    samplers: Samplers
    ends: frozenset[int]
    """Tokens that end an answer."""
    stop: tuple[str, ...]
    """Texts that end one, where the format has no token for it."""
    weighed: dict[Lane, Reading] = field(default_factory=dict)
    """What was read along in lanes for scores that nobody has asked for yet."""

    def check_fits(self, n_tokens: int) -> None:
        """Raises UserError when a chat is longer than a sequence."""
        if n_tokens > self.context.n_ctx:
            raise UserError(
                f"The chat is {n_tokens:,} tokens long, and one sequence holds {self.context.n_ctx:,}.",
                "Shorten the scene or choose a larger context.",
            )


@dataclass(eq=False, slots=True)
class Job:
    """A request at work."""

    submit: Submit
    arrived: float = field(default_factory=time.perf_counter)
    started: float = 0.0
    reading: Reading = field(default_factory=Reading)
    loaded: Loaded | None = None
    """The context that it reads in, once it does."""
    steps: Steps | None = None
    wants: list[Want] = field(default_factory=list)
    """What it waits for."""
    cancelled: bool = False
    stepped: float = 0.0
    """When it last went on."""

    @property
    def number(self) -> int:
        """Of the request."""
        return self.submit.number

    @property
    def work_s(self) -> float:
        """What was worked for it up to now, in its step."""
        return self.reading.work_s + time.perf_counter() - self.stepped

    def want(self, lane: str, tokens: list[int], next_row: int) -> Want:
        """Returns a want of this request; see `Want`."""
        background = self.submit.background
        kind = Kind.BACKGROUND if background else Kind.READ
        return Want(Lane(lane, background), kind, tokens, self.reading, next_row, self.number)

    def usage(self, loaded: Loaded, n_needed: int) -> Usage:
        """Returns what it cost up to now, when it needed so many tokens read and wrote none."""
        total_s = time.perf_counter() - self.started
        return Usage(
            n_prompt_tokens=n_needed,
            n_reused_tokens=max(0, n_needed - self.reading.n_tokens),
            n_written_tokens=0,
            first_token_s=total_s,
            total_s=total_s,
            waited_s=self.started - self.arrived,
            n_copied_tokens=self.reading.n_copied_tokens,
            n_restored_tokens=self.reading.n_restored_tokens,
            n_batches=self.reading.n_batches,
            n_batch_tokens=self.reading.n_batch_tokens,
            n_sequences=loaded.reader.n_sequences,
            n_evicted=self.reading.n_evicted,
            work_s=self.work_s,
        )

    def usage_of_score(self, loaded: Loaded, n_needed: int, *lanes: str) -> Usage:
        """Returns what a score cost, with what was read along for it in its lanes."""
        along = (loaded.weighed.pop(Lane(lane, True), None) for lane in lanes)
        work_s = self.work_s + sum(reading.work_s for reading in along if reading is not None)
        return replace(self.usage(loaded, n_needed), work_s=work_s)
