"""What goes beyond the form: drafting help, populations, relationships, comparisons and persona sheets."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from core.characters.relations import Relation
from core.interchange.persona_sheet import render_sheet, write_sheet
from core.library.assets import read_asset
from core.library.characters import get_character, list_characters
from core.library.relationships import list_relationships
from gui.characters.actions import make_action
from gui.widgets.ask import ask_save_file, file_name
from models.relationship import RelationshipBase

if TYPE_CHECKING:
    from gui.characters.place import CharactersPlace


class CharacterTools(QObject):
    """Actions that open windows of their own; each is imported when it is first wanted."""

    def __init__(self, place: "CharactersPlace") -> None:
        super().__init__(place)
        self._place = place
        self._workspace = place.workspace
        self.of_one = [
            make_action(place, self.tr("Draft…"), "mdi6.auto-fix", self.draft, "Ctrl+Shift+D"),
            make_action(place, self.tr("Ask them"), "mdi6.chat-outline", self.ask, "Ctrl+Shift+A"),
            make_action(place, self.tr("Compare…"), "mdi6.compare-horizontal", self.compare),
            make_action(place, self.tr("Persona sheet…"), "mdi6.printer-outline", self.ask_sheet, "Ctrl+P"),
        ]
        """Need a character that is open."""
        self.of_all = [
            make_action(place, self.tr("Relationships…"), "mdi6.graph-outline", self.relate, "Ctrl+Shift+R"),
            make_action(place, self.tr("Write a population…"), "mdi6.account-group-outline", self.write_population),
        ]
        self.all: list[QAction] = [*self.of_one, *self.of_all]

    def enable(self, enabled: bool) -> None:
        """Says whether there is a character to do something to."""
        for action in self.of_one:
            action.setEnabled(enabled)

    def draft(self) -> None:
        """Opens drafting help for the open character."""
        from gui.drafting.dialog import DraftingDialog

        place = self._place
        place.flush()
        character = get_character(self._workspace.project, place.character_id)
        if character is None:
            return
        dialog = DraftingDialog(self._workspace, character.id, character, place)
        done = self.tr("Took %1 proposals.")
        dialog.taken.connect(lambda count: place.note_raised.emit(done.replace("%1", str(count)), ""))
        dialog.open()

    def ask(self) -> None:
        """Begins a talk with the open character."""
        self._place.hearing.begin_asking()

    def compare(self) -> None:
        """Lays the open character beside another."""
        from gui.comparing.dialog import CompareDialog

        self._place.flush()
        CompareDialog(self._workspace, self._place.character_id, self._place).show()

    def relate(self) -> None:
        """Opens the map of relationships."""
        from gui.relationships.dialog import RelationshipDialog

        dialog = RelationshipDialog(self._workspace, parent=self._place)
        dialog.character_opened.connect(lambda one: self._place.open_requested.emit("character", one))
        dialog.show()

    def write_population(self) -> None:
        """Opens the writer of populations."""
        from gui.population.dialog import PopulationDialog

        place = self._place
        dialog = PopulationDialog(self._workspace, place)
        done = self.tr("Added %1.")
        dialog.added.connect(lambda _ids, what: place.note_raised.emit(done.replace("%1", what), ""))
        dialog.open()

    def ask_sheet(self) -> None:
        """Asks where to write the persona sheet."""
        self._place.flush()
        character = get_character(self._workspace.project, self._place.character_id)
        if character is not None:
            filters = self.tr("Persona sheet (*.html)")
            suggestion = f"{file_name(character.name)}.html"
            ask_save_file(self._place, self.tr("Persona sheet"), filters, suggestion, self.write_sheet)

    def write_sheet(self, path: Path) -> None:
        """Writes the sheet of the open character as a job."""
        project, character_id = self._workspace.project, self._place.character_id
        draft = self._place.read_draft()

        def work() -> None:
            names = {one.id: one.name for one in list_characters(project)}
            said = set(RelationshipBase.model_fields)
            relations = [
                Relation(other=names[row.other_id], **row.model_dump(include=said))
                for row in list_relationships(project)
                if row.character_id == character_id and row.other_id in names
            ]
            asset = read_asset(project, draft.portrait)
            picture = (asset.data, asset.media_type) if asset is not None else None
            write_sheet(path, render_sheet(draft, relations, picture), overwrite=True)

        done = self.tr("The sheet was written.")
        self._workspace.jobs.run(work, lambda _result: self._place.note_raised.emit(done, str(path)))
