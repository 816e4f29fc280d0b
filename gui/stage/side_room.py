"""What a room of the Stage's right side is: a widget that shows one thing about the open playtest."""

from collections.abc import Callable
from typing import Any, ClassVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from core.errors import UserError
from gui.stage.session import StageSession
from gui.workspace import Workspace


class SideRoom(QWidget):
    """One room. It listens to the session by itself, and is told who and what is selected.

    A room that nobody sees does no work: it is told when it comes into sight by `showEvent`.
    """

    KEY: ClassVar[str]
    """What the settings remember it by."""
    ICON: ClassVar[str]

    turn_wanted = Signal(int)
    """Id of a turn to be shown in the transcript; it may lie on another branch."""

    def __init__(self, workspace: Workspace, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.session = session

    def title(self) -> str:
        """Returns its name, translated: a word."""
        raise NotImplementedError

    def show_turn(self, turn_id: int | None) -> None:
        """The transcript selects another turn of the branch; None: none, so the head counts."""

    def show_role(self, role_id: str) -> None:
        """Another member of the cast is chosen, in the cast or as the speaker of the selected turn."""


class ReadingRoom(SideRoom):
    """A room that reads off the window's thread while it is in sight, and shows only what was wanted last."""

    SETTLE_MS: ClassVar[int] = 0
    """What comes in a burst, such as many turns at once, is read together."""

    def __init__(self, workspace: Workspace, session: StageSession, parent: QWidget | None = None) -> None:
        super().__init__(workspace, session, parent)
        self._is_stale = True
        self._ticket: object = None
        """Stands for what was wanted last."""
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(self.SETTLE_MS)
        self._settling.timeout.connect(self._read_now)

    def read(self) -> None:
        """Finds out what to show, through `read_later`."""
        raise NotImplementedError

    def holds_still(self) -> bool:
        """Whether what is shown must stay for now."""
        return False

    def refresh_in_sight(self, *_news: object) -> None:
        """Reads again, as soon as somebody sees it."""
        self._is_stale = True
        if self.isVisible() and not self.holds_still():
            self._settling.start() if self.SETTLE_MS else self._read_now()

    def showEvent(self, event: QShowEvent) -> None:
        """Reads what changed meanwhile."""
        super().showEvent(event)
        if self._is_stale:
            self._read_now()

    def read_later(
        self, work: Callable[[], Any], show: Callable[[Any], object], fail: Callable[[UserError], object]
    ) -> None:
        """Reads on the thread for long reads, then shows it or says why not. Only what was wanted last is shown."""
        ticket = self._ticket = object()

        def when_wanted(then: Callable[[Any], object]) -> Callable[[Any], None]:
            return lambda found: then(found) if self._ticket is ticket else None

        self.workspace.jobs.run(work, when_wanted(show), when_wanted(fail), is_long=True)

    def forget(self) -> None:
        """Shows nothing any more of what is being read."""
        self._ticket = None

    def _read_now(self) -> None:
        self._is_stale = False
        self.read()
