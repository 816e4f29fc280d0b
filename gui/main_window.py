"""The one window: rail, places, notices and the status bar. Places are made when they are first shown."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from core.errors import UserError
from gui import theme
from gui.crash import CrashHook
from gui.file_drop import FileDrop
from gui.history.opening import Histories
from gui.importing import Importer
from gui.menus import Menus
from gui.place import Place
from gui.project_commands import ProjectCommands
from gui.read_only import ReadOnly
from gui.safekeeping import Safekeeper
from gui.undo_notes import UndoNotes
from gui.vital_signs import VitalSigns
from gui.weights.reader import WeightsReader
from gui.widgets.banner import Banner
from gui.widgets.command_palette import CommandPalette, Entry, entries_of
from gui.widgets.help_panel import HelpPanel
from gui.widgets.notice import NoticeArea
from gui.widgets.rail import Rail
from gui.widgets.status_bar import StatusBar
from gui.workspace import Workspace

if TYPE_CHECKING:
    from gui.settings.dialog import SettingsDialog

MINIMUM = (960, 600)
START = (1280, 800)
FRAME = (4, 40)
"""What the frame of a window takes of the screen, at most, before it is known."""
EXPORT_KEYS = "Ctrl+E"
"""Of whatever the place that is shown exports."""
_GEOMETRY = "geometry"


@dataclass(frozen=True)
class PlaceSpec:
    """Where a place is found before it is made."""

    key: str
    title: str
    icon: str
    module: str
    class_name: str
    opens: str = ""
    """The kind of entity that it shows."""


PLACES = (
    PlaceSpec("library", "Library", "mdi6.view-grid-outline", "gui.library.place", "LibraryPlace"),
    PlaceSpec(
        "characters", "Characters", "mdi6.account-outline", "gui.characters.place", "CharactersPlace", "character"
    ),
    PlaceSpec("scenarios", "Scenarios", "mdi6.graph-outline", "gui.scenarios.place", "ScenariosPlace", "scenario"),
    PlaceSpec("lore", "Lore", "mdi6.book-open-page-variant-outline", "gui.lore.place", "LorePlace", "lorebook"),
    PlaceSpec("stage", "Stage", "mdi6.play-outline", "gui.stage.place", "StagePlace", "playtest"),
    PlaceSpec("fidelity", "Fidelity", "mdi6.chart-scatter-plot", "gui.fidelity.place", "FidelityPlace"),
    PlaceSpec("weights", "Weights", "mdi6.hexagon-outline", "gui.weights.place", "WeightsPlace", "weights"),
)


ALSO_OPENS = {
    "turn": "stage",
    "begun": "stage",
    "fragment": "characters",
    "lorebook": "lore",
    "character_lore": "lore",
    "scenario_lore": "lore",
}
"""Kind of entity -> the place that shows it beside its own kind."""


class MainWindow(QMainWindow):
    """Holds the places of one workspace together."""

    def __init__(self, workspace: Workspace, crash: CrashHook | None = None) -> None:
        super().__init__()
        self.workspace = workspace
        self.setObjectName("main_window")
        self.setMinimumSize(*MINIMUM)
        self.banner = Banner()
        self.notices = NoticeArea()
        self.status = StatusBar()
        self.reader = WeightsReader(workspace, self)
        self._places: dict[str, Place] = {}
        self._specs = {spec.key: spec for spec in PLACES}
        self._rail = Rail()
        self._stack = QStackedWidget()
        self._lay_out()
        self._signs = VitalSigns(workspace, self.reader, self.status, self)
        self._signs.stop_requested.connect(self.settle)
        self.importer = Importer(self)
        self.projects = ProjectCommands(self)
        self.histories = Histories(self)
        self.read_only = ReadOnly(self, self.banner)
        self.undo_notes = UndoNotes(self)
        self.safekeeper = Safekeeper(workspace, self)
        self.safekeeper.damage_found.connect(self.read_only.offer_rescue)
        self.menus = Menus(self)
        self.setMenuBar(self.menus.bar)
        self._palette = CommandPalette(self)
        self._palette.left_nowhere.connect(self._focus_place)
        self._help: HelpPanel | None = None
        self._settings: SettingsDialog | None = None
        self._drop = FileDrop(self, self.importer)
        workspace.faulted.connect(self.read_only.show_fault)
        self.status.weights_clicked.connect(lambda: self.show_place("weights"))
        workspace.project_opened.connect(self._on_project_opened)
        if crash is not None:
            crash.crashed.connect(self._on_crashed)
            crash.faulted.connect(self.notices.show_fault)
        self._restore_geometry()

    def show_place(self, key: str) -> Place:
        """Shows a place, made now if it was never shown."""
        if key not in self._places:
            self._places[key] = self._make_place(self._specs[key])
        place = self._places[key]
        self._rail.show_place(key)
        self._stack.setCurrentWidget(place)
        self.notices.stand_in(place.notice_room)
        self._palette.hide()
        place.setFocus(Qt.FocusReason.OtherFocusReason)
        return place

    def open_entity(self, kind: str, entity_id: str) -> None:
        """Shows an entity in its place. `kind`: character, scenario or playtest, or the key of a place.

        Kinds of `ALSO_OPENS` too; an id may go on with `#` and a part of the entity, see `Place.show_part`.
        """
        wanted = ALSO_OPENS.get(kind, kind)
        spec = next(spec for spec in PLACES if wanted in (spec.opens, spec.key))
        place = self.show_place(spec.key)
        entity_id, _mark, part = entity_id.partition("#")
        if entity_id:
            place.open_entity(kind if kind in ALSO_OPENS else spec.opens, entity_id)
        if part:
            place.show_part(part)

    def play_scenario(self, scenario_id: str) -> None:
        """Takes a scenario to the Stage."""
        self.show_place("stage").open_entity("scenario", scenario_id)

    def choose_weights(self, path: Path) -> None:
        """Takes weights to their place, which checks them before it uses them."""
        place = self.show_place("weights")
        place.choose(path)  # type: ignore[attr-defined]

    @property
    def place_key(self) -> str:
        """The place that is shown; empty before the first."""
        return next((key for key, place in self._places.items() if place is self._stack.currentWidget()), "")

    def settle(self) -> None:
        """Ends a turn that is being written and keeps what was typed: the project is about to change or to close."""
        for place in self._places.values():
            for finish in ("stop_and_wait", "flush"):
                if hasattr(place, finish):
                    getattr(place, finish)()

    def keep_typed(self) -> None:
        """Keeps at once what was typed in any place."""
        for place in self._places.values():
            if hasattr(place, "flush"):
                place.flush()

    def current_entity(self) -> tuple[str, str]:
        """Returns the kind and the id of what is open or chosen in the place that is shown; empty for nothing."""
        place = self._places.get(self.place_key)
        return place.current_entity() if place is not None else ("", "")

    def undo(self) -> None:
        """Takes the last change back."""
        self._when_quiet(self.workspace.undo)

    def redo(self) -> None:
        """Does the last undone change again."""
        self._when_quiet(self.workspace.redo)

    def place_exports(self) -> list[QAction]:
        """Returns what the place that is shown can export now."""
        place = self._places.get(self.place_key)
        actions = place.place_actions() if place is not None else []
        return [one for one in actions if one.isEnabled() and one.shortcut() == QKeySequence(EXPORT_KEYS)]

    def open_palette(self) -> None:
        """Shows every action that can be taken now."""
        self._palette.open([*self._place_entries(), *self._menu_entries(), *self.projects.entity_entries()])

    def show_help(self) -> None:
        """Explains the place that is shown."""
        place = self._places.get(self.place_key)
        if place is not None:
            if self._help is None:
                self._help = HelpPanel(self)
            self._help.explain(place, self.menus.actions_by_group())

    def show_settings(self, page: str = "") -> "SettingsDialog":
        """Shows the settings of the app, at one of their pages."""
        from gui.settings.dialog import SettingsDialog

        if self._settings is None:
            self._settings = SettingsDialog(self)
            self._settings.destroyed.connect(self._forget_settings)
        self._settings.show_page(page)
        self._settings.show()
        self._settings.raise_()
        self._settings.activateWindow()
        return self._settings

    def show_shortcuts(self) -> "SettingsDialog":
        """Shows every action with its keys."""
        return self.show_settings("shortcuts")

    def every_action(self) -> dict[str, list[QAction]]:
        """Returns all actions by the title of their place or menu; places that were not shown yet are made now."""
        for key, spec in self._specs.items():
            if key not in self._places:
                self._places[key] = self._make_place(spec)
        places = {self.tr(spec.title): self._places[key].place_actions() for key, spec in self._specs.items()}
        return {**self.menus.actions_by_group(), **places}

    def apply_look(self) -> None:
        """Gives the application the theme and the text size that are remembered."""
        settings = self.workspace.settings
        theme.apply_settings(settings)

    def start(self) -> None:
        """Begins what runs while the window is open."""
        self._signs.start()
        self.reader.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """The native window exists now, so that drops can be caught."""
        super().showEvent(event)
        self._drop.install()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key that nobody took is for the place that is shown, wherever the focus is."""
        place, focused = self._places.get(self.place_key), QApplication.focusWidget()
        if place is None or (focused is not None and place.isAncestorOf(focused)):
            super().keyPressEvent(event)
            return
        if focused is None or focused is self:
            self._focus_place()
        place.keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remembers the window and ends everything. Nothing needs saving: every change is in the file."""
        self.settle()
        self._signs.stop()
        self._remember_geometry()
        self.workspace.close()
        self.reader.close()
        event.accept()

    def _when_quiet(self, work: Callable[[], object]) -> None:
        """Keeps what was typed, stops play, and does something once no turn is being written. Does not wait."""
        self.keep_typed()
        stage = self._places.get("stage")
        if stage is None:
            work()
        else:
            stage.when_quiet(work)

    def _lay_out(self) -> None:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        above = QVBoxLayout()
        above.setContentsMargins(12, 8, 12, 0)
        above.addWidget(self.banner)
        column.addLayout(above)
        column.addWidget(self._stack, 1)
        self.notices.float_over(middle)
        upper = QHBoxLayout()
        upper.setContentsMargins(0, 0, 0, 0)
        upper.setSpacing(0)
        upper.addWidget(self._rail)
        upper.addWidget(middle, 1)
        whole = QFrame()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(upper, 1)
        rows.addWidget(self.status)
        self.setCentralWidget(whole)
        for number, spec in enumerate(PLACES, start=1):
            self._rail.add_place(spec.key, self.tr(spec.title), spec.icon, f"Ctrl+{number}")
        self._rail.place_chosen.connect(self.show_place)

    def _make_place(self, spec: PlaceSpec) -> Place:
        place: Place = getattr(importlib.import_module(spec.module), spec.class_name)(self.workspace)
        place.open_requested.connect(lambda kind, entity_id: self._on_open_requested(spec.key, kind, entity_id))
        slots = {
            "note_raised": self.notices.show_note,
            "import_requested": self.importer.ask,
            "undo_offered": self._on_undo_offered,
            "settle_requested": self.settle,
            "history_requested": self.histories.show_entity,
        }
        for signal, slot in slots.items():
            if hasattr(place, signal):
                getattr(place, signal).connect(slot)
        if hasattr(place, "use_reader"):
            place.use_reader(self.reader)
        self._stack.addWidget(place)
        return place

    def _on_open_requested(self, asked_by: str, kind: str, entity_id: str) -> None:
        if kind == "play" or (asked_by, kind) == ("scenarios", "scenario"):
            self.play_scenario(entity_id)
        else:
            self.open_entity(kind, entity_id)

    def _menu_entries(self) -> list[Entry]:
        groups = self.menus.actions_by_group()
        return [entry for group, actions in groups.items() for entry in entries_of(actions, group)]

    def _place_entries(self) -> list[Entry]:
        order = sorted(self._places.items(), key=lambda pair: pair[0] != self.place_key)
        return [entry for key, place in order for entry in entries_of(place.place_actions(), self._specs[key].title)]

    def _on_undo_offered(self, message: str, n_steps: int) -> None:
        project = self.workspace.project
        label = project.undo_label()

        def undo() -> None:
            if self.workspace.project is not project or project.undo_label() != label:
                self.notices.show_note(
                    self.tr("More was done since."), self.tr("Edit, Undo takes it back step by step.")
                )
                return
            for _step in range(n_steps):
                self.undo()

        self.notices.show_note(message, "", (self.tr("Undo"), undo))

    def _focus_place(self) -> None:
        place = self._places.get(self.place_key)
        if place is not None:
            place.setFocus(Qt.FocusReason.OtherFocusReason)

    def _forget_settings(self) -> None:
        self._settings = None

    def _on_project_opened(self) -> None:
        project = self.workspace.project
        reading = self.tr(" (reading only)") if project.is_read_only else ""
        self.setWindowTitle(f"{project.name}{reading} — Tableread")

    def _on_crashed(self, log: str) -> None:
        hint = self.tr("Everything you made is saved. Details: %1").replace("%1", log)
        self.notices.show_fault(self.tr("Something went wrong inside Tableread."), hint)

    def _restore_geometry(self) -> None:
        self.resize(*START)
        try:
            remembered = self.workspace.settings.window.get(_GEOMETRY, "")
        except UserError:
            remembered = ""
        if remembered:
            self.restoreGeometry(QByteArray.fromBase64(remembered.encode()))
        self._fit_screen()

    def _fit_screen(self) -> None:
        """No larger than the screen, with room for the frame that the system draws; at least its minimum."""
        if self.windowState() & (Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen):
            return
        available = self.screen().availableGeometry()
        size = self.size().boundedTo(available.size() - QSize(*FRAME)).expandedTo(self.minimumSize())
        if size != self.size():
            self.resize(size)
            self.move(available.topLeft())

    def _remember_geometry(self) -> None:
        geometry = bytes(self.saveGeometry().toBase64().data()).decode()

        def change(settings: object) -> None:
            settings.window = {**settings.window, _GEOMETRY: geometry}  # type: ignore[attr-defined]

        self.workspace.attempt(lambda: self.workspace.change_settings(change))
