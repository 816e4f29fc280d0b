"""The editor of scenarios: the list, the tabs of the one that is open, and what each role will read."""

from importlib.resources import files
from typing import Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.characters.prompt import BlockOrigin
from core.errors import UserError
from core.interchange.packs import import_pack, read_pack
from core.library.scenarios import (
    create_scenario,
    delete_scenario,
    duplicate_scenario,
    get_scenario,
    list_scenarios,
    update_scenario,
)
from core.library.settings import get_setting, set_setting
from core.library.templates import add_template
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from gui.characters.desk import Desk
from gui.characters.prompt_source import read_script
from gui.characters.roster import Entry, Roster
from gui.characters.row_news import MANY, RowNews
from gui.place import Place
from gui.scenarios.actions import ScenarioActions
from gui.scenarios.beats.editor import BeatsEditor
from gui.scenarios.cast import Cast, draft_script, read_cast
from gui.scenarios.cast_editor import CastEditor
from gui.scenarios.checking.checker import Checker, Verdict
from gui.scenarios.form import ScenarioForm
from gui.scenarios.header import BEATS, SCENE, ScenarioHeader
from gui.scenarios.open_story import TABLES, OpenStory
from gui.scenarios.pack_dialog import PackExport
from gui.scenarios.play_from import PlayFrom
from gui.scenarios.role_prompt import RolePrompt
from gui.scenarios.story_file import ask_story_file
from gui.scenarios.tabs import ScenarioTabs
from gui.scenarios.templates import TemplateGallery
from gui.widgets.portrait import PictureCache
from gui.widgets.token_label import TokenCounter
from gui.workspace import Workspace
from models.scenario import RoleBase, Scenario, ScenarioBase

CURRENT_KEY = "scenarios.current"
EXAMPLE_PACK = "1-the-lighthouse-inquest.trpack"


