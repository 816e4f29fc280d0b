"""The library, driven by mouse and keyboard in the whole window."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QInputDialog,
    QMessageBox,
    QPushButton,
    QTreeWidgetItem,
)
from pytestqt.qtbot import QtBot
from sqlalchemy import insert

from core.interchange.cards import read_card
from core.interchange.packs import describe_pack, read_pack
from core.library.characters import create_character, list_characters
from core.library.playtests import list_playtests
from core.library.scenarios import list_scenarios
from core.library.tags import rename_tag
from core.playtest.branch import Branch
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from gui.importing import can_import
from gui.library.card_delegate import card_height
from gui.library.entries import read_entries
from gui.library.folder_tree import EVERYTHING, TRASH
from gui.library.model import HIT_ROLE, dragged_references
from gui.library.place import LibraryPlace
from gui.main_window import MainWindow
from gui.scenarios.pack_dialog import PackDialog
from gui.widgets.ask import file_name
from gui.widgets.playtest_export import export_playtest
from models.character import Character, CharacterBase
from models.fragment import Fragment
from models.lore import Lorebook, LoreEntry
from models.playtest import Origin, SpeakerKind, TurnBase
from tests.gui.conftest import fill

MakeWindow = Callable[..., MainWindow]
WORDS = ["a", "keeper", "who", "covered", "for", "the", "sea", "so", "long", "that", "nobody", "asks", "any", "more"]


@pytest.fixture
def window(make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    path = tmp_path / "play.tableread"
    project = Project(path)
    fill(project, tmp_path)
    (scenario,) = list_scenarios(project)
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=1))
    draft = TurnBase(
        speaker_id="narrator",
        speaker="Narrator",
        kind=SpeakerKind.NARRATOR,
        text="Twelve bells and 100% fog.",
        origin=Origin.HUMAN,
    )
    Branch(project, playtest.id).commit(draft, None, "Narrate")
    project.close()
    return make_window(path)


@pytest.fixture
def place(qtbot: QtBot, window: MainWindow) -> LibraryPlace:
    place = window.show_place("library")
    assert isinstance(place, LibraryPlace)
    qtbot.waitUntil(lambda: place.model.rowCount() == 4)
    return place


def names(place: LibraryPlace) -> list[str]:
    return [place.model.entry(row).name for row in range(place.model.rowCount())]


def select(place: LibraryPlace, *wanted: str) -> None:
    view = place.shelf._view
    view.clearSelection()
    for name in wanted:
        index = place.model.index(names(place).index(name), 0)
        view.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)
        view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)


def test_everything_is_listed_as_cards_and_as_a_table(
    qtbot: QtBot, window: MainWindow, place: LibraryPlace, tmp_path: Path
) -> None:
    assert names(place)[:3] == ["Mara Voss", "Theo Dane", "The Inquest"]
    assert place.header.chips["character"].text() == "Characters 2"
    window.grab().save(str(tmp_path / "library.png"))
    place.header._table.click()
    assert place.shelf.currentWidget() is place.shelf._pages[place.shelf._table]
    place.shelf._table.horizontalHeader().sectionClicked.emit(0)
    place.model.sort(0, Qt.SortOrder.DescendingOrder)
    assert names(place)[0].startswith("Theo")
    window.grab().save(str(tmp_path / "table.png"))
    assert window.workspace.settings.window["library.view"] == "table"
    qtbot.mouseClick(place.header.chips["scenario"], Qt.MouseButton.LeftButton)
    assert names(place) == ["The Inquest"]


def search(qtbot: QtBot, place: LibraryPlace, query: str, *wanted: str) -> None:
    place.header.search.setText(query)
    qtbot.waitUntil(lambda: sorted(names(place)) == sorted(wanted))


def test_search_finds_names_texts_and_what_was_said(qtbot: QtBot, place: LibraryPlace) -> None:
    field = place.header.search
    qtbot.keyClick(place, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, "short sent")
    qtbot.waitUntil(lambda: names(place) == ["Mara Voss"])
    assert place.header.chips["character"].text() == "Characters 1"
    search(qtbot, place, "boathouse", "The Inquest")
    search(qtbot, place, "inquest", "The Inquest", "The Inquest 1")
    search(qtbot, place, '"100% fog"', "The Inquest 1")
    search(qtbot, place, "nobody says this")
    assert place.shelf.currentWidget() is place.shelf._nothing
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""
    qtbot.waitUntil(lambda: len(names(place)) == 4)


def test_a_hit_is_shown_with_its_words_and_opens_where_it_is(
    qtbot: QtBot, window: MainWindow, place: LibraryPlace, tmp_path: Path
) -> None:
    search(qtbot, place, "twelve bells", "The Inquest 1")
    qtbot.waitUntil(lambda: place.hits.model.rowCount() == 1)
    qtbot.waitUntil(lambda: place.model.data(place.model.index(0, 0), HIT_ROLE) is not None)
    hit = place.model.data(place.model.index(0, 0), HIT_ROLE)
    assert [hit.snippet[begin:end] for begin, end in hit.marks] == ["Twelve", "bells"]
    assert place.hits.isVisible()
    window.grab().save(str(tmp_path / "hits.png"))
    place.hits.view.setFocus()
    qtbot.keyClick(place.hits.view, Qt.Key.Key_Return)
    assert window.place_key == "stage"
    stage = window.show_place("stage")
    qtbot.waitUntil(lambda: stage.transcript.model.row_of(int(hit.source_id)) is not None)
    row = stage.transcript.model.row_of(int(hit.source_id))
    qtbot.waitUntil(lambda: stage.transcript.view.currentIndex().row() == row)


def test_a_field_that_was_found_is_named_when_it_is_opened(qtbot: QtBot, place: LibraryPlace) -> None:
    search(qtbot, place, "short sent", "Mara Voss")
    qtbot.waitUntil(lambda: place.hits.model.rowCount() == 1)
    mara = place.model.entry(0)
    with qtbot.waitSignal(place.open_requested) as opened:
        place.hits._on_activated(place.hits.model.index(0))
    assert opened.args == ["character", f"{mara.id}#voice"]


def test_double_click_and_enter_open_it_in_its_place(qtbot: QtBot, window: MainWindow, place: LibraryPlace) -> None:
    view = place.shelf._cards
    rect = view.visualRect(place.model.index(0, 0))
    assert rect.height() >= card_height()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert window.place_key == "characters"
    window.show_place("library")
    select(place, "The Inquest")
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert window.place_key == "scenarios"
    window.show_place("library")
    search(qtbot, place, "Theo D", "Theo Dane")
    qtbot.keyClick(place.header.search, Qt.Key.Key_Return)
    assert window.place_key == "characters"


def test_playing_a_scenario_goes_to_the_stage(window: MainWindow, place: LibraryPlace) -> None:
    select(place, "The Inquest")
    place.acts.play.trigger()
    assert window.place_key == "stage"


def test_rename_with_f2_duplicate_and_delete_with_undo(qtbot: QtBot, window: MainWindow, place: LibraryPlace) -> None:
    project = window.workspace.project
    view = place.shelf._cards
    select(place, "Theo Dane")
    qtbot.keyClick(view, Qt.Key.Key_F2)
    dialog = place.findChild(QInputDialog)
    dialog.setTextValue("Theo Quist")
    dialog.accept()
    qtbot.waitUntil(lambda: "Theo Quist" in names(place))
    window.activateWindow()
    place.setFocus()
    qtbot.waitUntil(view.hasFocus)
    qtbot.keyClick(view, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "Theo Quist copy" in names(place))
    qtbot.waitUntil(lambda: [entry.name for entry in place.shelf.selected()] == ["Theo Quist copy"])
    select(place, "Theo Quist", "Theo Quist copy")
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(names(place)) == 3)
    (notice,) = window.notices.notices
    assert notice.message == "2 were deleted."
    qtbot.mouseClick(notice.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert {one.name for one in list_characters(project)} == {"Mara Voss", "Theo Quist", "Theo Quist copy"}
    qtbot.waitUntil(lambda: len(names(place)) == 5)


def test_undo_of_a_notice_takes_back_only_what_it_says(qtbot: QtBot, window: MainWindow, place: LibraryPlace) -> None:
    project = window.workspace.project
    select(place, "Theo Dane")
    place.acts.delete.trigger()
    create_character(project, CharacterBase(name="Ada"))
    qtbot.mouseClick(window.notices.notices[0].findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert {one.name for one in list_characters(project)} == {"Mara Voss", "Ada"}


def test_a_deleted_playtest_is_gone_and_comes_back(qtbot: QtBot, window: MainWindow, place: LibraryPlace) -> None:
    playtest = list_playtests(window.workspace.project)[0]
    select(place, playtest.name)
    place.acts.delete.trigger()
    qtbot.waitUntil(lambda: len(names(place)) == 3)
    window.undo()
    qtbot.waitUntil(lambda: len(names(place)) == 4)


def test_exports_can_be_read_back(qtbot: QtBot, window: MainWindow, place: LibraryPlace, tmp_path: Path) -> None:
    entries = {entry.kind: entry for entry in (place.model.entry(row) for row in range(4))}
    mara = next(place.model.entry(row) for row in range(4) if place.model.entry(row).name == "Mara Voss")
    place.commands.export(mara, tmp_path / "mara.png")
    qtbot.waitUntil(lambda: (tmp_path / "mara.png").exists() and len(window.notices.notices) == 1)
    card = read_card(tmp_path / "mara.png")
    assert card.character.name == "Mara Voss"
    assert card.portrait is not None
    for suffix in (".md", ".txt", ".html"):
        path = tmp_path / f"play{suffix}"
        export_playtest(place.workspace, entries["playtest"].id, path, lambda _path: None)
        qtbot.waitUntil(path.exists, timeout=10_000)
        assert "Twelve bells" in path.read_text(encoding="utf-8")
    place.commands.ask_export([entries["scenario"]])
    dialog = place.findChild(PackDialog)
    assert dialog.playtests.count() == 1
    dialog.reject()


def test_packs_from_the_library_hold_terms_and_playtests(qtbot: QtBot, place: LibraryPlace, tmp_path: Path) -> None:
    from core.interchange.packs import PackTerms
    from gui.scenarios.pack_dialog import PackExport

    scenario = next(place.model.entry(row) for row in range(4) if place.model.entry(row).kind == "scenario")
    playtest = list_playtests(place.workspace.project)[0]
    terms = PackTerms(licence="CC BY 4.0", authors=("Ada",), playtest_ids=(playtest.id,))
    path = tmp_path / "inquest.trpack"
    PackExport(place, place.workspace, scenario.id, scenario.name).write(path, terms)
    qtbot.waitUntil(path.exists, timeout=10_000)
    pack = read_pack(path)
    assert len(pack.playtests) == 1
    assert "CC BY 4.0" in str(describe_pack(pack))


def test_an_empty_project_teaches_and_begins(qtbot: QtBot, make_window: MakeWindow, tmp_path: Path) -> None:
    window = make_window(tmp_path / "empty.tableread")
    place = window.show_place("library")
    qtbot.waitUntil(lambda: place.shelf.currentWidget() is place.shelf._empty)
    window.grab().save(str(tmp_path / "empty.png"))
    qtbot.mouseClick(place.shelf._empty.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
    assert window.place_key == "characters"
    assert len(list_characters(window.workspace.project)) == 1


def make_many(path: Path) -> None:
    project = Project(path)
    texts = [" ".join(WORDS[turn:] + WORDS[:turn]) * 4 for turn in range(len(WORDS))]
    row = Character(name="Character").model_dump()
    rows = [
        row | {"id": f"{number:016x}", "name": f"Character {number}", "description": texts[number % len(texts)]}
        for number in range(3_000)
    ]
    with project.append() as session:
        session.execute(insert(Character), rows)
    project.close()


def test_thousands_are_searched_and_only_what_is_seen_is_read(
    qtbot: QtBot, make_window: MakeWindow, tmp_path: Path
) -> None:
    path = tmp_path / "many.tableread"
    make_many(path)
    place = make_window(path).show_place("library")
    qtbot.waitUntil(lambda: place.model.rowCount() == 3_000, timeout=60_000)
    search(qtbot, place, "keeper 77", "Character 77", *(f"Character {number}" for number in range(770, 780)))
    place.header.search.setText("nobody")
    qtbot.waitUntil(lambda: place.model.rowCount() == 3_000)
    qtbot.waitUntil(lambda: any(place.snippets._hits.values()))
    assert len(place.snippets._hits) < 100


def folder_item(place: LibraryPlace, path: str) -> QTreeWidgetItem:
    tree = place.sidebar.folders
    items = tree.findItems("*", Qt.MatchFlag.MatchWildcard | Qt.MatchFlag.MatchRecursive)
    return next(item for item in items if item.data(0, Qt.ItemDataRole.UserRole) == path)


def drop_on(place: LibraryPlace, view: QAbstractItemView, spot: QPoint, *dragged: str) -> None:
    indexes = [place.model.index(names(place).index(name), 0) for name in dragged]
    data = place.model.mimeData(indexes)
    assert len(dragged_references(data)) == len(dragged)
    everything = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    for event in (QDragEnterEvent(spot, *everything), QDragMoveEvent(spot, *everything)):
        QApplication.sendEvent(view.viewport(), event)
        assert event.isAccepted()
    QApplication.sendEvent(view.viewport(), QDropEvent(QPointF(spot), *everything))


def test_things_are_dragged_into_folders_and_a_folder_lists_them(
    qtbot: QtBot, window: MainWindow, place: LibraryPlace
) -> None:
    place.acts.new_folder.trigger()
    dialog = place.findChild(QInputDialog)
    dialog.setTextValue("Act one/Cast")
    dialog.accept()
    tree = place.sidebar.folders
    qtbot.waitUntil(lambda: tree.topLevelItemCount() == 3)
    tree.expandAll()
    spot = tree.visualItemRect(folder_item(place, "Act one/Cast")).center()
    drop_on(place, tree, spot, "Mara Voss", "Theo Dane")
    qtbot.waitUntil(lambda: [entry.folder for entry in place.model.entries].count("Act one/Cast") == 2)
    tree.choose("Act one")
    assert names(place) == ["Mara Voss", "Theo Dane"]
    tree.setFocus()
    qtbot.keyClick(tree, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: place.sidebar.folders.path == EVERYTHING)
    assert {entry.folder for entry in place.model.entries} == {"", "Cast"}
    window.undo()
    window.undo()
    qtbot.waitUntil(lambda: {entry.folder for entry in place.model.entries} == {""})


def test_many_are_tagged_at_once_and_tags_are_merged(qtbot: QtBot, window: MainWindow, place: LibraryPlace) -> None:
    select(place, "Mara Voss", "The Inquest")
    qtbot.keyClick(place.shelf._cards, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    dialog = place.findChild(QInputDialog)
    dialog.setTextValue("sea")
    dialog.accept()
    qtbot.waitUntil(lambda: place.sidebar.tags.count() == 1)
    place.commands.toggle_tag([place.model.entry(names(place).index("Theo Dane")).reference], "island", True)
    qtbot.waitUntil(lambda: place.sidebar.tags.count() == 2)
    tags = place.sidebar.tags
    qtbot.mouseClick(tags.viewport(), Qt.MouseButton.LeftButton, pos=tags.visualItemRect(tags.item(1)).center())
    assert names(place) == ["Mara Voss", "The Inquest"]
    tags.clearSelection()
    place.commands._do(lambda project: rename_tag(project, "sea", "Island"))
    qtbot.waitUntil(lambda: place.sidebar.tags.count() == 1)
    spot = tags.visualItemRect(tags.item(0)).center()
    drop_on(place, tags, spot, "The Inquest 1")
    qtbot.waitUntil(lambda: sum(bool(entry.tags) for entry in place.model.entries) == 4)
    select(place, "Mara Voss", "Theo Dane")
    place.bar.tag_menu.aboutToShow.emit()
    (toggle,) = [action for action in place.bar.tag_menu.actions() if action.isCheckable()]
    assert toggle.isChecked()
    toggle.trigger()
    qtbot.waitUntil(lambda: sum(bool(entry.tags) for entry in place.model.entries) == 2)
    window.undo()
    qtbot.waitUntil(lambda: sum(bool(entry.tags) for entry in place.model.entries) == 4)


def test_the_trash_restores_what_was_deleted_and_is_emptied_for_good(
    qtbot: QtBot, window: MainWindow, place: LibraryPlace, tmp_path: Path
) -> None:
    select(place, "Mara Voss", "The Inquest 1")
    qtbot.keyClick(place.shelf._cards, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(names(place)) == 2)
    place.acts.show_trash.trigger()
    assert place.sidebar.folders.path == TRASH
    assert sorted(names(place)) == ["Mara Voss", "The Inquest 1"]
    window.grab().save(str(tmp_path / "trash.png"))
    select(place, "Mara Voss")
    assert not place.acts.rename.isEnabled()
    place.acts.restore.trigger()
    qtbot.waitUntil(lambda: names(place) == ["The Inquest 1"])
    assert "Mara Voss" in {one.name for one in list_characters(window.workspace.project)}
    place.acts.empty_trash.trigger()
    dialog = place.findChild(QMessageBox)
    assert "Undo ends here" in dialog.informativeText()
    (empty,) = [button for button in dialog.buttons() if button.text() == "Empty the trash"]
    qtbot.mouseClick(empty, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: names(place) == [])
    assert window.workspace.project.undo_label() is None
    place.acts.show_everything.trigger()
    assert len(names(place)) == 3


def test_many_are_exported_to_a_folder(qtbot: QtBot, place: LibraryPlace, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "Mara Voss.png").touch()
    place.commands.export_all([place.model.entry(row) for row in range(4)], folder)
    wanted = {"Mara Voss 2.png", "Theo Dane.png", "The Inquest.trpack", "The Inquest 1.html"}
    qtbot.waitUntil(lambda: {path.name for path in folder.iterdir()} == {*wanted, "Mara Voss.png"}, timeout=20_000)
    assert read_card(folder / "Mara Voss 2.png").character.name == "Mara Voss"


def test_books_and_fragments_are_listed_and_found(qtbot: QtBot, window: MainWindow, place: LibraryPlace) -> None:
    project = window.workspace.project
    with project.act("more") as session:
        session.add(Fragment(name="Islander", summary="Speaks of the sea as of a neighbour."))
        book = Lorebook(name="The Skerry light")
        session.add(book)
        session.flush()
        session.add(LoreEntry(book_id=book.id, keys=["wreck"], content="The wreck of 1841."))
    qtbot.waitUntil(lambda: len(names(place)) == 6)
    place.header.chips["lorebook"].click()
    assert [place.model.entry(row).detail for row in range(place.model.rowCount())] == ["1 entry"]
    place.header.chips[""].click()
    search(qtbot, place, "neighbour", "Islander")
    search(qtbot, place, "1841", "The Skerry light")


def test_files_of_every_kind_are_brought_in(
    qtbot: QtBot, window: MainWindow, place: LibraryPlace, tmp_path: Path
) -> None:
    (tmp_path / "sea.json").write_text('{"entries": {"0": {"uid": 0, "key": ["wreck"], "content": "In 1841."}}}')
    (tmp_path / "ada.json").write_text('{"name": "Ada", "description": "A clerk.", "first_mes": "Yes?"}')
    for path in (tmp_path / "sea.json", tmp_path / "ada.json"):
        assert can_import(path)
    window.importer.import_files([tmp_path / "sea.json", tmp_path / "ada.json"])
    qtbot.waitUntil(lambda: len(window.notices.notices) == 2, timeout=20_000)
    window.show_place("library")
    qtbot.waitUntil(lambda: {"sea", "Ada"} <= set(names(place)))
    search(qtbot, place, "wreck", "sea")


def test_the_order_is_chosen_and_shown(place: LibraryPlace) -> None:
    place.header.sort_chosen.emit(0, False)
    assert names(place)[0] == "Mara Voss"
    assert names(place)[-1] == "Theo Dane"
    assert [action.data() for action in place.header._orders.actions() if action.isChecked()] == [(0, False)]
    place.header.sort_chosen.emit(-1, False)
    assert names(place)[1] == "Theo Dane"


def test_entries_read_only_what_a_card_shows(tmp_path: Path) -> None:
    project = Project(tmp_path / "p.tableread")
    fill(project, tmp_path)
    entries = read_entries(project)
    project.close()
    assert [entry.kind for entry in entries] == ["character", "character", "scenario"]
    assert len(entries[2].faces) == 2


def test_file_names_are_those_of_every_system() -> None:
    assert file_name('a/b\\c:d*e?f"g<h>i|j') == "a-b-c-d-e-f-g-h-i-j"
    assert file_name(" .. ") == "untitled"
