"""The way to a turn that is wanted: its playtest is opened, its branch chosen, and then it is shown."""

from PySide6.QtCore import QObject

from core.library.playtests import get_turn
from gui.stage.session import StageSession
from gui.stage.transcript.transcript_panel import TranscriptPanel
from gui.workspace import Workspace


class TurnSeeker(QObject):
    """Goes on each time when the session has read more."""

    def __init__(
        self, workspace: Workspace, session: StageSession, transcript: TranscriptPanel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._session = session
        self._transcript = transcript
        self._wanted: int | None = None
        """To be shown once its branch is the open one."""
        self._sought: int | None = None
        """To be looked for once its playtest is read."""
        session.path_changed.connect(lambda _first: self._go_on())

    def open_turn(self, turn_id: int) -> None:
        """Opens the playtest of a turn there, on the newest branch that goes through it."""
        turn = get_turn(self._workspace.project, turn_id)
        if turn is None:
            return
        self._sought = turn_id
        if self._session.playtest_id != turn.playtest_id:
            self._session.open(turn.playtest_id)
        self._seek()

    def choose_branch(self, leaf_id: int, turn_id: int | None = None) -> None:
        """Goes to the end of a branch, and shows a turn of it."""
        head = self._session.head
        if head is None or head.id != leaf_id:
            self._session.direct(lambda director: director.continue_from(leaf_id))
        self._wanted = turn_id
        self._show_wanted()

    def go_forward(self) -> None:
        """Goes to the end of the newest branch that follows the head."""
        head = self._session.head
        tip = self._session.tree.tip_of(head.id if head is not None else None)
        if tip is not None:
            self._session.direct(lambda director: director.continue_from(tip))

    def _go_on(self) -> None:
        self._show_wanted()
        self._seek()

    def _show_wanted(self) -> None:
        if self._wanted is not None and self._transcript.model.row_of(self._wanted) is not None:
            turn_id, self._wanted = self._wanted, None
            self._transcript.go_to_turn(turn_id)

    def _seek(self) -> None:
        turn_id, tree = self._sought, self._session.tree
        if turn_id is None or not self._session.is_loaded or tree.get(turn_id) is None:
            return
        self._sought = None
        if self._transcript.model.row_of(turn_id) is not None:
            self._transcript.go_to_turn(turn_id)
        elif (tip := tree.tip_of(turn_id)) is not None:
            self.choose_branch(tip, turn_id)
