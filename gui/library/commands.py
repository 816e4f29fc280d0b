"""What can be done to what the library lists: each is one call of the core, or a question and then a job."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from core.library.characters import delete_character, duplicate_character, update_character
from core.library.playtests import delete_playtest, rename_playtest
from core.library.scenarios import delete_scenario, duplicate_scenario, update_scenario
from gui.characters.card_files import export_card
from gui.library.entries import CHARACTER, SCENARIO, Entry
from gui.place import Place
from gui.scenarios.pack_dialog import PackExport
from gui.widgets.ask import ask_save_file, ask_text, file_name
from gui.widgets.playtest_export import ask_playtest_export


class LibraryCommands(QObject):
    """Rename, duplicate, delete and export. `place` has the signal `note_raised` and is the parent of dialogs."""

    def __init__(self, place: Place, on_deleted: Callable[[str, int], object]) -> None:
        super().__init__(place)
        self._place = place
        self._workspace = place.workspace
        self._on_deleted = on_deleted

    def ask_name(self, entry: Entry) -> None:
        """Asks for another name."""
        ask_text(self._place, self.tr("Rename"), self.tr("Name"), entry.name, lambda name: self.rename(entry, name))

    def rename(self, entry: Entry, name: str) -> None:
        """Gives something another name."""
        project = self._workspace.project
        work: Callable[[], object]
        if entry.kind == CHARACTER:
            work = lambda: update_character(project, entry.id, name=name)  # noqa: E731
        elif entry.kind == SCENARIO:
            work = lambda: update_scenario(project, entry.id, name=name)  # noqa: E731
        else:
            work = lambda: rename_playtest(project, entry.id, name)  # noqa: E731
        if name != entry.name:
            self._workspace.attempt(work)

    def duplicate(self, entry: Entry) -> str:
        """Adds a copy; returns its id, or nothing for playtests, which are never copied."""
        project = self._workspace.project
        made: list[str] = []
        if entry.kind == CHARACTER:
            self._workspace.attempt(lambda: made.append(duplicate_character(project, entry.id).id))
        elif entry.kind == SCENARIO:
            self._workspace.attempt(lambda: made.append(duplicate_scenario(project, entry.id).id))
        return made[0] if made else ""

    def delete(self, entries: Sequence[Entry]) -> None:
        """Deletes, each as one undo step, and says so with a way back."""
        project = self._workspace.project
        delete = {CHARACTER: delete_character, SCENARIO: delete_scenario}
        n_deleted = 0
        for entry in entries:
            run = delete.get(entry.kind, delete_playtest)
            n_deleted += self._workspace.attempt(lambda run=run, entry=entry: run(project, entry.id))
        if n_deleted:
            one = self.tr("%1 was deleted.").replace("%1", entries[0].name)
            self._on_deleted(
                one if n_deleted == 1 else self.tr("%1 were deleted.").replace("%1", str(n_deleted)), n_deleted
            )

    def ask_export(self, entry: Entry) -> None:
        """Asks what the file is to be, and writes it."""
        if entry.kind == SCENARIO:
            PackExport(self._place, self._workspace, entry.id, entry.name).ask()
        elif entry.kind == CHARACTER:
            filters = self.tr("Character card, picture (*.png);;Character card, text (*.json)")
            self._ask_file(self.tr("Export card"), filters, f"{file_name(entry.name)}.png", entry, self._write_card)
        else:
            ask_playtest_export(
                self._place, self._workspace, entry.id, entry.name, lambda path: self._say_written(entry, path)
            )

    def _write_card(self, entry: Entry, path: Path) -> None:
        export_card(self._workspace, entry.id, path, lambda: self._say_written(entry, path))

    def _ask_file(
        self, title: str, filters: str, suggestion: str, entry: Entry, write: Callable[[Entry, Path], object]
    ) -> None:
        ask_save_file(self._place, title, filters, suggestion, lambda path: write(entry, path))

    def _say_written(self, entry: Entry, path: Path) -> None:
        message = self.tr("%1 was written.").replace("%1", entry.name)
        self._place.note_raised.emit(message, str(path))  # type: ignore[attr-defined]
