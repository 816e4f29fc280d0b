"""Files from outside: character cards, scenario packs and projects. Read as jobs, shown when they are in.

What reads them is imported when it is needed: the window opens sooner.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.errors import UserError
from core.project import SUFFIX, Project
from gui.widgets.ask import ask_open_files

if TYPE_CHECKING:
    from gui.main_window import MainWindow

PACK_SUFFIX = ".trpack"
CARD_SUFFIXES = (".png", ".apng", ".webp", ".jpg", ".jpeg", ".json", ".jsonl", ".charx", ".byaf", ".txt", ".lorebook")
"""Of files worth looking into: what they are, their content says."""
LOREBOOK_SUFFIXES = (".json", ".lorebook")
WEIGHTS_SUFFIX = ".gguf"
SUFFIXES = (SUFFIX, PACK_SUFFIX, *CARD_SUFFIXES, WEIGHTS_SUFFIX)


@dataclass(frozen=True)
class Imported:
    """What a file became."""

    kind: str
    entity_id: str
    name: str
    warnings: tuple[str, ...] = ()


def import_card_file(project: Project, path: Path) -> Imported:
    """Adds what is in a file of another program to a project. Raises UserError when there is nothing in it."""
    from core.interchange.files import read_file
    from core.interchange.foreign_files import read_contents
    from core.interchange.foreign_rows import add_contents
    from core.interchange.lorebooks import MAX_FILE_BYTES, is_lorebook

    if path.suffix.lower() in LOREBOOK_SUFFIXES and is_lorebook(read_file(path, MAX_FILE_BYTES)):
        return import_lorebook_file(project, path)
    added = add_contents(project, read_contents(path))
    return Imported(added.kind, added.entity_id, added.name, added.warnings)


def import_lorebook_file(project: Project, path: Path) -> Imported:
    """Adds the book in a file to a project, for all scenes. Raises UserError when there is none in it."""
    from core.interchange.lorebooks import read_lorebook
    from core.library.lore import create_book

    found = read_lorebook(path)
    book = create_book(project, found.book, label=f"Import {found.book.name}")
    return Imported("lorebook", book.id, book.name, found.warnings)


def import_pack_file(project: Project, path: Path) -> Imported:
    """Adds what is in a pack to a project. Raises UserError when it cannot be read."""
    from core.interchange.packs import import_pack, read_pack

    pack = read_pack(path)
    return Imported("scenario", import_pack(project, pack), pack.scenario.name)


def can_import(path: Path) -> bool:
    """Returns whether the name of a file is one that can be imported."""
    return path.suffix.lower() in SUFFIXES


def can_open(kind: str) -> bool:
    """Returns whether there is a place that shows rows of a kind."""
    from gui.main_window import ALSO_OPENS, PLACES

    return kind in ALSO_OPENS or any(kind in (spec.opens, spec.key) for spec in PLACES)


class Importer(QObject):
    """Imports one file after the other; a file that cannot be read does not stop the others."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window

    def ask(self) -> None:
        """Asks for files and imports them."""
        filters = self.tr("Cards, lorebooks, packs, projects and weights (%1)").replace(
            "%1", " ".join(f"*{suffix}" for suffix in SUFFIXES)
        )
        ask_open_files(self._window, self.tr("Import"), filters, self.import_files, several=True)

    def import_files(self, paths: list[Path]) -> None:
        """Imports files into the open project. A project is opened instead, and weights are chosen."""
        for path in sorted(paths, key=lambda path: path.suffix.lower() != SUFFIX):
            if path.suffix.lower() == SUFFIX:
                self._window.projects.open(path)
            elif path.suffix.lower() == WEIGHTS_SUFFIX:
                self._window.choose_weights(path)
            else:
                self._import(path)

    def _import(self, path: Path) -> None:
        project, status = self._window.workspace.project, self._window.status
        read: Callable[[Project, Path], Imported] = (
            import_pack_file if path.suffix.lower() == PACK_SUFFIX else import_card_file
        )
        status.start_job(str(path), self.tr("importing %1 …").replace("%1", path.name))

        def done(imported: Imported) -> None:
            status.end_job(str(path))
            self._window.notices.show_note(
                self.tr("Imported %1.").replace("%1", imported.name), " ".join(imported.warnings)
            )
            if can_open(imported.kind):
                self._window.open_entity(imported.kind, imported.entity_id)
            else:
                self._window.open_entity("library", "")

        def fault(error: UserError) -> None:
            status.end_job(str(path))
            self._window.notices.show_fault(error.message, error.hint)

        self._window.workspace.jobs.run(lambda: read(project, path), done, fault)
