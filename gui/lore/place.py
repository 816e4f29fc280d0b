"""The place of lorebooks: the books on the left, the entries of one in the middle, an entry or a trial on the right."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.errors import UserError
from core.library import lore
from core.library.characters import list_characters
from core.library.scenarios import list_scenarios
from core.library.settings import get_setting, set_setting
from gui import theme
from gui.characters.row_news import MANY, RowNews
from gui.lore.actions import LoreActions
from gui.lore.book_form import BOOK_SETTINGS, BookForm
from gui.lore.book_list import BookList, Owner, pop_up
from gui.lore.entry_form import EntryForm
from gui.lore.entry_table import EntryTable
from gui.lore.example import EXAMPLE_BOOK
from gui.lore.tester import Tester
from gui.lore.trial import Answer
from gui.place import Place
from gui.widgets.ask import ask_open_files, ask_save_file, ask_text, file_name
from gui.widgets.token_label import TokenCounter
from gui.workspace import Workspace
from models.character import Character
from models.lore import Lorebook, LorebookDraft, LoreEntry, LoreEntryBase

CURRENT_KEY = "lore.current"
SLOW_FROM = 500
"""So many entries are changed as a job, off the window's thread."""


class LorePlace(Place):
    """Where lorebooks are written and tried out."""

    TITLE = "Lore"
    ICON = "mdi6.book-open-page-variant-outline"
    HELP = QCoreApplication.translate(
        "LorePlace",
        "A lorebook holds what is true in your world. An entry has keys and a text: when somebody says one of the "
        "keys, the weights read the text before they answer.\n"
        "A book of the project counts in every scene, a book of a scenario in its own, and a book of a character only "
        "in what that character reads.\n"
        "Try it: paste a chat and see at once which entries fire, by which key, and which are dropped, by which rule.",
    )

    import_requested = Signal()
    note_raised = Signal(str, str)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self._book: Lorebook | None = None
        self._entries: dict[str, LoreEntry] = {}
        self._names: dict[Owner, str] = {}
        self._characters: list[Character] = []
        self._is_stale = True
        self._wanted = ""
        """An entry to be chosen as soon as it is there."""
        self._counts: dict[str, int] = {}
        self.books = BookList()
        self.table = EntryTable()
        self._counter = TokenCounter(workspace, self)
        self.form = EntryForm(self._counter)
        self.book_form = BookForm()
        self.tester = Tester(workspace)
        self.tabs = QTabWidget()
        self.actions_of = LoreActions(self)
        self.empty = self.actions_of.make_empty(self.ICON)
        self._lay_out()
        self._connect()
        self._news = RowNews(workspace, ("lorebook", "lore_entry", "setting", "character", "scenario", ""), self)
        self._news.arrived.connect(self._on_news)
        workspace.project_opened.connect(self._on_project_opened)
        workspace.closing.connect(self._on_closing)
        self.setFocusProxy(self.books.tree)

    @property
    def lorebook_id(self) -> str:
        """The book that is open; empty when there is none."""
        return self._book.id if self._book is not None else ""

    def current_entity(self) -> tuple[str, str]:
        """Returns the book that is open."""
        return ("lorebook", self.lorebook_id) if self._book is not None else ("", "")

    def place_actions(self) -> list[QAction]:
        """Returns what can be done to books and entries."""
        return self.actions_of.all

    def open_entity(self, kind: str, entity_id: str) -> None:
        """Shows a book; of `character_lore` and `scenario_lore`, the first of that owner, made where there is none."""
        self._read_if_stale()
        if kind in ("character_lore", "scenario_lore"):
            is_character = kind == "character_lore"
            owner = Owner(entity_id, "") if is_character else Owner("", entity_id)
            self.workspace.attempt(lambda: self._open_of(owner))
        elif entity_id:
            self._open(entity_id)

    def show_part(self, part: str) -> None:
        """Shows an entry: `entry:ID`."""
        kind, _, entry_id = part.partition(":")
        if kind == "entry":
            self._wanted = entry_id if entry_id not in self._entries else ""
            self.table.choose(entry_id)
            self.tabs.setCurrentIndex(0)
            self.form.setFocus(Qt.FocusReason.OtherFocusReason)

    def flush(self) -> None:
        """Keeps at once what was typed."""
        self.form.flush()
        self.book_form.flush()

    def showEvent(self, event: QShowEvent) -> None:
        """Reads everything again when something happened in the meantime."""
        super().showEvent(event)
        self._read_if_stale()

    # What the actions do

    def new_book(self) -> None:
        """Adds an empty book of the project, or of the owner whose book is open."""
        owner = Owner.of(self._book) if self._book is not None else Owner()
        draft = LorebookDraft(name=self.tr("New lorebook"))
        if self.workspace.attempt(lambda: self._add_book(draft, owner)):
            self.tabs.setCurrentWidget(self.book_form)
            self.book_form.focus_name()

    def add_example(self) -> None:
        """Adds a book to look at."""
        self.workspace.attempt(lambda: self._add_book(EXAMPLE_BOOK, Owner()))

    def duplicate_book(self) -> None:
        """Adds a copy of the book."""
        if self._book is not None:
            book_id = self._book.id
            self._do_slowly(lambda: lore.duplicate_book(self.workspace.project, book_id).id, self._open_new)

    def delete_book(self) -> None:
        """Puts the book into the trash; undo brings it back."""
        if self._book is not None:
            self.flush()
            book_id = self._book.id
            self.workspace.attempt(lambda: lore.delete_book(self.workspace.project, book_id))

    def new_entry(self) -> None:
        """Adds an entry after the one that is chosen."""
        if self._book is None:
            self.new_book()
        if self._book is None:
            return
        book_id, project = self._book.id, self.workspace.project
        folder = str(self.table.folder.currentData() or "").strip("\0")

        def add() -> None:
            draft = LoreEntryBase(folder=folder)
            self._wanted = lore.add_entries(project, book_id, [draft])[0]
            self._read()
            self.table.choose(self._wanted)
            self.tabs.setCurrentIndex(0)
            self.form.focus_field("keys")

        self.flush()
        self.workspace.attempt(add)

    def duplicate_entries(self) -> None:
        """Adds copies of the selected entries."""
        chosen = self.table.selected_ids()
        if chosen:
            self._do_slowly(lambda: lore.duplicate_entries(self.workspace.project, chosen))

    def delete_entries(self) -> None:
        """Takes the selected entries out of the book; undo brings them back."""
        chosen = self.table.selected_ids()
        if chosen:
            self.form.flush()
            self._do_slowly(lambda: lore.delete_entries(self.workspace.project, chosen), n_rows=len(chosen))

    def move_entries(self, step: int) -> None:
        """Moves the selected entries up (-1) or down (1) in the order of the book."""
        chosen = self.table.selected_ids()
        if self._book is None or not chosen or not self.table.model.is_whole:
            return
        rows = [self.table.model.row_of(entry_id) for entry_id in chosen]
        place = min(rows) - 1 if step < 0 else max(rows) + 2
        if 0 <= place <= self.table.model.n_entries:
            book_id = self._book.id
            self._do_slowly(lambda: lore.move_entries(self.workspace.project, chosen, book_id, place))

    def change_selected(self, change: Mapping[str, Any]) -> None:
        """Changes fields of all selected entries in one step."""
        chosen = self.table.selected_ids()
        if chosen:
            self.form.flush()
            changes = {entry_id: dict(change) for entry_id in chosen}
            self._do_slowly(lambda: lore.update_entries(self.workspace.project, changes), n_rows=len(chosen))

    def ask_folder(self) -> None:
        """Asks for a folder, and moves the selected entries there."""
        ask_text(
            self,
            self.tr("New folder"),
            self.tr("Name of the folder"),
            "",
            lambda name: self.change_selected({"folder": name}),
        )

    def switch(self, entry_id: str, is_on: bool) -> None:
        """Turns one entry on or off, or all selected ones where it is among them."""
        chosen = self.table.selected_ids()
        if entry_id in chosen and len(chosen) > 1:
            self.change_selected({"enabled": is_on})
        else:
            changes = {entry_id: {"enabled": is_on}}
            self.workspace.attempt(lambda: lore.update_entries(self.workspace.project, changes))

    def ask_import(self) -> None:
        """Asks for files that hold lorebooks."""
        filters = self.tr("Lorebooks and cards (*.json *.lorebook *.png)")
        ask_open_files(self, self.tr("Import lorebooks"), filters, self.import_files, several=True)

    def import_files(self, paths: list[Path]) -> None:
        """Adds the books of files, to the owner whose book is open."""
        owner = Owner.of(self._book) if self._book is not None else Owner()
        for path in paths:
            self._import(path, owner)

    def ask_export(self) -> None:
        """Asks where to write the book."""
        if self._book is None:
            return
        self.flush()
        book_id = self._book.id
        filters = self.tr("SillyTavern world (*.json);;Lorebook V3 (*.json);;NovelAI (*.lorebook)")
        name = f"{file_name(self._book.name or 'lorebook')}.json"
        dialog = ask_save_file(
            self, self.tr("Export lorebook"), filters, name, lambda path: self.export_book(book_id, path, chosen())
        )

        def chosen() -> str:
            return dialog.selectedNameFilter()

    def export_book(self, book_id: str, path: Path, chosen: str = "") -> None:
        """Writes a book in the format that was chosen, or that the suffix names."""
        from core.interchange.lorebooks import NOVELAI_SUFFIX, LorebookForm, write_lorebook

        is_novelai = path.suffix.lower() == NOVELAI_SUFFIX
        form = LorebookForm.NOVELAI if is_novelai else LorebookForm.V3 if "V3" in chosen else LorebookForm.WORLD
        project = self.workspace.project
        self._do_slowly(
            lambda: write_lorebook(path, lore.read_draft(project, book_id), form, overwrite=True),
            lambda _none: self.note_raised.emit(self.tr("Wrote %1.").replace("%1", path.name), ""),
        )

    def open_owner(self) -> None:
        """Asks for the character or the scenario whose book is open."""
        owner = Owner.of(self._book) if self._book is not None else Owner()
        if owner.character_id:
            self.open_requested.emit("character", owner.character_id)
        elif owner.scenario_id:
            self.open_requested.emit("scenario", owner.scenario_id)

    def try_out(self) -> None:
        """Goes to the tester."""
        self.tabs.setCurrentWidget(self.tester)
        self.tester.chat.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Reading

    def _read_if_stale(self) -> None:
        if self._is_stale and self.workspace.is_project_open:
            self.workspace.attempt(self._read)

    def _read(self) -> None:
        """Shows the rows as they are now."""
        self._is_stale = False
        project = self.workspace.project
        books = lore.list_books(project)
        self._characters = list_characters(project)
        self._names = {Owner("", one.id): one.name for one in list_scenarios(project)}
        self._names |= {Owner(one.id, ""): one.name for one in self._characters}
        self._counts = lore.count_entries(project)
        self.books.show_books(books, self._counts, self._names)
        by_id = {book.id: book for book in books}
        wanted = self._book.id if self._book is not None else str(get_setting(project, CURRENT_KEY, ""))
        book = by_id.get(wanted) or by_id.get(self.books.first_book())
        self._pages.setCurrentIndex(0 if book is None else 1)
        self.actions_of.enable(book is not None, is_read_only=project.is_read_only)
        if book is None:
            self._close()
        else:
            self._show(book)

    def _show(self, book: Lorebook) -> None:
        is_other = self._book is None or self._book.id != book.id
        if is_other:
            self.flush()
        project = self.workspace.project
        self._book = book
        settings = lore.get_lore_settings(project)
        self.books.choose(book.id)
        self._title.setText(book.name or self.tr("Untitled"))
        self._owner.setText(self._names.get(Owner.of(book), self.tr("All scenes")))
        self._owner.setEnabled(Owner.of(book) != Owner())
        if is_other:
            self.table.model.set_verdicts({})
            self.book_form.open(book, lambda name, value: self._keep_book(book.id, name, value))
            self.book_form.open_settings(
                settings, lambda name, value: lore.update_lore_settings(project, **{name: value})
            )
            self.tester.show_book(book.id)
        else:
            self.book_form.refresh(book, settings)
        self.book_form.show_owners(self._names, Owner.of(book))
        self.tester.show_readers(self._characters, book.character_id or "")
        if is_other:
            self._show_entries(book, [])
        self._read_entries(book)
        set_setting(project, CURRENT_KEY, book.id)

    def _read_entries(self, book: Lorebook) -> None:
        """Reads the entries of a book: at once, or, where there are many, as a job."""
        project = self.workspace.project
        if self._counts.get(book.id, 0) < SLOW_FROM:
            self._show_entries(book, lore.list_entries(project, book.id))
            return

        def done(entries: list[LoreEntry]) -> None:
            if self._book is not None and self._book.id == book.id:
                self._show_entries(book, entries)

        self.workspace.jobs.run(lambda: lore.list_entries(project, book.id), done)

    def _show_entries(self, book: Lorebook, entries: list[LoreEntry]) -> None:
        self._entries = {entry.id: entry for entry in entries}
        self.table.show_entries(book, entries)
        if self.form.entry_id in self._entries:
            self.form.refresh(self._entries[self.form.entry_id])
        if self._wanted in self._entries:
            wanted, self._wanted = self._wanted, ""
            self.table.choose(wanted)

    def _close(self) -> None:
        self.form.close_entry()
        self._book, self._entries = None, {}
        self._form_pages.setCurrentIndex(0)

    def _open(self, book_id: str) -> None:
        book = lore.get_book(self.workspace.project, book_id)
        if book is not None:
            self._pages.setCurrentIndex(1)
            self.actions_of.enable(True, is_read_only=self.workspace.project.is_read_only)
            self._show(book)

    def _open_new(self, book_id: str) -> None:
        self._read()
        self._open(book_id)

    def _open_of(self, owner: Owner) -> None:
        found = [book for book in lore.list_books(self.workspace.project) if Owner.of(book) == owner]
        if found:
            self._open(found[0].id)
        else:
            self._add_book(LorebookDraft(name=self._names.get(owner, self.tr("New lorebook"))), owner)

    def _add_book(self, draft: LorebookDraft, owner: Owner) -> None:
        self.flush()
        book = lore.create_book(
            self.workspace.project,
            draft,
            character_id=owner.character_id or None,
            scenario_id=owner.scenario_id or None,
        )
        self._open_new(book.id)

    def _import(self, path: Path, owner: Owner) -> None:
        from core.interchange.lorebooks import read_lorebook

        project = self.workspace.project

        def work() -> tuple[str, str, str]:
            found = read_lorebook(path)
            owners = {"character_id": owner.character_id or None, "scenario_id": owner.scenario_id or None}
            book = lore.create_book(project, found.book, **owners, label=f"Import {found.book.name}")
            return book.id, book.name, " ".join(found.warnings)

        def done(imported: tuple[str, str, str]) -> None:
            self.note_raised.emit(self.tr("Imported %1.").replace("%1", imported[1]), imported[2])
            self._open_new(imported[0])

        self._do_slowly(work, done, n_rows=SLOW_FROM)

    def _keep_book(self, book_id: str, name: str, value: Any) -> None:
        project = self.workspace.project
        if name in BOOK_SETTINGS:
            book = lore.get_book(project, book_id)
            settings = {} if book is None else {key: one for key, one in book.settings.items() if key != name}
            lore.update_book(project, book_id, settings=settings | ({} if value is None else {name: value}))
        else:
            lore.update_book(project, book_id, **{name: value})

    def _give(self, owner: Owner) -> None:
        if self._book is not None and Owner.of(self._book) != owner:
            book_id = self._book.id
            self.workspace.attempt(
                lambda: lore.give_book(
                    self.workspace.project,
                    book_id,
                    character_id=owner.character_id or None,
                    scenario_id=owner.scenario_id or None,
                )
            )

    def _do_slowly(self, work: Any, done: Any = None, n_rows: int = 0) -> None:
        """Does work at once where it is little, else as a job."""
        self.flush()
        if max(n_rows, self.table.model.n_entries) < SLOW_FROM:
            result: list[Any] = []
            if self.workspace.attempt(lambda: result.append(work())) and done is not None:
                done(result[0])
            return

        def fault(error: UserError) -> None:
            self.workspace.faulted.emit(error.message, error.hint)

        self.workspace.jobs.run(work, done, fault)

    # News

    def _on_news(self, changed: dict[str, set[str]]) -> None:
        if "setting" in changed and changed.keys() == {"setting"} and lore.LORE_SETTING not in changed["setting"]:
            return
        self.tester.lore_changed()
        if not self.isVisible():
            self._is_stale = True
            return
        known = changed.get("lore_entry", set())
        if changed.keys() == {"lore_entry"} and len(known) < MANY and known <= self._entries.keys():
            self.workspace.attempt(lambda: self._read_some(known))
        else:
            self.workspace.attempt(self._read)

    def _read_some(self, entry_ids: set[str]) -> None:
        """Reads a few entries that changed; all of them where one is gone."""
        found = lore.read_entries(self.workspace.project, entry_ids)
        if self._book is None or len(found) < len(entry_ids) or any(one.book_id != self._book.id for one in found):
            self._read()
            return
        for entry in found:
            moved = self._entries[entry.id].place != entry.place or self._entries[entry.id].folder != entry.folder
            if moved:
                self._read()
                return
            self._entries[entry.id] = entry
            self.table.model.replace(entry)
        self.table.show_columns(self._entries.values())
        if self.form.entry_id in entry_ids:
            self.form.refresh(self._entries[self.form.entry_id])

    def _on_closing(self) -> None:
        """The window is about to close the project: keeps what was typed, and asks for nothing any more."""
        self.flush()
        self._news.stop()
        self._counter.stop()
        self.tester.stop()

    def _on_project_opened(self) -> None:
        self.form.autosave.forget()
        self.book_form.autosave.forget()
        self.book_form.project_autosave.forget()
        self._book, self._entries, self.form.entry_id = None, {}, ""
        self._news.stop()
        self.tester.lore_changed()
        self._is_stale = True
        if self.isVisible():
            self._read_if_stale()

    def _on_entry_chosen(self, entry_id: str) -> None:
        entry = self._entries.get(entry_id)
        if entry is None:
            self._form_pages.setCurrentIndex(0)
            self.form.close_entry()
            return
        self._form_pages.setCurrentIndex(1)
        if self.form.entry_id != entry_id:
            project = self.workspace.project
            self.form.open(entry, lambda name, value: lore.update_entries(project, {entry_id: {name: value}}))

    def _on_answered(self, answer: Answer) -> None:
        self.table.model.set_verdicts({row.entry_id: row.verdict for row in (*answer.fired, *answer.dropped)})

    def _on_entry_clicked(self, entry_id: str) -> None:
        if entry_id in self._entries:
            self.table.choose(entry_id)
            self.tabs.setCurrentIndex(0)

    def _on_book_menu(self, book_id: str, at: QPoint) -> None:
        self._open(book_id)
        pop_up(self.actions_of.book_menu(), at)

    # Layout

    def _lay_out(self) -> None:
        self._form_pages = QStackedLayout()
        hint = QLabel(self.tr("Choose an entry, or make one."))
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.set_kind(hint, "dim")
        self._form_pages.addWidget(hint)
        self._form_pages.addWidget(self.form)
        form_side = QWidget()
        form_side.setLayout(self._form_pages)
        self.tabs.addTab(form_side, self.tr("Entry"))
        self.tabs.addTab(self.tester, self.tr("Try it"))
        self.tabs.addTab(self.book_form, self.tr("Book"))
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setMinimumWidth(380)
        self.tabs.setStyleSheet("QTabWidget::tab-bar { left: 10px; }")
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self._side())
        self.splitter.addWidget(self._middle())
        self.splitter.addWidget(self.tabs)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([220, 540, 440])
        for at, share in enumerate((0, 3, 2)):
            self.splitter.setStretchFactor(at, share)
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.splitter)

    def _side(self) -> QWidget:
        side = QFrame()
        theme.set_kind(side, "panel")
        side.setMinimumWidth(180)
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 12, 4)
        title = QLabel(self.tr("Lorebooks"))
        theme.set_kind(title, "heading")
        new = QPushButton(theme.icon("mdi6.plus"), "")
        new.setToolTip(self.tr("New lorebook"))
        new.setAccessibleName(self.tr("New lorebook"))
        theme.set_kind(new, "ghost")
        new.clicked.connect(self.new_book)
        head.addWidget(title, 1)
        head.addWidget(new)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.books, 1)
        return side

    def _middle(self) -> QWidget:
        middle = QWidget()
        middle.setMinimumWidth(360)
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_kind(self._title, "subtitle")
        self._owner = QPushButton()
        self._owner.setAccessibleName(self.tr("Whose it is"))
        theme.set_kind(self._owner, "small-link")
        self._owner.clicked.connect(self.open_owner)
        more = QPushButton(theme.icon("mdi6.dots-horizontal"), "")
        more.setAccessibleName(self.tr("More"))
        theme.set_kind(more, "ghost")
        more.clicked.connect(lambda: pop_up(self.actions_of.book_menu(), more.mapToGlobal(QPoint(0, more.height()))))
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 12, 0)
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._owner)
        head.addStretch(1)
        head.addWidget(more)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        return middle

    def _connect(self) -> None:
        self.books.book_chosen.connect(self._open)
        self.books.menu_requested.connect(self._on_book_menu)
        table = self.table
        table.entry_chosen.connect(self._on_entry_chosen)
        table.add_requested.connect(self.new_entry)
        table.change_requested.connect(self.change_selected)
        table.delete_requested.connect(self.delete_entries)
        table.folder_requested.connect(self.ask_folder)
        table.menu_requested.connect(lambda at: pop_up(self.actions_of.entry_menu(), at))
        table.model.switched.connect(self.switch)
        self.tester.entry_clicked.connect(self._on_entry_clicked)
        self.tester.answered.connect(self._on_answered)
        self.book_form.owner_chosen.connect(self._give)
        for source in (self.form.autosave, self.book_form.autosave, self.book_form.project_autosave):
            source.faulted.connect(self.workspace.faulted)
        self.form.undo_requested.connect(self.workspace.undo)
        self.form.redo_requested.connect(self.workspace.redo)
