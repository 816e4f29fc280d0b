"""Each thing of the library as a file: a card, a pack, a report, a lorebook, a fragment. Written as jobs."""

from collections.abc import Sequence
from pathlib import Path

from core.project import Project
from gui.library.entries import CHARACTER, FRAGMENT, LOREBOOK, SCENARIO, Entry
from gui.widgets.ask import file_name
from gui.widgets.playtest_export import write_playtest

SUFFIXES = {CHARACTER: ".png", SCENARIO: ".trpack", LOREBOOK: ".json", FRAGMENT: ".fragment.json"}
"""What a file of each kind ends in, unless somebody chooses otherwise; playtests in `.html`."""


def suggested_name(entry: Entry) -> str:
    """Returns a file name for an entry."""
    return file_name(entry.name) + SUFFIXES.get(entry.kind, ".html")


def write_entry(project: Project, entry: Entry, path: Path) -> None:
    """Writes one entry as the end of the name says. Any thread.

    Raises:
        UserError: It is gone, or the file cannot be written.
    """
    if entry.kind == CHARACTER:
        _write_character(project, entry, path)
    elif entry.kind == SCENARIO:
        _write_scenario(project, entry, path)
    elif entry.kind == LOREBOOK:
        _write_lorebook(project, entry, path)
    elif entry.kind == FRAGMENT:
        _write_fragment(project, entry, path)
    else:
        write_playtest(project, entry.id, path)


def write_entries(project: Project, entries: Sequence[Entry], folder: Path) -> int:
    """Writes each entry to a file of its own in a folder, beside those that are there; returns how many."""
    for entry in entries:
        write_entry(project, entry, _free_path(folder / suggested_name(entry)))
    return len(entries)


def _write_character(project: Project, entry: Entry, path: Path) -> None:
    from core.interchange.contents import Contents
    from core.interchange.foreign_rows import card_of
    from core.interchange.foreign_writers import format_of_path, write_contents

    write_contents(path, Contents("", [card_of(project, entry.id)]), format_of_path(path), overwrite=True)


def _write_scenario(project: Project, entry: Entry, path: Path) -> None:
    from core.interchange.packs import build_pack

    build_pack(project, entry.id, path, overwrite=True)


def _write_lorebook(project: Project, entry: Entry, path: Path) -> None:
    from core.interchange.lorebooks import NOVELAI_SUFFIX, LorebookForm, write_lorebook
    from core.library.lore import read_draft

    form = LorebookForm.NOVELAI if path.suffix.lower() == NOVELAI_SUFFIX else LorebookForm.WORLD
    write_lorebook(path, read_draft(project, entry.id), form, overwrite=True)


def _write_fragment(project: Project, entry: Entry, path: Path) -> None:
    from core.interchange import tinytroupe
    from core.interchange.contents import Contents
    from core.interchange.foreign_writers import format_named, write_contents
    from core.library.rows import require
    from models.fragment import Fragment

    with project.reading() as session:
        fragment = require(session, Fragment, entry.id)
    contents = Contents(tinytroupe.FORMAT, fragments=[fragment])
    write_contents(path, contents, format_named(tinytroupe.FORMAT), overwrite=True)


def _free_path(path: Path) -> Path:
    """Returns a path at which nothing is yet."""
    name, dot, suffix = path.name.partition(".")
    number = 2
    while path.exists():
        path = path.with_name(f"{name} {number}{dot}{suffix}")
        number += 1
    return path
