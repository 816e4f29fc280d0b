"""The way to the director of the open playtest: made when it is first needed, let go of when another one opens.

A director reads every turn when it is made and may have to finish a score when it is closed: both happen in jobs, so
that the window never waits, except when the project itself is about to close.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import UserError
from core.playtest.directing.director import Director
from gui.workspace import Workspace

Command = Callable[[Director], None]
QUIET_POLL_MS = 10


class DirectorLink(QObject):
    """Commands for one playtest at a time. On the window's thread."""

    faulted = Signal(str, str)
    """A command could not be given: message and hint."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._playtest_id = ""
        self._director: Director | None = None
        self._making: Future[Director] | None = None
        self._commands: deque[Command] = deque()

    def point_at(self, playtest_id: str) -> None:
        """Lets go of the director there is; the next command is for this playtest."""
        self.release()
        self._playtest_id = playtest_id

    def give(self, command: Command) -> None:
        """Gives a command, at once or as soon as there is a director."""
        if self._director is not None:
            self._run(command)
            return
        self._commands.append(command)
        if self._making is None:
            self._make()

    def prepare(self, on_ready: Callable[[], object]) -> None:
        """Makes the director although it has nothing to do yet; says when it is there."""
        if self._director is None:
            self.give(lambda _director: on_ready())

    @property
    def director(self) -> Director | None:
        """The director, if it has been made."""
        return self._director

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being written, nor about to be."""
        if self._making is not None:
            return not self._commands
        return self._director is None or not self._director.is_playing

    def release(self) -> None:
        """Lets go of the director; it ends on the jobs' thread."""
        self._commands.clear()
        self._making = None
        director, self._director = self._director, None
        if director is not None:
            director.stop()
            self._workspace.jobs.run(director.close)

    def close_and_wait(self) -> None:
        """Ends the director on this thread: the project or the engine is about to close."""
        self._commands.clear()
        making, self._making = self._making, None
        director, self._director = self._director, None
        if making is not None and making.exception() is None:
            director = making.result()
        if director is not None:
            director.close()

    def when_idle(self, work: Callable[[], object]) -> None:
        """Stops play, and does something as soon as nothing is being written."""
        self._commands.clear()
        if self._director is not None:
            self._director.stop()
        if self.is_idle:
            work()
        else:
            QTimer.singleShot(QUIET_POLL_MS, self, lambda: self.when_idle(work))

    def _make(self) -> None:
        playtest_id, project, workspace = self._playtest_id, self._workspace.project, self._workspace

        def make() -> Director:
            engine, find_engine = workspace.engine, workspace.find_engine
            return Director(project, engine, playtest_id, workspace.post, find_engine=find_engine)

        def keep(director: Director) -> None:
            if self._making is not future:
                workspace.jobs.run(director.close)
                return
            self._making = None
            self._director = director
            while self._commands:
                self._run(self._commands.popleft())

        def give_up(error: UserError) -> None:
            if self._making is future:
                self._making = None
                self._commands.clear()
                self.faulted.emit(error.message, error.hint)

        future = self._making = workspace.jobs.run(make, keep, give_up)

    def _run(self, command: Command) -> None:
        assert self._director is not None
        try:
            command(self._director)
        except UserError as error:
            self.faulted.emit(error.message, error.hint)
