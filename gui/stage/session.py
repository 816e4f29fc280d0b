"""The playtest that is open on the Stage: its rows, the turn being written, and the director that plays it.

The only part of the Stage that listens to the core; widgets listen to it and call it.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import UserError
from core.events import Event, ViewTrimmed, WorkerRestarted
from core.library.playtests import get_playtest, list_pins, set_pinned
from core.library.settings import get_setting, set_setting
from core.playtest.directing.director import Director
from core.playtest.reader import LastReader
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.world.slots import Slots
from core.world.state import WorldState
from gui.stage.cast.scene_now import SceneNow
from gui.stage.charts.score_keeper import ScoreKeeper, first_difference
from gui.stage.charts.score_series import ScoreSeries, read_series
from gui.stage.director_link import DirectorLink
from gui.stage.labels.turn_labels import TurnLabels
from gui.stage.play_news import PlayNews
from gui.stage.reading import BranchMark, ScoreCell, StageTurn, read_marks, read_trimmed, read_turn, read_turns
from gui.stage.transcript.live_turn import AwaitedLine, LiveTurn
from gui.stage.transcript.marks import MarkFinder
from gui.stage.transcript.turn_notes import NoteReader
from gui.stage.turn_tree import TurnTree
from gui.workspace import Workspace
from models.playtest import Playtest, SpeakerKind

OPEN_KEY = "stage.playtest"
"""The project's setting that says which playtest is open."""


