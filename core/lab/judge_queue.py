"""Judges behind playtests: a thread of a project that asks them while nobody is writing, and never slows who writes.

A judge is interrupted as soon as words are written. In the process that plays, the engine's background would give way
to the words, but not to the live scores, for which a playtest waits; in another process it would take the same cores.
"""

import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, wait
from dataclasses import dataclass, field, replace

from core.errors import UserError
from core.events import (
    Event,
    Failed,
    JudgingEnded,
    JudgingProgressed,
    LineAwaited,
    OnEvent,
    PlaytestPaused,
    ScoresCommitted,
    TextStreamed,
    TurnCommitted,
    TurnHeld,
    TurnResumed,
    TurnStarted,
)
from core.fidelity.judging.judged_metric import JudgedMetric
from core.inference.request import Engine, Request, Result
from core.lab.judging import MAX_FAILURES, Asking, BranchJudging, seat_judge
from core.project import Project

POLL_S = 0.05
STALE_S = 300.0
"""A playtest of which nothing was heard for so long is not being written any more."""
SETTLE_S = 0.5
"""So long nobody must have written before it counts as quiet."""
_WRITING = (TurnStarted, TurnResumed, TextStreamed)
_NOT_WRITING = (PlaytestPaused, TurnHeld, LineAwaited, Failed)
"""A turn that was committed is not among them: its scores and the next turn follow."""


