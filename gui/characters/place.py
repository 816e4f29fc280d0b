"""The editor of characters: the list, the form, and beside it exactly what the weights will read."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QMenu, QStackedLayout, QWidget

from core.characters.prompt import BlockOrigin
from core.library.characters import (
    create_character,
    delete_character,
    duplicate_character,
    get_character,
    list_characters,
    update_character,
)
from core.library.layers import update_layer
from core.library.settings import get_setting, set_setting
from gui.characters.actions import CharacterActions
from gui.characters.card_files import export_card, read_expression, read_portrait
from gui.characters.desk import Desk
from gui.characters.example import EXAMPLE_CHARACTER
from gui.characters.form import CharacterForm
from gui.characters.form_values import PREFIX, values_of
from gui.characters.fragments.fragment_editor import FragmentEditor
from gui.characters.fragments.fragment_menu import FragmentMenu
from gui.characters.header import CharacterHeader
from gui.characters.hearing import Hearing
from gui.characters.inspection import Inspection
from gui.characters.lint.lint_pane import LintPane
from gui.characters.role_menu import RoleGiver
from gui.characters.role_prompt import RolePrompt
from gui.characters.roster import Entry, Roster
from gui.characters.row_news import MANY, RowNews
from gui.characters.statements.draft_dialog import DraftDialog
from gui.characters.tools import CharacterTools
from gui.place import Place
from gui.widgets.ask import ask_open_files, ask_save_file, file_name
from gui.widgets.portrait import Face, PictureCache, find_color_indexes
from gui.widgets.token_label import TokenCounter
from gui.workspace import Workspace
from models.character import Character, CharacterBase

CURRENT_KEY = "characters.current"
WATCHED = (
    "character",
    "role",
    "scenario",
    "relationship",
    "fragment",
    "lorebook",
    "lore_entry",
    "playtest",
    "turn",
)
"""Tables from which something shows here."""
FIRST_OF_PART = {"layers": "layers.social.age", "alternate_greetings": "greeting"}
"""What several fields hold -> the first of them."""


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
        self.lint = LintPane()
        self.inspection = Inspection(workspace, self._counter, self.form, self.lint, self)
        self._fragment_menu = FragmentMenu(workspace, self)
        self.fragment_editor: FragmentEditor | None = None
        self._acts = CharacterActions(self)
        self._tools = CharacterTools(self)
        self._make_parts()
        self._connect()
        self._news = RowNews(workspace, WATCHED, self)
        self._news.arrived.connect(self._on_news)
        self.setFocusProxy(self.roster.list)

    def open_entity(self, kind: str, entity_id: str) -> None:
        """Shows one character, or one fragment."""
        if kind == "character":
            self._close_fragment()
            self.workspace.attempt(lambda: self._reload(entity_id))
        elif kind == "fragment":
            self.workspace.attempt(lambda: self._edit_fragment(entity_id))

    def show_part(self, part: str) -> None:
        """Goes to a field of the open character, as search names it: `description`, `layers`, …"""
        field = self.form.fields.get(part) or self.form.fields.get(FIRST_OF_PART.get(part, ""))
        if field is not None and self.fragment_editor is None:
            self.form.go_to_field(field)

    def current_entity(self) -> tuple[str, str]:
        """Returns the fragment that is open, else the character."""
        editor = self.fragment_editor
        if editor is not None and self._stack.currentWidget() is editor and editor.fragment_id:
            return "fragment", editor.fragment_id
        return super().current_entity()

    def place_actions(self) -> list[QAction]:
        """Returns what can be done to characters."""
        return [*self._acts.all, *self._tools.all]

    @property
    def character_id(self) -> str:
        """The character that is open; empty when there is none."""
        return self._current.id if self._current is not None else ""

    def read_draft(self) -> CharacterBase:
        """Returns the open character as it is typed, with what it inherits."""
        return self.inspection.resolved().character

    def flush(self) -> None:
        """Keeps at once what was typed."""
        self.form.flush()
        if self.fragment_editor is not None:
            self.fragment_editor.form.flush()

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

    def ask_expression(self, emotion: str, path: str) -> None:
        """Gives the open character a picture for an emotion; asks for the file where none is named."""
        if path:
            self._take_expression(emotion, path)
            return
        filters = self.tr("Pictures (*.png *.jpg *.jpeg *.webp *.gif)")
        title = self.tr("Choose the picture of an emotion")
        ask_open_files(self, title, filters, lambda paths: self._take_expression(emotion, str(paths[0])))

    def draft_statements(self) -> DraftDialog:
        """Offers the facts in the prose that are no statements yet; each is kept when it is accepted."""
        return self.inspection.draft_statements()

    def new_fragment(self) -> None:
        """Makes a fragment that the open character inherits from, and opens it."""
        self.flush()
        self._fragment_menu.create(self.character_id)

    def _make_parts(self) -> None:
        self._more = self._acts.make_menu(self._tools.all)
        self.header = CharacterHeader(self._more)
        self.prompt = RolePrompt(self.workspace, self._counter, self.read_draft)
        self.hearing = Hearing(self.prompt, self.workspace, self.read_draft)
        self.empty = self._acts.make_empty(self.ICON)
        desk = Desk(self.workspace, "characters")
        desk.fill(self.roster, self.header, self.form, self.hearing, self.empty, self.lint)
        desk.closing.connect(self._on_closing)
        self._desk = desk
        self._stack = QStackedLayout(self)
        self._stack.addWidget(desk)

    def _connect(self) -> None:
        workspace = self.workspace
        self.roster.chosen.connect(self._open)
        self.roster.new_requested.connect(self.new_character)
        self.roster.delete_requested.connect(lambda _id: self.delete())
        self.roster.confirmed.connect(lambda: self.form.go_to_field(self.form.fields["name"]))
        self.roster.menu_requested.connect(self._more.popup)
        self.header.casting_opened.connect(lambda scenario_id: self.open_requested.emit("scenario", scenario_id))
        self.header.role_menu_requested.connect(self._on_role_menu_requested)
        self.header.fragment_menu_requested.connect(self._on_fragment_menu_requested)
        self._fragment_menu.edit_requested.connect(lambda one: workspace.attempt(lambda: self._edit_fragment(one)))
        self.form.drafted.connect(self.prompt.refresh)
        self.form.drafted.connect(self.hearing.preview.refresh)
        self.form.draft_requested.connect(self.draft_statements)
        self.form.expression_requested.connect(self.ask_expression)
        self.form.lore_requested.connect(lambda one: self.open_requested.emit("lorebook", one))
        self.inspection.book_requested.connect(lambda one: self.open_requested.emit("lorebook", one))
        self.form.origin_entered.connect(lambda origin: self.prompt.view.point_at(origin, scroll=True))
        self.form.faulted.connect(workspace.faulted)
        self.form.undo_requested.connect(workspace.undo)
        self.form.redo_requested.connect(workspace.redo)
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
        self._tools.enable(bool(characters))
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

        def commit(path: str, value: Any) -> None:
            if path.startswith(PREFIX):
                update_layer(project, character_id, path.removeprefix(PREFIX), value)
            else:
                update_character(project, character_id, **{path: value})

        self.inspection.open(character, commit)
        self.form.open(values_of(character), commit)
        self._show_identity(character)
        self.roster.choose(character_id)
        self.prompt.open(character_id)
        self.hearing.show_other()
        self.workspace.attempt(lambda: set_setting(project, CURRENT_KEY, character_id))

    def _refresh(self, character: Character) -> None:
        self._current = character
        self.inspection.read(character)
        self.form.refresh(values_of(character))
        self._show_identity(character)
        self.prompt.refresh()

    def _let_go(self) -> None:
        self.form.forget_row()
        self.inspection.close()
        self._current = None

    def _show_identity(self, character: Character) -> None:
        self.header.show_name(character.name)
        self.header.show_fragments([fragment.name for fragment in self.inspection.fragments])
        self.form.portrait.show_face(self._face_of(character))

    def _face_of(self, character: Character) -> Face:
        return Face(character.name, self._colors.get(character.id, 0), character.portrait)

    def _entry_of(self, character: Character) -> Entry:
        subtitle = character.summary or character.description
        return Entry(character.id, character.name, subtitle[:200], (self._face_of(character),))

    def _take_expression(self, emotion: str, path: str) -> None:
        field = self.form.fields["layers.expressions"]
        self.flush()
        field.set_fault("")
        read_expression(
            self.workspace, self.character_id, emotion, Path(path), lambda error: field.set_fault(str(error))
        )

    def _edit_fragment(self, fragment_id: str) -> None:
        """Shows the editor of a fragment in the place of the character's."""
        self.flush()
        if self.fragment_editor is None:
            self.fragment_editor = FragmentEditor(self.workspace, self._counter, self._pictures)
            self.fragment_editor.closed.connect(lambda: self._stack.setCurrentWidget(self._desk))
            self._stack.addWidget(self.fragment_editor)
        self._stack.setCurrentWidget(self.fragment_editor)
        self.fragment_editor.open(fragment_id)

    def _close_fragment(self) -> None:
        if self.fragment_editor is not None and self.fragment_editor.fragment_id:
            self.fragment_editor.close_fragment()

    def _on_fragment_menu_requested(self, menu: QMenu) -> None:
        self.flush()
        inherited = [fragment.id for fragment in self.inspection.fragments]
        self._fragment_menu.fill(menu, self.character_id, inherited)

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
        self.inspection.linter.stop()
        self.prompt.stop()
        self.hearing.stop()
        self._counter.stop()

    def _on_project_opened(self) -> None:
        self._let_go()
        self.inspection.linter.reset()
        if self.fragment_editor is not None:
            self.fragment_editor.form.forget_row()
            self._close_fragment()
        self._is_stale = True
        if self.isVisible():
            self._reload_safely()

    def _on_news(self, news: dict[str, set[str]]) -> None:
        if not self.isVisible():
            self._is_stale = True
            return
        changed = news.get("character", set())
        if changed:
            self.workspace.attempt(lambda: self._take_news(changed))
        if changed - {self.character_id}:
            self.inspection.linter.forget_personas()
        if news.keys() & {"fragment", "lorebook", "lore_entry"}:
            self.workspace.attempt(self._take_others)
        if news.keys() & {"role", "scenario", "relationship"}:
            self.workspace.attempt(lambda: self.prompt.open(self.character_id))
            self.inspection.linter.check_soon()
        if news.keys() & {"playtest", "turn"}:
            self.inspection.linter.forget_turns()

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

    def _take_others(self) -> None:
        """Fragments or lorebooks changed: what comes from them shows again."""
        if self._current is not None:
            self._refresh(self._current)
        if self.fragment_editor is not None and self.fragment_editor.fragment_id:
            self.fragment_editor.refresh()
