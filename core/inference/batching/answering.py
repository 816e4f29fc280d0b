"""Writes one answer: a `Generate` at work."""

import time
from collections.abc import Callable, Collection, Generator
from dataclasses import replace

from core.inference.batching.job import Job, Loaded, Steps
from core.inference.batching.kept_rows import Kept
from core.inference.batching.listening import Hearing, Weighing
from core.inference.batching.logprobs import Rows
from core.inference.batching.prefix_cache import Lane
from core.inference.batching.turn_text import TurnText
from core.inference.batching.want import Kind, Want
from core.inference.messages import FromWorker, Written
from core.inference.request import Finish, Generate, Generated, Usage

FOLLOW_EVERY = 8
"""Tokens after which those who go along are told of them."""


class Cancelled(Exception):
    """Thrown into a job between two batches."""


class Answering:
    """An answer being written."""

    def __init__(self, loaded: Loaded, job: Job, request: Generate, send: Callable[[FromWorker], None]) -> None:
        self.loaded = loaded
        """The context that it is written in."""
        self._job = job
        self._request = request
        self._send = send
        self._text = TurnText((*request.stop, *loaded.stop))
        self._drawn: list[int] = []
        self._first_token_s = 0.0
        self._n_read_in = 0
        self._ended = False
        self._n_told = 0
        """Characters of the text that were told by this worker or one before it."""
        context = loaded.prompts.before_answer(request.messages, request.opening)
        self._n_context = len(context)
        self._opening = loaded.vocabulary.tokenize(request.opening, parse_special=False)
        self._tokens = [*context, *self._opening]
        """All tokens: the chat, the opening of the answer, and what was drawn."""
        self._n_prompt = len(self._tokens)
        loaded.check_fits(self._n_prompt)
        self._hearing: list[Hearing] = []
        self._weighing: list[Weighing] = []

    @property
    def along(self) -> list[Want]:
        """What those who go along with this answer still need read."""
        return [hearing.want for hearing in self._hearing] + [weighing.want for weighing in self._weighing]

    @property
    def is_open(self) -> bool:
        """Whether more may come of it, or somebody still has something to read."""
        return not self._ended or any(self.loaded.reader.n_ready(want) > 0 for want in self.along if not want.done)

    def leave(self, lanes: Collection[Lane]) -> None:
        """Those who go along in these lanes do so no longer."""
        self._hearing = [hearing for hearing in self._hearing if hearing.want.lane not in lanes]
        self._weighing = [weighing for weighing in self._weighing if weighing.want.lane not in lanes]

    def steps(self) -> Steps:
        """Writes the answer, as far as it comes."""
        try:
            finish = yield from self._write()
        except Cancelled:
            finish = Finish.CANCELLED
        return self._close(finish)

    def _write(self) -> Generator[list[Want], None, Finish]:
        self._open()
        self._begin_along()
        kept = self.loaded.kept.begin(self._tokens[: self._n_context])
        want = self._job.want(self._request.lane, self._tokens, self._n_context - 1)
        yield from self._replay(want, kept)
        sampler = self.loaded.samplers.open(self._request.sampling, self._request.grammar, self._drawn)
        while not self._text.stopped:
            if sampler.is_complete:
                return Finish.END
            if len(self._drawn) >= self._request.max_tokens:
                return Finish.LENGTH
            if len(self._tokens) >= self.loaded.context.n_ctx:
                return Finish.CONTEXT
            yield [want]
            rows = want.take_rows()
            self._n_read_in = self._n_read_in or self._job.reading.n_tokens
            token = sampler.draw(rows[-1], self._drawn)
            self._first_token_s = self._first_token_s or time.perf_counter() - self._job.started
            if token in self.loaded.ends:
                return Finish.END
            self._add(token, rows, want, kept)
            self._show(token, self._text.add(token, self.loaded.vocabulary.piece(token)))
            if len(self._drawn) % FOLLOW_EVERY == 0:
                self._follow()
        return Finish.STOP

    def _add(self, token: int, rows: Rows, want: Want, kept: Kept) -> None:
        self._drawn.append(token)
        self._tokens.append(token)
        self.loaded.kept.add(kept, self._tokens[len(self._tokens) - len(rows) :], rows)
        want.kind = Kind.WRITE if want.kind is Kind.READ else want.kind

    def _open(self) -> None:
        """Puts the opening into the text."""
        for token in self._opening:
            self._show(None, self._text.open_with(token, self.loaded.vocabulary.piece(token)))

    def _replay(self, want: Want, kept: Kept) -> Generator[list[Want], None, None]:
        """Reads what a worker before this one wrote as that did, token by token, so that the text goes on alike."""
        written = self._job.submit.written
        for token in written:  # the text first: it is kept even when the answer is cancelled here
            self._n_told += len(self._text.add(token, self.loaded.vocabulary.piece(token)))
        for token in written:
            yield [want]
            self._add(token, want.take_rows(), want, kept)

    def _show(self, token: int | None, text: str) -> None:
        """Reports a token and what may be shown now, but for what a worker before this one has shown already."""
        n_known = max(0, self._job.submit.n_shown - self._n_told)
        self._n_told += len(text)
        if token is not None or text[n_known:]:
            self._send(Written(self._job.number, token, text[n_known:]))

    def _begin_along(self) -> None:
        """Takes those who go along."""
        loaded, number = self.loaded, self._job.number
        self._hearing = [Hearing(loaded, listener, number) for listener in self._request.listeners]
        self._weighing = [Weighing(loaded, shadow, self._request.opening, number) for shadow in self._request.shadows]

    def _follow(self, *, ended: bool = False) -> None:
        text = self._text.text
        for hearing in self._hearing:
            hearing.follow(text, ended=ended)
        answer = self._tokens[self._n_context :]
        for weighing in self._weighing:
            weighing.follow(answer, ended=ended)

    def _close(self, finish: Finish) -> Generated:
        rest = self._text.finish()
        if rest:
            self._show(None, rest)
        self._follow(ended=True)
        self._ended = True
        kept, tail = self._text.kept_tokens()
        tokens = (*kept, *self.loaded.vocabulary.tokenize_exactly(tail))
        logprobs = self.loaded.kept.logprobs(self._tokens[: self._n_context], tokens)
        return Generated(
            text=self._text.text,
            token_ids=tokens,
            finish=finish,
            usage=self._usage(),
            logprobs=tuple(logprobs) if len(logprobs) == len(tokens) else (),
        )

    def _usage(self) -> Usage:
        n_read_in = self._n_read_in or self._job.reading.n_tokens
        n_needed = self._n_prompt + len(self._job.submit.written)
        return replace(
            self._job.usage(self.loaded, self._n_prompt),
            n_reused_tokens=max(0, n_needed - n_read_in),
            n_written_tokens=len(self._drawn),
            first_token_s=self._first_token_s,
            work_s=self._job.work_s + sum(one.want.reading.work_s for one in self._hearing),
        )