@dataclass(frozen=True, slots=True)
class JudgingJob:
    """What a judge is to do."""

    playtest_id: str
    engine: Engine
    metrics: Sequence[JudgedMetric]
    n_samples: int = 3
    gives_way: bool = False
    """Whether asking it slows nobody: it is a server that does not play."""
    follow: bool = False
    """Goes on with the playtest, turn by turn, until it is cancelled; what is about more than one turn, in pauses."""
    head_id: int | None = None
    turn_ids: tuple[int, ...] | None = None
    again: bool = False
    job_id: str = field(default_factory=lambda: uuid.uuid4().hex)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is."""

    n_done: int = 0
    n_total: int = 0
    state: str = "waiting"
    """`waiting`, `judging`, `following` (all is judged so far), `done`, `cancelled`, `failed`."""
    why: str = ""
    n_before: int = 0
    """Askings that had been answered before the job began; they are in neither of the other numbers."""


class JudgeQueue:
    """Jobs of one project, done one asking at a time; those of servers beside the others.

    Any thread may call; events come on the queue's own threads.
    """

    def __init__(self, project: Project, on_event: OnEvent, *, settle_s: float = SETTLE_S) -> None:
        self._project = project
        self._on_event = on_event
        self._settle_s = settle_s
        self._jobs: list[JudgingJob] = []
        self._judgings: dict[str, BranchJudging] = {}
        self._due: dict[str, deque[Asking]] = {}
        self._progress: dict[str, Progress] = {}
        self._failures: dict[str, int] = {}
        self._cancelled: set[str] = set()
        self._writing: dict[str, float] = {}
        self._quiet_since = 0.0
        self._in_flight: Future[Result] | None = None
        """What is to be interrupted when words are written."""
        self._interrupted: Future[Result] | None = None
        self._has_news = False
        self._closed = False
        self._changed = threading.Condition()
        self._threads: dict[bool, threading.Thread] = {}
        """One for what waits for quiet, one for servers, which need not wait behind it; by `JudgingJob.gives_way`."""

    def submit(self, job: JudgingJob) -> str:
        """Queues a job; returns its id. It may be repeated: what its judge has said already is not asked again.

        Where the queue was closed, the job has ended at once, as if cancelled.
        """
        with self._changed:
            if self._closed:
                self._progress[job.job_id] = Progress(state="cancelled", why="The project is being closed.")
                return job.job_id
            self._jobs.append(job)
            self._progress[job.job_id] = Progress()
            if job.gives_way not in self._threads:
                thread = threading.Thread(target=self._run, args=(job.gives_way,), name="judges", daemon=True)
                self._threads[job.gives_way] = thread
                thread.start()
            self._changed.notify_all()
        return job.job_id

    def cancel(self, job_id: str) -> None:
        """Ends a job within a batch of the engine; what it has judged stays."""
        with self._changed:
            self._cancelled.add(job_id)
            self._changed.notify_all()

    def progress(self, job_id: str) -> Progress:
        """Returns how far a job is, or was when it ended."""
        with self._changed:
            return self._progress.get(job_id, Progress(state="done"))

    @property
    def jobs(self) -> tuple[JudgingJob, ...]:
        """Those that have not ended, oldest first."""
        with self._changed:
            return tuple(self._jobs)

    def notice(self, event: Event) -> None:
        """Takes what playtests report: who is writing, and that there are new turns. Quick, from any thread."""
        with self._changed:
            if isinstance(event, _WRITING):
                was_writing = event.playtest_id in self._writing
                self._writing[event.playtest_id] = time.monotonic()
                if was_writing:
                    return  # text streams all the time
                if self._in_flight is not None:
                    self._interrupted = self._in_flight
                    self._in_flight.cancel()
            elif isinstance(event, _NOT_WRITING):
                self._writing.pop(event.playtest_id, None)
                self._quiet_since = time.monotonic()
                self._has_news = True
            elif isinstance(event, TurnCommitted):
                self._has_news = True
            else:
                return
            self._changed.notify_all()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Blocks until there is nothing to judge; returns whether that came in time."""
        idle = ("following", "done", "cancelled", "failed")
        with self._changed:
            return self._changed.wait_for(
                lambda: (
                    self._closed
                    or (not self._has_news and all(self._progress[job.job_id].state in idle for job in self._jobs))
                ),
                timeout_s,
            )

    def close(self) -> None:
        """Ends the threads within a batch of the engine; what was judged stays. Jobs that are left are cancelled."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads.values():
            thread.join()
        with self._changed:
            for job in self._jobs:
                self._progress[job.job_id] = replace(self._progress[job.job_id], state="cancelled")
            self._jobs.clear()

    # The queue's threads run all that follows

    def _run(self, gives_way: bool) -> None:
        while (job := self._next(gives_way)) is not None:
            try:
                self._work(job)
            except CancelledError:
                if not self._closed:
                    self._end(job, "cancelled")
            except UserError as error:
                self._end(job, "failed", error)
            except Exception as error:  # noqa: BLE001 - the top of this thread: a bug ends this job, not the app
                self._end(job, "failed", UserError(f"Judging failed: {error!r}.", "Report this as a bug."))

    def _next(self, gives_way: bool) -> JudgingJob | None:
        """Waits for a job that has something to do; None: the queue was closed."""
        with self._changed:
            while not self._closed:
                for job in (one for one in self._jobs if one.gives_way == gives_way):
                    if job.job_id in self._cancelled or self._progress[job.job_id].state in ("waiting", "judging"):
                        return job
                if self._has_news:
                    self._has_news = False
                    self._due.clear()
                    following = [job.job_id for job in self._jobs if self._progress[job.job_id].state == "following"]
                    self._progress |= {one: replace(self._progress[one], state="waiting") for one in following}
                    self._changed.notify_all()
                    continue
                self._changed.wait()
        return None

    def _work(self, job: JudgingJob) -> None:
        """Does one asking of a job, or says that there is none left."""
        self._check(job)
        if job.job_id not in self._judgings:
            self._wait_for_quiet(job)
            self._judgings[job.job_id] = self._begin(job)
        judging = self._judgings[job.job_id]
        if not self._due.get(job.job_id):
            summaries = not (job.follow and self._is_writing(job.playtest_id))
            self._due[job.job_id] = deque(judging.due(summaries=summaries))
        due, before = self._due[job.job_id], replace(self.progress(job.job_id), n_before=judging.n_before)
        n_done = before.n_done
        if not due:
            self._put(job, before)
            self._rest(job)
            return
        self._put(job, replace(before, n_total=n_done + len(due), state="judging"))
        self._count_failure(job, judging.judge(due[0]))
        asking = due.popleft()
        done = replace(before, n_done=n_done + 1, n_total=n_done + 1 + len(due), state="judging")
        self._put(job, done)
        if asking.is_turn:
            self._tell(ScoresCommitted(job.playtest_id, asking.turn_id))
        self._tell(JudgingProgressed(job.playtest_id, job.job_id, done.n_done, done.n_total))

    def _begin(self, job: JudgingJob) -> BranchJudging:
        seat = seat_judge(self._project, job.engine.info, lambda request: self._ask(job, request), job.n_samples)
        return BranchJudging(
            self._project,
            job.playtest_id,
            seat,
            job.metrics,
            head_id=job.head_id,
            turn_ids=job.turn_ids,
            again=job.again,
        )

    def _rest(self, job: JudgingJob) -> None:
        if not job.follow:
            self._end(job, "done")
            return
        with self._changed:
            self._progress[job.job_id] = replace(self._progress[job.job_id], state="following")
            self._changed.notify_all()

    def _end(self, job: JudgingJob, state: str, error: UserError | None = None) -> None:
        with self._changed:
            self._jobs.remove(job)
            self._judgings.pop(job.job_id, None)
            self._due.pop(job.job_id, None)
            why = error.message if error is not None else ""
            ended = replace(self._progress[job.job_id], state=state, why=why)
            self._progress[job.job_id] = ended
            self._changed.notify_all()
        hint = error.hint if error is not None else ""
        self._tell(JudgingEnded(job.playtest_id, job.job_id, ended.n_done, why, hint))

    def _tell(self, event: Event) -> None:
        """Reports; a listener that fails is told of as of any thread's fault, and ends nothing."""
        try:
            self._on_event(event)
        except Exception:  # noqa: BLE001 - whoever listens may be wrong in any way
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))

    def _count_failure(self, job: JudgingJob, failure: UserError | None) -> None:
        n = self._failures.get(job.job_id, 0) + 1 if failure is not None else 0
        self._failures[job.job_id] = n
        if failure is not None and n == MAX_FAILURES:
            raise failure

    def _put(self, job: JudgingJob, progress: Progress) -> None:
        with self._changed:
            self._progress[job.job_id] = progress
            self._changed.notify_all()

    def _ask(self, job: JudgingJob, request: Request) -> Result:
        """Runs a request behind all who write; raises CancelledError when it is not wanted any more."""
        while True:
            self._wait_for_quiet(job)
            future = job.engine.submit(request, background=True)
            if not job.gives_way:
                with self._changed:
                    self._in_flight, self._interrupted = future, None
            is_interrupted = False
            while not wait([future], timeout=POLL_S).done:
                if self._is_unwanted(job) or self._must_wait(job):
                    is_interrupted = True
                    future.cancel()
            with self._changed:
                is_interrupted = is_interrupted or self._interrupted is future
                if not job.gives_way:
                    self._in_flight = None
            self._check(job)
            if not is_interrupted:
                return future.result()

    def _must_wait(self, job: JudgingJob) -> bool:
        return not job.gives_way and self._is_writing()

    def _wait_for_quiet(self, job: JudgingJob) -> None:
        """Waits until nobody has written for a while, where the engine does not see to that itself."""
        with self._changed:
            while not job.gives_way and not self._closed and job.job_id not in self._cancelled:
                left = self._settle_s - (time.monotonic() - self._quiet_since)
                is_writing = self._is_writing()
                if not is_writing and left <= 0:
                    break
                self._changed.wait(STALE_S if is_writing else left)
        self._check(job)

    def _is_writing(self, playtest_id: str = "") -> bool:
        """Whether a playtest, or any, is being written."""
        with self._changed:
            now = time.monotonic()
            live = {one for one, heard in self._writing.items() if now - heard < STALE_S}
        return playtest_id in live if playtest_id else bool(live)

    def _is_unwanted(self, job: JudgingJob) -> bool:
        with self._changed:
            return self._closed or job.job_id in self._cancelled

    def _check(self, job: JudgingJob) -> None:
        if self._is_unwanted(job):
            raise CancelledError
