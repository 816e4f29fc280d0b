"""Keeps the balance meter up to date: words are counted off the window's thread, a moment after a turn came."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer
from sqlmodel import col, func, select

from core.project import Project
from core.turn_taking.balance import Balance, measure
from gui.stage.cast.balance_meter import BalanceMeter
from gui.stage.names import cast_names
from gui.stage.reading import StageTurn
from gui.stage.session import StageSession
from gui.workspace import Workspace
from models.playtest import Origin, SpeakerKind, Turn

WAIT_MS = 300


@dataclass(frozen=True, slots=True)
class _Counted:
    """What the measures read of a turn."""

    speaker_id: str
    kind: SpeakerKind
    text: str
    origin: Origin
    finish: str
    record: dict[str, Any]


class BalanceFollower(QObject):
    """Measures the open branch for a meter."""

    def __init__(self, workspace: Workspace, session: StageSession, meter: BalanceMeter) -> None:
        super().__init__(meter)
        self._workspace = workspace
        self._session = session
        self._meter = meter
        self._bled: set[int] = set()
        """Turns in which the weights went on as somebody else."""
        self._last_id = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._measure)
        session.opened.connect(self._on_opened)
        session.path_changed.connect(lambda _first: self._timer.start())
        workspace.closing.connect(self._timer.stop)

    def _on_opened(self) -> None:
        self._bled, self._last_id = set(), 0
        self._meter.hide()
        self._timer.start()

    def _measure(self) -> None:
        session = self._session
        if session.playtest is None or not session.is_loaded or not self._workspace.is_project_open:
            return
        project, playtest_id, path = self._workspace.project, session.playtest_id, session.path
        names, bled, last_id = cast_names(session.cast), self._bled, self._last_id
        newest = session.tree.last_id

        def work() -> tuple[Balance, set[int]]:
            found = bled | read_bled(project, playtest_id, last_id)
            return measure([_count(turn, turn.id in found) for turn in path], list(names)), found  # type: ignore[misc]

        def show(measured: tuple[Balance, set[int]]) -> None:
            if playtest_id == self._session.playtest_id:
                self._bled, self._last_id = measured[1], newest
                self._meter.show_balance(measured[0], names)

        self._workspace.jobs.run(work, show, is_long=True)


def read_bled(project: Project, playtest_id: str, after_id: int) -> set[int]:
    """Returns the turns made after turn `after_id` in which the bleed guard had to act."""
    bled: Any = col(Turn.record)["bled"]
    query = select(Turn.id).where(
        Turn.playtest_id == playtest_id,
        col(Turn.id) > after_id,
        func.json_valid(Turn.record),
        bled.as_boolean().is_(True),
    )
    with project.reading() as session:
        return {turn_id for turn_id in session.exec(query) if turn_id is not None}


def _count(turn: StageTurn, has_bled: bool) -> _Counted:
    record = {"bled": True} if has_bled else {}
    return _Counted(turn.speaker_id, turn.kind, turn.text, turn.origin, turn.finish, record)
