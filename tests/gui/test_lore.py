"""The place of lorebooks, driven as a person drives it: a real project, real widgets, mouse and keyboard."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.library import lore
from core.library.characters import create_character
from core.library.scenarios import create_scenario
from gui.lore.entry_model import KEYS, ON, ORDER, TITLE
from gui.lore.example import EXAMPLE_BOOK
from gui.lore.place import LorePlace
from gui.lore.tester import message_starts
from gui.workspace import Workspace
from models.character import CharacterBase
from models.lore import LorebookDraft, LoreEntryBase
from models.scenario import ScenarioBase

CHAT = "Ann: The lamp went out.\nBob: Ask the keeper.\n"


@pytest.fixture(autouse=True)
def close_windows(workspace: Workspace) -> Iterator[None]:
    """Closes the windows before the project is closed, as the app does."""
    yield
    for window in QApplication.topLevelWidgets():
        window.close()


def open_place(qtbot: QtBot, workspace: Workspace) -> LorePlace:
    place = LorePlace(workspace)
    qtbot.addWidget(place)
    place.resize(1280, 800)
    with qtbot.waitExposed(place):
        place.show()
    return place


def with_example(qtbot: QtBot, workspace: Workspace) -> LorePlace:
    lore.create_book(workspace.project, EXAMPLE_BOOK)
    return open_place(qtbot, workspace)


def titles(place: LorePlace) -> list[str]:
    model = place.table.model
    return [model.index(row, TITLE).data() for row in range(model.rowCount())]


def settle(qtbot: QtBot, place: LorePlace) -> None:
    place.flush()
    qtbot.wait(1)


def select(place: LorePlace, *rows: int) -> None:
    flags = QItemSelectionModel.SelectionFlag
    place.table.view.clearSelection()
    for row in rows:
        place.table.view.selectionModel().select(place.table.model.index(row, 0), flags.Select | flags.Rows)


def test_from_an_empty_place_to_an_entry_in_the_file(qtbot: QtBot, workspace: Workspace) -> None:
    place = open_place(qtbot, workspace)
    assert place.empty.isVisible()
    place.actions_of._new.trigger()
    qtbot.waitUntil(lambda: not place.empty.isVisible())
    qtbot.mouseClick(place.table.add, Qt.MouseButton.LeftButton)
    keys = place.form.fields["keys"].editor
    qtbot.waitUntil(keys.hasFocus)
    qtbot.keyClicks(keys, "lamp")
    qtbot.keyClick(keys, Qt.Key.Key_Return)
    qtbot.keyClicks(keys, "/light/i")
    qtbot.keyClick(keys, Qt.Key.Key_Tab)
    qtbot.waitUntil(place.form.fields["content"].editor.hasFocus)
    qtbot.keyClicks(place.form.fields["content"].editor, "It is out.")
    settle(qtbot, place)
    (book,) = lore.list_books(workspace.project)
    (entry,) = lore.list_entries(workspace.project, book.id)
    assert (entry.keys, entry.content) == (["lamp", "/light/i"], "It is out.")
    qtbot.waitUntil(lambda: place.table.model.index(0, KEYS).data() == "lamp, /light/i")
    workspace.project.undo()
    qtbot.waitUntil(lambda: place.form.fields["content"].value() == "")
    workspace.project.undo()
    qtbot.waitUntil(lambda: place.form.fields["keys"].value() == [])


def test_what_is_typed_is_kept_within_a_second(qtbot: QtBot, workspace: Workspace) -> None:
    place = with_example(qtbot, workspace)
    select(place, 1)
    qtbot.keyClick(place.form.fields["name"].editor, Qt.Key.Key_End)
    qtbot.keyClicks(place.form.fields["name"].editor, "!")
    book = lore.list_books(workspace.project)[0]
    qtbot.waitUntil(lambda: lore.list_entries(workspace.project, book.id)[1].name == "The lighthouse!", timeout=20_000)
    assert place.form.fields["name"].value() == "The lighthouse!"
    qtbot.waitUntil(lambda: titles(place)[1] == "The lighthouse!")


def test_every_field_of_an_entry_is_kept(qtbot: QtBot, workspace: Workspace) -> None:
    place = with_example(qtbot, workspace)
    select(place, 2)
    assert place.form.entry_id
    changed = {
        "secondary_keys": ["a", "b, c"],
        "logic": "not_all",
        "probability": 40,
        "scan_depth": 7,
        "case_sensitive": True,
        "position": "outlet",
        "outlet": "harbour",
        "sticky": 3,
        "group": "g",
        "filter_names": ["Mara", "Tom"],
        "match_scenario": True,
        "priority": -3,
        "recursion_level": 2,
    }
    for name, value in changed.items():
        field = place.form.fields[name]
        field.set_value(value)
        field.edited.emit()
        field.left.emit()
    entry = next(one for one in lore.list_entries(workspace.project, place.lorebook_id) if one.place == 2)
    assert {name: getattr(entry, name) for name in changed} == changed
    for fold, _names in place.form.folds:
        fold.button.click()
    assert place.form.fields["outlet"].isVisible() or not place.form.folds[1][0].is_open


def test_search_folders_and_order(qtbot: QtBot, workspace: Workspace) -> None:
    place = with_example(qtbot, workspace)
    qtbot.keyClicks(place.table.search, "log january")
    qtbot.waitUntil(lambda: titles(place) == ["The log"])
    assert place.table.count.text() == "1 of 6 entries"
    place.table.search.clear()
    qtbot.waitUntil(lambda: len(titles(place)) == 6)
    place.table.folder.setCurrentIndex(place.table.folder.findData("People"))
    place.table.folder.activated.emit(place.table.folder.currentIndex())
    assert titles(place) == ["Mara, the keeper"]
    place.table.folder.setCurrentIndex(0)
    place.table.folder.activated.emit(0)
    place.table.view.sortByColumn(ORDER, Qt.SortOrder.DescendingOrder)
    assert titles(place)[-1] == "The village"


def test_many_entries_are_changed_in_one_step(qtbot: QtBot, workspace: Workspace) -> None:
    place = with_example(qtbot, workspace)
    select(place, 0, 2, 4)
    assert place.table.bulk.isVisible()
    qtbot.mouseClick(place.table.bulk.off, Qt.MouseButton.LeftButton)
    states = [entry.enabled for entry in lore.list_entries(workspace.project, place.lorebook_id)]
    assert states == [False, True, False, True, False, True]
    assert place.table.selected_ids()
    place.table.bulk.probability.setValue(30)
    place.table.bulk.probability.editingFinished.emit()
    place.table.bulk.folder.setCurrentIndex(place.table.bulk.folder.findData("Rumours"))
    place.table.bulk.folder.activated.emit(0)
    entries = lore.list_entries(workspace.project, place.lorebook_id)
    assert [entry.probability for entry in entries] == [30, 100, 30, 100, 30, 100]
    assert [entry.folder for entry in entries][:3] == ["Rumours", "Places", "Rumours"]
    for _step in range(3):
        workspace.project.undo()
    entries = lore.list_entries(workspace.project, place.lorebook_id)
    assert all(entry.enabled and entry.probability == 100 for entry in entries)
    qtbot.waitUntil(
        lambda: place.table.model.index(0, ON).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    )


def test_deleting_and_undoing(qtbot: QtBot, workspace: Workspace) -> None:
    place = with_example(qtbot, workspace)
    place.table.view.setFocus()
    select(place, 1, 2)
    qtbot.keyClick(place.table.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(titles(place)) == 4)
    workspace.project.undo()
    qtbot.waitUntil(lambda: titles(place)[1] == "The lighthouse")
    place.delete_book()
    qtbot.waitUntil(place.empty.isVisible)
    workspace.project.undo()
    qtbot.waitUntil(lambda: not place.empty.isVisible())


def test_ticking_moving_and_copying(qtbot: QtBot, workspace: Workspace) -> None:
    place = with_example(qtbot, workspace)
    model = place.table.model
    assert model.setData(model.index(0, ON), Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    assert not lore.list_entries(workspace.project, place.lorebook_id)[0].enabled
    select(place, 0)
    place.move_entries(1)
    qtbot.waitUntil(lambda: titles(place)[:2] == ["The lighthouse", "The village"])
    select(place, 0)
    place.duplicate_entries()
    qtbot.waitUntil(lambda: titles(place)[:2] == ["The lighthouse", "The lighthouse"])


def test_a_chat_is_tried_while_it_is_typed(qtbot: QtBot, workspace: Workspace) -> None:
    place = with_example(qtbot, workspace)
    place.try_out()
    with qtbot.waitSignal(place.tester.answered):
        place.tester.chat.setPlainText(CHAT)
    fired = {row.row.title for row in place.tester.fired.rows}
    assert {"The village", "The lighthouse", "Mara, the keeper"} <= fired
    assert "keeper" in next(row.words for row in place.tester.fired.rows if row.row.title.startswith("Mara"))
    assert "Skerry is a fishing village" in place.tester.inserted.text()
    marked = {one.cursor.selectedText() for one in place.tester.chat.extraSelections()}
    assert {"lamp", "keeper"} <= marked
    with qtbot.waitSignal(place.tester.answered):
        place.tester.chat.setPlainText(CHAT + "Ann: There is a log.\nBob: Hm.")
    dropped = {row.row.title: row.words for row in place.tester.dropped.rows}
    assert "secondary" in dropped["The log"]
    qtbot.mouseClick(place.tester.dropped.rows[0], Qt.MouseButton.LeftButton)
    assert place.tabs.currentIndex() == 0
    assert place.form.entry_id == place.tester.dropped.rows[0].row.entry_id


def test_places_of_messages_count_as_qt_does() -> None:
    assert message_starts("Ann: a\n more\n\n Bob: 😀\nCy: x") == [0, 15, 23]


def test_a_book_changes_its_name_and_owner(qtbot: QtBot, workspace: Workspace) -> None:
    mara = create_character(workspace.project, CharacterBase(name="Mara"))
    place = with_example(qtbot, workspace)
    place.tabs.setCurrentIndex(2)
    name = place.book_form.fields["name"]
    qtbot.keyClick(name.editor, Qt.Key.Key_End)
    qtbot.keyClicks(name.editor, " II")
    settle(qtbot, place)
    owner = next(at for at in range(place.book_form.owner.count()) if place.book_form.owner.itemText(at) == "Mara")
    place.book_form.owner.setCurrentIndex(owner)
    place.book_form.owner.activated.emit(owner)
    place.book_form.fields["scan_depth"].set_value(9)
    place.book_form.fields["scan_depth"].edited.emit()
    place.book_form.project_fields["budget_percent"].set_value(40)
    place.book_form.project_fields["budget_percent"].edited.emit()
    settle(qtbot, place)
    (book,) = lore.list_books(workspace.project)
    assert (book.name, book.character_id, book.settings) == ("Skerry light II", mara.id, {"scan_depth": 9})
    assert lore.get_lore_settings(workspace.project).budget_percent == 40
    workspace.project.undo()
    workspace.project.undo()
    qtbot.waitUntil(lambda: place.book_form.fields["scan_depth"].value() is None)


def test_files_come_in_and_go_out(qtbot: QtBot, workspace: Workspace, tmp_path: Path) -> None:
    world = {"entries": {"3": {"uid": 3, "key": ["lamp"], "content": "Out.", "x_kept": 1}}}
    (tmp_path / "w.json").write_text(json.dumps(world))
    (tmp_path / "bad.json").write_text("{")
    place = open_place(qtbot, workspace)
    with qtbot.waitSignal(workspace.faulted):
        place.import_files([tmp_path / "bad.json"])
    with qtbot.waitSignal(place.note_raised):
        place.import_files([tmp_path / "w.json"])
    qtbot.waitUntil(lambda: titles(place) == ["lamp"])
    place.export_book(place.lorebook_id, tmp_path / "out.json")
    written = json.loads((tmp_path / "out.json").read_text())["entries"]["3"]
    assert (written["key"], written["x_kept"]) == (["lamp"], 1)


def test_other_places_lead_here(qtbot: QtBot, workspace: Workspace) -> None:
    scenario = create_scenario(workspace.project, ScenarioBase(name="The Inquest"))
    book = lore.create_book(workspace.project, EXAMPLE_BOOK)
    entry = lore.list_entries(workspace.project, book.id)[3]
    place = open_place(qtbot, workspace)
    place.open_entity("scenario_lore", scenario.id)
    assert lore.get_book(workspace.project, place.lorebook_id).scenario_id == scenario.id
    place.open_entity("lorebook", book.id)
    place.show_part(f"entry:{entry.id}")
    assert place.form.entry_id == entry.id
    with qtbot.waitSignal(place.open_requested) as asked:
        place.open_entity("scenario_lore", scenario.id)
        place.open_owner()
    assert asked.args == ["scenario", scenario.id]


def test_a_large_book_opens_and_is_changed_off_the_window(qtbot: QtBot, workspace: Workspace) -> None:
    rows = [LoreEntryBase(keys=[f"key{place}"], content="x", place=place) for place in range(700)]
    lore.create_book(workspace.project, LorebookDraft(name="Big", entries=rows))
    place = open_place(qtbot, workspace)
    qtbot.waitUntil(lambda: len(titles(place)) == 700, timeout=10_000)
    place.table.view.selectAll()
    assert len(place.table.selected_ids()) == 700
    qtbot.mouseClick(place.table.bulk.off, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: place.table.model.index(699, ON).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked,
        timeout=10_000,
    )


def test_menus_open_and_pictures_are_drawn(qtbot: QtBot, workspace: Workspace) -> None:
    place = with_example(qtbot, workspace)
    place._on_book_menu(place.lorebook_id, place.mapToGlobal(QPoint(5, 5)))
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.close()
    assert not place.grab().isNull()
