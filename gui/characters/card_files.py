"""Files of a character: its card, written, and its portrait, read. Work on the disk is done as jobs."""

from collections.abc import Callable
from pathlib import Path

from core.errors import UserError
from core.interchange.cards import write_card
from core.interchange.files import read_file
from core.interchange.pictures import MAX_PICTURE_BYTES, check_picture
from core.library.assets import read_asset
from core.library.characters import get_character, set_portrait
from gui.characters.prompt_source import plain_character
from gui.workspace import Workspace


def export_card(workspace: Workspace, character_id: str, path: Path, on_done: Callable[[], None] | None = None) -> None:
    """Writes a character to a card; the dialog has asked before another file is replaced."""
    project = workspace.project

    def work() -> None:
        character = get_character(project, character_id)
        if character is None:
            raise UserError("This character is not in the project any more.", "Undo may bring it back.")
        asset = read_asset(project, character.portrait)
        portrait = (asset.data, asset.media_type) if asset is not None else None
        write_card(path, plain_character(character), portrait, overwrite=True)

    workspace.jobs.run(work, lambda _result: on_done() if on_done is not None else None)


def read_portrait(workspace: Workspace, character_id: str, path: Path, on_fault: Callable[[UserError], None]) -> None:
    """Makes a file the portrait of a character, when it is a picture that can be shown."""
    project = workspace.project

    def work() -> None:
        data = read_file(path, MAX_PICTURE_BYTES)
        set_portrait(project, character_id, data, check_picture(data, path.name))

    workspace.jobs.run(work, None, on_fault)
