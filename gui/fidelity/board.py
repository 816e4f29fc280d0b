"""What all views of the lab share: the scores, which of them are looked at, what is selected and what is open."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from core.errors import UserError
from core.events import ScoresCommitted
from core.fidelity.metric import Metric
from core.fidelity.reference import Norm, load_reference
from core.fidelity.trust import trust_of
from core.lab.flags import Flag, read_flags
from core.lab.frame import BranchInfo, Column, Filter, ScoreFrame
from core.lab.frame_reading import read_frame, read_more
from core.lab.turn_words import TurnWords, read_words
from gui import theme
from gui.fidelity.selection import Selection
from gui.stage.fill import fill
from gui.workspace import Workspace

LIVE_MS = 400
"""News within so long are read together."""
MAX_BRANCHES = 30
"""Of one playtest, the newest."""
FIRST_METRICS = ("meaning.adherence", "grounding", "echo", "voice.z")
_TABLES = frozenset(
    {"score", "turn", "label", "playtest", "turnmark", "branchscore", "judge", "interview", "ownmetric"}
)


class Board(QObject):
    """One set of playtests, and what is done with it. Reads off the window's thread."""

    frame_changed = Signal()
    """Other playtests or branches, or new scores."""
    visible_changed = Signal()
    """The filter lets others pass; also after `frame_changed`."""
    metric_changed = Signal()
    pointed = Signal(int)
    """A turn is opened; 0: none is any more."""
    row_chosen = Signal()
    """A turn was chosen in a chart, be it open already."""
    words_read = Signal()
    """Words that were asked for are known now."""
    loading_changed = Signal(bool)
    panel_wanted = Signal(str)
    """A panel beside the charts is to be shown: its key."""
    stage_wanted = Signal(int)
    """A turn is to be shown on the Stage."""
    note_raised = Signal(str, str)
    news = Signal()
    """Rows of the playtests that are shown changed; what reads rows of its own reads again."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.frame = ScoreFrame()
        self.flags: list[Flag] = []
        self.filter = Filter()
        self.visible: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self.selection = Selection(self)
        self.metric = ""
        """Key of the column that is looked at; empty where nothing is scored."""
        self.playtest_ids: tuple[str, ...] = ()
        self.heads: dict[str, tuple[int, ...]] = {}
        """Branches that were chosen: playtest id -> their last turns."""
        self.turn_id = 0
        self.is_loading = False
        self._words: dict[int, TurnWords] = {}
        self._asked: set[int] = set()
        """Turns whose words were asked for: they are not asked for again, be they gone."""
        self._ticket: object = None
        self._is_stale = False
        self._is_awake = False
        self._timer = QTimer(self, singleShot=True, interval=LIVE_MS)
        self._timer.timeout.connect(self.read_again)
        workspace.rows_changed.connect(self._on_rows_changed)
        workspace.event_received.connect(self._on_event)
        workspace.project_opened.connect(self._on_project_opened)

    # What is shown

    def show_playtests(self, playtest_ids: Sequence[str], heads: Mapping[str, Sequence[int]] | None = None) -> None:
        """Shows other playtests, or other branches of the same: playtest id -> the last turns of its branches."""
        self.heads = {one: tuple(chosen) for one, chosen in (heads or {}).items() if chosen}
        wanted = tuple(dict.fromkeys(playtest_ids))
        if wanted == self.playtest_ids and self.frame.n_rows:
            self._take(self.frame.with_sides(self.heads, say_branch), is_same=True)
            return
        self.playtest_ids = wanted
        self.point(0)
        self._read(is_more=False)

    def read_again(self) -> None:
        """Reads what is new."""
        if not self._is_awake or not self.workspace.is_project_open:
            self._is_stale = True
            return
        self._read(is_more=self.frame.n_rows > 0)

    def wake(self, is_awake: bool) -> None:
        """Says whether anybody looks: what is not seen is not read."""
        self._is_awake = is_awake
        if is_awake and self._is_stale:
            self.read_again()

    def _read(self, *, is_more: bool) -> None:
        self._is_stale = False
        ids, heads, known = self.playtest_ids, dict(self.heads), self.frame
        if not ids:
            self._ticket = None  # what is being read still is not wanted any more
            self._set_loading(False)
            self._take(ScoreFrame(), is_same=False)
            return
        if is_more and self.is_loading:
            self._timer.start()  # one reading after the other
            return
        project, ticket = self.workspace.project, object()
        self._ticket = ticket
        self._set_loading(True)

        def work() -> tuple[ScoreFrame, list[Flag]]:
            frame = read_more(project, known, heads) if is_more else read_frame(project, ids, heads)
            frame = frame.with_branches(MAX_BRANCHES).with_sides(heads, say_branch)
            last = int(known.turn_id[-1]) if is_more else 0
            return frame, read_flags(project, ids, last)

        def take(read: tuple[ScoreFrame, list[Flag]]) -> None:
            if ticket is self._ticket:
                self.flags = [*self.flags, *read[1]] if is_more else read[1]
                self._set_loading(False)
                frame = read[0] if heads == self.heads else read[0].with_sides(self.heads, say_branch)
                self._take(frame, is_same=is_more)

        def fail(fault: UserError) -> None:
            if ticket is self._ticket:
                self._set_loading(False)
                self.note_raised.emit(fault.message, fault.hint)

        self.workspace.jobs.run(work, take, fail, is_long=True)

    def _set_loading(self, is_loading: bool) -> None:
        if is_loading != self.is_loading:
            self.is_loading = is_loading
            self.loading_changed.emit(is_loading)

    def _take(self, frame: ScoreFrame, *, is_same: bool) -> None:
        """`is_same`: the rows that were there are there still, and others may follow."""
        self.frame = frame
        if not is_same:
            known = {(one.role_id, one.name) for one in frame.speakers}
            self.filter = Filter(speakers=self.filter.speakers & known)
        self._filter_rows()
        self.selection.fit(frame.n_rows, keep=is_same)
        if not self._has_values(self.metric):
            self.metric = self._first_metric()
        self.frame_changed.emit()
        self.visible_changed.emit()

    def _first_metric(self) -> str:
        scored = [one.key for one in self.turn_columns()]
        return next((key for key in FIRST_METRICS if key in scored), scored[0] if scored else "")

    def _has_values(self, key: str) -> bool:
        return key in self.frame.scores and bool(np.any(self.frame.on_sides & ~np.isnan(self.frame.scores[key])))

    # What is looked at

    def set_filter(self, wanted: Filter) -> None:
        """Looks at other turns."""
        if wanted != self.filter:
            self.filter = wanted
            self._filter_rows()
            self.visible_changed.emit()

    def _filter_rows(self) -> None:
        self.visible = self.filter.mask(self.frame)

    def choose_metric(self, key: str) -> None:
        """Looks at another measure."""
        if key != self.metric and key in self.frame.columns:
            self.metric = key
            self.metric_changed.emit()

    def column(self, key: str = "") -> Column | None:
        """Returns a column, or the one that is looked at."""
        return self.frame.columns.get(key or self.metric)

    def values(self, key: str = "") -> NDArray[np.float64]:
        """Returns the values of a column, or of the one that is looked at."""
        return self.frame.values(key or self.metric)

    def turn_columns(self) -> list[Column]:
        """Returns the columns that have a value at some turn that is looked at."""
        scores = self.frame.scores
        return [
            column
            for key, column in self.frame.columns.items()
            if key in scores and bool(np.any(self.visible & ~np.isnan(scores[key])))
        ]

    def norm(self, key: str = "") -> Norm | None:
        """Returns how people spread on a measure, where that is known."""
        column = self.column(key)
        return load_reference().norms.get(column.metric.name) if column is not None else None

    def metric_of(self, key: str = "") -> Metric | None:
        """Returns the measure of a column."""
        column = self.column(key)
        return column.metric if column is not None else None

    def trust_words(self, key: str = "") -> str:
        """Returns how far to trust a measure; nothing where it was never tried."""
        metric = self.metric_of(key)
        trust = trust_of(metric.name) if metric is not None else None
        return trust.sentence() if trust is not None and trust.seen else ""

    # Who speaks

    @property
    def names(self) -> dict[str, str]:
        """Names by role id."""
        return {one.role_id: one.name for one in self.frame.speakers}

    def color_of(self, speaker: int) -> str:
        """Returns the colour of a speaker of the frame: the same as on the Stage, where one cast is shown."""
        characters = [place for place, one in enumerate(self.frame.speakers) if one.is_character]
        return theme.character_color(characters.index(speaker)) if speaker in characters else theme.colors().dim

    def speakers(self) -> list[int]:
        """Returns the characters that spoke a turn that is looked at, in the order of the cast."""
        counts = np.bincount(self.frame.speaker[self.visible], minlength=len(self.frame.speakers))
        return [place for place in range(len(self.frame.speakers)) if counts[place]]

    def short_name(self, speaker: int) -> str:
        """Returns the first word of a name, or all of it where two begin alike."""
        names = [one.name.split()[0] if one.name.split() else one.name for one in self.frame.speakers]
        whole = self.frame.speakers[speaker].name
        return names[speaker] if names.count(names[speaker]) == 1 and len(names[speaker]) > 2 else whole

    # One turn

    def point(self, turn_id: int, column_key: str = "") -> None:
        """Opens a turn, and the measure that is to be looked at."""
        if column_key:
            self.choose_metric(column_key)
        if turn_id != self.turn_id:
            self.turn_id = turn_id
            self.pointed.emit(turn_id)

    def point_row(self, row: int) -> None:
        """Opens the turn of a row that was chosen in a chart."""
        if 0 <= row < self.frame.n_rows:
            self.point(int(self.frame.turn_id[row]))
            self.row_chosen.emit()

    def open_on_stage(self, turn_id: int) -> None:
        """Shows a turn on the Stage."""
        self.stage_wanted.emit(turn_id)

    def words(self, turn_ids: Sequence[int]) -> dict[int, TurnWords]:
        """Returns the words of turns that are known; what is missing is read, and `words_read` follows."""
        missing = [one for one in turn_ids if one not in self._asked]
        if missing and self.workspace.is_project_open:
            self._asked.update(missing)
            project = self.workspace.project

            def keep(found: dict[int, TurnWords]) -> None:
                if found and self.workspace.is_project_open and self.workspace.project is project:
                    self._words |= found
                    self.words_read.emit()

            self.workspace.jobs.run(lambda: read_words(project, missing), keep, is_long=True)
        return {one: self._words[one] for one in turn_ids if one in self._words}

    # News

    def _on_event(self, event: object) -> None:
        if isinstance(event, ScoresCommitted) and event.playtest_id in self.playtest_ids:
            self._wait()

    def _on_rows_changed(self, table: str, _entity_id: str) -> None:
        if table in _TABLES and self.playtest_ids:
            self._wait()
            self.news.emit()

    def _wait(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _on_project_opened(self) -> None:
        self._timer.stop()
        self._ticket = None
        self._words.clear()
        self._asked.clear()
        self.playtest_ids, self.heads, self.flags = (), {}, []
        self.filter = Filter()
        self._set_loading(False)
        self.point(0)
        self._take(ScoreFrame(), is_same=False)


def say_branch(branch: BranchInfo) -> str:
    """Returns what a branch is called: its name, or how far it goes. Any thread."""
    translate = QCoreApplication.translate
    if branch.name:
        return branch.name
    if not branch.n_turns:
        return translate("Board", "Empty")
    return fill(translate("Board", "To turn %1 (#%2)"), branch.n_turns, branch.head_id)
