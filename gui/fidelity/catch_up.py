"""Has turns scored that never were, such as those of an imported chat, a few at a time, and can be stopped."""

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.errors import UserError
from core.lab.catching_up import CatchingUp
from core.playtest.scores.live_measures import LIVE_METRICS
from core.project import Project
from gui.fidelity.board import Board
from gui.task import IsCancelled, Report, Task

AT_ONCE = 50
"""Turns of one piece of work: whoever ends it waits for no longer than that."""
WORTH_SHARE = 0.2
"""Of the turns that are shown. Where fewer have no scores they are just being scored."""

Missing = Mapping[tuple[str, int], int]
"""Playtest and last turn of each branch with enough turns without scores -> how many they are."""


class CatchUp(QObject):
    """Works through the branches that are shown, on a thread of its own: it writes, and it takes long."""

    changed = Signal()
    """It began, went on, or ended."""

    def __init__(self, board: Board, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._task: Task | None = None
        self.is_stopping = False
        """It was stopped, and scores its last few turns."""
        self.n_done = 0
        self.n_all = 0
        self.missing: dict[tuple[str, int], int] = {}
        board.frame_changed.connect(self._count)
        board.workspace.project_opened.connect(self.stop_and_wait)
        board.workspace.closing.connect(self.stop_and_wait)

    @property
    def is_running(self) -> bool:
        """Whether turns are being scored."""
        return self._task is not None

    @property
    def n_missing(self) -> int:
        """How many turns could be scored."""
        return sum(self.missing.values())

    def start(self) -> None:
        """Scores what is missing; nothing while it runs still."""
        if self.is_running or not self.missing:
            return
        project, missing = self._board.workspace.project, dict(self.missing)
        self.n_done, self.n_all = 0, self.n_missing
        task = self._task = Task("catch-up", self)
        task.progressed.connect(self._on_progressed)
        task.failed.connect(self._on_failed)
        task.ended.connect(self._end)
        task.start(lambda report, is_cancelled: _score(project, missing, report, is_cancelled))
        self.changed.emit()

    def stop(self) -> None:
        """Scores no further than the few turns that it is at; what was scored stays."""
        if self._task is not None:
            self.is_stopping = True
            self._task.cancel()
            self.changed.emit()

    def stop_and_wait(self) -> None:
        """Ends before the project does: nothing is written after this."""
        if self._task is not None:
            self._task.close()
            self._end()

    def _end(self) -> None:
        if self._task is not None:
            self._task.deleteLater()
        self._task, self.is_stopping = None, False
        self.changed.emit()

    def _on_progressed(self, done: tuple[int, int]) -> None:
        self.n_done, self.n_all = done
        self.changed.emit()

    def _on_failed(self, fault: UserError) -> None:
        self._board.note_raised.emit(fault.message, fault.hint)

    def _count(self) -> None:
        frame = self._board.frame
        scored = np.zeros(frame.n_rows, np.bool_)
        for key, values in frame.scores.items():
            if key in LIVE_METRICS:
                scored |= ~np.isnan(values)
        self.missing = {}
        for side in frame.sides:
            rows = side.rows[frame.by_characters[side.rows]]
            n_missing = int((~scored[rows]).sum())
            if len(rows) and n_missing > WORTH_SHARE * len(rows):
                self.missing[side.playtest_id, side.head_id] = n_missing
        self.changed.emit()


def _score(project: Project, missing: Missing, report: Report, is_cancelled: IsCancelled) -> None:
    """Scores branch by branch. For a thread of its own; reports how many turns are done, of how many."""
    n_done, n_all = 0, sum(missing.values())
    for playtest_id, head_id in missing:
        if is_cancelled():
            return
        work = CatchingUp(project, playtest_id, head_id)
        n_all = max(n_all, n_done + work.n_due)
        while work.n_due and not is_cancelled():
            before = work.n_due
            n_done += before - work.score_some(AT_ONCE)
            report((n_done, n_all))
