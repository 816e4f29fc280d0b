"""The labels of the open playtest: what a person said of each turn as a whole, read off the window's thread."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal
from sqlmodel import col, select

from core.project import Project
from gui.workspace import Workspace
from models.label import Label, Verdict
from models.playtest import Turn


@dataclass(frozen=True, slots=True)
class TurnLabel:
    """What the user thinks of a turn, and why."""

    verdict: Verdict
    why: str = ""


class TurnLabels(QObject):
    """Follows one playtest at a time. All on the window's thread."""

    changed = Signal()
    """Other turns have labels, or other labels."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._playtest_id = ""
        self._found: dict[int, TurnLabel] = {}
        self._is_reading = self._is_stale = False
        workspace.rows_changed.connect(self._on_rows_changed)

    def of(self, turn_id: int | None) -> TurnLabel | None:
        """Returns the label of a turn."""
        return self._found.get(turn_id) if turn_id is not None else None

    def follow(self, playtest_id: str) -> None:
        """Reads the labels of another playtest; empty: of none."""
        self._playtest_id = playtest_id
        self._found = {}
        self._read()

    def _on_rows_changed(self, what: str, _entity_id: str) -> None:
        if what == Label.__tablename__:
            self._read()

    def _read(self) -> None:
        """Reads them; what changes meanwhile is read in one more look."""
        if not self._playtest_id:
            return
        if self._is_reading:
            self._is_stale = True
            return
        self._is_reading = True
        project, playtest_id = self._workspace.project, self._playtest_id
        self._workspace.jobs.run(
            lambda: (playtest_id, read_turn_labels(project, playtest_id)), self._take, self._give_up
        )

    def _take(self, read: tuple[str, dict[int, TurnLabel]]) -> None:
        playtest_id, found = read
        self._is_reading = False
        if playtest_id == self._playtest_id and found != self._found:
            self._found = found
            self.changed.emit()
        if self._is_stale or playtest_id != self._playtest_id:
            self._is_stale = False
            self._read()

    def _give_up(self, _error: object) -> None:
        """The project cannot be read just now: whoever reads turns says so."""
        self._is_reading = self._is_stale = False


def read_turn_labels(project: Project, playtest_id: str) -> dict[int, TurnLabel]:
    """Returns what the user said of whole turns, all branches: turn id -> label, the last of each."""
    query: Any = (
        select(Label.turn_id, Label.verdict, Label.why)
        .join(Turn, col(Label.turn_id) == col(Turn.id))
        .where(Turn.playtest_id == playtest_id, Label.metric == "", Label.person == "")
        .order_by(col(Label.created_at))
    )
    with project.reading() as session:
        return {turn_id: TurnLabel(verdict, why) for turn_id, verdict, why in session.exec(query)}
