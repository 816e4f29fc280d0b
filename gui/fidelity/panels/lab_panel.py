"""What the panels of Fidelity share: a column that scrolls, the branch they work on, and one long task at a time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.errors import UserError
from core.project import Project
from gui import theme
from gui.fidelity.board import Board
from gui.fidelity.panels.elided import ElidedCombo
from gui.fidelity.panels.open_branch import BranchAt
from gui.stage.charts.score_evidence import small_label

SETTLE_MS = 120
"""News within so long are read together: a judge at work commits many scores."""


@dataclass(frozen=True, slots=True)
class Here:
    """What a panel works on. What was found out about one is never shown beside another."""

    project: Project | None
    at: BranchAt | None


class LabPanel(QScrollArea):
    """One panel. It does no work until somebody sees it."""

    WATCHED: tuple[str, ...] = ()
    """Tables whose changes it shows."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.board = board
        self.workspace = board.workspace
        self._is_stale = True
        self._ticket: object = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget()
        content.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(16, 12, 16, 16)
        self.column.setSpacing(12)
        self.setWidget(content)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.timeout.connect(self._read_now)
        self._seen = self.here()
        board.frame_changed.connect(self._on_frame_changed)
        self.workspace.rows_changed.connect(self._on_rows_changed)
        self.workspace.project_opened.connect(self._on_project_opened)

    def refresh(self) -> None:
        """Reads and shows everything again."""
        raise NotImplementedError

    def panel_actions(self) -> list[QAction]:
        """Returns what the command palette lists."""
        return []

    def forget(self, *, has_grown: bool) -> None:
        """Shows no more of what was found out about another branch or project.

        Args:
            has_grown: It is the branch that it was, with more turns.
        """

    def here(self) -> Here:
        """Returns what is worked on now."""
        return Here(self.workspace.project if self.workspace.is_project_open else None, self.branch())

    def is_still(self, then: object, *, may_grow: bool = False) -> bool:
        """Tells whether what was worked on then still is; `may_grow`: with more turns is as good."""
        if not isinstance(then, Here):
            return False
        now = self.here()
        return now == then or (may_grow and now.project is then.project and self._has_grown(then.at, now.at))

    def _has_grown(self, before: BranchAt | None, now: BranchAt | None) -> bool:
        if before is None or now is None or before.playtest_id != now.playtest_id:
            return False
        frame = self.board.frame
        return bool(np.any(frame.turn_id[frame.sides[0].rows] == before.head_id))

    def why_read_only(self) -> str:
        """Returns why nothing can be kept in the project; empty: it can."""
        why = self.workspace.project.why_read_only if self.workspace.is_project_open else None
        return f"{self.tr('Open for reading only.')} {why.message}" if why is not None else ""

    def branch(self) -> BranchAt | None:
        """Returns the branch that is worked on: the first that is shown; None where nothing is."""
        sides = self.board.frame.sides
        if not sides or not sides[0].head_id:
            return None
        return BranchAt(sides[0].playtest_id, sides[0].head_id, sides[0].title)

    def selected_turns(self) -> tuple[int, ...]:
        """Returns the ids of the turns that are selected in the charts, on the branch that is worked on."""
        frame, selection = self.board.frame, self.board.selection
        if not frame.sides or not selection.n:
            return ()
        rows = np.intersect1d(frame.sides[0].rows, selection.rows())
        return tuple(frame.turn_id[rows].tolist())

    def read_later(
        self, work: Callable[[], Any], show: Callable[[Any], object], fail: Callable[[UserError], object]
    ) -> None:
        """Reads on the thread for long reads, then shows it or says why not.

        Only what was wanted last is shown, and only while what is worked on is the same.
        """
        ticket, here = object(), self.here()
        self._ticket = ticket

        def when_wanted(then: Callable[[Any], object]) -> Callable[[Any], None]:
            def take(found: Any) -> None:
                if self._ticket is ticket and self.is_still(here, may_grow=True):
                    then(found)

            return take

        self.workspace.jobs.run(work, when_wanted(show), when_wanted(fail), is_long=True)

    def read_nothing(self) -> None:
        """Shows nothing of what is being read still."""
        self._ticket = None

    def refresh_in_sight(self) -> None:
        """Reads again, as soon as somebody sees it; what comes in a burst is read together."""
        self._is_stale = True
        if self.isVisible() and not self._settling.isActive():  # else news that never ends would put it off for ever
            self._settling.start(SETTLE_MS)

    def showEvent(self, event: QShowEvent) -> None:
        """Reads what changed meanwhile."""
        super().showEvent(event)
        if self._is_stale:
            self._read_now()

    def hideEvent(self, event: QHideEvent) -> None:
        """Reads no more until somebody looks again."""
        super().hideEvent(event)
        self._settling.stop()

    def _read_now(self) -> None:
        self._is_stale = False
        self._settling.stop()
        self._notice_where()
        if self.workspace.is_project_open:
            self.refresh()

    def _notice_where(self) -> bool:
        """Forgets what belongs to another branch or project; returns whether there was another."""
        here, before = self.here(), self._seen
        if here == before:
            return False
        self._seen = here
        has_grown = here.project is before.project and self._has_grown(before.at, here.at)
        if not has_grown:
            self.read_nothing()
        self.forget(has_grown=has_grown)
        return True

    def _on_frame_changed(self) -> None:
        """Reads again where another branch is shown, or it has grown; scores alone change nothing here."""
        if self._notice_where():
            self.refresh_in_sight()

    def _on_project_opened(self) -> None:
        self._notice_where()
        self.refresh_in_sight()

    def _on_rows_changed(self, what: str, _entity_id: str) -> None:
        if what in self.WATCHED:
            self.refresh_in_sight()

    def add_part(self, title: str, *widgets: QWidget) -> None:
        """Adds a part with its heading."""
        if self.column.count():
            line = QFrame()
            theme.set_kind(line, "hairline")
            self.column.addWidget(line)
        for widget in (words(title, "heading"), *widgets):
            self.column.addWidget(widget)


def wide_combo(name: str = "") -> QComboBox:
    """Returns a choice that takes the width there is, however long its entries are."""
    return ElidedCombo(name)


def offer_cast(box: QComboBox, cast: Mapping[str, str]) -> None:
    """Offers role ids by their names; who is chosen stays chosen, if it is still there."""
    offered = [(box.itemData(place), box.itemText(place)) for place in range(box.count())]
    if offered == list(cast.items()):
        return
    chosen = box.currentData()
    box.clear()
    for role_id, name in cast.items():
        box.addItem(name, role_id)
    box.setCurrentIndex(max(0, box.findData(chosen)))


def words(text: str = "", kind: str = "small") -> QLabel:
    """Returns a label of plain text that breaks its lines; hidden by `say` while it is empty."""
    return small_label(text, kind)


def say(label: QLabel, text: str, kind: str = "") -> None:
    """Shows a text in a label, or hides it where there is none."""
    if kind:
        theme.set_kind(label, kind)
    label.setText(text)
    label.setVisible(bool(text))


def fault_words(error: UserError) -> str:
    """Returns what went wrong and what to do next, as one text."""
    return f"{error.message} {error.hint}".strip()


def replace_all(layout: QVBoxLayout, widgets: Iterable[QWidget]) -> None:
    """Shows other widgets in a layout."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
    for widget in widgets:
        layout.addWidget(widget)
