"""Sides of a persona in the editor of characters: written, undone, found, inherited."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.library.characters import create_character, get_character
from core.library.search import search
from core.library.search_query import parse_query
from gui.characters.layers.entry_list import EntriesField
from gui.characters.layers.variants import VariantEntry
from gui.characters.place import CharactersPlace
from gui.workspace import Workspace
from models.character import CharacterBase

FIERCE = {"name": "fierce", "situations": ["a child is threatened", "a boat sinks"], "text": "You shout."}


def open_place(qtbot: QtBot, workspace: Workspace) -> CharactersPlace:
    place = CharactersPlace(workspace)
    qtbot.addWidget(place)
    place.resize(1376, 868)
    with qtbot.waitExposed(place):
        place.show()
    return place


def sides_of(place: CharactersPlace) -> EntriesField:
    field = place.form.fields["layers.variants"]
    assert isinstance(field, EntriesField)
    return field


def test_a_side_is_written_kept_and_undone(qtbot: QtBot, workspace: Workspace) -> None:
    mara = create_character(workspace.project, CharacterBase(name="Mara"))
    place = open_place(qtbot, workspace)
    field = sides_of(place)
    place.form.go_to_field(field)
    field.entry_list.add_button.click()
    (entry,) = field.entry_list.entries
    assert isinstance(entry, VariantEntry)
    assert [editor.accessibleName() for editor in (entry.name, entry.situations, entry.text)] == [
        "Side 1: name",
        "Side 1: situations, one a line",
        "Side 1: what they are like then",
    ]
    qtbot.keyClicks(entry.name, "fierce")
    qtbot.keyClicks(entry.situations, "a child is threatened")
    qtbot.keyClick(entry.situations, Qt.Key.Key_Return)
    qtbot.keyClicks(entry.situations, "a boat sinks")
    qtbot.keyClicks(entry.text, "You shout.")
    place.flush()

    def kept() -> dict[str, object]:
        row = get_character(workspace.project, mara.id)
        assert row is not None
        return row.layers

    assert kept() == {"variants": [FIERCE]}
    while kept():
        workspace.project.undo()
    qtbot.waitUntil(lambda: field.value() == [])


def test_a_side_is_found_by_its_words(workspace: Workspace) -> None:
    create_character(workspace.project, CharacterBase(name="Mara", layers={"variants": [FIERCE]}))
    assert search(workspace.project, parse_query("threatened"))