class StageSession(QObject):
    """One open playtest, or none. All on the window's thread."""

    opened = Signal()
    """Another playtest is open, or none: read everything."""
    path_changed = Signal(int)
    """The rows of the transcript from this one on are others, or more, or fewer."""
    live_streamed = Signal()
    """The turn being written has more words."""
    scored = Signal(object)
    """Ids of turns with new scores; None: any."""
    branches_changed = Signal()
    """Branches were named, or cut off, or put back."""
    pins_changed = Signal()
    """Turns were pinned or unpinned."""
    cast_changed = Signal()
    """Somebody else plays a role at the end of the branch, see `cast`."""
    half_line_lost = Signal(str, str)
    """A line that was held is not gone on with, as something else happened: who spoke, and the words so far."""
    state_changed = Signal()
    """Who speaks, whether it plays, a notice: whatever the controls say."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._link = DirectorLink(workspace, self)
        self.labels = TurnLabels(workspace, self)
        self._is_starting = False
        self.playtest: Playtest | None = None
        self.script: Script | None = None
        self._clear()
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.timeout.connect(self.refresh)
        self._state_timer = QTimer(self)
        self._state_timer.setSingleShot(True)
        self._state_timer.timeout.connect(self.state_changed)
        workspace.rows_changed.connect(self._on_rows_changed)
        workspace.event_received.connect(self._on_event_received)
        workspace.engine_changed.connect(self.release)
        self._link.faulted.connect(self._on_faulted)

    def _clear(self) -> None:
        self.tree = TurnTree()
        self.path: list[StageTurn] = []
        self.notes = NoteReader(self._workspace)
        self.readers = LastReader()
        """Of the open playtest, for the jobs that read all of its turns."""
        self._keeper = ScoreKeeper()
        self._news = PlayNews(self)
        self._now = SceneNow(self.script)
        self.is_loaded = False
        self.branch_marks: dict[int, BranchMark] = {}
        """Turn id -> name of the branch that begins there, and whether it was cut off."""
        self.pins: set[int] = set()
        """Turns that stay in every view, on all branches."""

    # What is open

    def open(self, playtest_id: str | None) -> None:
        """Opens a playtest of the project, or none. Its rows are read off the window's thread."""
        self._link.point_at(playtest_id or "")
        project = self._workspace.project
        playtest = get_playtest(project, playtest_id) if playtest_id else None
        if playtest is not None and playtest.deleted_at is not None:
            playtest = None
        self.playtest = playtest
        self.script = _read_script(playtest)
        self._clear()
        self.is_loaded = playtest is None
        self.labels.follow(self.playtest_id)
        if playtest is not None and get_setting(project, OPEN_KEY) != playtest.id:
            self._workspace.attempt(lambda: set_setting(project, OPEN_KEY, playtest.id))
        self.opened.emit()
        self.state_changed.emit()
        if playtest is not None:
            self._load(playtest.id)

    def start(self, scenario_id: str, settings: PlaySettings, on_started: Callable[[], object]) -> None:
        """Begins a playtest of a scenario, opens it, and goes on with `on_started`. A fault is shown."""
        if self._is_starting:
            return
        self._is_starting = True
        project = self._workspace.project

        def show(playtest: Playtest) -> None:
            self._is_starting = False
            self.open(playtest.id)
            on_started()

        def give_up(error: UserError) -> None:
            self._is_starting = False
            self._workspace.faulted.emit(error.message, error.hint)

        self._workspace.jobs.run(lambda: start_playtest(project, scenario_id, settings), show, give_up)

    @property
    def playtest_id(self) -> str:
        """The open playtest's id; empty when none is open."""
        return self.playtest.id if self.playtest is not None else ""

    @property
    def can_write(self) -> bool:
        """Whether anything can be done to the open playtest: not where the project is open for reading only."""
        return self._workspace.is_project_open and not self._workspace.project.is_read_only

    @property
    def settings(self) -> PlaySettings:
        """What the open playtest is run with; the app's defaults when none is open."""
        if self.playtest is not None and self.playtest.settings:
            return PlaySettings.model_validate(self.playtest.settings)
        return PlaySettings.from_app(self._workspace.settings)

    @property
    def head(self) -> StageTurn | None:
        """The last turn of the branch."""
        return self.path[-1] if self.path else None

    @property
    def ended(self) -> str | None:
        """Why the branch ended, or None."""
        return self.playtest.ended if self.playtest is not None else None

    @property
    def cast(self) -> Script | None:
        """The script with those who play the roles at the end of the branch: the director may have recast some."""
        return self._now.cast(self.path, self.notes)

    @property
    def taken_roles(self) -> dict[str, float]:
        """Role id -> seconds that a person has for a line; 0: as long as it takes."""
        return dict(self.settings.taken_roles) if self.playtest is not None else {}

    def color_index(self, speaker_id: str) -> int | None:
        """Returns the place of a speaker's colour; None for the narrator."""
        parts = self.script.parts if self.script is not None else ()
        for place, part in enumerate(parts):
            if part.role_id == speaker_id:
                return place
        return len(parts) if speaker_id == "user" else None

    def slots(self) -> Slots | None:
        """Returns what can change in the scene; None without a script, or where there is too much of it."""
        return self._now.slots()

    def world_state(self) -> WorldState | None:
        """Returns how the world stands; None without a story, or before anything was played since it was opened."""
        director = self._link.director
        return director.world_state() if director is not None and self.is_loaded else None

    def next_speaker(self) -> tuple[str, str, str] | None:
        """Returns who would act next - id, name and why - or None when nobody is known or somebody speaks already."""
        if self.live is not None or self.awaited is not None or not self.is_loaded:
            return None
        return self._now.following(self.path, self._link.director, self._workspace.project)

    # What is known of it

    @property
    def scores(self) -> dict[int, dict[str, ScoreCell]]:
        """Turn id -> metric -> score, all branches."""
        return self._keeper.scores

    @property
    def series(self) -> ScoreSeries:
        """The scores of the open branch, for charts."""
        return self._keeper.series

    @property
    def marks(self) -> MarkFinder:
        """Where the fidelity of the branch dips."""
        return self._keeper.marks

    @property
    def live(self) -> LiveTurn | None:
        """The turn being written."""
        return self._news.live

    @property
    def awaited(self) -> AwaitedLine | None:
        """The line of a person that the scene waits for."""
        return self._news.awaited

    @property
    def is_playing(self) -> bool:
        """Whether turns follow one another until an ending or a pause."""
        return self._news.is_playing

    @property
    def is_held(self) -> bool:
        """Whether play was paused in the middle of a turn."""
        return self.live is not None and self.live.is_held

    @property
    def trimmed(self) -> dict[str, ViewTrimmed]:
        """Speaker's name -> what its view has lost, and what stands for it."""
        return self._news.trimmed

    @property
    def fault(self) -> tuple[str, str] | None:
        """Message and hint of what went wrong last."""
        return self._news.fault

    @property
    def news(self) -> str:
        """What happened to the process that runs the weights."""
        return self._news.news

    # What a person does

    def direct(self, command: Callable[[Director], None]) -> None:
        """Gives the director of the open playtest a command."""
        if self.playtest is None:
            return
        self._news.fault = None
        self._news.news = ""
        self._link.give(command)

    def play(self, n_turns: int | None = None) -> None:
        """Plays until an ending or a pause, or some turns whatever endings are met."""
        self._news.is_playing = True
        self.direct(lambda director: director.play(n_turns))
        self.state_changed.emit()

    def pause(self) -> None:
        """Stops after the turn that is being written."""
        self._news.is_playing = False
        self.direct(lambda director: director.pause())
        self.state_changed.emit()

    def hold(self) -> None:
        """Pauses at once, in the middle of a sentence; play goes on with it."""
        self._news.is_playing = False
        self.direct(lambda director: director.hold())
        self.state_changed.emit()

    def set_pinned(self, turn_id: int, is_pinned: bool) -> None:
        """Keeps a turn in every view from the next turn on, or lets it leave like any other."""
        self._workspace.attempt(lambda: set_pinned(self._workspace.project, turn_id, is_pinned))

    def stop(self) -> None:
        """Stops at once."""
        self._news.is_playing = False
        self._link.give(lambda director: director.stop())
        self.state_changed.emit()

    def release(self) -> None:
        """Stops, and lets go of the director: other weights will play from now on."""
        self._link.release()
        self._news.drop()
        self._news.is_playing = False
        self.state_changed.emit()

    def stop_and_wait(self) -> None:
        """Ends play on this thread: the project or the engine is about to close."""
        self._link.close_and_wait()
        self._news.drop()
        self._news.is_playing = False

    def when_quiet(self, work: Callable[[], object]) -> None:
        """Stops play, and does something as soon as nothing is being written; the window does not wait."""
        self._news.is_playing = False
        self._link.when_idle(work)
        self.state_changed.emit()

    # What the project says

    def _load(self, playtest_id: str) -> None:
        project = self._workspace.project

        def show_turns(tree: TurnTree) -> None:
            if playtest_id != self.playtest_id or self.is_loaded:
                return
            self.is_loaded = True
            self.tree = tree
            self._read_branch_marks()
            self._read_pins()
            self._state_timer.start(0)  # what it takes, and what views have lost, are other pieces of work
            self._read_new()
            path = self.path
            self._workspace.jobs.run(lambda: read_series(project, playtest_id, path), show_scores)

        def show_scores(read: tuple[dict[int, dict[str, ScoreCell]], list[StageTurn], ScoreSeries]) -> None:
            if playtest_id == self.playtest_id:
                self._keeper.take_series(*read, self.path)
                self.scored.emit(None)
                self._read_trimmed()
                if self.script is not None and self.script.has_story:
                    self._link.prepare(self.state_changed.emit)  # it knows how the world stands

        self._workspace.jobs.run(lambda: TurnTree(read_turns(project, playtest_id)), show_turns)

    def refresh(self) -> None:
        """Reads what is new: turns made since the last look, and where the head is now."""
        if self._read_new():
            self.state_changed.emit()

    def _read_new(self) -> bool:
        """As `refresh`, without saying that the state changed; returns whether it may have."""
        if self.playtest is None or not self.is_loaded or not self._workspace.is_project_open:
            return False
        self._refresh_timer.stop()
        project = self._workspace.project
        playtest = get_playtest(project, self.playtest.id)
        if playtest is None or playtest.deleted_at is not None:
            self.open(None)
            return False
        self.playtest = playtest
        self.tree.add(read_turns(project, playtest.id, self.tree.last_id))
        self._follow_head(playtest.head_id)
        return True

    def take_scores(self, turn_id: int) -> None:
        """A turn was scored."""
        if self._keeper.read(self._workspace.project, turn_id, self.path):
            self.scored.emit((turn_id,))

    def _follow_head(self, head_id: int | None) -> None:
        old_path = self.path
        old_head = old_path[-1].id if old_path else None
        if head_id == old_head:
            return
        is_other_branch = False
        head = self.tree.get(head_id)
        if head is not None and head.parent_id == old_head:
            first = len(old_path)
            self.path = [*old_path, head]
        else:
            self.path = self.tree.path_to(head_id)
            first = first_difference(old_path, self.path)
            self.trimmed.clear()
            is_other_branch = True
        self._news.leave_behind(len(self.path))
        self._keeper.follow(self.path, first)
        before = self._now.cast(old_path, self.notes)
        self.path_changed.emit(first)
        if before is not self.cast:
            self.cast_changed.emit()
        if is_other_branch and not self._state_timer.isActive():
            self._read_trimmed()

    def _read_branch_marks(self) -> None:
        marks = read_marks(self._workspace.project, self.playtest_id)
        if marks != self.branch_marks:
            self.branch_marks = marks
            self.tree.cut(turn_id for turn_id, mark in marks.items() if mark.is_cut)
            self.refresh()  # who deletes the branch that is being played moves its head
            self.branches_changed.emit()

    def _read_pins(self) -> None:
        pins = list_pins(self._workspace.project, self.playtest_id)
        if pins != self.pins:
            self.pins = pins
            self.pins_changed.emit()

    def _read_trimmed(self) -> None:
        """Finds whose view has lost turns, from the last turn of each: an old playtest says so as a live one does."""
        last = {turn.speaker: turn.id for turn in self.path if turn.kind == SpeakerKind.CHARACTER}
        for speaker, turn_id in last.items():
            row = read_turn(self._workspace.project, turn_id)
            trimmed = read_trimmed(row) if row is not None else None
            if trimmed is not None:
                self.trimmed.setdefault(speaker, trimmed)
        if self.trimmed:
            self.state_changed.emit()

    def _on_rows_changed(self, what: str, entity_id: str) -> None:
        if self.playtest is None:
            return
        if what == "pin":
            self._read_pins()
        if what == "turnmark" and self.is_loaded:
            self._read_branch_marks()
        if what == "turn" or (what == "playtest" and entity_id == self.playtest.id):
            self._refresh_timer.start(0)

    # What the core reports

    def _on_faulted(self, message: str, hint: str) -> None:
        self._news.take_fault(message, hint)

    def _on_event_received(self, event: Event) -> None:
        if isinstance(event, WorkerRestarted):
            self._news.take_restart(event)
        elif self.playtest is not None and getattr(event, "playtest_id", None) == self.playtest.id:
            self._news.take(event)


def _read_script(playtest: Playtest | None) -> Script | None:
    """Returns the script of a playtest, or None when there is none or it cannot be read."""
    if playtest is None:
        return None
    try:
        return Script.model_validate(playtest.script)
    except ValueError:
        return None
