"""The loop in the worker: schedule, decode, hand out. One thread owns the weights.

A job is a generator that yields what it needs read and goes on when all of it has been; between two batches requests
come in and cancels take effect. Which batches there are depends on the layout of the context (`messages.Layout`):
apart, how tokens are split into batches depends on them alone, so that the same request gives the same text.
"""

import queue
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Sequence
from functools import partial

from core.errors import UserError
from core.inference.batching.answering import Answering, Cancelled
from core.inference.batching.choosing import choose
from core.inference.batching.desks import Desk, Desks
from core.inference.batching.embedding import Embedder
from core.inference.batching.inbox import INSTANT, Inbox
from core.inference.batching.job import Job, Loaded, Steps
from core.inference.batching.kept_rows import KeptRows
from core.inference.batching.lane_reader import LaneReader
from core.inference.batching.measuring import diverge, score
from core.inference.batching.prefix_cache import Lane
from core.inference.batching.prompt_tokens import PromptTokens
from core.inference.batching.scheduler import Part
from core.inference.batching.want import Kind, Want
from core.inference.chat_format import ChatFormat
from core.inference.llama import Context, ResidualContext, Weights
from core.inference.messages import Alive, Cancel, Done, FromWorker, RequestFailed, Submit
from core.inference.request import (
    Adapter,
    Choose,
    CountTokens,
    Diverge,
    Embed,
    Embedded,
    Generate,
    ReadResiduals,
    Render,
    Rendered,
    Residuals,
    Result,
    Score,
    TokenCounts,
    Tokenize,
    Tokenized,
)
from core.inference.sampling.answer_sampler import Samplers
from core.inference.steering.adapters import effective
from core.inference.steering.residuals import read_residuals

ALIVE_EVERY_S = 0.5