class ScenariosPlace(Place):
    """Where scenarios are written and cast.

    `open_requested("scenario", id)` asks for the Stage to play it, `begun` for a playtest to be opened and played,
    `scenarios` for this place to be shown.
    """

    TITLE = "Scenarios"
    ICON = "mdi6.graph-outline"
    HELP = QCoreApplication.translate(
        "ScenariosPlace",
        "Scene: where and when it is, who is there, what each of them wants and hides. Choose a character for every "
        "role; a role that nobody plays is left out. On the right stands exactly what the weights will read for one "
        "role: another role’s goal and secret are never in it.\n"
        "Beats: the steps of the scene as a graph. N adds one, L links it to another, Enter names it, arrows go from "
        "beat to beat, Alt with arrows moves it, Ctrl+F finds one. A beat says when it may begin, what becomes of the "
        "world then, and what each role wants while it lasts. A scene without beats plays freely.\n"
        "World: what can change – variables, props, places. Who knows: facts, and who knows them at the start.\n"
        "Playing: whose turn it is, thoughts, minds, memory, who hears what, the narrator, when it ends.\n"
        "The chip beside Play says what is wrong: beats that cannot be reached, endings that cannot be won. Press it "
        "for the list; each line goes to its culprit.\n"
        "Play takes the scenario to the Stage; with a beat selected, from that beat, with the world as you set it.",
    )

    import_requested = Signal()
    """The window asks for files and imports them."""
    history_requested = Signal(str, str)
    """What was changed of an entity is to be shown: `scenario` and its id."""
    note_raised = Signal(str, str)
    """A word about what was done, and a hint."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self._current: Scenario | None = None
        self._deleted_id = ""
        self._cast = Cast()
        self._script: Script | None = None
        self._is_stale = True
        self._counter = counter = TokenCounter(workspace, self)
        self._pictures = PictureCache(workspace, self)
        self.roster = Roster(self.tr("Scenarios"), self._pictures)
        self.story = OpenStory(workspace, self)
        self.cast = CastEditor(workspace, counter, self._pictures, lambda: self.story.reader)
        self.form = ScenarioForm(counter, self.cast)
        self.prompt = RolePrompt(workspace, counter, self._pictures, self._read_draft)
        self.tab_acts = ScenarioTabs(self.story, self.form)
        self.checker = Checker(self.story, self)
        self.play_from = PlayFrom(self.story, self)
        self.gallery = TemplateGallery(self)
        self._wants_roster = {SCENE: True}
        self._acts = ScenarioActions(self)
        self._make_parts()
        self._connect()
        self._news = RowNews(workspace, ("scenario", "role", "character", *TABLES), self)
        self._news.arrived.connect(self._on_news)
        self._show_sides()

    def open_entity(self, kind: str, entity_id: str) -> None:
        """Shows one scenario."""
        if kind in ("scenario", "scenarios"):
            self.workspace.attempt(lambda: self._reload(entity_id))

    def show_part(self, part: str) -> None:
        """Goes to a part of the open scenario, as search names it: `setting`, `world`, `role:ID`, `beat:ID`…"""
        self.tabs.show_part(part)

    def place_actions(self) -> list[QAction]:
        """Returns what can be done to scenarios."""
        return self._acts.all

    @property
    def scenario_id(self) -> str:
        """The scenario that is open; empty when there is none."""
        return self._current.id if self._current is not None else ""

    @property
    def tabs(self) -> ScenarioTabs:
        """The pages of the open scenario."""
        return self.tab_acts

    @property
    def beats(self) -> BeatsEditor:
        """The graph of the open scenario."""
        return self.tab_acts.beats

    def flush(self) -> None:
        """Keeps at once what was typed."""
        self.tabs.flush()
        self.cast.flush()

    def showEvent(self, event: QShowEvent) -> None:
        """Reads everything again when something happened in the meantime."""
        super().showEvent(event)
        if self._is_stale:
            self._reload_safely()

    def new_scenario(self) -> None:
        """Adds a scenario with two roles and puts the cursor into its name."""
        self.flush()
        made: list[Scenario] = []
        draft = ScenarioBase(name=self.tr("New scenario"))
        if self.workspace.attempt(
            lambda: made.append(create_scenario(self.workspace.project, draft, [RoleBase(), RoleBase()]))
        ):
            self._show_new(made[0].id)
            self.show_tab(SCENE)
            self.form.begin()

    def open_gallery(self) -> None:
        """Shows the templates to begin with."""
        self.gallery.open_over(self)

    def add_from_template(self, key: str) -> None:
        """Adds a scenario made from a template and shows its beats."""
        self.flush()
        project, made = self.workspace.project, []
        if self.workspace.attempt(lambda: made.append(add_template(project, key).id)):
            self._show_new(made[0])
            self.show_tab(BEATS, focuses=True)

    def add_example(self) -> None:
        """Imports a scenario that comes with the app, with its cast."""
        project = self.workspace.project

        def work() -> str:
            return import_pack(project, read_pack((files("assets") / "demo" / EXAMPLE_PACK).read_bytes(), EXAMPLE_PACK))

        self.workspace.jobs.run(work, self._show_new)

    def duplicate(self) -> None:
        """Adds a copy of the open scenario with its cast."""
        self.flush()
        made: list[Scenario] = []
        if self.workspace.attempt(lambda: made.append(duplicate_scenario(self.workspace.project, self.scenario_id))):
            self._reload(made[0].id)

    def delete(self) -> None:
        """Deletes the open scenario; its neighbour is opened. Undo brings it back; its playtests stay."""
        self.flush()
        gone = self.scenario_id
        if self.workspace.attempt(lambda: delete_scenario(self.workspace.project, gone)):
            self._deleted_id = gone
            self._reload(gone)

    def play(self) -> None:
        """Takes the open scenario to the Stage; from the selected beat, where one is selected among the beats."""
        self.flush()
        if self._current is None or not self.header.play.isEnabled():
            return
        if self.tabs.currentIndex() == BEATS and self.beats.chosen_beat is not None:
            self.ask_play_from()
        else:
            self.open_requested.emit("scenario", self.scenario_id)

    def ask_play_from(self) -> None:
        """Asks how the world is, to play from the selected beat."""
        self.flush()
        beat = self.beats.chosen_beat
        if beat is not None and self.header.play.isEnabled():
            self.play_from.open_for(beat, self.header.play)

    def start_from(self, beat_id: str, changes: str) -> None:
        """Begins a playtest in a beat and takes it to the Stage.

        Args:
            changes: What is set by hand before: effects, see `core.world.effects`.
        """
        project, scenario_id = self.workspace.project, self.scenario_id
        settings = PlaySettings.from_app(self.workspace.settings)
        made: list[str] = []
        if self.workspace.attempt(
            lambda: made.append(start_playtest(project, scenario_id, settings, beat_id, changes).id)
        ):
            self.open_requested.emit("begun", made[0])

    def show_history(self) -> None:
        """Shows what was changed of the open scenario."""
        self.flush()
        self.history_requested.emit("scenario", self.scenario_id)

    def ask_story_export(self) -> None:
        """Asks for a file and writes the graph of beats for other tools."""
        self.flush()
        if self._current is not None:
            ask_story_file(self, self.scenario_id, self._current.name)

    def show_tab(self, tab: int, *, focuses: bool = False) -> None:
        """Shows a tab of the open scenario."""
        self.tabs.show_tab(tab, focuses=focuses)

    def toggle_roster(self) -> None:
        """Shows or hides the list of scenarios beside this tab."""
        tab = self.tabs.currentIndex()
        self._wants_roster[tab] = not self._wants_roster.get(tab, False)
        self._show_sides()

    def ask_export(self) -> None:
        """Asks what goes into a pack, and writes it."""
        self.flush()
        if self._current is not None:
            PackExport(self, self.workspace, self.scenario_id, self._current.name).ask()

    def _make_parts(self) -> None:
        self._more = self._acts.make_menu()
        self.header = ScenarioHeader(self._more)
        self.empty = self._acts.make_empty(self.ICON)
        self._desk = Desk(self.workspace, "scenarios")
        self._desk.fill(self.roster, self.header, self.tabs, self.prompt, self.empty)
        self._desk.closing.connect(self._on_closing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._desk)

    def _connect(self) -> None:
        workspace = self.workspace
        self.roster.chosen.connect(self._open)
        self.roster.new_requested.connect(self.new_scenario)
        self.roster.new_button.setMenu(self._acts.make_new_menu())
        self.roster.delete_requested.connect(lambda _id: self.delete())
        self.roster.confirmed.connect(lambda: self.form.go_to_field(self.form.fields["name"]))
        self.roster.menu_requested.connect(self._more.popup)
        self.header.play_requested.connect(self.play)
        self.header.tab_chosen.connect(lambda tab: self.show_tab(tab, focuses=tab == BEATS))
        self.header.tab_passed.connect(self.show_tab)
        self.header.roster_toggled.connect(lambda _checked: self.toggle_roster())
        self.tabs.shown.connect(self._on_tab_shown)
        self.beats.canvas.selection_changed.connect(self._show_start)
        self.beats.play_requested.connect(self.ask_play_from)
        self.play_from.play_requested.connect(self.start_from)
        self.gallery.chosen.connect(self.add_from_template)
        self.gallery.blank_chosen.connect(self.new_scenario)
        self.checker.started.connect(self.header.chip.show_checking)
        self.checker.finished.connect(self._on_checked)
        self.story.opened.connect(self._on_story_opened)
        self.story.changed.connect(self._show_counts)
        self.form.drafted.connect(self.prompt.refresh)
        self.form.origin_entered.connect(lambda origin: self.prompt.view.point_at(origin, scroll=True))
        self.form.faulted.connect(workspace.faulted)
        self.tabs.playing.drafted.connect(self.prompt.refresh)
        self.cast.drafted.connect(self.prompt.refresh)
        self.cast.role_entered.connect(self._on_role_entered)
        self.cast.character_opened.connect(lambda character_id: self.open_requested.emit("character", character_id))
        for part in (self.form, self.cast, self.beats.panel, self.tabs.world, self.tabs.playing):
            part.undo_requested.connect(workspace.undo)
            part.redo_requested.connect(workspace.redo)
        self.prompt.view.origin_hovered.connect(self._on_origin_hovered)
        self.prompt.view.origin_chosen.connect(self._on_origin_chosen)
        workspace.project_opened.connect(self._on_project_opened)

    def add_role(self) -> None:
        """Adds a role to the open scenario."""
        self.show_tab(SCENE)
        self.form.sections.show_widget(self.cast.add_button)
        self.cast.add_role()

    def _show_new(self, scenario_id: str) -> None:
        self.roster.search.clear()
        self._reload(scenario_id)
        if not self.isVisible():
            self.open_requested.emit("scenarios", scenario_id)

    def _reload_safely(self) -> None:
        """Reads everything again; a fault of the file is said, and what is shown stays."""
        self.workspace.attempt(lambda: self._reload(self._wanted_id()))

    def _wanted_id(self) -> str:
        return self.scenario_id or str(get_setting(self.workspace.project, CURRENT_KEY, ""))

    def _reload(self, wanted: str) -> None:
        """Reads the whole list and opens one of it: the wanted one, or the first."""
        self._is_stale = False
        scenarios = {scenario.id: scenario for scenario in list_scenarios(self.workspace.project)}
        neighbour = self.roster.neighbour_of(wanted)
        chosen = next((one for one in (wanted, neighbour) if one in scenarios), next(iter(scenarios), ""))
        if self.scenario_id not in scenarios:
            self._let_go()
        self._desk.show_empty(not scenarios)
        self.roster.show_entries([self._entry_of(scenario) for scenario in scenarios.values()], chosen)
        self._acts.enable(bool(scenarios))
        if chosen:
            self._open(chosen)
        else:
            self._let_go()

    def _open(self, scenario_id: str) -> None:
        project = self.workspace.project
        scenario = get_scenario(project, scenario_id)
        if scenario is None:
            return
        if scenario_id != self.scenario_id:
            self.form.close_row()
            self.cast.close_rows()
            self._current = scenario

            def commit(field: str, value: Any) -> None:
                update_scenario(project, scenario_id, **{field: value})

            self.form.open(scenario, commit)
            self.roster.choose(scenario_id)
            self.workspace.attempt(lambda: set_setting(project, CURRENT_KEY, scenario_id))
            self._cast = read_cast(project, scenario_id)
            self.story.open(scenario_id, self._cast)
        self._refresh(scenario)

    def _refresh(self, scenario: Scenario, news: dict[str, set[str]] | None = None) -> None:
        self._current = scenario
        self.form.refresh(scenario)
        self.tabs.playing.refresh(scenario)
        self.header.show_name(scenario.name)
        self._read_cast(news)

    def _read_cast(self, news: dict[str, set[str]] | None = None) -> None:
        """Reads roles and characters again, and shows everything that depends on them."""
        if self._current is None:
            return
        self._cast = read_cast(self.workspace.project, self.scenario_id)
        self._script = read_script(self.workspace.project, self._current)
        self.story.refresh(self._cast, news)
        faces, roles = self._cast.faces, self._cast.roles
        self.cast.show_roles(self.scenario_id, roles, faces)
        self.form.show_speakers([(role.id, faces[role.id].name) for role in roles if role.id in faces])
        self.header.show_cast(len(faces), len(roles))
        self.header.show_fault(self._find_fault())
        self.prompt.show_roles([(role.id, role.name, faces[role.id]) for role in roles if role.id in faces])
        self.roster.update_entry(self._entry_of(self._current))

    def _find_fault(self) -> UserError | None:
        """Why the scenario cannot be played, or None."""
        script = self._read_draft()
        try:
            if script is not None:
                script.check()
        except UserError as error:
            return error
        return None

    def _read_draft(self) -> Script | None:
        """The scenario and its cast as they are typed, kept or not."""
        if self._current is None or self._script is None:
            return None
        return draft_script(self._script, self.form.draft() | self.tabs.playing.draft(), self.cast.drafts())

    def _entry_of(self, scenario: Scenario) -> Entry:
        is_open = scenario.id == self.scenario_id
        cast = self._cast if is_open else read_cast(self.workspace.project, scenario.id)
        subtitle = scenario.summary or self.tr("%1 of %2 roles cast").replace("%1", str(len(cast.faces))).replace(
            "%2", str(len(cast.roles))
        )
        return Entry(scenario.id, scenario.name, subtitle[:200], tuple(cast.faces.values()), is_group=True)

    def _let_go(self) -> None:
        self.form.forget_row()
        self.cast.forget_rows()
        self._current, self._script = None, None
        self._cast = Cast()
        self.story.close()

    def _on_role_entered(self, role_id: str, origin: BlockOrigin | None) -> None:
        self.prompt.pick(role_id)
        self.prompt.view.point_at(origin, scroll=True)

    def _on_origin_hovered(self, origin: BlockOrigin | None) -> None:
        self.form.light(origin)
        self.cast.light(self.prompt.role_id, origin)

    def _on_origin_chosen(self, origin: BlockOrigin) -> None:
        if self.form.go_to_origin(origin):
            return
        card = self.cast.cards.get(self.prompt.role_id)
        field = card.field_of(origin) if card is not None else None
        if card is not None and field is not None:
            card.show_field(field)
            self.form.go_to_field(field)
            return
        character_id = self._cast.player_of(self.prompt.role_id)
        if character_id:
            self.open_requested.emit("character", character_id)

    def _on_closing(self) -> None:
        """The window is about to close the project: keeps what was typed, and asks for nothing any more."""
        self.flush()
        self._news.stop()
        self.prompt.stop()
        self.checker.stop()
        self._counter.stop()

    def _on_project_opened(self) -> None:
        self._let_go()
        self._is_stale = True
        if self.isVisible():
            self._reload_safely()

    def _on_news(self, news: dict[str, set[str]]) -> None:
        if not self.isVisible():
            self._is_stale = True
            return
        self.workspace.attempt(lambda: self._take_news(news))

    def _take_news(self, news: dict[str, set[str]]) -> None:
        """Shows scenarios that changed; the whole list when some came or went."""
        project, changed = self.workspace.project, news.get("scenario", set())
        rows = {one: get_scenario(project, one) for one in changed} if len(changed) < MANY else {}
        if len(rows) < len(changed) or any((row is None) == (one in self.roster.ids) for one, row in rows.items()):
            self._reload(self._deleted_id if self._deleted_id in changed else self.scenario_id)
            return
        is_open_changed = self.scenario_id in changed or bool(news.keys() & {"role", "character"})
        for scenario in filter(None, rows.values()):
            if scenario.id == self.scenario_id:
                self._refresh(scenario, news)
            else:
                self.roster.update_entry(self._entry_of(scenario))
        if self.scenario_id not in changed:
            if is_open_changed:
                self._read_cast(news)
            else:
                self.story.refresh(self._cast, news)

    # What goes with the tabs

    def _on_tab_shown(self, tab: int) -> None:
        self.header.show_tab(tab)
        self._show_sides()
        self._show_start()

    def _show_sides(self) -> None:
        """The list and the prompt stand beside the scene; other tabs have the room for themselves."""
        tab = self.tabs.currentIndex()
        shows_roster = self._wants_roster.get(tab, False)
        self.roster.setVisible(shows_roster)
        self.header.roster.setChecked(shows_roster)
        self.prompt.setVisible(tab == SCENE)
        proxies = {SCENE: self.roster.list, BEATS: self.beats.canvas}
        self.setFocusProxy(proxies.get(tab, self.tabs))

    def _show_start(self) -> None:
        is_here = self.tabs.currentIndex() == BEATS and self.beats.chosen_beat is not None
        self.header.show_start(is_here=is_here)

    def _show_counts(self) -> None:
        self.header.show_counts(len(self.story.graph.beats), len(self.story.world.facts))
        self._show_start()

    def _on_story_opened(self) -> None:
        self.header.chip.show_verdict(None)
        self.tabs.show_verdict(None)
        self._show_counts()

    def _on_checked(self, verdict: Verdict) -> None:
        self.header.chip.show_verdict(verdict)
        self.tabs.show_verdict(verdict)
