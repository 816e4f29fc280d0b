"""What a room of the Stage's right side is: a widget that shows one thing about the open playtest."""

from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

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