class BatchLoop:
    """Runs requests on weights. `send` reports to the app."""

    def __init__(
        self,
        weights: Weights,
        context: Context,
        chat_format: ChatFormat,
        embedder: Embedder,
        inbox: Inbox,
        send: Callable[[FromWorker], None],
    ) -> None:
        vocabulary = weights.vocabulary
        formats_ends = {token for token, text in vocabulary.control.items() if text in chat_format.end_tokens}
        ends = vocabulary.ends | formats_ends
        self._weights = weights
        self._loaded = Loaded(
            vocabulary=vocabulary,
            prompts=PromptTokens(vocabulary, chat_format, weights.path.name),
            context=context,
            reader=LaneReader(context),
            kept=KeptRows(),
            samplers=Samplers(vocabulary, ends),
            ends=ends,
            stop=chat_format.stop,
        )
        self._desks = Desks(self._loaded)
        self._embedder = embedder
        self._inbox = inbox
        self._send = send
        self._jobs: dict[int, Job] = {}
        self._background: deque[int] = deque()
        """Numbers of background jobs, in order: one runs at a time."""
        self._answering: dict[int, Answering] = {}
        """Answers by request, finished ones too whose listeners have something to read."""
        self._last_alive = 0.0
        self._at_work = 0

    def run(self) -> None:
        """Works until None comes through the inbox."""
        busy = False
        while self._take_messages(block=not busy):
            self._start_background()
            busy = self._run_batch()
            busy = self._advance_resting(background=not busy) or busy
        self._desks.close()
        self._embedder.close()

    def _take_messages(self, *, block: bool) -> bool:
        """Takes what has come in; waits for something if there is nothing to do. False: the end."""
        while True:
            try:
                message = self._inbox.get(block=block)
            except queue.Empty:
                return True
            block = False
            if message is None:
                return False
            if isinstance(message, Submit):
                self._add(message)
            elif isinstance(message, Cancel):
                self._cancel(message.number)

    def _add(self, submit: Submit) -> None:
        job = self._jobs[submit.number] = Job(submit)
        if submit.background and not isinstance(submit.request, INSTANT):
            self._background.append(submit.number)
        else:
            self._advance(job)

    def _start_background(self) -> None:
        """Begins the first background job that has not ended."""
        while self._background:
            job = self._jobs.get(self._background[0])
            if job is None:
                self._background.popleft()
            elif job.steps is None:
                self._advance(job)
            else:
                return

    def _cancel(self, number: int) -> None:
        """Ends a request, if it has not ended by itself; nobody needs to have heard what it wrote."""
        job = self._jobs.get(number)
        if job:
            job.cancelled = True
            self._advance(job)
        self._answering.pop(number, None)
        self._inbox.forget(number)

    def _advance(self, job: Job) -> None:
        """Runs a job until it waits for something to be read, or ends."""
        number = job.number
        self._report_alive(number)
        try:
            self._step(job)
            job.reading.work_s = job.work_s
            self._take_over(job)
            return
        except StopIteration as stop:
            self._send(Done(number, stop.value))
        except Cancelled:
            self._send(Done(number, None))
        except UserError as error:
            self._answering.pop(number, None)
            self._send(RequestFailed(number, error))
        except Exception:  # noqa: BLE001 - the top of the worker: a bug ends one request, not the process
            self._answering.pop(number, None)
            self._send(RequestFailed(number, None, traceback.format_exc()))
        self._end(job)

    def _step(self, job: Job) -> None:
        job.stepped = time.perf_counter()
        if job.steps is None:
            if job.cancelled:
                raise Cancelled
            job.started = time.perf_counter()
            job.steps = self._answer(job)
            job.wants = next(job.steps)
        elif job.cancelled:
            job.wants = job.steps.throw(Cancelled())
        else:
            job.wants = next(job.steps)

    def _end(self, job: Job) -> None:
        del self._jobs[job.number]
        self._inbox.forget(job.number)
        self._desks.forget(job.number)
        if job.loaded:
            self._desks.leave(job.loaded)
        job.wants = []
        self._at_work = 0
        self._forget_answered()

    def _fail(self, job: Job, error: UserError) -> None:
        self._answering.pop(job.number, None)
        self._send(RequestFailed(job.number, error))
        if job.steps:
            job.steps.close()
        self._end(job)

    def _answer(self, job: Job) -> Steps:
        match job.submit.request:
            case Generate() as request:
                return self._at_desk(job, partial(self._generate, job=job, request=request), request.adapters)
            case Score() as request:
                return self._at_desk(job, partial(score, job=job, request=request), request.adapters)
            case Diverge() as request:
                return self._at_desk(job, partial(diverge, job=job, request=request), request.adapters)
            case CountTokens() as request:
                return self._count(request)
            case Render() as request:
                return self._render(request)
            case Tokenize() as request:
                return self._tokenize(request)
            case Choose() as request:
                return self._at_desk(job, partial(choose, job=job, request=request))
            case Embed() as request:
                return self._between_batches(self._embedder.embed(request.texts))
            case ReadResiduals() as request:
                return self._between_batches(self._read_residuals(request))

    def _at_desk(self, job: Job, work: Callable[[Loaded], Steps], adapters: Sequence[Adapter] = ()) -> Steps:
        """Works in the context for these adapters, once there is one."""
        while (desk := self._desks.take(adapters)) is None:
            yield []
        job.loaded = desk.loaded
        job.loaded.reader.begin_request(background=job.submit.background)
        return (yield from work(job.loaded))

    def _generate(self, loaded: Loaded, job: Job, request: Generate) -> Steps:
        answering = self._answering[job.number] = Answering(loaded, job, request, self._send)
        return answering.steps()

    def _count(self, request: CountTokens) -> Steps:
        yield from ()
        tokenize = self._loaded.vocabulary.tokenize
        return TokenCounts(tuple(len(tokenize(text, parse_special=False)) for text in request.texts))

    def _between_batches(self, steps: Generator[None, None, Embedded | Residuals]) -> Steps:
        while True:
            try:
                next(steps)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            yield []

    def _read_residuals(self, request: ReadResiduals) -> Generator[None, None, Residuals]:
        def open_context(adapters: Sequence[Adapter]) -> ResidualContext:
            n_threads = self._loaded.context.n_threads
            return ResidualContext(self._weights, n_threads=n_threads, adapters=effective(adapters))

        return read_residuals(self._loaded, request, open_context, self._weights.architecture)

    def _tokenize(self, request: Tokenize) -> Steps:
        yield from ()
        vocabulary = self._loaded.vocabulary
        ids = tuple(tuple(vocabulary.tokenize(text, parse_special=False)) for text in request.texts)
        return Tokenized(ids, tuple(map(vocabulary.texts, ids)))

    def _render(self, request: Render) -> Steps:
        yield from ()
        prompts = self._loaded.prompts
        text = prompts.text(request.messages, request.opening) + request.opening
        opening = self._loaded.vocabulary.tokenize(request.opening, parse_special=False)
        return Rendered(text, len(prompts.before_answer(request.messages, request.opening)) + len(opening))

    def _take_over(self, job: Job) -> None:
        """Whoever reads along in a lane gives way to a request for that lane, and to who reads along there later."""
        lanes = {want.lane for want in job.wants}
        own = self._answering.get(job.number)
        taken = lanes | {want.lane for want in own.along} if own else lanes
        for answering in self._answering.values():
            if answering.loaded is job.loaded:
                answering.leave(lanes if answering is own else taken)

    def _wants(self, loaded: Loaded) -> list[Want]:
        """All that can be read in a context now, what matters most first: of wants for one lane the first, or each
        would undo what another has read."""
        first: dict[Lane, Want] = {}
        for want in self._all_wants(loaded):
            first.setdefault(want.lane, want)
        return list(first.values())

    def _all_wants(self, loaded: Loaded) -> Generator[Want]:
        yield from self._awaited(loaded)
        for answering in self._answering.values():
            if answering.loaded is loaded:
                yield from (want for want in answering.along if not want.done)
        head = self._jobs[self._background[0]] if self._background else None
        if head and head.loaded is loaded:
            yield from (want for want in head.wants if not want.done)

    def _awaited(self, loaded: Loaded) -> Generator[Want]:
        for job in self._jobs.values():
            if job.loaded is loaded and not job.submit.background:
                yield from (want for want in job.wants if not want.done)

    def _run_batch(self) -> bool:
        """Reads one batch in one of the contexts and hands out what came of it; False: there is nothing to do."""
        for desk in self._desks.in_turn(lambda desk: any(self._awaited(desk.loaded))):
            if self._run_batch_at(desk):
                self._desks.note_batch(desk)
                return True
        self._forget_answered()
        return False

    def _forget_answered(self) -> None:
        """Forgets answers that nobody reads along any more."""
        self._answering = {
            number: one for number, one in self._answering.items() if one.is_open and self._desks.holds(one.loaded)
        }

    def _run_batch_at(self, desk: Desk) -> bool:
        reader = desk.loaded.reader
        wants = self._wants(desk.loaded)
        reader.pinned = {want.lane for want in wants if want.kind is not Kind.ALONG and want.n_held}
        parts = self._place(reader, wants) or desk.scheduler.compose(
            [want for want in wants if reader.is_placed(want)], reader.n_ready
        )
        if not parts:
            return False
        numbers = [want.number for want, _ in parts]
        self._report_alive(numbers[0])
        gives_way = parts[0][0].kind >= Kind.ALONG
        started = time.perf_counter()
        try:
            read = reader.read(parts, lambda: self._inbox.is_urgent(numbers, gives_way=gives_way))
        except UserError as error:
            for answering in self._answering.values():
                answering.leave({want.lane for want, _ in parts})
            for number in {want.number for want, _ in parts if want.kind is not Kind.ALONG} & self._jobs.keys():
                self._fail(self._jobs[number], error)
            return True
        if read:
            n_all, took_s = sum(n_tokens for _, n_tokens in parts), time.perf_counter() - started
            desk.scheduler.note(n_all, took_s)
            for want, n_tokens in parts:
                want.reading.work_s += took_s * n_tokens / n_all
            self._go_on(parts)
        return True

    def _place(self, reader: LaneReader, wants: Sequence[Want]) -> list[Part]:
        """Gives one want that has no place yet a sequence, and returns its first batch: it goes by itself, since
        what is copied for it is only there once a batch has been run."""
        for want in wants:
            if not reader.is_placed(want) and reader.place(want):
                n_tokens = reader.n_ready(want)
                if n_tokens:
                    return [(want, n_tokens)]
        return []

    def _go_on(self, parts: Sequence[Part]) -> None:
        for number in dict.fromkeys(want.number for want, _ in parts if want.kind is not Kind.ALONG):
            job = self._jobs.get(number)
            if job and all(want.done for want in job.wants):
                self._advance(job)

    def _advance_resting(self, *, background: bool) -> bool:
        """Goes on with a job that waits for nothing but its turn between two batches; False: there is none.

        Args:
            background: Whether it may be one in the background.
        """
        all_resting = (job for job in self._jobs.values() if job.steps is not None and not job.wants)
        resting = next((job for job in all_resting if background or not job.submit.background), None)
        if resting:
            self._jobs[resting.number] = self._jobs.pop(resting.number)  # all others first, the next time
            self._advance(resting)
        return resting is not None

    def _report_alive(self, number: int) -> None:
        now = time.monotonic()
        if number != self._at_work or now - self._last_alive > ALIVE_EVERY_S:
            self._at_work, self._last_alive = number, now
            self._send(Alive(number))
