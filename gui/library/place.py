"""The library: everything in the project, found by name or by what is in it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from core.app_settings import AppSettings
from core.errors import UserError
from core.library.characters import create_character
from core.library.folders import list_folders, with_parents
from core.library.scenarios import create_scenario
from core.library.search import Hit
from core.library.search_query import Query
from core.library.tags import count_tags
from gui import theme
from gui.characters.example import EXAMPLE_CHARACTER
from gui.library.acts import connect_all, make_acts
from gui.library.commands import COPIED, LibraryCommands
from gui.library.entries import SCENARIO, Entry, read_entries
from gui.library.filters import Filter
from gui.library.finder import Finder, Places
from gui.library.folder_tree import TRASH
from gui.library.header import LibraryHeader
from gui.library.hits_pane import HitsPane
from gui.library.model import LibraryModel
from gui.library.selection_bar import SelectionBar
from gui.library.shelf import Shelf
from gui.library.sidebar import Sidebar
from gui.library.snippets import Snippets
from gui.place import Place
from gui.widgets.portrait import PictureCache
from gui.workspace import Workspace
from models.character import CharacterBase
from models.scenario import ScenarioBase

VIEW_KEY = "library.view"
SIDEBAR_PX, HITS_PX = 208, 300
"""Widths at 100 %, where there is room for them."""
_TABLES = frozenset(
    {
        "character", "scenario", "role", "playtest", "turn", "asset", "fragment", "lorebook", "lore_entry", "beat",
        "beat_link", "relationship", "setting",
    }
)  # fmt: skip


class LibraryPlace(Place):
    """Everything in the project."""

    TITLE = "Library"
    ICON = "mdi6.view-grid-outline"
    HELP = QCoreApplication.translate(
        "LibraryPlace",
        "Everything in the project is here: characters, the scenarios they play in, playtests, lorebooks and "
        "fragments.\n"
        "Type to search all texts, transcripts included; every word must be found, and “quotes” keep words together. "
        "On the right is each place where they are found: Enter goes there.\n"
        "On the left, folders and tags say what is listed. Drag things on them, or select some and press Ctrl+Shift+M "
        "for a folder, Ctrl+T for a tag. F2 renames, Ctrl+D duplicates, Ctrl+E exports, Delete deletes: that goes to "
        "the trash, undo brings anything back.\n"
        "Drop character cards, lorebooks, scenario packs (.trpack) or projects (.tableread) anywhere on the window "
        "to bring them in.",
    )

    import_requested = Signal()
    note_raised = Signal(str, str)
    """A word about what was done, and a hint."""
    undo_offered = Signal(str, int)
    """A word about what was deleted, and how many undo steps bring it back."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self.snippets = Snippets(workspace, self)
        self.model = LibraryModel(self.snippets)
        self.commands = LibraryCommands(self, self.undo_offered.emit)
        self.finder = Finder(workspace, self)
        self.acts = acts = make_acts(self)
        self._kind = ""
        self._found: Places | None = None
        self._folders: list[str] = []
        self._wanted_ids: list[str] = []
        self._is_stale = True
        self._reading = 0
        self.header = LibraryHeader(acts.bring, acts.new())
        self.sidebar = Sidebar()
        self.shelf = Shelf(self.model, PictureCache(workspace, self), acts.bring, acts.new())
        self.hits = HitsPane(workspace)
        shown_below = [acts.duplicate, acts.export, acts.delete]
        self.bar = SelectionBar(shown_below, acts.in_trash(), (acts.tag, acts.move))
        self._refresh_timer = QTimer(self, singleShot=True, interval=120)
        self._refresh_timer.timeout.connect(self.refresh)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.shelf)

    # What the window asks

    def open_entity(self, kind: str, entity_id: str) -> None:
        """Selects one entry."""
        self._wanted_ids = [entity_id]
        self._select_wanted()

    def current_entity(self) -> tuple[str, str]:
        """Returns what is selected, where it is one thing."""
        selected = self._references()
        return selected[0] if len(selected) == 1 else ("", "")

    def place_actions(self) -> list[QAction]:
        """Returns what can be done here."""
        return self.acts.all()

    def showEvent(self, event: QShowEvent) -> None:
        """Reads everything when something changed in the meantime."""
        super().showEvent(event)
        if self._is_stale:
            self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sides give way to the middle where there is little room."""
        super().resizeEvent(event)
        self._fit()

    def refresh(self) -> None:
        """Reads everything again, as a job."""
        self._is_stale = False
        self._refresh_timer.stop()
        self._reading += 1
        number, project = self._reading, self.workspace.project

        def show(read: tuple[list[Entry], list[str]]) -> None:
            if number == self._reading:
                self._show_entries(*read)

        self.workspace.jobs.run(lambda: (read_entries(project), list_folders(project)), show)
        self.finder.search_again()

    # How it is put together

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        row = QHBoxLayout()
        row.setSpacing(0)
        self._hits_line = _hairline()
        for widget, stretch in ((self.sidebar, 0), (_hairline(), 0), (self.shelf, 1), (self._hits_line, 0)):
            row.addWidget(widget, stretch)
        row.addWidget(self.hits)
        column.addLayout(row, 1)
        column.addWidget(self.bar)
        self._show_hits_pane(False)
        try:
            as_table = self.workspace.settings.window.get(VIEW_KEY) == "table"
        except UserError:
            as_table = False
        self.header.show_table(as_table)
        self.shelf.show_table(as_table)

    def _fit(self) -> None:
        self.sidebar.setFixedWidth(min(theme.text_px(SIDEBAR_PX), self.width() // 4))
        self.hits.setFixedWidth(min(theme.text_px(HITS_PX), self.width() // 3))

    def _connect(self) -> None:
        acts, commands, bar = self.acts, self.commands, self.bar
        self.shelf.addActions([*acts.on_entries(), acts.restore])
        self.addActions([acts.find, acts.bring, *acts.new(), acts.new_folder, acts.show_everything, acts.show_trash])
        connect_all(
            {
                acts.open: lambda: self._on_one(self._open_entry),
                acts.play: lambda: self._on_one(lambda entry: self.open_requested.emit("play", entry.id)),
                acts.rename: lambda: self._on_one(commands.ask_name),
                acts.duplicate: self._duplicate,
                acts.tag: lambda: commands.ask_tag(self.shelf.selected(), self._tags()),
                acts.move: lambda: commands.ask_folder(self.shelf.selected(), self._folders),
                acts.export: lambda: commands.ask_export(self.shelf.selected()),
                acts.delete: lambda: commands.delete(self.shelf.selected()),
                acts.restore: lambda: commands.restore(self.shelf.selected()),
                acts.empty_trash: lambda: commands.ask_empty_trash(self._n_trashed()),
                acts.find: self._find,
                acts.bring: self.import_requested.emit,
                acts.new_character: lambda: self._create(CharacterBase(name=self.tr("New character"))),
                acts.new_scenario: self._new_scenario,
                acts.example: lambda: self._create(EXAMPLE_CHARACTER),
                acts.new_folder: lambda: commands.ask_new_folder(self.sidebar.folder),
                acts.show_everything: self.sidebar.show_everything,
                acts.show_trash: lambda: self.sidebar.folders.choose(TRASH),
            }
        )
        bar.tag_toggled.connect(lambda tag, wanted: commands.toggle_tag(self._references(), tag, wanted))
        bar.folder_chosen.connect(lambda path: commands.move(self._references(), path))
        self._connect_sidebar()
        self.header.kind_chosen.connect(self._on_kind_chosen)
        self.header.table_chosen.connect(self._on_table_chosen)
        self.header.sort_chosen.connect(self.shelf.sort)
        self.header.search.textChanged.connect(self.finder.search)
        self.header.search.left_downwards.connect(self.shelf.enter)
        self.header.search.returnPressed.connect(lambda: self._on_one(self._open_entry))
        self.finder.found.connect(self._on_found)
        self.snippets.loaded.connect(self.shelf.repaint_entries)
        self.shelf.sort_changed.connect(self.header.show_sort)
        self.shelf.opened.connect(self._open_entry)
        self.shelf.selection_changed.connect(self._on_selection_changed)
        self.shelf.menu_requested.connect(self._show_menu)
        self.hits.opened.connect(self._open_hit)
        self.workspace.rows_changed.connect(self._on_rows_changed)
        self.workspace.project_opened.connect(self._on_project_opened)
        theme.notifier.theme_changed.connect(self._fit)
        self._on_selection_changed()

    def _connect_sidebar(self) -> None:
        commands, folders, tags = self.commands, self.sidebar.folders, self.sidebar.tags
        self.sidebar.chosen.connect(self._apply_filter)
        folders.dropped.connect(commands.drop)
        folders.folder_wanted.connect(commands.ask_new_folder)
        folders.rename_wanted.connect(commands.ask_rename_folder)
        folders.delete_wanted.connect(commands.delete_folder)
        tags.dropped.connect(lambda references, tag: commands.toggle_tag(references, tag, True))
        tags.rename_wanted.connect(lambda tag: commands.ask_rename_tag(tag, self._tags()))
        tags.delete_wanted.connect(commands.delete_tag)

    # What is listed

    def _show_entries(self, entries: list[Entry], folders: list[str]) -> None:
        kept, scrolled = self.shelf.selected_ids(), self.shelf.scrolled()
        self._folders = with_parents(folders)
        is_new = self.model.show_entries(entries)
        self.sidebar.show_entries(entries, self._folders)
        self.bar.show_choices(self._tags(), self._folders)
        if is_new or self._wanted_ids:
            self._settle(kept)
            self.shelf.scroll_to(scrolled)
            self._select_wanted()
        else:
            self.shelf.settle()

    def _settle(self, kept: Sequence[str]) -> None:
        self.header.show_counts(self.model.counts)
        self.shelf.settle()
        self.shelf.select(kept, shown=False)

    def _select_wanted(self) -> None:
        rows = [one for one in self._wanted_ids if self.model.row_of(one) >= 0]
        if rows:
            self.shelf.select(rows)
            self._wanted_ids = []

    def _apply_filter(self) -> None:
        kept = self.shelf.selected_ids()
        in_trash = self.sidebar.is_trash
        places = None if in_trash else self._found
        self.model.show_filter(
            Filter(self._kind, self.sidebar.folder, self.sidebar.tags.tags(), in_trash, self.finder.query, places)
        )
        self._settle(kept)
        if places is not None:
            self.shelf.select_first()
        self._show_hits_pane(places is not None and self.model.rowCount() > 0)

    def _on_found(self, query: Query, found: Places | None) -> None:
        self._found = found
        self.snippets.show_query(query)
        self._apply_filter()

    def _on_kind_chosen(self, kind: str) -> None:
        self._kind = kind
        self._apply_filter()

    def _on_table_chosen(self, table: bool) -> None:
        self.shelf.show_table(table)

        def change(settings: AppSettings) -> None:
            settings.window = settings.window | {VIEW_KEY: "table" if table else "cards"}

        self.workspace.attempt(lambda: self.workspace.change_settings(change))

    def _show_hits_pane(self, is_wanted: bool) -> None:
        self.hits.setVisible(is_wanted)
        self._hits_line.setVisible(is_wanted)

    def _on_selection_changed(self) -> None:
        entries, acts = self.shelf.selected(), self.acts
        in_trash = self.sidebar.is_trash
        one = len(entries) == 1 and not in_trash
        for action in (acts.open, acts.rename):
            action.setEnabled(one)
        acts.play.setEnabled(one and entries[0].kind == SCENARIO)
        for action in (acts.tag, acts.move, acts.export, acts.delete):
            action.setEnabled(bool(entries) and not in_trash)
        acts.duplicate.setEnabled(any(entry.kind in COPIED for entry in entries) and not in_trash)
        acts.restore.setEnabled(bool(entries) and in_trash)
        acts.empty_trash.setEnabled(self._n_trashed() > 0)
        for action in (acts.bring, *acts.new(), acts.new_folder):
            action.setEnabled(True)
        acts.allow_changes(not (self.workspace.is_project_open and self.workspace.project.is_read_only))
        self.bar.show_selection(self.model.rowCount(), entries, in_trash=in_trash)
        if self._found is not None and not in_trash:
            self.hits.show_hits(self.finder.query, entries[0] if len(entries) == 1 else None)

    def _on_project_opened(self) -> None:
        self._reading += 1
        self._found = None
        self.header.search.clear()
        self.sidebar.show_everything()
        self.model.show_entries([])
        self._on_selection_changed()
        self._on_rows_changed("character", "")

    def _on_rows_changed(self, table: str, _entity_id: str) -> None:
        if table not in _TABLES:
            return
        if self.isVisible():
            self._refresh_timer.start()
        else:
            self._is_stale = True

    # What a person does

    def _find(self) -> None:
        self.header.search.setFocus()
        self.header.search.selectAll()

    def _show_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        actions = self.acts.on_entries() if self.shelf.selected() else [*self.acts.new(), self.acts.bring]
        menu.addActions(self.acts.in_trash() if self.sidebar.is_trash else actions)
        menu.popup(position)

    def _on_one(self, run: Callable[[Entry], object]) -> None:
        entries = self.shelf.selected()
        if len(entries) == 1:
            run(entries[0])

    def _open_entry(self, entry: Entry) -> None:
        """Opens an entry; where it was searched, at the place that was found."""
        found = self.model.found(entry)
        if entry.deleted_at:
            self.note_raised.emit(
                self.tr("%1 is in the trash.").replace("%1", entry.name), self.tr("Restore it first.")
            )
        elif found is not None and (hit := self.snippets.find(found.document_id)) is not None:
            self._open_hit(entry, hit)
        else:
            self.open_requested.emit(entry.kind, entry.id)

    def _open_hit(self, entry: Entry, hit: Hit) -> None:
        if hit.source == "turn":
            self.open_requested.emit("turn", hit.source_id)
            return
        is_own = hit.source == entry.kind
        part = hit.field if is_own else f"{hit.source.removeprefix('lore_')}:{hit.source_id}"
        self.open_requested.emit(entry.kind, f"{entry.id}#{part}" if part else entry.id)

    def _duplicate(self) -> None:
        self._wanted_ids = self.commands.duplicate(self.shelf.selected())

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

    def _references(self) -> list[tuple[str, str]]:
        return [entry.reference for entry in self.shelf.selected()]

    def _tags(self) -> list[str]:
        return list(count_tags(entry.tags for entry in self.model.entries if not entry.deleted_at))

    def _n_trashed(self) -> int:
        return sum(bool(entry.deleted_at) for entry in self.model.entries)


def _hairline() -> QFrame:
    line = QFrame()
    theme.set_kind(line, "vertical-hairline")
    return line
