"""Notices lie over the place and say what was undone; what is asked of the window when it opens and is only read."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core.library.characters import create_character, list_characters, update_character
from core.library.fragments import create_fragment
from core.library.lore import add_entries, create_book
from gui.history.words import action_title
from gui.main_window import MainWindow
from gui.stage.place import StagePlace
from models.character import CharacterBase
from models.fragment import FragmentBase
from models.lore import LorebookDraft, LoreEntryBase

MakeWindow = Callable[..., MainWindow]


@pytest.fixture
def window(make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    return make_window(tmp_path / "p.tableread")


def test_a_notice_moves_nothing_and_two_stand_at_most(window: MainWindow, qtbot: QtBot) -> None:
    place = window.show_place("characters")
    qtbot.wait(20)
    before = place.mapTo(window, place.rect().topLeft()), place.size()
    window.notices.show_fault("A file is broken.", "Choose another.")
    for name in ("one", "two", "three"):
        window.notices.show_note(f"Imported {name}.")
    qtbot.waitUntil(lambda: window.notices.height() > 60)
    assert [one.message for one in window.notices.notices] == ["A file is broken.", "Imported three."]
    assert (place.mapTo(window, place.rect().topLeft()), place.size()) == before
    area = window.notices.parentWidget().rect()
    assert area.contains(window.notices.geometry())
    window.resize(1000, 640)
    qtbot.waitUntil(lambda: window.notices.parentWidget().rect().contains(window.notices.geometry()))
    window.notices.dismiss_last()
    window.notices.dismiss_last()
    assert window.notices.notices == []
    assert window.notices.isHidden()


def test_on_the_stage_a_notice_covers_no_control(window: MainWindow, qtbot: QtBot) -> None:
    stage = window.show_place("stage")
    assert isinstance(stage, StagePlace)
    stage.middle.show_transcript()
    qtbot.waitUntil(stage.controls.isVisible)

    def on_screen(widget: QWidget) -> QRect:
        return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())

    controls = on_screen(stage.controls)
    for name in ("one", "two"):
        window.notices.show_note(f"Imported {name}.")
    qtbot.waitUntil(lambda: stage.notice_room.height() > 60)
    qtbot.waitUntil(lambda: on_screen(stage.notice_room).contains(on_screen(window.notices)))
    assert on_screen(stage.controls) == controls
    assert not on_screen(window.notices).intersects(on_screen(stage.middle.pages))
    window.resize(1000, 640)
    qtbot.waitUntil(lambda: on_screen(stage.notice_room).contains(on_screen(window.notices)))
    assert not on_screen(window.notices).intersects(on_screen(stage.controls))

    window.show_place("characters")
    qtbot.waitUntil(lambda: stage.notice_room.height() == 0)
    assert window.notices.isVisible()
    window.show_place("stage")
    window.notices.dismiss_last()
    window.notices.dismiss_last()
    assert stage.notice_room.height() == 0


def test_undo_says_what_it_took_back_and_goes_there(window: MainWindow, qtbot: QtBot) -> None:
    project = window.workspace.project
    mara = create_character(project, CharacterBase(name="Mara Voss"))
    book = create_book(project, LorebookDraft(name="Skarholm"))
    add_entries(project, book.id, [LoreEntryBase(keys=["lamp"])])
    window.show_place("characters").open_entity("character", mara.id)
    window.undo()
    (note,) = window.notices.notices
    assert note.message.startswith("Undone: ")
    assert note.hint == "Lorebook: Skarholm"
    window.redo()
    (note,) = window.notices.notices
    assert note.message.startswith("Done again: ")
    next(button for button in note.findChildren(QPushButton) if button.text() == "Show").click()
    assert window.place_key == "lore"
    assert window.current_entity() == ("lorebook", book.id)
    window.undo()
    (note,) = window.notices.notices
    assert note.hint == ""
    update_character(project, mara.id, name="Mara Quist")
    window.show_place("characters").open_entity("character", mara.id)
    window.undo()
    assert window.notices.notices[-1].hint == ""
    assert [one.name for one in list_characters(project)] == ["Mara Voss"]


def test_the_undo_of_a_new_thing_has_nothing_to_show(window: MainWindow) -> None:
    create_character(window.workspace.project, CharacterBase(name="Ada"))
    window.undo()
    (note,) = window.notices.notices
    assert note.message == "Undone: New Ada"
    assert note.hint == ""


def test_the_history_of_an_open_fragment_is_the_fragments(window: MainWindow) -> None:
    project = window.workspace.project
    mara = create_character(project, CharacterBase(name="Mara Voss"))
    fragment = create_fragment(project, FragmentBase(name="Islander"))
    window.open_entity("character", mara.id)
    assert window.current_entity() == ("character", mara.id)
    window.open_entity("fragment", fragment.id)
    assert window.current_entity() == ("fragment", fragment.id)


def test_a_name_is_not_said_twice() -> None:
    assert action_title("New fragment New fragment") == "New fragment"
    assert action_title("New fragment Islander") == "New fragment Islander"
    assert action_title("Delete Mara Voss") == "Delete Mara Voss"
    assert action_title("Ha Ha") == "Ha Ha"


def test_kinds_of_the_library_are_never_narrower_than_their_words(window: MainWindow, qtbot: QtBot) -> None:
    for number in range(12):
        create_character(window.workspace.project, CharacterBase(name=f"Person {number}"))
    header = window.show_place("library").header
    qtbot.waitUntil(lambda: header.chips["character"].text() == "Characters 12")
    for width in (960, 1180, 1240, 1280, 1320, 1400):
        window.resize(width, 700)
        qtbot.wait(20)
        chips = header.chips.values()
        qtbot.waitUntil(lambda chips=chips: all(chip.width() >= chip.sizeHint().width() for chip in chips))


def test_the_cursor_is_in_the_name_of_a_new_book(window: MainWindow, qtbot: QtBot) -> None:
    place = window.show_place("lore")
    window.activateWindow()
    place.new_book()
    editor = place.book_form.fields["name"].editor
    qtbot.waitUntil(editor.hasFocus)
    assert editor.selectedText() == "New lorebook"
    qtbot.keyClicks(editor, "Skarholm")
    place.flush()
    assert place.table.count.text() == "0 entries"
    place.new_entry()
    qtbot.waitUntil(lambda: place.table.count.text() == "1 entry")


def test_the_window_fits_its_screen(window: MainWindow) -> None:
    window.resize(5000, 4000)
    window._fit_screen()
    available = window.screen().availableGeometry()
    assert window.width() <= max(available.width(), window.minimumWidth())
    assert window.height() < max(available.height(), window.minimumHeight() + 1)
