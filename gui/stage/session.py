"""The playtest that is open on the Stage: its rows, the turn being written, and the director that plays it.

The only part of the Stage that listens to the core; widgets listen to it and call it.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import UserError
from core.events import (
    Event,
    Failed,
    PlaytestPaused,
    ScoresCommitted,
    TextStreamed,
    TurnCommitted,
    TurnDiscarded,
    TurnStarted,
    ViewTrimmed,
    WorkerRestarted,
)
from core.fidelity.reference import load_reference
from core.library.playtests import get_playtest, list_pins, set_pinned
from core.library.settings import get_setting, set_setting
from core.playtest.director import Director
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.who_next import next_speaker
from core.world.state import WorldState
from gui.stage.director_link import DirectorLink
from gui.stage.live_turn import LiveTurn
from gui.stage.marks import MarkFinder
from gui.stage.reading import ScoreCell, StageTurn, read_scores_of, read_trimmed, read_turn, read_turns
from gui.stage.score_series import ScoreSeries, read_series
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
    pins_changed = Signal()
    """Turns were pinned or unpinned."""
    state_changed = Signal()
    """Who speaks, whether it plays, a notice: whatever the controls say."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._link = DirectorLink(workspace, self)
        self._is_starting = False
        self.playtest: Playtest | None = None
        self.script: Script | None = None
        self._clear()
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.timeout.connect(self.refresh)
        workspace.rows_changed.connect(self._on_rows_changed)
        workspace.event_received.connect(self._on_event_received)
        workspace.engine_changed.connect(self.release)
        self._link.faulted.connect(self._on_faulted)

    def _clear(self) -> None:
        self.tree = TurnTree()
        self.path: list[StageTurn] = []
        self.scores: dict[int, dict[str, ScoreCell]] = {}
        self._fresh: set[int] = set()
        """Turns that were scored since the playtest was opened."""
        self.series = ScoreSeries()
        self.marks = MarkFinder(self.series, load_reference())
        self.live: LiveTurn | None = None
        self.is_loaded = False
        self.is_playing = False
        """Whether turns follow one another until an ending or a pause."""
        self.trimmed: dict[str, ViewTrimmed] = {}
        """Speaker's name -> what its view has lost, and what stands for it."""
        self.pins: set[int] = set()
        """Turns that stay in every view, on all branches."""
        self.fault: tuple[str, str] | None = None
        """Message and hint of what went wrong last."""
        self.news = ""
        """What happened to the process that runs the weights."""

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

    def color_index(self, speaker_id: str) -> int | None:
        """Returns the place of a speaker's colour; None for the narrator."""
        parts = self.script.parts if self.script is not None else ()
        for place, part in enumerate(parts):
            if part.role_id == speaker_id:
                return place
        return len(parts) if speaker_id == "user" else None

    def world_state(self) -> WorldState | None:
        """Returns how the world stands; None without a story, or before anything was played since it was opened."""
        director = self._link.director
        return director.world_state() if director is not None and self.is_loaded else None

    def next_speaker(self) -> tuple[str, str, str] | None:
        """Returns who would act next - id, name and why - or None when nobody is known or somebody speaks already."""
        if self.script is None or self.live is not None or not self.is_loaded:
            return None
        if not self.path and self._has_greeting():
            return None
        if self.script.has_story and self._link.director is not None:
            return self._link.director.next_speaker()  # who is away it knows
        found = next_speaker(self.script, self.path)  # type: ignore[arg-type]
        return (found.part.role_id, found.part.character.name, found.why) if found.part is not None else None

    # What a person does

    def direct(self, command: Callable[[Director], None]) -> None:
        """Gives the director of the open playtest a command."""
        if self.playtest is None:
            return
        self.fault = None
        self.news = ""
        self._link.give(command)

    def play(self, n_turns: int | None = None) -> None:
        """Plays until an ending or a pause, or some turns whatever endings are met."""
        self.is_playing = True
        self.direct(lambda director: director.play(n_turns))
        self.state_changed.emit()

    def pause(self) -> None:
        """Stops after the turn that is being written."""
        self.is_playing = False
        self.direct(lambda director: director.pause())
        self.state_changed.emit()

    def set_pinned(self, turn_id: int, is_pinned: bool) -> None:
        """Keeps a turn in every view from the next turn on, or lets it leave like any other."""
        self._workspace.attempt(lambda: set_pinned(self._workspace.project, turn_id, is_pinned))

    def stop(self) -> None:
        """Stops at once."""
        self.is_playing = False
        self._link.give(lambda director: director.stop())
        self.state_changed.emit()

    def release(self) -> None:
        """Stops, and lets go of the director: other weights will play from now on."""
        self._link.release()
        self._drop_live()
        self.is_playing = False
        self.state_changed.emit()

    def stop_and_wait(self) -> None:
        """Ends play on this thread: the project or the engine is about to close."""
        self._link.close_and_wait()
        self._drop_live()
        self.is_playing = False

    def when_quiet(self, work: Callable[[], object]) -> None:
        """Stops play, and does something as soon as nothing is being written; the window does not wait."""
        self.is_playing = False
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
            self._read_pins()
            self.refresh()
            path = self.path
            self._workspace.jobs.run(lambda: read_series(project, playtest_id, path), show_scores)

        def show_scores(read: tuple[dict[int, dict[str, ScoreCell]], list[StageTurn], ScoreSeries]) -> None:
            if playtest_id == self.playtest_id:
                scores, path, series = read
                for turn_id in self.scores.keys() - scores.keys():
                    scores[turn_id] = self.scores[turn_id]
                self.scores = scores
                self._take_series(path, series)
                self.scored.emit(None)
                self._read_trimmed()

        self._workspace.jobs.run(lambda: TurnTree(read_turns(project, playtest_id)), show_turns)

    def refresh(self) -> None:
        """Reads what is new: turns made since the last look, and where the head is now."""
        if self.playtest is None or not self.is_loaded or not self._workspace.is_project_open:
            return
        self._refresh_timer.stop()
        project = self._workspace.project
        playtest = get_playtest(project, self.playtest.id)
        if playtest is None or playtest.deleted_at is not None:
            self.open(None)
            return
        self.playtest = playtest
        self.tree.add(read_turns(project, playtest.id, self.tree.last_id))
        self._follow_head(playtest.head_id)
        self.state_changed.emit()

    def _follow_head(self, head_id: int | None) -> None:
        old_path = self.path
        if head_id == (old_path[-1].id if old_path else None):
            return
        is_other_branch = False
        head = self.tree.get(head_id)
        if head is not None and head.parent_id == (old_path[-1].id if old_path else None):
            first = len(old_path)
            self.path = [*old_path, head]
        else:
            self.path = self.tree.path_to(head_id)
            first = next(
                (row for row, (old, new) in enumerate(zip(old_path, self.path, strict=False)) if old.id != new.id),
                min(len(old_path), len(self.path)),
            )
            self.trimmed.clear()
            is_other_branch = True
        if self.live is not None and self.live.number <= len(self.path):
            self.live = None
        self._rebuild_series(first)
        self.path_changed.emit(first)
        if is_other_branch:
            self._read_trimmed()

    def _take_series(self, path: list[StageTurn], series: ScoreSeries) -> None:
        """Takes the scores of a path that was the present one a moment ago."""
        self.series = series
        self.marks = MarkFinder(series, load_reference())
        n_common = next(
            (row for row, (old, new) in enumerate(zip(path, self.path, strict=False)) if old.id != new.id),
            min(len(path), len(self.path)),
        )
        self._rebuild_series(n_common)
        for turn_id in self._fresh:
            self._show_scores_of(turn_id)

    def _rebuild_series(self, first: int) -> None:
        self.series.truncate(first)
        self.series.extend(self.path[self.series.n_rows :], self.scores)
        self.marks.forget()

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
        if what == "turn" or (what == "playtest" and entity_id == self.playtest.id):
            self._refresh_timer.start(0)

    # What the core reports

    def _on_event_received(self, event: Event) -> None:
        if isinstance(event, WorkerRestarted):
            self.news = f"{event.why} {event.next_step}".strip()
            self.state_changed.emit()
        elif self.playtest is not None and getattr(event, "playtest_id", None) == self.playtest.id:
            self._take(event)

    def _take(self, event: Event) -> None:
        match event:
            case TurnStarted():
                self._begin_live(event)
            case TextStreamed():
                self._stream(event)
            case TurnDiscarded():
                self._drop_live()
            case TurnCommitted():
                self.news = ""  # the new process has shown that it works
                self._end_live()
            case ScoresCommitted():
                self._take_scores(event.turn_id)
            case ViewTrimmed():
                self.trimmed[event.speaker] = event
            case PlaytestPaused():
                self.is_playing = False
                self.refresh()
            case Failed():
                self._on_faulted(event.message, event.hint)
            case _:
                return
        if not isinstance(event, TextStreamed | ScoresCommitted):
            self.state_changed.emit()

    def _on_faulted(self, message: str, hint: str) -> None:
        self.fault = (message, hint)
        self.is_playing = False
        self._drop_live()
        self.state_changed.emit()

    def _begin_live(self, event: TurnStarted) -> None:
        if event.number - 1 != len(self.path):
            self.refresh()
        self.live = LiveTurn(event.number, event.speaker_id, event.speaker, event.why)
        self.path_changed.emit(min(event.number - 1, len(self.path)))

    def _stream(self, event: TextStreamed) -> None:
        if self.live is None:
            return
        first_words = not (self.live.thought if event.private else self.live.text)
        if event.private:
            self.live.thought += event.text
        else:
            self.live.text += event.text
        self.live_streamed.emit()
        if first_words:
            self.state_changed.emit()

    def _drop_live(self) -> None:
        if self.live is not None:
            first = min(self.live.number - 1, len(self.path))
            self.live = None
            self.path_changed.emit(first)

    def _end_live(self) -> None:
        """The committed turn takes the place of the live one, in one change, so that nothing flickers."""
        live, self.live = self.live, None
        before = len(self.path)
        self.refresh()
        if live is not None and len(self.path) == before:
            self.path_changed.emit(min(live.number - 1, before))

    def _take_scores(self, turn_id: int) -> None:
        self.scores[turn_id] = read_scores_of(self._workspace.project, turn_id)
        self._fresh.add(turn_id)
        if self._show_scores_of(turn_id):
            self.scored.emit((turn_id,))

    def _show_scores_of(self, turn_id: int) -> bool:
        """Puts the scores of a turn into the series; returns whether it is on this branch."""
        turn = self.tree.get(turn_id)
        row = turn.number - 1 if turn is not None else -1
        if turn is not None and 0 <= row < len(self.path) and self.path[row].id == turn_id:
            self.series.set_scores(row, self.scores[turn_id])
            self.marks.forget()
            return True
        return False

    def _has_greeting(self) -> bool:
        script = self.script
        assert script is not None
        return bool(script.scenario.greeting.strip()) or any(part.character.greeting.strip() for part in script.parts)


def _read_script(playtest: Playtest | None) -> Script | None:
    """Returns the script of a playtest, or None when there is none or it cannot be read."""
    if playtest is None:
        return None
    try:
        return Script.model_validate(playtest.script)
    except ValueError:
        return None
