"""The editor of characters, driven as a person drives it: a real project, real widgets, mouse and keyboard."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.characters.prompt import BlockOrigin, Scene, join_blocks, render_system
from core.interchange.cards import read_card
from core.library.characters import create_character, get_character, list_characters, update_character
from core.library.scenarios import create_scenario
from core.library.settings import get_setting
from core.project import Project
from gui.characters.card_files import export_card
from gui.characters.example import EXAMPLE_CHARACTER
from gui.characters.place import CURRENT_KEY, CharactersPlace
from gui.widgets.growing_edit import GrowingEdit
from gui.widgets.statement_list import StatementList
from gui.workspace import Workspace
from models.character import CharacterBase
from models.scenario import RoleBase, ScenarioBase


@pytest.fixture(autouse=True)
def close_windows(workspace: Workspace) -> Iterator[None]:
    """Closes the windows before the project is closed, as the app does."""
    yield
    for window in QApplication.topLevelWidgets():
        window.close()


def open_place(qtbot: QtBot, workspace: Workspace) -> CharactersPlace:
    place = CharactersPlace(workspace)
    qtbot.addWidget(place)
    place.resize(1376, 868)
    with qtbot.waitExposed(place):
        place.show()
    return place


def type_into(qtbot: QtBot, place: CharactersPlace, field: str, text: str) -> None:
    editor = place.form.fields[field].editor
    place.form.go_to_field(place.form.fields[field])
    qtbot.waitUntil(editor.hasFocus)
    qtbot.keyClicks(editor, text)


def only_character(project: Project) -> CharacterBase:
    (character,) = list_characters(project)
    return character


def test_from_nothing_to_a_character_in_the_file(qtbot: QtBot, workspace: Workspace, tmp_path: Path) -> None:
    place = open_place(qtbot, workspace)
    assert place.empty.isVisible()
    qtbot.mouseClick(place.empty.findChildren(type(place.roster.new_button))[0], Qt.MouseButton.LeftButton)
    name = place.form.fields["name"].editor
    qtbot.waitUntil(name.hasFocus)
    qtbot.keyClicks(name, "Mara Voss")  # typed over the name that was there, which was selected
    qtbot.keyClick(name, Qt.Key.Key_Tab)
    type_into(qtbot, place, "description", "You keep the light.")
    type_into(qtbot, place, "tags", "island, 1926, island")
    qtbot.waitUntil(lambda: only_character(workspace.project).tags == ["island", "1926"], timeout=20_000)
    character = only_character(workspace.project)
    assert (character.name, character.description) == ("Mara Voss", "You keep the light.")
    # Every key is in the file a second later, whatever then happens to the app.
    path = workspace.project.path
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        assert connection.execute("SELECT name, description FROM character").fetchall() == [
            ("Mara Voss", "You keep the light.")
        ]
    qtbot.waitUntil(lambda: place.roster.list.currentIndex().data() == "Mara Voss")
    place.grab().save(str(tmp_path / "characters.png"))
    assert (tmp_path / "characters.png").stat().st_size > 10_000


def test_each_pause_of_typing_is_one_undo_step_that_survives_a_restart(qtbot: QtBot, workspace: Workspace) -> None:
    create_character(workspace.project, CharacterBase(name="Mara", description="Old."))
    place = open_place(qtbot, workspace)
    type_into(qtbot, place, "description", " New.")
    editor = place.form.fields["description"].editor
    qtbot.waitUntil(lambda: "New." in only_character(workspace.project).description, timeout=20_000)
    path = workspace.project.path
    place.close()
    workspace.close_project()
    workspace.adopt_project(Project(path))
    place.show()
    qtbot.waitUntil(lambda: place.character_id != "")
    assert "New." in editor.toPlainText()
    workspace.project.undo()
    qtbot.waitUntil(lambda: editor.toPlainText() == "Old.")
    assert only_character(workspace.project).description == "Old."


def test_ctrl_z_in_a_field_takes_back_what_was_just_typed_there(qtbot: QtBot, workspace: Workspace) -> None:
    create_character(workspace.project, CharacterBase(name="Mara", voice="Plain."))
    place = open_place(qtbot, workspace)
    editor = place.form.fields["voice"].editor
    type_into(qtbot, place, "voice", "Very ")
    qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: editor.toPlainText() == "Plain.")
    qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: "Very" in editor.toPlainText())
    assert "Very" in only_character(workspace.project).voice


def test_a_change_from_elsewhere_keeps_the_half_typed_field_and_its_cursor(qtbot: QtBot, workspace: Workspace) -> None:
    character = create_character(workspace.project, CharacterBase(name="Mara", voice="one two three"))
    place = open_place(qtbot, workspace)
    voice = place.form.fields["voice"].editor
    assert isinstance(voice, GrowingEdit)
    place.form.go_to_field(place.form.fields["voice"])
    cursor = voice.textCursor()
    cursor.setPosition(7)
    voice.setTextCursor(cursor)
    update_character(workspace.project, character.id, voice="zero one two three")
    qtbot.waitUntil(lambda: voice.text() == "zero one two three")
    assert voice.textCursor().position() == 12  # still behind "two"
    qtbot.keyClicks(voice, "!")
    update_character(workspace.project, character.id, personality="Dry.")
    personality = place.form.fields["personality"].editor
    qtbot.waitUntil(lambda: personality.toPlainText() == "Dry.")
    assert voice.text() == "zero one two! three"
    place.flush()
    assert only_character(workspace.project).voice == "zero one two! three"


def test_an_empty_name_is_refused_beside_the_field(qtbot: QtBot, workspace: Workspace) -> None:
    create_character(workspace.project, CharacterBase(name="Mara"))
    place = open_place(qtbot, workspace)
    name = place.form.fields["name"]
    name.focus_editor()
    qtbot.waitUntil(name.editor.hasFocus)
    name.select_all()
    qtbot.keyClick(name.editor, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: bool(name.fault), timeout=20_000)
    assert only_character(workspace.project).name == "Mara"
    assert "You are Mara." in place.prompt.view.text()
    qtbot.keyClick(name.editor, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: name.value() == "Mara")
    assert "needs a name" in name.fault


def test_statements_are_written_with_the_keyboard_alone(qtbot: QtBot, workspace: Workspace) -> None:
    create_character(workspace.project, CharacterBase(name="Mara"))
    place = open_place(qtbot, workspace)
    facts = place.form.fields["statements"].editor
    assert isinstance(facts, StatementList)
    place.form.go_to_field(place.form.fields["statements"])
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)  # the button that adds the first
    for number, text in enumerate(("She keeps the light.", "She has a key.", "She lies."), start=1):
        qtbot.waitUntil(lambda number=number: len(facts.rows) == number and facts.rows[-1].editor.hasFocus())
        qtbot.keyClicks(facts.rows[-1].editor, text)
        qtbot.keyClick(facts.rows[-1].editor, Qt.Key.Key_Return)
    assert len(facts.rows) == 4
    qtbot.keyClick(facts.rows[-1].editor, Qt.Key.Key_Backspace)  # the empty one goes
    assert len(facts.rows) == 3
    qtbot.keyClick(facts.rows[2].editor, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert facts.statements() == ["She keeps the light.", "She lies.", "She has a key."]
    assert facts.rows[1].editor.hasFocus()
    qtbot.keyClick(facts.rows[1].editor, Qt.Key.Key_Down)
    assert facts.rows[2].editor.hasFocus()
    qtbot.waitUntil(
        lambda: only_character(workspace.project).statements == ["She keeps the light.", "She lies.", "She has a key."],
        timeout=2000,
    )
    assert [row.handle.text() for row in facts.rows] == ["1", "2", "3"]


def test_enter_in_the_middle_splits_and_pasted_lines_become_rows(qtbot: QtBot, workspace: Workspace) -> None:
    create_character(workspace.project, CharacterBase(name="Mara", statements=["One two"]))
    place = open_place(qtbot, workspace)
    facts = place.form.fields["statements"].editor
    assert isinstance(facts, StatementList)
    place.form.go_to_field(place.form.fields["statements"])
    first = facts.rows[0].editor
    cursor = first.textCursor()
    cursor.setPosition(3)
    first.setTextCursor(cursor)
    qtbot.keyClick(first, Qt.Key.Key_Return)
    assert facts.statements() == ["One", "two"]
    QApplication.clipboard().setText("A\nB\n\nC")
    facts.add_row()
    facts.rows[-1].editor.paste()
    assert facts.statements() == ["One", "two", "A", "B", "C"]


def test_tokens_are_those_that_the_weights_count(qtbot: QtBot, workspace: Workspace) -> None:
    create_character(workspace.project, EXAMPLE_CHARACTER)
    place = open_place(qtbot, workspace)
    voice = place.form.fields["voice"]
    assert voice.tokens is not None
    assert voice.tokens.text() == ""  # nothing is shown before the weights have counted
    qtbot.waitUntil(lambda: bool(voice.tokens.text()), timeout=20_000)
    before = int(voice.tokens.text())
    type_into(qtbot, place, "voice", "Many more words than before. ")
    qtbot.waitUntil(lambda: int(voice.tokens.text() or 0) > before, timeout=20_000)
    assert place.form.fields["summary"].tokens is None  # the weights never read it


def test_the_prompt_view_is_exactly_what_is_rendered(qtbot: QtBot, workspace: Workspace) -> None:
    create_character(workspace.project, EXAMPLE_CHARACTER)
    place = open_place(qtbot, workspace)
    alone = render_system(EXAMPLE_CHARACTER, RoleBase(), Scene(name="Untitled scene"))
    qtbot.waitUntil(lambda: place.prompt.view.text() == join_blocks(alone))
    type_into(qtbot, place, "knowledge", "Everything. ")
    draft = EXAMPLE_CHARACTER.model_copy(update={"knowledge": place.form.fields["knowledge"].value()})
    live = join_blocks(render_system(draft, RoleBase(), Scene(name="Untitled scene")))
    qtbot.waitUntil(lambda: place.prompt.view.text() == live)
    place.prompt.view.chat_format_button.click()
    qtbot.waitUntil(lambda: place.prompt.view.text() != live, timeout=20_000)
    assert live in place.prompt.view.text()


def test_the_prompt_view_shows_the_role_that_is_chosen(qtbot: QtBot, workspace: Workspace) -> None:
    mara = create_character(workspace.project, CharacterBase(name="Mara"))
    theo = create_character(workspace.project, CharacterBase(name="Theo"))
    roles = [
        RoleBase(name="keeper", goal="Keep quiet.", secret="You did it.", character_id=mara.id),
        RoleBase(name="judge", secret="You were paid.", character_id=theo.id),
    ]
    create_scenario(workspace.project, ScenarioBase(name="Inquest", setting="A boathouse."), roles)
    place = open_place(qtbot, workspace)
    place.open_entity("character", mara.id)
    assert place.prompt.picker.currentText() == "keeper in Inquest"
    text = place.prompt.view.text()
    assert "Your secret: You did it." in text
    assert "A boathouse." in text
    assert "You were paid." not in text
    opened: list[tuple[str, str]] = []
    place.open_requested.connect(lambda kind, entity_id: opened.append((kind, entity_id)))
    place.prompt.view.origin_chosen.emit(BlockOrigin.SECRET)
    assert opened
    assert opened[0][0] == "scenario"
    place.prompt.view.origin_chosen.emit(BlockOrigin.NAME)
    assert place.form.fields["name"].editor.hasFocus()


def test_delete_chooses_the_neighbour_and_undo_brings_it_back(qtbot: QtBot, workspace: Workspace) -> None:
    ids = {name: create_character(workspace.project, CharacterBase(name=name)).id for name in ("Ada", "Bo", "Cy")}
    place = open_place(qtbot, workspace)
    place.open_entity("character", ids["Bo"])
    place.roster.list.setFocus()
    qtbot.keyClick(place.roster.list, Qt.Key.Key_Delete)
    assert get_character(workspace.project, ids["Bo"]) is None
    assert place.character_id == ids["Cy"]
    workspace.project.undo()
    qtbot.waitUntil(lambda: place.character_id == ids["Bo"])
    assert place.roster.ids == [ids["Ada"], ids["Bo"], ids["Cy"]]
    qtbot.keyClick(place.roster.list, Qt.Key.Key_Down)
    assert place.character_id == ids["Cy"]
    assert get_setting(workspace.project, CURRENT_KEY) == ids["Cy"]
    for _ in ids:
        qtbot.keyClick(place.roster.list, Qt.Key.Key_Delete)
    assert place.empty.isVisible()


def test_search_finds_by_name_and_sentence(qtbot: QtBot, workspace: Workspace) -> None:
    create_character(workspace.project, CharacterBase(name="Ada", summary="A ferrywoman."))
    create_character(workspace.project, CharacterBase(name="Bo"))
    place = open_place(qtbot, workspace)
    qtbot.keyClicks(place.roster.search, "ferry")
    assert place.roster.list.model().rowCount() == 1
    place.roster.search.clear()
    assert place.roster.list.model().rowCount() == 2


def test_portraits_are_checked_and_cards_come_back(qtbot: QtBot, workspace: Workspace, tmp_path: Path) -> None:
    character = create_character(workspace.project, EXAMPLE_CHARACTER)
    place = open_place(qtbot, workspace)
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    place.take_picture(str(tmp_path / "broken.png"))
    qtbot.waitUntil(place.form.portrait_fault.isVisible)
    assert get_character(workspace.project, character.id).portrait is None
    Image.new("RGB", (900, 600), "#336699").save(tmp_path / "mara.png")
    place.take_picture(str(tmp_path / "mara.png"))
    qtbot.waitUntil(lambda: get_character(workspace.project, character.id).portrait is not None)
    done: list[int] = []
    export_card(workspace, character.id, tmp_path / "card.png", lambda: done.append(1))
    qtbot.waitUntil(lambda: bool(done))
    card = read_card(tmp_path / "card.png")
    assert card.character.name == "Mara Voss"
    assert card.portrait is not None
    assert card.character.statements == EXAMPLE_CHARACTER.statements


def test_a_window_that_closes_keeps_the_word_being_typed(qtbot: QtBot, workspace: Workspace) -> None:
    create_character(workspace.project, CharacterBase(name="Mara"))
    place = open_place(qtbot, workspace)
    type_into(qtbot, place, "voice", "Half a wo")
    place.window().close()
    assert only_character(workspace.project).voice == "Half a wo"


def test_what_a_card_carries_besides_is_said(qtbot: QtBot, workspace: Workspace) -> None:
    extra = {"data": {"extensions": {"depth_prompt": {"depth": 4}}, "source": ["x"]}}
    create_character(workspace.project, CharacterBase(name="Mara", card_extra=extra))
    place = open_place(qtbot, workspace)
    carried = place.form.carried.text()
    assert "depth_prompt, source" in carried
    assert "not read by the weights yet" in carried
