"""The loop in the worker: schedule, decode, sample, report. One thread owns the weights.

A job is a generator that yields between two batches: there requests come in, cancels take effect and the foreground
overtakes. A batch never mixes sequences, and where read-in is split depends on the request alone, so that the same
requests give the same text.
"""

import queue
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.errors import UserError
from core.inference.chat_format import ChatFormat
from core.inference.inbox import INSTANT, Inbox
from core.inference.kept_rows import KeptRows
from core.inference.lane_reader import LaneReader, Reading
from core.inference.llama import N_ROWS_MAX, Weights
from core.inference.logprobs import Rows, divergence, log_softmax
from core.inference.messages import Alive, Cancel, Done, FromWorker, RequestFailed, Submit, Written
from core.inference.prefix_cache import Lane
from core.inference.request import (
    CountTokens,
    Diverge,
    Diverged,
    Finish,
    Generate,
    Generated,
    Message,
    Render,
    Rendered,
    Result,
    Score,
    Scored,
    TokenCounts,
    Usage,
)
from core.inference.sampling import TokenSampler
from core.inference.sandbox import TemplateRefused
from core.inference.scheduler import Scheduler
from core.inference.turn_text import TurnText

ALIVE_EVERY_S = 0.5

Steps = Generator[None, None, Result]


class _Cancelled(Exception):
    """Thrown into a job between two batches."""


@dataclass(eq=False, slots=True)
class _Job:
    """A request at work."""

    submit: Submit
    reading: Reading
    steps: Steps | None = None
    cancelled: bool = False
    started: float = 0.0

    def lane(self, name: str) -> Lane:
        return Lane(name, self.submit.background)


@dataclass(slots=True)
class _Answer:
    """An answer being written."""

    tokens: list[int]
    """All tokens: what was there before the answer, its opening, and what was drawn."""
    opening: list[int]
    text: TurnText
    n_prompt: int
    """Tokens before the first that is drawn."""
    drawn: list[int] = field(default_factory=list)
    n_read_in: int = 0
    """Tokens decoded before the first was drawn."""
    first_token_s: float = 0.0

    def draw(self, token: int) -> None:
        self.drawn.append(token)
        self.tokens.append(token)


