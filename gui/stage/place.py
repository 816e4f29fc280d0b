"""The Stage: the place where a scenario is played, and where one watches, stops, edits and branches."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from core.errors import UserError
from core.library.lore import get_book
from core.library.playtests import delete_playtest, get_playtest, get_turn
from core.library.scenarios import get_scenario, list_roles, list_scenarios
from core.library.settings import get_setting
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from gui import theme
from gui.place import Place
from gui.stage.branch_map import BranchMap
from gui.stage.cast_panel import CastPanel
from gui.stage.columns import Columns
from gui.stage.controls import Controls
from gui.stage.header import Header
from gui.stage.session import OPEN_KEY, StageSession
from gui.stage.settings_popover import SettingsPopover
from gui.stage.side_panel import SidePanel
from gui.stage.stage_actions import connect_all, make_actions
from gui.stage.start_screen import StartScreen
from gui.stage.transcript_panel import TranscriptPanel
from gui.widgets.playtest_export import ask_playtest_export
from gui.widgets.portrait import PictureCache
from gui.workspace import Workspace
from models.playtest import SpeakerKind
from models.scenario import Scenario

MAX_MAP_HEIGHT = 220


class StagePlace(Place):
    """Puts the parts of the Stage together and connects them."""

    TITLE = "Stage"
    ICON = "mdi6.play-outline"
    HELP = QCoreApplication.translate(
        "StagePlace",
        "The Stage plays a scenario. Press Play (Space) and the characters talk; the charts on the right grow with "
        "each turn. Pause, step, stop, retry a turn (R), edit a line (E), say something as yourself, as a character "
        "or as the narrator (/). Continue from any earlier turn (B) to begin a branch; Left and Right go through "
        "the alternatives of a turn. Undo takes anything back. Press Enter on a turn for its details.",
    )

    note_raised = Signal(str, str)
    """Something was done: a sentence, and where."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self.session = StageSession(workspace, self)
        self.acts = acts = make_actions(self)
        self._scenario: Scenario | None = None
        self._closed_id = ""
        """A playtest that was deleted while it was open; undo opens it again."""
        pictures = PictureCache(workspace, self)
        self.header = Header(workspace, self.session, [acts.new_playtest, acts.rename, acts.export, acts.delete])
        self.cast = CastPanel(self.session, pictures)
        self.map = BranchMap(self.session)
        self.transcript = TranscriptPanel(self.session, acts, pictures)
        self.start_screen = StartScreen(pictures)
        self.controls = Controls(self.session, [acts.play, acts.step, acts.stop, acts.retry_last])
        self.side = SidePanel(workspace, self.session)
        self.settings = SettingsPopover(workspace, self.session, self)
        self._middle = QStackedWidget()
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
            self._open_turn(int(entity_id))
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
        elif event.key() == Qt.Key.Key_Escape and self.controls.input.hasFocus():
            self.transcript.setFocus()
        elif event.key() == Qt.Key.Key_Escape and self.side.shows_detail:
            self.side.show_charts()
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

    def step(self) -> None:
        """Plays one turn."""
        self._with_playtest(lambda: self.session.direct(lambda director: director.step()))

    def retry_last(self) -> None:
        """Has the weights write the last turn again, otherwise."""
        if self.session.path:
            self.transcript.retry(len(self.session.path) - 1)

    def say(self, speaker_id: str, text: str) -> None:
        """Adds a line by a person."""
        self._with_playtest(lambda: self.session.direct(lambda director: director.speak(speaker_id, text)))

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
        head = self.session.head
        if head is None or head.id != leaf_id:
            self.session.direct(lambda director: director.continue_from(leaf_id))
        self._wanted_turn = turn_id
        self._show_wanted_turn()

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
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 16, 12, 12)
        column.setSpacing(8)
        self._branches_title = _heading(self.tr("Branches"))
        map_scroll = _scroll(self.map)
        self.map.height_changed.connect(lambda height: map_scroll.setFixedHeight(min(height, MAX_MAP_HEIGHT)))
        map_scroll.setFixedHeight(self.map.sizeHint().height())
        map_card = QFrame()
        theme.set_kind(map_card, "card")
        map_layout = QVBoxLayout(map_card)
        map_layout.setContentsMargins(2, 2, 2, 2)
        map_layout.addWidget(map_scroll)
        column.addWidget(_heading(self.tr("Cast")))
        column.addWidget(self.cast)
        column.addSpacing(12)
        column.addWidget(self._branches_title)
        column.addWidget(map_card)
        column.addStretch(1)
        self._middle.addWidget(self.start_screen)
        self._middle.addWidget(self.transcript)
        center = QWidget()
        rows = QVBoxLayout(center)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._middle, 1)
        self._controls_line = _hairline()
        rows.addWidget(self._controls_line)
        rows.addWidget(self.controls)
        self._columns = Columns(self.workspace, _scroll(left), center, self.side)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(self._columns, 1)
        self.setFocusProxy(self.transcript)
        for act in (self.acts.stop, self.acts.retry_last):
            act.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.addAction(act)

    def _connect(self) -> None:
        acts, session = self.acts, self.session
        connect_all(
            {
                acts.play: self.play_or_pause,
                acts.step: self.step,
                acts.stop: session.stop,
                acts.retry_last: self.retry_last,
                acts.speak: self.controls.input.setFocus,
                acts.new_playtest: self.new_playtest,
                acts.rename: self.header.rename,
                acts.export: self.export,
                acts.delete: self.delete_playtest,
                acts.settings: lambda: self.settings.open_below(self.header.settings),
            }
        )
        self._wanted_turn: int | None = None
        self._sought_turn: int | None = None
        self.controls.said.connect(self.say)
        self.controls.forward_clicked.connect(self._go_forward)
        self.header.playtest_chosen.connect(session.open)
        self.header.scenario_chosen.connect(self.new_playtest)
        self.header.branch_chosen.connect(self.choose_branch)
        self.header.settings_wanted.connect(self.settings.open_below)
        self.map.branch_chosen.connect(self.choose_branch)
        self.cast.character_requested.connect(self._on_character_requested)
        self.start_screen.play_clicked.connect(self.play_or_pause)
        self.start_screen.scenario_requested.connect(self._on_scenario_requested)
        self.side.row_clicked.connect(self.transcript.view.go_to)
        self.side.detail.entry_clicked.connect(self._on_entry_requested)
        self.transcript.hint_changed.connect(self.controls.show_hint)
        self.transcript.row_selected.connect(self._on_row_selected)
        self.transcript.details_wanted.connect(self.side.show_turn)
        session.opened.connect(self._on_session_opened)
        session.path_changed.connect(self._on_path_changed)
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
            self._show_panels(True)
            self._middle.setCurrentWidget(self.transcript)
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
        self._show_panels(False)
        self._middle.setCurrentWidget(self.start_screen)
        self.setFocusProxy(self.start_screen)
        self._refresh_actions()

    def _show_panels(self, are_wanted: bool) -> None:
        """Hides what a scene that nobody has played yet has no use for: the start page has the cast and Play."""
        self._columns.widget(0).setVisible(are_wanted)
        self._controls_line.setVisible(are_wanted)
        self.controls.setVisible(are_wanted)

    def _on_rows_changed(self, what: str, entity_id: str) -> None:
        if self.session.playtest is not None:
            return
        if what == "playtest" and entity_id == self._closed_id:
            playtest = get_playtest(self.workspace.project, entity_id)
            if playtest is not None and playtest.deleted_at is None:
                self.session.open(entity_id)
        elif what in ("scenario", "role", "character"):
            self._start_timer.start(0)

    def _on_path_changed(self, _first: int) -> None:
        self._show_wanted_turn()
        self._seek_turn()

    def _show_wanted_turn(self) -> None:
        """Shows the turn that was asked for, once its branch is the open one."""
        if self._wanted_turn is not None and self.transcript.model.row_of(self._wanted_turn) is not None:
            turn_id, self._wanted_turn = self._wanted_turn, None
            self.transcript.go_to_turn(turn_id)

    def _open_turn(self, turn_id: int) -> None:
        """Opens the playtest of a turn there, on the newest branch that goes through it."""
        turn = get_turn(self.workspace.project, turn_id)
        if turn is None:
            return
        self._sought_turn = turn_id
        if self.session.playtest_id != turn.playtest_id:
            self.session.open(turn.playtest_id)
        self._seek_turn()

    def _seek_turn(self) -> None:
        turn_id, tree = self._sought_turn, self.session.tree
        if turn_id is None or not self.session.is_loaded or tree.get(turn_id) is None:
            return
        self._sought_turn = None
        if self.transcript.model.row_of(turn_id) is not None:
            self.transcript.go_to_turn(turn_id)
        elif (tip := tree.tip_of(turn_id)) is not None:
            self.choose_branch(tip, turn_id)

    def _on_row_selected(self, row: int) -> None:
        self.side.charts.select_row(row)
        turn_id = self.transcript.model.entry(row).turn_id if row >= 0 else None
        if turn_id is not None:
            self.side.follow_turn(turn_id)

    def _on_character_requested(self, role_id: str) -> None:
        """Opens the character who plays a role now; the one of the script may be gone."""
        playtest = self.session.playtest
        scenario_id = playtest.scenario_id if playtest is not None else self._scenario.id if self._scenario else None
        if scenario_id is None:
            return
        roles = {role.id: role.character_id for role in list_roles(self.workspace.project, scenario_id)}
        if roles.get(role_id):
            self.open_requested.emit("character", roles[role_id])

    def _on_scenario_requested(self) -> None:
        self.open_requested.emit("scenario", self._scenario.id if self._scenario is not None else "")

    def _on_entry_requested(self, entry: str) -> None:
        """Opens an entry that a turn read; its book may be gone since."""
        book_id = entry.partition("#")[0]
        if get_book(self.workspace.project, book_id) is None:
            gone = self.tr("The lorebook of this entry is not in the project any more.")
            self.workspace.faulted.emit(gone, self.tr("Undo may bring it back."))
        else:
            self.open_requested.emit("lorebook", entry)

    def _go_forward(self) -> None:
        head = self.session.head
        tip = self.session.tree.tip_of(head.id if head is not None else None)
        if tip is not None:
            self.session.direct(lambda director: director.continue_from(tip))

    def _refresh_actions(self) -> None:
        session, acts = self.session, self.acts
        can_play = session.script is not None or (session.playtest is None and self._scenario is not None)
        is_busy = session.live is not None or session.is_playing
        head = session.head
        acts.play.setEnabled(can_play)
        name = self.tr("Pause") if session.is_playing else self.tr("Play")
        if acts.play.text() != name or acts.play.iconText() != name:
            acts.play.setText(name)
            acts.play.setIconText(name)
            acts.play.setIcon(theme.icon("mdi6.pause" if session.is_playing else "mdi6.play", "accent_text"))
        acts.step.setEnabled(can_play and not is_busy)
        acts.stop.setEnabled(is_busy)
        acts.retry_last.setEnabled(head is not None and head.kind == SpeakerKind.CHARACTER and session.live is None)
        for act in (acts.new_playtest, acts.rename, acts.export, acts.delete):
            act.setEnabled(session.playtest is not None)


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    theme.set_kind(label, "heading")
    return label


def _hairline() -> QFrame:
    line = QFrame()
    theme.set_kind(line, "hairline")
    return line


def _scroll(widget: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(widget)
    return area
