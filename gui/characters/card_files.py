"""Files of a character: its card, written, and its portrait, read. Work on the disk is done as jobs."""

from collections.abc import Callable
from pathlib import Path

from core.errors import UserError
from core.interchange.contents import Contents
from core.interchange.files import read_file
from core.interchange.foreign_files import CARD
from core.interchange.foreign_rows import card_of
from core.interchange.foreign_writers import format_of_path, write_contents
from core.interchange.pictures import MAX_PICTURE_BYTES, check_picture
from core.library.characters import set_portrait
from core.library.layers import add_expression
from gui.workspace import Workspace
from models.fields import MAX_NAME_CHARS


def export_card(workspace: Workspace, character_id: str, path: Path, on_done: Callable[[], None] | None = None) -> None:
    """Writes a character to a card; the dialog has asked before another file is replaced."""
    project = workspace.project

    def work() -> None:
        contents = Contents(CARD, [card_of(project, character_id)])
        write_contents(path, contents, format_of_path(path), overwrite=True)

    workspace.jobs.run(work, lambda _result: on_done() if on_done is not None else None)


def read_portrait(workspace: Workspace, character_id: str, path: Path, on_fault: Callable[[UserError], None]) -> None:
    """Makes a file the portrait of a character, when it is a picture that can be shown."""
    project = workspace.project

    def work() -> None:
        data = read_file(path, MAX_PICTURE_BYTES)
        set_portrait(project, character_id, data, check_picture(data, path.name))

    workspace.jobs.run(work, None, on_fault)


def read_expression(
    workspace: Workspace, character_id: str, emotion: str, path: Path, on_fault: Callable[[UserError], None]
) -> None:
    """Makes a file the picture of an emotion of a character, when it is a picture that can be shown."""
    project = workspace.project
    name = emotion or path.stem.replace("_", " ").strip()[:MAX_NAME_CHARS] or "new"

    def work() -> None:
        data = read_file(path, MAX_PICTURE_BYTES)
        add_expression(project, character_id, name, data, check_picture(data, path.name))

    workspace.jobs.run(work, None, on_fault)
