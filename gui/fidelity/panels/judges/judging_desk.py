"""The queue of judges of the open project, for the window: one for all panels of a board."""

import threading
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from core.app_settings import Server
from core.errors import UserError
from core.events import JudgingEnded, JudgingProgressed
from core.inference.request import Engine
from core.lab.judge_queue import JudgeQueue, JudgingJob, Progress
from gui.fidelity.board import Board

STOP_S = 5.0
"""How long judges are waited for before their project closes."""
MOMENT_S = 0.2
"""How long, where nothing hangs on it."""


@dataclass(frozen=True, slots=True)
class ShownJob:
    """A job as a person sees it."""

    job_id: str
    title: str
    progress: Progress

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.progress.state in ("done", "cancelled", "failed")


@dataclass(frozen=True, slots=True)
class _Taken:
    """A job that was taken, and whose judge it asked for, as settings say it."""

    job: JudgingJob
    title: str
    choice: str


class JudgingDesk(QObject):
    """Takes jobs and follows them. On the window's thread; the queue has its own."""

    changed = Signal()
    """A job was taken, went on, or ended."""

    def __init__(self, board: Board) -> None:
        super().__init__(board)
        self._workspace = board.workspace
        self._queue: JudgeQueue | None = None
        self._taken: dict[str, _Taken] = {}
        self._over: dict[str, Progress] = {}
        """Jobs of queues that were closed, as they ended."""
        self._settled: set[str] = set()
        """Jobs of which the window has heard that they ended, or which a person has ended."""
        self._faults: dict[str, str] = {}
        workspace = board.workspace
        workspace.event_received.connect(self._on_event)
        workspace.project_opened.connect(self.close)
        workspace.engine_changed.connect(self._on_engine_changed)
        workspace.closing.connect(self.close)

    def submit(self, job: JudgingJob, title: str, choice: str = "") -> None:
        """Has a job done behind whatever is being played.

        Args:
            choice: Who judges, as settings keep it; empty: the weights in use.
        """
        self._taken[job.job_id] = _Taken(job, title, choice)
        self._queue_up(job)
        self.changed.emit()

    def _queue_up(self, job: JudgingJob) -> None:
        if self._queue is None:
            self._queue = JudgeQueue(self._workspace.project, self._workspace.post)
        self._queue.submit(job)

    def cancel(self, job_id: str) -> None:
        """Ends a job; what it has judged stays."""
        self._settled.add(job_id)
        if self._queue is not None:
            self._queue.cancel(job_id)

    def forget_ended(self) -> None:
        """Shows no more of what is over."""
        over = {job.job_id for job in self.jobs() if job.is_over}
        self._taken = {job_id: taken for job_id, taken in self._taken.items() if job_id not in over}
        self.changed.emit()

    def jobs(self) -> list[ShownJob]:
        """Returns all jobs since the project was opened, oldest first."""
        return [ShownJob(job_id, taken.title, self._progress(job_id)) for job_id, taken in self._taken.items()]

    @property
    def is_at_work(self) -> bool:
        """Whether any job is not over."""
        return any(not job.is_over for job in self.jobs())

    def _progress(self, job_id: str) -> Progress:
        if job_id in self._over or self._queue is None:
            return self._over.get(job_id, Progress(state="cancelled"))
        return self._queue.progress(job_id)

    def fault_of(self, job_id: str) -> str:
        """Returns why a job ended early and what to do next; empty: nothing was wrong."""
        return self._faults.get(job_id, "")

    def gives_way(self, engine: Engine) -> bool:
        """Whether asking an engine slows nobody: a server that does not play."""
        choice = getattr(engine, "choice", None)
        return isinstance(choice, Server) and choice != getattr(self._workspace.engine, "choice", None)

    def stop_and_wait(self) -> None:
        """Ends all jobs and waits, but not for ever: the project is about to change or to close."""
        self.close()

    def close(self) -> None:
        """Ends all jobs and forgets them; what was judged stays."""
        queue, self._queue = self._queue, None
        for known in (self._taken, self._over, self._faults, self._settled):
            known.clear()
        if queue is not None:
            _close(queue, STOP_S)
            self.changed.emit()

    def _on_engine_changed(self) -> None:
        """Engines were closed. Who judged with the weights in use ends, and says so; others are asked again."""
        queue = self._queue
        if queue is None:
            return
        _close(queue, MOMENT_S)
        self._queue = None
        for job_id, taken in self._taken.items():
            if job_id not in self._over:
                self._go_on(taken, queue.progress(job_id))
        self.changed.emit()

    def _go_on(self, taken: _Taken, before: Progress) -> None:
        """Queues a job again with the engine as it is now, or says why it ends.

        What the closing of the engine did to it, nobody was told of yet.
        """
        job = taken.job
        if job.job_id in self._settled or before.state == "done":
            self._over[job.job_id] = before if before.state != "judging" else replace(before, state="cancelled")
            return
        why = self._why_not(taken, before)
        if why:
            self._over[job.job_id] = replace(before, state="cancelled")
            self._faults[job.job_id] = why
            return
        try:
            again = replace(job, engine=self._workspace.find_engine(taken.choice))
        except UserError as error:
            self._over[job.job_id] = replace(before, state="failed")
            self._faults[job.job_id] = f"{error.message} {error.hint}".strip()
            return
        self._taken[job.job_id] = replace(taken, job=again)
        self._queue_up(again)

    def _why_not(self, taken: _Taken, before: Progress) -> str:
        if not taken.choice:
            return self.tr("The weights in use were changed. Judge again to ask the new ones.")
        if taken.job.again and before.n_done:
            return self.tr("Its engine was closed as the weights in use were changed.")
        return ""

    def _on_event(self, event: object) -> None:
        if self._queue is None:
            return
        if isinstance(event, JudgingProgressed | JudgingEnded):
            if isinstance(event, JudgingEnded) and event.job_id in self._taken:
                self._on_ended(event)
            self.changed.emit()
        else:
            self._queue.notice(event)  # type: ignore[arg-type]

    def _on_ended(self, event: JudgingEnded) -> None:
        if self._progress(event.job_id).state not in ("cancelled", "failed", "done"):
            return  # it was queued again meanwhile
        self._settled.add(event.job_id)
        if event.why:
            self._faults[event.job_id] = f"{event.why} {event.hint}".strip()


def _close(queue: JudgeQueue, timeout_s: float) -> None:
    """Closes a queue on a thread of its own, and waits for that up to a bound: an engine may not answer."""
    closing = threading.Thread(target=queue.close, name="judges-closing", daemon=True)
    closing.start()
    closing.join(timeout_s)


def desk_of(board: Board) -> JudgingDesk:
    """Returns the desk of a board; made when it is asked for first."""
    found = board.findChild(JudgingDesk)
    return found if isinstance(found, JudgingDesk) else JudgingDesk(board)
