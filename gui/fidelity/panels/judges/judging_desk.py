"""The queue of judges of the open project, for the window: one for all panels of a board."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from core.app_settings import Server
from core.events import JudgingEnded, JudgingProgressed
from core.inference.request import Engine
from core.lab.judge_queue import JudgeQueue, JudgingJob, Progress
from gui.fidelity.board import Board


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


class JudgingDesk(QObject):
    """Takes jobs and follows them. On the window's thread; the queue has its own."""

    changed = Signal()
    """A job was taken, went on, or ended."""

    def __init__(self, board: Board) -> None:
        super().__init__(board)
        self._workspace = board.workspace
        self._queue: JudgeQueue | None = None
        self._titles: dict[str, str] = {}
        self._faults: dict[str, str] = {}
        workspace = board.workspace
        workspace.event_received.connect(self._on_event)
        workspace.project_opened.connect(self.close)
        workspace.engine_changed.connect(self.close)
        workspace.closing.connect(self.close)

    def submit(self, job: JudgingJob, title: str) -> None:
        """Has a job done behind whatever is being played."""
        if self._queue is None:
            self._queue = JudgeQueue(self._workspace.project, self._workspace.post)
        self._titles[job.job_id] = title
        self._queue.submit(job)
        self.changed.emit()

    def cancel(self, job_id: str) -> None:
        """Ends a job; what it has judged stays."""
        if self._queue is not None:
            self._queue.cancel(job_id)

    def forget_ended(self) -> None:
        """Shows no more of what is over."""
        over = {job.job_id for job in self.jobs() if job.is_over}
        self._titles = {job_id: title for job_id, title in self._titles.items() if job_id not in over}
        self.changed.emit()

    def jobs(self) -> list[ShownJob]:
        """Returns all jobs since the project was opened, oldest first."""
        queue = self._queue
        if queue is None:
            return []
        return [ShownJob(job_id, title, queue.progress(job_id)) for job_id, title in self._titles.items()]

    def fault_of(self, job_id: str) -> str:
        """Returns what went wrong with a job and what to do next; empty: nothing."""
        return self._faults.get(job_id, "")

    def gives_way(self, engine: Engine) -> bool:
        """Whether asking an engine slows nobody: a server that does not play."""
        choice = getattr(engine, "choice", None)
        return isinstance(choice, Server) and choice != getattr(self._workspace.engine, "choice", None)

    def close(self) -> None:
        """Ends all jobs and waits; what was judged stays."""
        queue, self._queue = self._queue, None
        self._titles.clear()
        self._faults.clear()
        if queue is not None:
            queue.close()
            self.changed.emit()

    def _on_event(self, event: object) -> None:
        if self._queue is None:
            return
        if isinstance(event, JudgingProgressed | JudgingEnded):
            if isinstance(event, JudgingEnded) and event.why:
                self._faults[event.job_id] = f"{event.why} {event.hint}".strip()
            self.changed.emit()
        else:
            self._queue.notice(event)  # type: ignore[arg-type]


def desk_of(board: Board) -> JudgingDesk:
    """Returns the desk of a board; made when it is asked for first."""
    found = board.findChild(JudgingDesk)
    return found if isinstance(found, JudgingDesk) else JudgingDesk(board)
