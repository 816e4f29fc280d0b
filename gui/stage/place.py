"""The Stage: the place where a scenario is played, and where one watches, stops, edits and branches."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.errors import UserError
from core.library.playtests import delete_playtest, get_playtest
from core.library.scenarios import get_scenario, list_scenarios
from core.library.settings import get_setting
from core.playtest.directing.acts import DIRECTOR_ID
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from gui.place import Place
from gui.stage.action_states import refresh_actions
from gui.stage.branch_commands import BranchCommands
from gui.stage.branches.branches_room import BranchesRoom
from gui.stage.cast.elsewhere import Elsewhere
from gui.stage.cast.left_column import LeftColumn
from gui.stage.columns import Columns
from gui.stage.controls import Controls
from gui.stage.directing.desk import DirectorsDesk
from gui.stage.directing.your_line import YourLine
from gui.stage.fill import fill
from gui.stage.header import Header
from gui.stage.middle_column import MiddleColumn
from gui.stage.session import OPEN_KEY, StageSession
from gui.stage.settings_popover import SettingsPopover
from gui.stage.side_panel import SidePanel
from gui.stage.stage_actions import connect_all, make_actions
from gui.stage.start_screen import StartScreen
from gui.stage.transcript.scrolling import scroll_area
from gui.stage.transcript.transcript_panel import TranscriptPanel
from gui.stage.transcript.turn_seeker import TurnSeeker
from gui.widgets.playtest_export import ask_playtest_export
from gui.widgets.portrait import PictureCache
from gui.workspace import Workspace
from models.scenario import Scenario


class StagePlace(Place):
    """Puts the parts of the Stage together and connects them."""

    TITLE = "Stage"
    ICON = "mdi6.play-outline"
    HELP = QCoreApplication.translate(
        "StagePlace",
        "The Stage plays a scenario. Press Play (Space) and the characters talk; the charts on the right grow with "
        "each turn. Pause, hold in the middle of a sentence (Shift+Space), step, stop, retry a turn (R), edit a line "
        "(E), say something as yourself, as a character or as the narrator (/). Direct (Ctrl+D) has everything else: "
        "whisper a motive, set a mood or the world, let time pass, take a role yourself. Continue from any earlier "
        "turn (B) to begin a branch; Left and Right go through the alternatives of a turn. Ctrl+F finds words, Ctrl+G "
        "goes to a turn or beat. G says that a turn is good, O that it is off, Y why: Fidelity holds measures and "
        "judges against that. The rooms on the right have charts, the tree of branches, the world, minds, memory "
        "and the X-ray of a turn (Enter); W asks what if from a turn on, Shift+B lays two branches side by side. Undo "
        "takes anything back.",
    )

    note_raised = Signal(str, str)
    """Something was done: a sentence, and where."""

    undo_offered = Signal(str, int)
    """Something was done: a sentence, and how many steps take it back."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self.session = StageSession(workspace, self)
        self.acts = acts = make_actions(self)
        self._scenario: Scenario | None = None
        self._closed_id = ""
        """A playtest that was deleted while it was open; undo opens it again."""
        pictures = PictureCache(workspace, self)
        self.header = Header(workspace, self.session, [acts.new_playtest, acts.rename, acts.export, acts.delete])
        self.left = LeftColumn(workspace, self.session, pictures)
        self.cast, self.map = self.left.cast, self.left.map
        self.transcript = TranscriptPanel(workspace, self.session, acts, pictures)
        self.start_screen = StartScreen(pictures)
        self.controls = Controls(
            self.session, [acts.play, acts.hold, acts.step, acts.stop, acts.retry_last, acts.direct]
        )
        self.your_line = YourLine(self.session)
        self.side = SidePanel(workspace, self.session)
        self.settings = SettingsPopover(workspace, self.session, self)
        self.desk = DirectorsDesk(workspace, self.session, acts, self.controls.direct_button, self)
        self.seeker = TurnSeeker(workspace, self.session, self.transcript, self)
        self.elsewhere = Elsewhere(workspace, self)
        self.branches = BranchCommands(
            workspace,
            self.session,
            self.side,
            self,
            show_turn=self.seeker.open_turn,
            choose_branch=self.choose_branch,
        )
        self.middle = MiddleColumn(self.start_screen, self.transcript, self.your_line, self.controls)
        self.notice_room = self.middle.notice_room
        self._middle = self.middle.pages
        self._start_timer = QTimer(self)
        self._start_timer.setSingleShot(True)
        self._start_timer.timeout.connect(self._show_start_screen)
        self._lay_out()
        self._connect()
        if workspace.is_project_open:
            self._on_project_opened()

    # What the window asks

    def place_actions(self) -> list[QAction]:
        """Returns every action of the Stage."""
        return self.acts.all()

    def open_entity(self, kind: str, entity_id: str) -> None:
        """Opens a playtest (one that was just `begun` is played at once), or a scenario ready to be played."""
        if kind == "playtest":
            self.session.open(entity_id)
        elif kind == "begun":
            self.session.open(entity_id)
            self.play_or_pause()
        elif kind == "turn":
            self.seeker.open_turn(int(entity_id))
        elif kind == "scenario":
            self._scenario = get_scenario(self.workspace.project, entity_id)
            self.session.open(None)

    def stop_and_wait(self) -> None:
        """Ends play on this thread: the project is about to close, or what was done is about to be undone."""
        self.session.stop_and_wait()
        self.side.charts.rest()

    def when_quiet(self, work: Callable[[], object]) -> None:
        """Stops play and does something, such as undo, once nothing is being written. The window does not wait."""
        self.session.when_quiet(work)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space plays wherever nobody else wants it; Escape leaves the details."""
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.acts.play.trigger()
        elif event.key() == Qt.Key.Key_Escape and (self.controls.input.hasFocus() or self.your_line.input.hasFocus()):
            self.transcript.setFocus()
        elif event.key() == Qt.Key.Key_Escape and self.side.shows_detail:
            self.side.leave_detail()
        else:
            super().keyPressEvent(event)

    # What a person does

    def play_or_pause(self) -> None:
        """Plays the open playtest, or a new one of the scenario that is shown; pauses while it plays."""
        if self.session.is_playing:
            self.session.pause()
        else:
            self._with_playtest(self.session.play)

    def current_entity(self) -> tuple[str, str]:
        """The playtest that is open."""
        playtest = self.session.playtest
        return ("playtest", playtest.id) if playtest is not None else ("", "")

    def export(self) -> None:
        """Asks for a file and writes the open playtest to it."""
        playtest = self.session.playtest
        if playtest is not None:
            ask_playtest_export(self, self.workspace, playtest.id, playtest.name, self._say_written)

    def _say_written(self, path: Path) -> None:
        self.note_raised.emit(self.tr("The playtest was written."), str(path))

    def _say_half_line(self, speaker: str, words: str) -> None:
        said = fill(self.tr("The half line of %1 was not kept: something else came first."), speaker)
        self.note_raised.emit(said, words)

    def step(self) -> None:
        """Plays one turn."""
        self._with_playtest(lambda: self.session.direct(lambda director: director.step()))

    def retry_last(self) -> None:
        """Has the weights write the last turn again, otherwise."""
        if self.session.path:
            self.transcript.retry(len(self.session.path) - 1)

    def say(self, speaker_id: str, text: str, audience: list[str] | None = None) -> None:
        """Adds a line by a person; what the director says is a motive for the one who hears it."""

        def speak() -> None:
            if speaker_id != DIRECTOR_ID:
                self.session.direct(lambda director: director.speak(speaker_id, text, audience))
            elif audience:
                self.session.direct(lambda director: director.whisper(audience[0], text))

        self._with_playtest(speak)

    def new_playtest(self, scenario_id: str = "") -> None:
        """Shows a scenario ready to be played anew."""
        playtest = self.session.playtest
        wanted = scenario_id or (playtest.scenario_id if playtest is not None else None)
        if wanted:
            self._scenario = get_scenario(self.workspace.project, wanted)
        self.session.open(None)
        self.start_screen.setFocus()

    def delete_playtest(self) -> None:
        """Takes the open playtest out of sight; undo brings it back."""
        playtest = self.session.playtest
        if playtest is not None:
            project = self.workspace.project
            self.session.when_quiet(lambda: self.workspace.attempt(lambda: delete_playtest(project, playtest.id)))

    def choose_branch(self, leaf_id: int, turn_id: int | None = None) -> None:
        """Goes to the end of a branch, and shows a turn of it."""
        self.seeker.choose_branch(leaf_id, turn_id)

    def _with_playtest(self, work: Callable[[], object]) -> None:
        """Does something with the open playtest, or with a new one of the scenario that is shown."""

        def go_on() -> None:
            self.transcript.view.go_to_end()
            work()

        if self.session.playtest is not None:
            if self.session.script is not None:
                go_on()
        elif self._scenario is not None:
            self.session.start(self._scenario.id, PlaySettings.from_app(self.workspace.settings), go_on)

    # How it is put together

    def _lay_out(self) -> None:
        self._columns = Columns(self.workspace, scroll_area(self.left), self.middle, self.side)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(self._columns, 1)
        self.setFocusProxy(self.transcript)

    def _connect(self) -> None:
        acts, session = self.acts, self.session
        connect_all(
            {
                acts.play: self.play_or_pause,
                acts.hold: session.hold,
                acts.step: self.step,
                acts.stop: session.stop,
                acts.retry_last: self.retry_last,
                acts.speak: self.controls.input.setFocus,
                acts.audience: self.controls.say_row.audience.showMenu,
                acts.let_pass: lambda: session.direct(lambda director: director.let_pass()),
                acts.new_playtest: self.new_playtest,
                acts.rename: self.header.rename,
                acts.export: self.export,
                acts.delete: self.delete_playtest,
                acts.settings: lambda: self.settings.open_below(self.header.settings),
                acts.what_if: self.branches.ask_what_if,
                acts.compare: self.branches.compare_present,
                acts.name_branch: self.branches.name_present,
            }
        )
        self.controls.say_row.said.connect(self.say)
        self.controls.forward_clicked.connect(self.seeker.go_forward)
        self.your_line.said.connect(self.say)
        self.your_line.left.connect(self.transcript.setFocus)
        self.your_line.passed.connect(acts.let_pass.trigger)
        self.your_line.handed_back.connect(lambda role_id: session.direct(lambda one: one.hand_back(role_id)))
        self.desk.character_wanted.connect(self._on_character_requested)
        self.desk.speaking_wanted.connect(self.controls.speak_as)
        self.header.playtest_chosen.connect(session.open)
        self.header.scenario_chosen.connect(self.new_playtest)
        self.header.branch_chosen.connect(self.choose_branch)
        self.header.settings_wanted.connect(self.settings.open_below)
        self.map.branch_chosen.connect(self.choose_branch)
        self.cast.character_requested.connect(self._on_character_requested)
        self.cast.chosen.connect(self.side.show_role)
        self.cast.menu_wanted.connect(self._open_cast_menu)
        self.elsewhere.wanted.connect(self.open_requested)
        self.start_screen.play_clicked.connect(self.play_or_pause)
        self.start_screen.scenario_requested.connect(self._on_scenario_requested)
        self.side.row_clicked.connect(self.transcript.view.go_to)
        self.side.turn_wanted.connect(self.seeker.open_turn)
        self.side.detail.entry_clicked.connect(self.elsewhere.open_entry)
        self.transcript.hint_changed.connect(self.controls.show_hint)
        self.transcript.row_selected.connect(self._on_row_selected)
        self.transcript.details_wanted.connect(self.side.show_turn)
        self.side.rooms[BranchesRoom.KEY].undo_offered.connect(self.undo_offered)  # type: ignore[attr-defined]
        session.half_line_lost.connect(self._say_half_line)
        session.opened.connect(self._on_session_opened)
        session.state_changed.connect(self._refresh_actions)
        self.workspace.project_opened.connect(self._on_project_opened)
        self.workspace.rows_changed.connect(self._on_rows_changed)

    # What happened

    def _on_project_opened(self) -> None:
        project = self.workspace.project
        scenarios = list_scenarios(project)
        self._scenario = scenarios[0] if scenarios else None
        self._closed_id = ""
        self.session.open(get_setting(project, OPEN_KEY))

    def _on_session_opened(self) -> None:
        playtest = self.session.playtest
        if playtest is not None:
            self._closed_id = playtest.id
            self._columns.widget(0).setVisible(True)
            self.middle.show_transcript()
            self.setFocusProxy(self.transcript)
        else:
            self._show_start_screen()
        self._refresh_actions()

    def _show_start_screen(self) -> None:
        """Shows what there is to play, where no playtest is open."""
        if self.session.playtest is not None or not self.workspace.is_project_open:
            return
        project = self.workspace.project
        scenario = get_scenario(project, self._scenario.id) if self._scenario is not None else None
        scenario = scenario or next(iter(list_scenarios(project)), None)
        self._scenario = scenario
        script, reason = None, ""
        if scenario is not None:
            try:
                with project.reading() as session:
                    script = Script.from_rows(session, scenario)
            except UserError as error:
                reason = f"{error.message} {error.hint}"
            self.start_screen.show_scene(scenario, script, reason)
        else:
            self.start_screen.show_nothing()
        self.cast.show_script(script)
        self.header.scenario_name = scenario.name if scenario is not None else ""
        self.header.refresh()
        self._columns.widget(0).setVisible(False)
        self.middle.show_start()
        self.setFocusProxy(self.start_screen)
        self._refresh_actions()

    def _on_rows_changed(self, what: str, entity_id: str) -> None:
        if self.session.playtest is not None:
            return
        if what == "playtest" and entity_id == self._closed_id:
            playtest = get_playtest(self.workspace.project, entity_id)
            if playtest is not None and playtest.deleted_at is None:
                self.session.open(entity_id)
        elif what in ("scenario", "role", "character"):
            self._start_timer.start(0)

    def _on_row_selected(self, row: int) -> None:
        self.side.select_turn(self.transcript.model.entry(row).turn_id if row >= 0 else None)

    def _on_character_requested(self, role_id: str) -> None:
        playtest = self.session.playtest
        scenario_id = playtest.scenario_id if playtest is not None else self._scenario.id if self._scenario else None
        self.elsewhere.open_character(scenario_id, role_id)

    def _open_cast_menu(self, role_id: str, place: QPoint) -> None:
        """Shows what can be done with a member of the cast."""
        self.side.show_role(role_id)
        menu = self.desk.menu_for(role_id)
        menu.popup(place)

    def _on_scenario_requested(self) -> None:
        self.open_requested.emit("scenario", self._scenario.id if self._scenario is not None else "")

    def _refresh_actions(self) -> None:
        refresh_actions(self.acts, self.session, has_scenario=self._scenario is not None)