class BatchLoop:
    """Runs requests on weights. `send` reports to the app."""

    def __init__(
        self,
        weights: Weights,
        n_sequences: int,
        chat_format: ChatFormat,
        inbox: Inbox,
        send: Callable[[FromWorker], None],
    ) -> None:
        self._weights = weights
        self._vocabulary = weights.vocabulary
        self._format = chat_format
        self._inbox = inbox
        self._send = send
        self._reader = LaneReader(weights, n_sequences)
        self._kept = KeptRows()
        self._scheduler: Scheduler[_Job] = Scheduler()
        self._jobs: dict[int, _Job] = {}
        self._last_alive = 0.0
        self._at_work: _Job | None = None
        self._ends = self._vocabulary.ends | {
            token for token, text in self._vocabulary.control.items() if text in chat_format.end_tokens
        }

    def run(self) -> None:
        """Works until None comes through the inbox."""
        while self._take_messages():
            job = self._scheduler.next()
            if job is not None:
                self._advance(job)

    def _take_messages(self) -> bool:
        while True:
            try:
                message = self._inbox.get(block=not len(self._scheduler))
            except queue.Empty:
                return True
            if message is None:
                return False
            if isinstance(message, Submit):
                self._add(message)
            elif isinstance(message, Cancel) and message.number in self._jobs:
                self._jobs[message.number].cancelled = True
                self._advance(self._jobs[message.number])

    def _add(self, submit: Submit) -> None:
        job = _Job(submit, Reading(lambda: self._inbox.is_urgent(submit)))
        self._jobs[submit.number] = job
        if not isinstance(submit.request, INSTANT):
            self._scheduler.add(job, background=submit.background)
            return
        while submit.number in self._jobs:
            self._advance(job)

    def _advance(self, job: _Job) -> None:
        """Runs one batch of a job."""
        number = job.submit.number
        self._report_alive(job)
        try:
            self._step(job)
            return
        except StopIteration as stop:
            self._send(Done(number, stop.value))
        except _Cancelled:
            self._send(Done(number, None))
        except UserError as error:
            self._send(RequestFailed(number, error))
        except Exception:  # noqa: BLE001 - the top of the worker: a bug ends one request, not the process
            self._send(RequestFailed(number, None, traceback.format_exc()))
        self._scheduler.remove(job)
        del self._jobs[number]

    def _step(self, job: _Job) -> None:
        if job.steps is None:
            if job.cancelled:
                raise _Cancelled
            job.started = time.perf_counter()
            if not isinstance(job.submit.request, INSTANT):
                self._reader.begin_request(background=job.submit.background)
            job.steps = self._answer(job)
        if job.cancelled:
            job.steps.throw(_Cancelled())
        else:
            next(job.steps)

    def _report_alive(self, job: _Job) -> None:
        now = time.monotonic()
        if job is not self._at_work or now - self._last_alive > ALIVE_EVERY_S:
            self._at_work, self._last_alive = job, now
            self._send(Alive(job.submit.number))

    def _answer(self, job: _Job) -> Steps:
        match job.submit.request:
            case Generate() as request:
                return self._generate(job, request)
            case Score() as request:
                return self._score(job, request)
            case Diverge() as request:
                return self._diverge(job, request)
            case CountTokens() as request:
                return self._count(request)
            case Render() as request:
                return self._render(request)

    def _generate(self, job: _Job, request: Generate) -> Steps:
        answer = self._open_answer(request)
        self._check_fits(answer.n_prompt)
        try:
            finish = yield from self._write(job, request, answer)
        except _Cancelled:
            finish = Finish.CANCELLED
        return self._close_answer(job, answer, finish)

    def _open_answer(self, request: Generate) -> _Answer:
        context = self._context(request.messages, request.opening)
        opening = self._vocabulary.tokenize(request.opening, parse_special=False)
        text = TurnText((*request.stop, *self._format.stop))
        return _Answer([*context, *opening], opening, text, len(context) + len(opening))

    def _write(self, job: _Job, request: Generate, answer: _Answer) -> Generator[None, None, Finish]:
        self._replay(job, answer)
        sampler = TokenSampler(request.sampling, len(answer.drawn))
        keep = self._keeper(answer)
        n_rows = 1 + len(answer.opening) if keep else 1
        while not answer.text.stopped:
            if len(answer.drawn) >= request.max_tokens:
                return Finish.LENGTH
            if len(answer.tokens) >= self._weights.n_ctx:
                return Finish.CONTEXT
            rows = yield from self._reader.read(job.reading, job.lane(request.lane), answer.tokens, n_rows)
            answer.n_read_in = answer.n_read_in or job.reading.n_tokens
            token = sampler.draw(rows[-1], answer.drawn)
            answer.first_token_s = answer.first_token_s or time.perf_counter() - job.started
            if token in self._ends:
                return Finish.END
            if keep:
                keep([*answer.tokens[len(answer.tokens) - n_rows + 1 :], token], rows)
            n_rows = 1
            answer.draw(token)
            self._send(Written(job.submit.number, token, answer.text.add(token, self._vocabulary.piece(token))))
        return Finish.STOP

    def _keeper(self, answer: _Answer) -> Callable[[list[int], Rows], None] | None:
        """Returns what keeps the distributions of an answer, all of them; None where they are not to be had."""
        if answer.drawn or len(answer.opening) >= N_ROWS_MAX:
            return None
        key = self._kept.begin(answer.tokens[: answer.n_prompt - len(answer.opening)])

        def keep(tokens: list[int], logits: Rows) -> None:
            for token, row in zip(tokens, log_softmax(logits), strict=True):
                self._kept.add(key, token, row)

        return keep

    def _replay(self, job: _Job, answer: _Answer) -> None:
        """Puts the opening and what a worker before this one wrote into the text; only the opening may be news."""
        for token in answer.opening:
            text = answer.text.open_with(token, self._vocabulary.piece(token))
            if not job.submit.written:
                self._send(Written(job.submit.number, None, text))
        for token in job.submit.written:
            answer.draw(token)
            answer.text.add(token, self._vocabulary.piece(token))

    def _close_answer(self, job: _Job, answer: _Answer, finish: Finish) -> Generated:
        rest = answer.text.finish()
        if rest:
            self._send(Written(job.submit.number, None, rest))
        tokens, tail = answer.text.kept_tokens()
        n_read_in = answer.n_read_in or job.reading.n_tokens
        usage = Usage(
            n_prompt_tokens=answer.n_prompt,
            n_reused_tokens=max(0, answer.n_prompt + len(job.submit.written) - n_read_in),
            n_written_tokens=len(answer.drawn),
            first_token_s=answer.first_token_s,
            total_s=time.perf_counter() - job.started,
        )
        return Generated(answer.text.text, (*tokens, *self._vocabulary.tokenize_exactly(tail)), finish, usage)

    def _score(self, job: _Job, request: Score) -> Steps:
        completion = self._completion(request.completion)
        context = self._context(request.messages, self._text_of(completion[:4]))
        self._check_fits(len(context) + len(completion))
        logprobs: list[float] = []
        for start in range(0, len(completion), N_ROWS_MAX):
            stop = min(start + N_ROWS_MAX, len(completion))
            rows = yield from self._logprob_rows(job, request.lane, context, completion, start, stop)
            logprobs += rows[np.arange(stop - start), completion[start:stop]].tolist()
        usage = self._usage(job, len(context) + len(completion))
        return Scored(tuple(completion), self._texts(completion), tuple(logprobs), usage)

    def _diverge(self, job: _Job, request: Diverge) -> Steps:
        completion = self._completion(request.completion)
        opening = self._text_of(completion[:4])
        context = self._context(request.messages, opening)
        reference = self._context(request.reference_messages, opening)
        self._check_fits(max(len(context), len(reference)) + len(completion))
        kl: list[float] = []
        js: list[float] = []
        differs: list[bool] = []
        for start in range(0, len(completion), N_ROWS_MAX):
            stop = min(start + N_ROWS_MAX, len(completion))
            rows = yield from self._logprob_rows(job, request.lane, context, completion, start, stop)
            others = yield from self._logprob_rows(job, request.reference_lane, reference, completion, start, stop)
            found = divergence(rows, others)
            kl += found.kl.tolist()
            js += found.js.tolist()
            differs += found.argmax_differs.tolist()
        usage = self._usage(job, len(context) + len(reference) + 2 * len(completion))
        return Diverged(self._texts(completion), tuple(kl), tuple(js), tuple(differs), usage)

    def _logprob_rows(
        self, job: _Job, lane: str, context: Sequence[int], completion: Sequence[int], start: int, stop: int
    ) -> Generator[None, None, Rows]:
        """Returns the distributions that `completion[start:stop]` is weighed by, (stop - start, n_vocab)."""
        kept = self._kept.rows(context, completion, start, stop)
        if kept is not None:
            return kept
        before = [*context, *completion[: stop - 1]]
        return log_softmax((yield from self._reader.read(job.reading, job.lane(lane), before, stop - start)))

    def _usage(self, job: _Job, n_needed: int) -> Usage:
        total_s = time.perf_counter() - job.started
        return Usage(n_needed, max(0, n_needed - job.reading.n_tokens), 0, total_s, total_s)

    def _count(self, request: CountTokens) -> Steps:
        yield
        counts = (len(self._vocabulary.tokenize(text, parse_special=False)) for text in request.texts)
        return TokenCounts(tuple(counts))

    def _render(self, request: Render) -> Steps:
        yield
        text = self._prompt(request.messages, request.opening) + request.opening
        opening = self._vocabulary.tokenize(request.opening, parse_special=False)
        return Rendered(text, len(self._context(request.messages, request.opening)) + len(opening))

    def _prompt(self, messages: Sequence[Message], opening: str) -> str:
        try:
            return self._format.render(messages, opening)
        except TemplateRefused as refusal:
            raise UserError(
                f"The chat template of {self._weights.path.name} cannot write this chat: {refusal}.",
                "Choose other weights.",
            ) from refusal

    def _context(self, messages: Sequence[Message], opening: str) -> list[int]:
        """Returns the tokens before an answer: a function of the messages alone, whatever was read before."""
        tokens = self._vocabulary.tokenize(self._prompt(messages, opening), parse_special=True)
        if self._vocabulary.adds_bos and tokens[:1] != [self._vocabulary.bos]:
            tokens.insert(0, self._vocabulary.bos)
        if not tokens:
            raise UserError("There is nothing to read before the answer.", "Write something into the scene first.")
        return tokens

    def _completion(self, completion: tuple[int, ...] | str) -> list[int]:
        if isinstance(completion, str):
            return self._vocabulary.tokenize(completion, parse_special=False)
        if not all(0 <= token < self._vocabulary.n_tokens for token in completion):
            raise UserError("This turn was written with other weights.", "Score it with the weights that wrote it.")
        return list(completion)

    def _texts(self, tokens: Sequence[int]) -> tuple[str, ...]:
        return tuple(self._vocabulary.piece(token).decode("utf-8", "replace") for token in tokens)

    def _text_of(self, tokens: Sequence[int]) -> str:
        return self._vocabulary.bytes_of(tokens).decode("utf-8", "replace")

    def _check_fits(self, n_tokens: int) -> None:
        if n_tokens > self._weights.n_ctx:
            raise UserError(
                f"The chat is {n_tokens:,} tokens long, and one sequence holds {self._weights.n_ctx:,}.",
                "Shorten the scene or choose a larger context.",
            )
