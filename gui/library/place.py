"""The library: everything in the project, found by name or by what is in it."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from core.app_settings import AppSettings
from core.errors import UserError
from core.library.characters import create_character
from core.library.playtests import find_playtests_saying
from core.library.scenarios import create_scenario
from gui import theme
from gui.characters.example import EXAMPLE_CHARACTER
from gui.library.commands import LibraryCommands
from gui.library.entries import KINDS, SCENARIO, Entry, read_entries
from gui.library.header import LibraryHeader
from gui.library.model import LibraryModel
from gui.library.shelf import Shelf
from gui.place import Place
from gui.widgets.portrait import PictureCache
from gui.workspace import Workspace
from models.character import CharacterBase
from models.scenario import ScenarioBase

VIEW_KEY = "library.view"
MIN_SEARCHED = 2
"""Letters from which on transcripts are searched."""
_TABLES = frozenset({"character", "scenario", "role", "playtest", "turn", "asset"})


class LibraryPlace(Place):
    """Everything in the project."""

    TITLE = "Library"
    ICON = "mdi6.view-grid-outline"
    HELP = QCoreApplication.translate(
        "LibraryPlace",
        "Everything in the project is here: characters, the scenarios they play in, and the playtests of those "
        "scenarios. Type to search names and texts, transcripts included.\n"
        "Double-click or Enter opens something in its place. F2 renames, Ctrl+D duplicates, Delete deletes; "
        "undo brings anything back.\n"
        "Drop character cards (PNG, JSON), scenario packs (.trpack) or projects (.tableread) anywhere on the window "
        "to bring them in.",
    )

    import_requested = Signal()
    note_raised = Signal(str, str)
    """A word about what was done, and a hint."""
    undo_offered = Signal(str, int)
    """A word about what was deleted, and how many undo steps bring it back."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self.model = LibraryModel()
        self.commands = LibraryCommands(self, self.undo_offered.emit)
        self._kind = ""
        self._wanted_id = ""
        self._is_stale = True
        self._reading = 0
        self._make_actions()
        self.header = LibraryHeader(self._import, self._new)
        self.shelf = Shelf(self.model, PictureCache(workspace, self), self._import, self._new)
        self._refresh_timer = self._make_timer(120, self.refresh)
        self._search_timer = self._make_timer(150, self._search_transcripts)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.shelf)

    def open_entity(self, kind: str, entity_id: str) -> None:
        """Selects one entry."""
        self._wanted_id = entity_id
        self._select_wanted()

    def place_actions(self) -> list[QAction]:
        """Returns what can be done here."""
        return [*self._entry_actions, self._find, self._import, *self._new]

    def showEvent(self, event: QShowEvent) -> None:
        """Reads everything when something changed in the meantime."""
        super().showEvent(event)
        if self._is_stale:
            self.refresh()

    def refresh(self) -> None:
        """Reads everything again, as a job."""
        self._is_stale = False
        self._refresh_timer.stop()
        self._reading += 1
        number, project = self._reading, self.workspace.project
        self.workspace.jobs.run(lambda: read_entries(project), lambda entries: self._on_read(number, entries))

    def _make_actions(self) -> None:
        self._open = self._make_action(self.tr("Open"), "mdi6.open-in-app", self._open_current)
        self._play = self._make_action(self.tr("Play on the Stage"), "mdi6.play-outline", self._play_current)
        self._rename = self._make_action(
            self.tr("Rename…"), "mdi6.rename-outline", lambda: self._on_one(self.commands.ask_name), "F2"
        )
        self._duplicate = self._make_action(
            self.tr("Duplicate"), "mdi6.content-duplicate", self._duplicate_all, "Ctrl+D"
        )
        self._export = self._make_action(
            self.tr("Export…"), "mdi6.tray-arrow-up", lambda: self._on_one(self.commands.ask_export), "Ctrl+E"
        )
        self._delete = self._make_action(self.tr("Delete"), "mdi6.trash-can-outline", self._delete_all, "Delete")
        self._entry_actions = [self._open, self._play, self._rename, self._duplicate, self._export, self._delete]
        self._find = self._make_action(self.tr("Search"), "mdi6.magnify", self._search, "Ctrl+F")
        self._import = self._make_action(self.tr("Import…"), "mdi6.tray-arrow-down", self.import_requested.emit)
        self._import.setToolTip(self.tr("Character cards, scenario packs and projects"))
        self._new = [
            self._make_action(self.tr("New character"), "mdi6.account-plus-outline", self._new_character),
            self._make_action(self.tr("New scenario"), "mdi6.graph-outline", self._new_scenario),
            self._make_action(self.tr("Example character"), "mdi6.lightbulb-outline", self._new_example),
        ]

    def _make_action(self, text: str, icon: str, run: Callable[[], object], shortcut: str = "") -> QAction:
        action = QAction(theme.icon(icon), text, self)
        action.triggered.connect(lambda _checked=False: run())
        if shortcut:
            action.setShortcut(shortcut)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.addAction(action)
        return action

    def _make_timer(self, interval_ms: int, run: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(run)
        return timer

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.shelf, 1)
        try:
            as_table = self.workspace.settings.window.get(VIEW_KEY) == "table"
        except UserError:
            as_table = False
        self.header.show_table(as_table)
        self.shelf.show_table(as_table)

    def _connect(self) -> None:
        self.header.kind_chosen.connect(self._on_kind_chosen)
        self.header.table_chosen.connect(self._on_table_chosen)
        self.header.search.textChanged.connect(self._on_search_changed)
        self.header.search.left_downwards.connect(self.shelf.enter)
        self.header.search.returnPressed.connect(self._open_current)
        self.shelf.opened.connect(self._open_entry)
        self.shelf.selection_changed.connect(self._refresh_actions)
        self.shelf.menu_requested.connect(self._show_menu)
        self.workspace.rows_changed.connect(self._on_rows_changed)
        self.workspace.project_opened.connect(self._on_project_opened)
        self._refresh_actions()

    def _on_read(self, number: int, entries: list[Entry]) -> None:
        if number != self._reading:
            return
        kept = self.shelf.selected_ids()
        self.model.show_entries(entries)
        self.header.show_counts({kind: self.model.count(kind) for kind in ("", *KINDS)})
        self.shelf.settle()
        self.shelf.select(kept)
        self._select_wanted()

    def _select_wanted(self) -> None:
        if self._wanted_id and self.model.row_of(self._wanted_id) >= 0:
            self.shelf.select([self._wanted_id])
            self._wanted_id = ""

    def _search(self) -> None:
        self.header.search.setFocus()
        self.header.search.selectAll()

    def _apply_filter(self, saying: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        query = self.header.search.text()
        self.model.filter(self._kind, query, saying)
        self.header.show_counts({kind: self.model.count(kind) for kind in ("", *KINDS)})
        self.shelf.settle()
        if query:
            self.shelf.select_first()

    def _on_kind_chosen(self, kind: str) -> None:
        self._kind = kind
        self._apply_filter()
        self._search_timer.start()

    def _on_search_changed(self, _text: str) -> None:
        self._apply_filter()
        self._search_timer.start()

    def _search_transcripts(self) -> None:
        query, project = self.header.search.text().strip(), self.workspace.project
        if len(query) < MIN_SEARCHED:
            return

        def show(saying: set[str]) -> None:
            if saying and query == self.header.search.text().strip():
                self._apply_filter(saying)

        self.workspace.jobs.run(lambda: find_playtests_saying(project, query), show)

    def _on_table_chosen(self, table: bool) -> None:
        self.shelf.show_table(table)

        def change(settings: AppSettings) -> None:
            settings.window = settings.window | {VIEW_KEY: "table" if table else "cards"}

        self.workspace.attempt(lambda: self.workspace.change_settings(change))

    def _refresh_actions(self) -> None:
        entries = self.shelf.selected()
        one = len(entries) == 1
        for action in (self._open, self._rename, self._export):
            action.setEnabled(one)
        self._play.setEnabled(one and entries[0].kind == SCENARIO)
        self._duplicate.setEnabled(any(entry.kind in KINDS[:2] for entry in entries))
        self._delete.setEnabled(bool(entries))

    def _show_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self._entry_actions if self.shelf.selected() else [*self._new, self._import])
        menu.popup(position)

    def _on_one(self, run: Callable[[Entry], object]) -> None:
        entries = self.shelf.selected()
        if len(entries) == 1:
            run(entries[0])

    def _open_current(self) -> None:
        self._on_one(self._open_entry)

    def _open_entry(self, entry: Entry) -> None:
        self.open_requested.emit(entry.kind, entry.id)

    def _play_current(self) -> None:
        self._on_one(lambda entry: self.open_requested.emit("play", entry.id))

    def _duplicate_all(self) -> None:
        for entry in self.shelf.selected():
            self._wanted_id = self.commands.duplicate(entry) or self._wanted_id

    def _delete_all(self) -> None:
        self.commands.delete(self.shelf.selected())

    def _new_character(self) -> None:
        self._create(CharacterBase(name=self.tr("New character")))

    def _new_example(self) -> None:
        self._create(EXAMPLE_CHARACTER)

    def _create(self, draft: CharacterBase) -> None:
        made: list[str] = []
        project = self.workspace.project
        if self.workspace.attempt(lambda: made.append(create_character(project, draft).id)):
            self.open_requested.emit("character", made[0])

    def _new_scenario(self) -> None:
        made: list[str] = []
        draft, project = ScenarioBase(name=self.tr("New scenario")), self.workspace.project
        if self.workspace.attempt(lambda: made.append(create_scenario(project, draft).id)):
            self.open_requested.emit("scenario", made[0])

    def _on_project_opened(self) -> None:
        self._reading += 1
        self.model.show_entries([])
        self.header.search.clear()
        self._on_rows_changed("character", "")

    def _on_rows_changed(self, table: str, _entity_id: str) -> None:
        if table not in _TABLES:
            return
        if self.isVisible():
            self._refresh_timer.start()
        else:
            self._is_stale = True
