"""Layers, fragments and findings in the editor of characters, driven by mouse and keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from core.library.characters import create_character, get_character, list_characters, update_character
from core.library.fragments import create_fragment, get_fragment, list_fragments
from core.library.scenarios import create_scenario
from core.project import Project
from gui.characters.field import LineField
from gui.characters.field_row import FieldRow
from gui.characters.layers.big_five_field import BigFiveField
from gui.characters.layers.entry_list import EntriesField
from gui.characters.layers.trait_entry import TraitEntry
from gui.characters.place import CharactersPlace
from gui.widgets.statement_list import StatementList
from gui.workspace import Workspace
from models.character import Character, CharacterBase
from models.fragment import FragmentBase
from models.playtest import Origin, Playtest, SpeakerKind, Turn
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


def only(project: Project) -> Character:
    (character,) = list_characters(project)
    return character


def add_mara(workspace: Workspace, **fields: object) -> Character:
    return create_character(workspace.project, CharacterBase.model_validate({"name": "Mara", **fields}))


def undo_until(qtbot: QtBot, workspace: Workspace, layers: dict[str, object]) -> None:
    workspace.project.undo()
    assert only(workspace.project).layers == layers


def test_a_layer_is_typed_kept_read_by_the_weights_and_undone(qtbot: QtBot, workspace: Workspace) -> None:
    add_mara(workspace)
    place = open_place(qtbot, workspace)
    home = place.form.fields["layers.social.residence"]
    place.form.go_to_field(home)
    qtbot.waitUntil(home.editor.hasFocus)
    qtbot.keyClicks(home.editor, "Skarholm")
    qtbot.waitUntil(lambda: "Your home: Skarholm." in place.prompt.view.text())
    qtbot.waitUntil(lambda: only(workspace.project).layers == {"social": {"residence": "Skarholm"}}, timeout=20_000)
    undo_until(qtbot, workspace, {})
    qtbot.waitUntil(lambda: home.value() == "")


def test_an_age_that_is_no_number_stays_in_the_field_and_why_is_said(qtbot: QtBot, workspace: Workspace) -> None:
    add_mara(workspace, layers={"social": {"age": 58}})
    place = open_place(qtbot, workspace)
    age = place.form.fields["layers.social.age"]
    place.form.go_to_field(age)
    qtbot.waitUntil(age.editor.hasFocus)
    age.select_all()
    qtbot.keyClicks(age.editor, "sixty")
    qtbot.keyClick(age.editor, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: "whole number" in age.fault)
    assert age.value() == "sixty"
    assert only(workspace.project).layers == {"social": {"age": 58}}
    assert "58 years old" in place.prompt.view.text()
    age.focus_editor()
    age.select_all()
    qtbot.keyClicks(age.editor, "60")
    qtbot.waitUntil(lambda: only(workspace.project).persona.social.age == 60, timeout=20_000)
    assert age.fault == ""


def radar_of(place: CharactersPlace) -> BigFiveField:
    field = place.form.fields["layers.personal.big_five"]
    assert isinstance(field, BigFiveField)
    place.form.sections.show_widget(field)
    return field


def test_a_corner_of_the_radar_is_dragged_keyed_typed_and_taken_back(qtbot: QtBot, workspace: Workspace) -> None:
    add_mara(workspace)
    place = open_place(qtbot, workspace)
    field = radar_of(place)
    radar = field.big_five.radar
    corner = radar.corners["openness"]
    middle = corner.rect().center()
    qtbot.mousePress(corner, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(corner, middle + QPoint(0, -200))  # up, along its axis and beyond the end
    qtbot.mouseRelease(corner, Qt.MouseButton.LeftButton, pos=middle)
    assert field.value()["openness"] == 100
    assert only(workspace.project).layers == {"personal": {"big_five": {"openness": 100}}}  # kept when let go
    assert field.big_five.numbers["openness"].value() == 100
    qtbot.waitUntil(lambda: "You are very curious and imaginative." in place.prompt.view.text())
    neuroticism = radar.corners["neuroticism"]
    neuroticism.setFocus()
    qtbot.keyClick(neuroticism, Qt.Key.Key_PageDown)
    qtbot.keyClick(neuroticism, Qt.Key.Key_Left)
    assert field.value()["neuroticism"] == 39
    number = field.big_five.numbers["agreeableness"]
    number.setFocus()
    number.selectAll()
    qtbot.keyClicks(number, "80")
    assert radar.corners["agreeableness"].degree == 80
    qtbot.keyClick(corner, Qt.Key.Key_Delete)
    assert field.value()["openness"] is None
    place.flush()
    kept = {"neuroticism": 39, "agreeableness": 80}
    assert only(workspace.project).layers == {"personal": {"big_five": kept}}
    qtbot.mouseClick(field.big_five.reset, Qt.MouseButton.LeftButton)
    assert only(workspace.project).layers == {}
    undo_until(qtbot, workspace, {"personal": {"big_five": kept}})
    qtbot.waitUntil(lambda: radar.corners["agreeableness"].degree == 80)


def test_a_corner_is_a_slider_to_screen_readers(qtbot: QtBot, workspace: Workspace) -> None:
    add_mara(workspace, layers={"personal": {"big_five": {"extraversion": 92}}})
    place = open_place(qtbot, workspace)
    corners = radar_of(place).big_five.radar.corners
    interface = QAccessible.queryAccessibleInterface(corners["extraversion"])
    assert interface.role() == QAccessible.Role.Slider
    assert interface.text(QAccessible.Text.Name) == "Extraversion"
    assert interface.text(QAccessible.Text.Description) == "very outgoing and talkative"
    assert corners["openness"].accessibleDescription() == "not said"


def test_traits_have_degrees_and_are_moved_and_removed(qtbot: QtBot, workspace: Workspace) -> None:
    add_mara(workspace)
    place = open_place(qtbot, workspace)
    traits = place.form.fields["layers.personal.traits"]
    assert isinstance(traits, EntriesField)
    for name in ("stubborn", "dry"):
        qtbot.mouseClick(traits.entry_list.add_button, Qt.MouseButton.LeftButton)
        entry = traits.entry_list.entries[-1]
        assert isinstance(entry, TraitEntry)
        qtbot.waitUntil(entry.name.hasFocus)
        qtbot.keyClicks(entry.name, name)
    first = traits.entry_list.entries[0]
    assert isinstance(first, TraitEntry)
    first.slider.setFocus()
    for _ in range(3):
        qtbot.keyClick(first.slider, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: "You are rather stubborn. You are very dry." in place.prompt.view.text())
    qtbot.keyClick(first.slider, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    place.flush()
    assert only(workspace.project).layers == {
        "personal": {"traits": [{"name": "dry"}, {"name": "stubborn", "degree": 70}]}
    }


def test_example_blocks_have_editors_of_their_own(qtbot: QtBot, workspace: Workspace) -> None:
    add_mara(workspace, example_dialogue="before\n<START>\n{{user}}: Hello\n{{char}}: Yes?")
    place = open_place(qtbot, workspace)
    examples = place.form.fields["example_dialogue"]
    blocks = examples.editor
    assert isinstance(blocks, StatementList)
    assert blocks.statements() == ["before", "{{user}}: Hello\n{{char}}: Yes?"]
    qtbot.keyClick(blocks.rows[1].editor, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    place.flush()
    text = "<START>\n{{user}}: Hello\n{{char}}: Yes?\n<START>\nbefore"
    assert only(workspace.project).example_dialogue == text
    blocks.remove_row(blocks.rows[1])
    place.flush()
    assert only(workspace.project).example_dialogue == "<START>\n{{user}}: Hello\n{{char}}: Yes?"


def test_a_picture_for_an_emotion_is_added_and_renamed(qtbot: QtBot, workspace: Workspace, tmp_path: Path) -> None:
    add_mara(workspace)
    place = open_place(qtbot, workspace)
    Image.new("RGB", (64, 64), "#884422").save(tmp_path / "angry.png")
    place.ask_expression("", str(tmp_path / "angry.png"))
    qtbot.waitUntil(lambda: "angry" in only(workspace.project).persona.expressions)
    field = place.form.fields["layers.expressions"]
    qtbot.waitUntil(lambda: list(field.value()) == ["angry"])
    (line,) = field.findChildren(QLineEdit)
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "furious")
    qtbot.waitUntil(lambda: list(only(workspace.project).persona.expressions) == ["furious"], timeout=20_000)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    place.ask_expression("sad", str(tmp_path / "broken.png"))
    qtbot.waitUntil(lambda: bool(field.fault))


def test_what_is_inherited_shows_its_origin_and_can_be_made_own(qtbot: QtBot, workspace: Workspace) -> None:
    content = {
        "voice": "Slow.",
        "statements": ["The island has one road."],
        "layers": {"social": {"residence": "Skarholm"}},
    }
    islander = create_fragment(workspace.project, FragmentBase(name="Islander", content=content))
    add_mara(workspace, statements=["She lies."], fragment_ids=[islander.id])
    place = open_place(qtbot, workspace)
    assert "“Islander”" in place.header.fragments.text()
    voice = place.form.fields["voice"]
    assert (voice.value(), voice.editor.placeholderText()) == ("", "Slow.")
    qtbot.waitUntil(lambda: "Voice: Slow." in place.prompt.view.text())
    assert "She lies.\nThe island has one road." in place.prompt.view.text()
    voice.own_requested.emit()
    assert only(workspace.project).voice == "Slow."
    home = place.form.fields["layers.social.residence"]
    home.own_requested.emit()
    assert only(workspace.project).layers == {"social": {"residence": "Skarholm"}}
    workspace.project.undo()
    workspace.project.undo()
    assert only(workspace.project).voice == ""


def test_a_fragment_is_made_written_and_changes_its_heirs_at_once(qtbot: QtBot, workspace: Workspace) -> None:
    mara = add_mara(workspace)
    place = open_place(qtbot, workspace)
    place.new_fragment()
    editor = place.fragment_editor
    assert editor is not None
    assert editor.isVisible()
    name = editor.form.fields["name"].editor
    qtbot.waitUntil(name.hasFocus)
    qtbot.keyClicks(name, "Keeper")
    work = editor.form.fields["layers.career.occupation"]
    work.focus_editor()
    qtbot.keyClicks(work.editor, "lighthouse keeper")
    qtbot.mouseClick(editor.back, Qt.MouseButton.LeftButton)
    assert not editor.isVisible()
    (fragment,) = list_fragments(workspace.project)
    assert fragment.content == {"layers": {"career": {"occupation": "lighthouse keeper"}}}
    qtbot.waitUntil(lambda: "Your work: lighthouse keeper." in place.prompt.view.text())
    qtbot.waitUntil(lambda: "Keeper" in place.header.fragments.text())
    menu = QMenu()
    place.header.fragment_menu_requested.emit(menu)
    menu.actions()[0].trigger()  # takes the tick away
    found = get_character(workspace.project, mara.id)
    assert found is not None
    assert found.fragment_ids == []
    qtbot.waitUntil(lambda: "Your work" not in place.prompt.view.text())
    menu.deleteLater()


def test_a_deleted_fragment_comes_back_with_its_heirs(qtbot: QtBot, workspace: Workspace) -> None:
    fragment = create_fragment(workspace.project, FragmentBase(name="Keeper", content={"voice": "Slow."}))
    add_mara(workspace, fragment_ids=[fragment.id])
    place = open_place(qtbot, workspace)
    place.open_entity("fragment", fragment.id)
    assert place.fragment_editor is not None
    qtbot.mouseClick(place.fragment_editor.remove, Qt.MouseButton.LeftButton)
    assert get_fragment(workspace.project, fragment.id) is None
    qtbot.waitUntil(lambda: "Voice: Slow." not in place.prompt.view.text())
    workspace.project.undo()
    assert only(workspace.project).fragment_ids == [fragment.id]
    qtbot.waitUntil(lambda: "Voice: Slow." in place.prompt.view.text())


def test_findings_lead_to_the_place_and_are_mended(qtbot: QtBot, workspace: Workspace) -> None:
    add_mara(workspace, greeting="*You shiver. She turns.* Come in.", voice="{{mood}} and plain.")
    place = open_place(qtbot, workspace)
    qtbot.waitUntil(lambda: len(place.lint.findings) == 2, timeout=20_000)
    macro = next(one for one in place.lint.findings if one.rule == "macro")
    place.lint.place_chosen.emit(macro.place)
    voice = place.form.fields["voice"].editor
    qtbot.waitUntil(voice.hasFocus)
    assert voice.textCursor().selectedText() == "{{mood}}"
    qtbot.keyClick(voice, Qt.Key.Key_F8)
    qtbot.keyClick(voice, Qt.Key.Key_F8)
    qtbot.waitUntil(place.form.fields["greeting"].editor.hasFocus)
    for _ in range(2):
        place.lint.rows[0].fixed.emit(place.lint.findings[0].fix)
        qtbot.waitUntil(lambda: len(place.lint.findings) < 2, timeout=20_000)
    qtbot.waitUntil(lambda: place.lint.findings == (), timeout=20_000)
    assert only(workspace.project).greeting == "*She turns.* Come in."
    workspace.project.undo()
    qtbot.waitUntil(lambda: len(place.lint.findings) == 1, timeout=20_000)


def test_statements_are_drafted_from_prose_and_accepted_one_by_one(qtbot: QtBot, workspace: Workspace) -> None:
    add_mara(workspace, description="Mara keeps the light. She has a key.", statements=["Mara has a key."])
    place = open_place(qtbot, workspace)
    dialog = place.draft_statements()
    assert [row.fact for row in dialog.rows] == ["Mara keeps the light."]
    dialog.prose.setPlainText("Mara keeps the light. She hates birds.")
    qtbot.waitUntil(lambda: len(dialog.rows) == 2)
    qtbot.mouseClick(dialog.rows[1].accept, Qt.MouseButton.LeftButton)
    assert only(workspace.project).statements == ["Mara has a key.", "Mara hates birds."]
    assert [row.fact for row in dialog.rows] == ["Mara keeps the light."]
    dialog.close()
    workspace.project.undo()
    assert only(workspace.project).statements == ["Mara has a key."]


def test_statements_say_how_often_playtests_have_shown_them(qtbot: QtBot, workspace: Workspace) -> None:
    mara = add_mara(workspace, statements=["Mara keeps the Skarholm light.", "Her brother drowned."])
    create_scenario(workspace.project, ScenarioBase(name="S"), [RoleBase(character_id=mara.id)])
    script = {"parts": [{"role_id": "r", "role": {"character_id": mara.id}}]}
    with workspace.project.append() as session:
        session.add(Playtest(id="p", name="P", script=script))
        session.flush()
        for number, text in enumerate(("I keep the Skarholm light.", "The light of Skarholm is out!", "Sit down."), 1):
            session.add(
                Turn(
                    playtest_id="p",
                    number=number,
                    speaker_id="r",
                    speaker="Mara",
                    kind=SpeakerKind.CHARACTER,
                    text=text,
                    origin=Origin.WEIGHTS,
                )
            )
    place = open_place(qtbot, workspace)
    facts = place.form.fields["statements"].editor
    assert isinstance(facts, StatementList)
    notes = ["used in 2 turns", "never used"]
    qtbot.waitUntil(lambda: [row.editor.accessibleDescription() for row in facts.rows] == notes, timeout=20_000)


def test_a_change_of_layers_from_elsewhere_keeps_the_half_typed_field(qtbot: QtBot, workspace: Workspace) -> None:
    mara = add_mara(workspace)
    place = open_place(qtbot, workspace)
    family = place.form.fields["layers.social.family"]
    place.form.go_to_field(family)
    qtbot.waitUntil(family.editor.hasFocus)
    qtbot.keyClicks(family.editor, "a wid")
    update_character(workspace.project, mara.id, layers={"social": {"belief": "chapel"}})
    qtbot.waitUntil(lambda: place.form.fields["layers.social.belief"].value() == "chapel")
    assert family.value() == "a wid"
    place.flush()
    assert only(workspace.project).layers == {"social": {"belief": "chapel", "family": "a wid"}}


def test_small_fields_go_on_in_a_second_line_where_the_text_is_large(qtbot: QtBot, workspace: Workspace) -> None:
    fields = [LineField(label) for label in ("Age", "Gender", "Pronouns", "Occupation")]
    page = QWidget()
    row = FieldRow(fields, (2, 3, 3, 6))
    page.setLayout(row)
    qtbot.addWidget(page)
    page.show()
    assert (row.n_beside(800), row.n_beside(150)) == (4, 1)
    assert row.heightForWidth(150) > 3 * row.heightForWidth(800)
    page.resize(300, row.heightForWidth(300))
    row.activate()
    tops = [field.y() for field in fields]
    assert tops[0] < tops[-1]
    assert fields[0].x() == fields[row.n_beside(300)].x()
    assert all(field.geometry().right() < 300 and field.width() > 40 for field in fields)


def test_a_newcomer_meets_the_description_right_after_the_name(qtbot: QtBot, workspace: Workspace) -> None:
    add_mara(workspace, statements=["I keep the light.", "I sleep by day."])
    place = open_place(qtbot, workspace)
    fields = place.form.fields
    tops = [fields[name].mapTo(place, fields[name].rect().topLeft()).y() for name in ("name", "description", "summary")]
    assert tops == sorted(tops)
    assert tops[1] < fields["layers.social.age"].mapTo(place, QPoint(0, 0)).y()
    assert fields["layers.social.age"].editor.property("example") is True
    assert fields["statements"].texts() == ("I keep the light.\nI sleep by day.",)
    menus = [[action.text() for action in menu.actions()] for menu in place.findChildren(QMenu)]
    assert [texts[-1] for texts in menus if "Duplicate character" in texts] == ["Delete character"]
