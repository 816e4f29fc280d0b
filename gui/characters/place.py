"""The editor of characters: the list, the form, and beside it exactly what the weights will read."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from core.characters.prompt import BlockOrigin
from core.library.characters import (
    create_character,
    delete_character,
    duplicate_character,
    get_character,
    list_characters,
    update_character,
)
from core.library.settings import get_setting, set_setting
from gui.characters.actions import CharacterActions
from gui.characters.card_files import export_card, read_portrait
from gui.characters.desk import Desk
from gui.characters.example import EXAMPLE_CHARACTER
from gui.characters.form import CharacterForm
from gui.characters.header import CharacterHeader
from gui.characters.role_menu import RoleGiver
from gui.characters.role_prompt import RolePrompt
from gui.characters.roster import Entry, Roster
from gui.characters.row_news import MANY, RowNews
from gui.place import Place
from gui.widgets.ask import ask_open_files, ask_save_file, file_name
from gui.widgets.portrait import Face, PictureCache, find_color_indexes
from gui.widgets.token_label import TokenCounter
from gui.workspace import Workspace
from models.character import Character, CharacterBase

CURRENT_KEY = "characters.current"


class CharactersPlace(Place):
    """Where characters are written."""

    TITLE = "Characters"
    ICON = "mdi6.account-outline"
    HELP = QCoreApplication.translate(
        "CharactersPlace",
        "Here you write who somebody is. Everything is kept as you type; Ctrl+Z takes anything back.\n"
        "On the right stands exactly what the weights will read, coloured by the field that it comes from: "
        "point at a line to see its field, click it to go there. The small numbers are tokens.\n"
        "Give the character a role in a scenario, and play it on the Stage.",
    )

    import_requested = Signal()
    """The window asks for files and imports them."""
    note_raised = Signal(str, str)
    """A word about what was done, and a hint."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace, parent)
        self._current: Character | None = None
        self._deleted_id = ""
        self._colors: dict[str, int] = {}
        self._is_stale = True
        self._counter = TokenCounter(workspace, self)
        self._pictures = PictureCache(workspace, self)
        self._roles = RoleGiver(workspace, lambda scenario_id: self.open_requested.emit("scenario", scenario_id), self)
        self.roster = Roster(self.tr("Characters"), self._pictures)
        self.form = CharacterForm(self._counter, self._pictures)
        self._acts = CharacterActions(self)
        self._make_parts()
        self._connect()
        self._news = RowNews(workspace, ("character", "role", "scenario"), self)
        self._news.arrived.connect(self._on_news)
        self.setFocusProxy(self.roster.list)

    def open_entity(self, kind: str, entity_id: str) -> None:
        """Shows one character."""
        if kind == "character":
            self.workspace.attempt(lambda: self._reload(entity_id))

    def place_actions(self) -> list[QAction]:
        """Returns what can be done to characters."""
        return self._acts.all

    @property
    def character_id(self) -> str:
        """The character that is open; empty when there is none."""
        return self._current.id if self._current is not None else ""

    def flush(self) -> None:
        """Keeps at once what was typed."""
        self.form.flush()

    def showEvent(self, event: QShowEvent) -> None:
        """Reads everything again when something happened in the meantime."""
        super().showEvent(event)
        if self._is_stale:
            self._reload_safely()

    def new_character(self) -> None:
        """Adds a character and puts the cursor into its name."""
        self._add(CharacterBase(name=self.tr("New character")))
        self.form.begin()

    def add_example(self) -> None:
        """Adds a character that shows what each field is for."""
        self._add(EXAMPLE_CHARACTER)

    def duplicate(self) -> None:
        """Adds a copy of the open character."""
        self.flush()
        made: list[Character] = []
        if self.workspace.attempt(lambda: made.append(duplicate_character(self.workspace.project, self.character_id))):
            self._reload(made[0].id)

    def delete(self) -> None:
        """Deletes the open character; its neighbour is opened. Undo brings it back."""
        self.flush()
        gone = self.character_id
        if self.workspace.attempt(lambda: delete_character(self.workspace.project, gone)):
            self._deleted_id = gone
            self._reload(gone)

    def ask_export(self) -> None:
        """Asks where to write a character card, and writes it."""
        self.flush()
        character_id = self.character_id
        name = self._current.name if self._current is not None else ""
        done = self.tr("The card of %1 was written.").replace("%1", name)
        ask_save_file(
            self,
            self.tr("Export card"),
            self.tr("Character card, picture (*.png);;Character card, text (*.json)"),
            f"{file_name(name)}.png",
            lambda path: export_card(
                self.workspace, character_id, path, lambda: self.note_raised.emit(done, str(path))
            ),
        )

    def ask_picture(self) -> None:
        """Asks for a portrait."""
        filters = self.tr("Pictures (*.png *.jpg *.jpeg *.webp *.gif)")
        ask_open_files(self, self.tr("Choose a portrait"), filters, lambda paths: self.take_picture(str(paths[0])))

    def take_picture(self, path: str) -> None:
        """Makes a file the portrait of the open character, when it is a picture."""
        if self.character_id:
            self.form.set_portrait_fault("")
            read_portrait(
                self.workspace, self.character_id, Path(path), lambda error: self.form.set_portrait_fault(str(error))
            )

    def _make_parts(self) -> None:
        self._more = self._acts.make_menu()
        self.header = CharacterHeader(self._more)
        self.prompt = RolePrompt(self.workspace, self._counter, self.form.draft)
        self.empty = self._acts.make_empty(self.ICON)
        desk = Desk(self.workspace, "characters")
        desk.fill(self.roster, self.header, self.form, self.prompt, self.empty)
        desk.closing.connect(self._on_closing)
        self._desk = desk
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(desk)

    def _connect(self) -> None:
        workspace = self.workspace
        self.roster.chosen.connect(self._open)
        self.roster.new_requested.connect(self.new_character)
        self.roster.delete_requested.connect(lambda _id: self.delete())
        self.roster.confirmed.connect(lambda: self.form.go_to_field(self.form.fields["name"]))
        self.roster.menu_requested.connect(self._more.popup)
        self.header.casting_opened.connect(lambda scenario_id: self.open_requested.emit("scenario", scenario_id))
        self.header.role_menu_requested.connect(self._on_role_menu_requested)
        self.form.drafted.connect(self.prompt.refresh)
        self.form.origin_entered.connect(lambda origin: self.prompt.view.point_at(origin, scroll=True))
        self.form.faulted.connect(workspace.faulted)
        self.form.undo_requested.connect(lambda: workspace.attempt(workspace.project.undo))
        self.form.redo_requested.connect(lambda: workspace.attempt(workspace.project.redo))
        self.form.portrait.change_requested.connect(self.ask_picture)
        self.form.portrait.picture_dropped.connect(self.take_picture)
        self.prompt.castings_changed.connect(self.header.show_castings)
        self.prompt.view.origin_hovered.connect(self.form.light)
        self.prompt.view.origin_chosen.connect(self._on_origin_chosen)
        workspace.project_opened.connect(self._on_project_opened)

    def _add(self, draft: CharacterBase) -> None:
        self.flush()
        made: list[Character] = []
        if self.workspace.attempt(lambda: made.append(create_character(self.workspace.project, draft))):
            self.roster.search.clear()
            self._reload(made[0].id)
            if not self.isVisible():
                self.open_requested.emit("character", made[0].id)

    def _reload_safely(self) -> None:
        """Reads everything again; a fault of the file is said, and what is shown stays."""
        self.workspace.attempt(lambda: self._reload(self._wanted_id()))

    def _wanted_id(self) -> str:
        return self.character_id or str(get_setting(self.workspace.project, CURRENT_KEY, ""))

    def _reload(self, wanted: str) -> None:
        """Reads the whole list and opens one of it: the wanted one, or the first."""
        self._is_stale = False
        project = self.workspace.project
        characters = {character.id: character for character in list_characters(project)}
        self._colors = find_color_indexes(project, characters.values())
        neighbour = self.roster.neighbour_of(wanted)
        chosen = next((one for one in (wanted, neighbour) if one in characters), next(iter(characters), ""))
        if self.character_id not in characters:
            self._let_go()
        self._desk.show_empty(not characters)
        self.roster.show_entries([self._entry_of(character) for character in characters.values()], chosen)
        self._acts.enable(bool(characters))
        if chosen:
            self._open(chosen)
        else:
            self._let_go()

    def _open(self, character_id: str) -> None:
        project = self.workspace.project
        character = get_character(project, character_id)
        if character is None or character_id == self.character_id:
            if character is not None:
                self._refresh(character)
            return
        self.form.close_row()
        self._current = character

        def commit(field: str, value: Any) -> None:
            update_character(project, character_id, **{field: value})

        self.form.open(character, commit)
        self._show_identity(character)
        self.roster.choose(character_id)
        self.prompt.open(character_id)
        self.workspace.attempt(lambda: set_setting(project, CURRENT_KEY, character_id))

    def _refresh(self, character: Character) -> None:
        self._current = character
        self.form.refresh(character)
        self._show_identity(character)
        self.prompt.refresh()

    def _let_go(self) -> None:
        self.form.forget_row()
        self._current = None

    def _show_identity(self, character: Character) -> None:
        self.header.show_name(character.name)
        self.form.portrait.show_face(self._face_of(character))

    def _face_of(self, character: Character) -> Face:
        return Face(character.name, self._colors.get(character.id, 0), character.portrait)

    def _entry_of(self, character: Character) -> Entry:
        subtitle = character.summary or character.description
        return Entry(character.id, character.name, subtitle[:200], (self._face_of(character),))

    def _on_origin_chosen(self, origin: BlockOrigin) -> None:
        casting = self.prompt.picked
        if not self.form.go_to_origin(origin) and casting is not None:
            self.open_requested.emit("scenario", casting.scenario_id)

    def _on_role_menu_requested(self, menu: QMenu) -> None:
        self.flush()
        self._roles.fill(menu, self.character_id)

    def _on_closing(self) -> None:
        """The window is about to close the project: keeps what was typed, and asks for nothing any more."""
        self.flush()
        self._news.stop()
        self.prompt.stop()
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
        changed = news.get("character", set())
        self.workspace.attempt(lambda: self._take_news(changed))
        if news.keys() & {"role", "scenario"}:
            self.workspace.attempt(lambda: self.prompt.open(self.character_id))

    def _take_news(self, changed: set[str]) -> None:
        """Shows characters that changed; the whole list when some came or went."""
        project = self.workspace.project
        rows = {one: get_character(project, one) for one in changed} if len(changed) < MANY else {}
        if len(rows) < len(changed) or any((row is None) == (one in self.roster.ids) for one, row in rows.items()):
            self._reload(self._deleted_id if self._deleted_id in changed else self.character_id)
            return
        for character in filter(None, rows.values()):
            self.roster.update_entry(self._entry_of(character))
            if character.id == self.character_id:
                self._refresh(character)
