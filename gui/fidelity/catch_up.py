"""Has turns scored that never were, such as those of an imported chat, a few at a time, and can be stopped."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.errors import UserError
from core.lab.catching_up import CatchingUp
from core.playtest.scores.live_measures import LIVE_METRICS
from gui.fidelity.board import Board

AT_ONCE = 50
"""Turns of one piece of work: whoever wants to read waits for no longer than that."""
WORTH_SHARE = 0.2
"""Of the turns that are shown. Where fewer have no scores they are just being scored."""


class CatchUp(QObject):
    """Works through the branches that are shown."""

    changed = Signal()
    """It began, went on, or ended."""

    def __init__(self, board: Board, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._waiting: list[tuple[str, int]] = []
        """Playtest and last turn of the branches that come next."""
        self._run: object = None
        self.n_done = 0
        self.n_all = 0
        self.missing: dict[tuple[str, int], int] = {}
        """Playtest and last turn of each branch with enough turns without scores -> how many they are."""
        board.frame_changed.connect(self._count)
        board.workspace.project_opened.connect(self.stop)
        board.workspace.closing.connect(self.stop)

    @property
    def is_running(self) -> bool:
        """Whether turns are being scored."""
        return self._run is not None

    @property
    def n_missing(self) -> int:
        """How many turns could be scored."""
        return sum(self.missing.values())

    def start(self) -> None:
        """Scores what is missing."""
        if not self.is_running and self.missing:
            self._waiting = list(self.missing)
            self.n_done, self.n_all = 0, self.n_missing
            self._run = object()
            self._begin_next()

    def stop(self) -> None:
        """Scores no further; what was scored stays."""
        if self._run is not None:
            self._run = None
            self._waiting.clear()
            self.changed.emit()

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

    def _begin_next(self) -> None:
        if not self._waiting:
            self.stop()
            return
        playtest_id, head_id = self._waiting.pop(0)
        project, run = self._board.workspace.project, self._run
        self._do(lambda: CatchingUp(project, playtest_id, head_id), lambda work: self._go_on(work, run))

    def _go_on(self, work: CatchingUp, run: object) -> None:
        if run is not self._run or run is None:
            return
        self.n_all = max(self.n_all, self.n_done + work.n_due)
        self.changed.emit()
        if not work.n_due:
            self._begin_next()
            return
        before = work.n_due

        def done(n_left: int) -> None:
            self.n_done += before - n_left
            self._go_on(work, run)

        self._do(lambda: work.score_some(AT_ONCE), done)

    def _do(self, work: Callable[[], object], then: Callable[..., object]) -> None:
        def fail(fault: UserError) -> None:
            self.stop()
            self._board.note_raised.emit(fault.message, fault.hint)

        self._board.workspace.jobs.run(work, then, fail, is_long=True)
