"""What can be done to what the library lists: each is one call of the core, or a question and then a job."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox

from core.ledger import one_burst
from core.library.characters import duplicate_character, update_character
from core.library.folders import create_folder, delete_folder, move_to_folder, rename_folder
from core.library.fragments import update_fragment
from core.library.kinds import Reference
from core.library.lore import duplicate_book, update_book
from core.library.playtests import rename_playtest
from core.library.scenarios import duplicate_scenario, update_scenario
from core.library.tags import add_tag, delete_tag, remove_tag, rename_tag
from core.library.trash import delete_listed, empty_trash, restore_listed
from core.project import Project
from gui.library.ask_choice import ask_choice
from gui.library.entries import CHARACTER, FRAGMENT, LOREBOOK, PLAYTEST, SCENARIO, Entry
from gui.library.exporting import suggested_name, write_entries, write_entry
from gui.library.folder_tree import TRASH
from gui.place import Place
from gui.scenarios.pack_dialog import PackExport
from gui.widgets.ask import ask_folder, ask_save_file, ask_text
from gui.widgets.playtest_export import ask_playtest_export
from models.fields import new_id

COPIED = (CHARACTER, SCENARIO, LOREBOOK)
"""Kinds of which copies are made: playtests are what happened, and fragments are shared."""
_RENAME: dict[str, Callable[[Project, str, str], None]] = {
    CHARACTER: lambda project, entity_id, name: update_character(project, entity_id, name=name),
    SCENARIO: lambda project, entity_id, name: update_scenario(project, entity_id, name=name),
    FRAGMENT: lambda project, entity_id, name: update_fragment(project, entity_id, name=name),
    LOREBOOK: lambda project, entity_id, name: update_book(project, entity_id, name=name),
    PLAYTEST: rename_playtest,
}
_DUPLICATE: dict[str, Callable[[Project, str], str]] = {
    CHARACTER: lambda project, entity_id: duplicate_character(project, entity_id).id,
    SCENARIO: lambda project, entity_id: duplicate_scenario(project, entity_id).id,
    LOREBOOK: lambda project, entity_id: duplicate_book(project, entity_id).id,
}


class LibraryCommands(QObject):
    """Works on entries. `place` has the signal `note_raised` and is the parent of dialogs."""

    def __init__(self, place: Place, on_deleted: Callable[[str, int], object]) -> None:
        super().__init__(place)
        self._place = place
        self._workspace = place.workspace
        self._on_deleted = on_deleted

    # Names, copies, the trash

    def ask_name(self, entry: Entry) -> None:
        """Asks for another name."""
        ask_text(self._place, self.tr("Rename"), self.tr("Name"), entry.name, lambda name: self.rename(entry, name))

    def rename(self, entry: Entry, name: str) -> None:
        """Gives something another name."""
        if name != entry.name:
            self._do(lambda project: _RENAME[entry.kind](project, entry.id, name))

    def duplicate(self, entries: Sequence[Entry]) -> list[str]:
        """Adds copies, as one undo step; returns their ids. Of some kinds there are none."""
        made: list[str] = []

        def work(project: Project) -> None:
            with one_burst(new_id()):
                for entry in entries:
                    if entry.kind in COPIED:
                        made.append(_DUPLICATE[entry.kind](project, entry.id))

        self._do(work)
        return made

    def delete(self, entries: Sequence[Entry]) -> None:
        """Moves entries to the trash, as one undo step, and says so with a way back."""
        self.delete_references([entry.reference for entry in entries], entries[0].name if len(entries) == 1 else "")

    def delete_references(self, references: Sequence[Reference], name: str = "") -> None:
        """As `delete`."""
        if references and self._do(lambda project: delete_listed(project, references)):
            words = self.tr("%1 was deleted.") if name else self.tr("%1 were deleted.")
            self._on_deleted(words.replace("%1", name or f"{len(references):,}"), 1)

    def restore(self, entries: Sequence[Entry]) -> None:
        """Takes entries out of the trash, as one undo step."""
        if entries:
            self._do(lambda project: restore_listed(project, [entry.reference for entry in entries]))

    def ask_empty_trash(self, n_things: int) -> QMessageBox:
        """Asks, as this is what undo does not bring back, and empties the trash as a job."""
        dialog = QMessageBox(self._place)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Empty the trash"))
        words = self.tr("Delete %1 things for good?").replace("%1", f"{n_things:,}")
        dialog.setText(self.tr("Delete one thing for good?") if n_things == 1 else words)
        dialog.setInformativeText(
            self.tr(
                "Their texts, transcripts and history leave the project's file. Undo ends here: neither this nor "
                "anything before it can be taken back."
            )
        )
        empty = dialog.addButton(self.tr("Empty the trash"), QMessageBox.ButtonRole.DestructiveRole)
        dialog.setDefaultButton(dialog.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole))
        empty.clicked.connect(self.empty_trash)
        dialog.open()
        return dialog

    def empty_trash(self) -> None:
        """Empties the trash as a job."""
        project = self._workspace.project
        self._workspace.jobs.run(
            lambda: empty_trash(project), lambda _n: self._note(self.tr("The trash is empty."), "")
        )

    # Tags and folders

    def ask_tag(self, entries: Sequence[Entry], tags: Sequence[str]) -> None:
        """Asks for a tag, new or not, that entries get."""
        references = [entry.reference for entry in entries]
        ask_choice(
            self._place, self.tr("Add a tag"), self.tr("Tag"), ["", *tags], "",
            lambda tag: self.toggle_tag(references, tag, True),
        )  # fmt: skip

    def toggle_tag(self, references: Sequence[Reference], tag: str, is_wanted: bool) -> None:
        """Gives entries a tag, or takes it from them, as one undo step."""
        change = add_tag if is_wanted else remove_tag
        self._do(lambda project: change(project, references, tag))

    def ask_rename_tag(self, tag: str, tags: Sequence[str]) -> None:
        """Asks for another name of a tag; that of another makes the two one."""
        ask_choice(
            self._place, self.tr("Rename or merge the tag"), self.tr("Another name, or another tag to merge it with"),
            tags, tag, lambda new: self._do(lambda project: rename_tag(project, tag, new)),
        )  # fmt: skip

    def delete_tag(self, tag: str) -> None:
        """Takes a tag from everything."""
        self._do(lambda project: delete_tag(project, tag))

    def ask_folder(self, entries: Sequence[Entry], folders: Sequence[str]) -> None:
        """Asks for a folder, new or not, to which entries go."""
        references = [entry.reference for entry in entries]
        ask_choice(
            self._place, self.tr("Move to a folder"), self.tr("Folder; “/” begins one inside of another"),
            ["", *folders], "", lambda path: self.move(references, path),
        )  # fmt: skip

    def move(self, references: Sequence[Reference], path: str) -> None:
        """Puts entries into a folder, or with an empty path into none."""
        self._do(lambda project: move_to_folder(project, references, path))

    def drop(self, references: Sequence[Reference], path: str) -> None:
        """Entries were dropped on a folder, on everything, or on the trash."""
        if path == TRASH:
            self.delete_references(references)
        else:
            self.move(references, path)

    def ask_new_folder(self, around: str) -> None:
        """Asks for the name of a folder in another."""
        ask_text(
            self._place, self.tr("New folder"), self.tr("Name"), "",
            lambda name: self._do(lambda project: create_folder(project, f"{around}/{name}")),
        )  # fmt: skip

    def ask_rename_folder(self, path: str) -> None:
        """Asks for another path of a folder."""
        ask_text(
            self._place, self.tr("Rename folder"), self.tr("Name; “/” begins a folder inside of another"), path,
            lambda new: self._do(lambda project: rename_folder(project, path, new)),
        )  # fmt: skip

    def delete_folder(self, path: str) -> None:
        """Takes a folder away; its things stay."""
        self._do(lambda project: delete_folder(project, path))

    # Files

    def ask_export(self, entries: Sequence[Entry]) -> None:
        """Asks what the file is to be, or for a folder for many files, and writes."""
        if len(entries) > 1:
            self._ask_export_folder(entries)
            return
        (entry,) = entries
        if entry.kind == SCENARIO:
            PackExport(self._place, self._workspace, entry.id, entry.name).ask()
        elif entry.kind == PLAYTEST:
            ask_playtest_export(
                self._place, self._workspace, entry.id, entry.name, lambda path: self._say_written(entry, path)
            )
        else:
            filters = {
                CHARACTER: self.tr(
                    "Character card, picture (*.png);;Character card, text (*.json);;Character card, archive (*.charx)"
                ),
                LOREBOOK: self.tr("Lorebook (*.json)"),
                FRAGMENT: self.tr("Fragment (*.fragment.json)"),
            }[entry.kind]
            title = self.tr("Export %1").replace("%1", entry.name)
            name = suggested_name(entry)
            ask_save_file(self._place, title, filters, name, lambda path: self.export(entry, path))

    def export(self, entry: Entry, path: Path) -> None:
        """Writes one entry as a job; the dialog has asked before another file is replaced."""
        project = self._workspace.project
        self._workspace.jobs.run(
            lambda: write_entry(project, entry, path), lambda _result: self._say_written(entry, path)
        )

    def export_all(self, entries: Sequence[Entry], folder: Path) -> None:
        """Writes each entry to a file of its own, as a job."""
        project = self._workspace.project
        self._workspace.jobs.run(
            lambda: write_entries(project, entries, folder),
            lambda n: self._note(self.tr("%1 files were written.").replace("%1", f"{n:,}"), str(folder)),
        )

    def _ask_export_folder(self, entries: Sequence[Entry]) -> None:
        title = self.tr("Export %1 files").replace("%1", f"{len(entries):,}")
        ask_folder(self._place, title, lambda folder: self.export_all(entries, folder))

    def _do(self, work: Callable[[Project], object]) -> bool:
        project = self._workspace.project
        return self._workspace.attempt(lambda: work(project))

    def _say_written(self, entry: Entry, path: Path) -> None:
        self._note(self.tr("%1 was written.").replace("%1", entry.name), str(path))

    def _note(self, message: str, hint: str) -> None:
        self._place.note_raised.emit(message, hint)  # type: ignore[attr-defined]
