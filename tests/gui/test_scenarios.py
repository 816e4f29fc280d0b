"""The editor of scenarios, driven as a person drives it: a real project, real widgets, mouse and keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.characters.prompt import join_blocks, render_system
from core.interchange.packs import PackTerms, read_pack, recall_terms
from core.library.characters import create_character, list_characters
from core.library.scenarios import create_scenario, get_scenario, list_roles, list_scenarios
from core.playtest.script import Script
from core.project import Project
from gui.characters.place import CharactersPlace
from gui.scenarios.header import PLAYING
from gui.scenarios.pack_dialog import PackDialog, PackExport, PlaytestChoice
from gui.scenarios.place import ScenariosPlace
from gui.scenarios.role_card import RoleCard
from gui.workspace import Workspace
from models.character import CharacterBase
from models.scenario import RoleBase, Scenario, ScenarioBase, TurnPolicy


@pytest.fixture(autouse=True)
def close_windows(workspace: Workspace) -> Iterator[None]:
    """Closes the windows before the project is closed, as the app does."""
    yield
    for window in QApplication.topLevelWidgets():
        window.close()


def open_place(qtbot: QtBot, workspace: Workspace) -> ScenariosPlace:
    place = ScenariosPlace(workspace)
    qtbot.addWidget(place)
    place.resize(1376, 868)
    with qtbot.waitExposed(place):
        place.show()
    return place


def make_inquest(project: Project) -> Scenario:
    mara = create_character(project, CharacterBase(name="Mara", voice="Plain."))
    theo = create_character(project, CharacterBase(name="Theo", personality="Exact."))
    roles = [
        RoleBase(name="keeper", goal="Keep quiet.", secret="You put the lamp out.", character_id=mara.id),
        RoleBase(name="judge", goal="Find out.", secret="You were paid.", character_id=theo.id),
    ]
    return create_scenario(project, ScenarioBase(name="Inquest", setting="A boathouse."), roles)


def read_script(project: Project, scenario: Scenario) -> Script:
    with project.reading() as session:
        return Script.from_rows(session, scenario)


def cards(place: ScenariosPlace) -> list[RoleCard]:
    return list(place.cast.cards.values())


def write(qtbot: QtBot, card: RoleCard, field: str, text: str) -> None:
    editor = card.fields[field].editor
    card.fields[field].focus_editor()
    qtbot.waitUntil(lambda: editor.window().focusWidget() is editor)
    qtbot.keyClicks(editor, text)


def cast(qtbot: QtBot, card: RoleCard, place: ScenariosPlace, name: str) -> None:
    """With the keyboard: opens the list, types a name, Enter."""
    card.player.setFocus()
    qtbot.keyClick(card.player, Qt.Key.Key_Space)
    search = place.cast.picker.roster.search
    qtbot.waitUntil(search.isVisible)
    qtbot.keyClicks(search, name)
    qtbot.keyClick(search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card.player.currentText() == name)


def test_from_nothing_to_a_scene_that_can_be_played(qtbot: QtBot, workspace: Workspace, tmp_path: Path) -> None:
    characters = CharactersPlace(workspace)
    qtbot.addWidget(characters)
    with qtbot.waitExposed(characters):
        characters.show()
    for name in ("Mara Voss", "Theo Dane"):
        characters.new_character()
        editor = characters.form.fields["name"].editor
        qtbot.waitUntil(editor.hasFocus)
        qtbot.keyClicks(editor, name)
        characters.flush()
    characters.hide()

    place = open_place(qtbot, workspace)
    assert place.empty.isVisible()
    place.new_scenario()
    name = place.form.fields["name"].editor
    qtbot.waitUntil(name.hasFocus)
    qtbot.keyClicks(name, "The Lighthouse Inquest")
    assert not place.header.play.isEnabled()
    assert "character" in place.header.reason.text()
    setting = place.form.fields["setting"]
    setting.focus_editor()
    qtbot.keyClicks(setting.editor, "A boathouse in March.")
    first, second = cards(place)
    cast(qtbot, first, place, "Mara Voss")
    cast(qtbot, second, place, "Theo Dane")
    write(qtbot, first, "secret", "You put the lamp out.")
    write(qtbot, second, "goal", "Find out.")
    place.flush()

    (scenario,) = list_scenarios(workspace.project)
    script = read_script(workspace.project, scenario)
    assert script.scenario.setting == "A boathouse in March."
    assert [part.character.name for part in script.parts] == ["Mara Voss", "Theo Dane"]
    assert [part.role.secret for part in script.parts] == ["You put the lamp out.", ""]
    qtbot.waitUntil(place.header.play.isEnabled)
    opened: list[tuple[str, str]] = []
    place.open_requested.connect(lambda kind, entity_id: opened.append((kind, entity_id)))
    qtbot.mouseClick(place.header.play, Qt.MouseButton.LeftButton)
    assert opened == [("scenario", scenario.id)]
    place.grab().save(str(tmp_path / "scenarios.png"))
    assert (tmp_path / "scenarios.png").stat().st_size > 10_000


def test_each_prompt_is_what_is_rendered_and_holds_no_secret_of_another(qtbot: QtBot, workspace: Workspace) -> None:
    scenario = make_inquest(workspace.project)
    place = open_place(qtbot, workspace)
    script = read_script(workspace.project, scenario)
    texts = []
    for number, part in enumerate(script.parts):
        place.prompt.picker.setCurrentIndex(number)
        place.prompt.picker.activated.emit(number)
        texts.append(place.prompt.view.text())
        assert texts[-1] == join_blocks(render_system(part.character, part.role, script.scene))
    assert "You put the lamp out." in texts[0]
    assert "You were paid." not in texts[0]
    assert "You were paid." in texts[1]
    assert "You put the lamp out." not in texts[1]
    # Nor while it is typed, before it is kept.
    write(qtbot, cards(place)[0], "secret", "Nobody saw. ")
    qtbot.waitUntil(lambda: "Nobody saw." in place.prompt.view.text())
    assert place.prompt.role_id == script.parts[0].role_id
    place.prompt.pick(script.parts[1].role_id)
    assert "Nobody saw." not in place.prompt.view.text()


def test_roles_move_and_go_with_the_keyboard_and_undo_brings_them_back(qtbot: QtBot, workspace: Workspace) -> None:
    scenario = make_inquest(workspace.project)
    place = open_place(qtbot, workspace)

    def names() -> list[str]:
        return [role.name for role in list_roles(workspace.project, scenario.id)]

    card = cards(place)[1]
    card.fields["goal"].focus_editor()
    qtbot.keyClick(card.fields["goal"].editor, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names() == ["judge", "keeper"]
    assert cards(place)[0] is card
    assert card.fields["goal"].editor.hasFocus()
    card.handle.setFocus()
    qtbot.keyClick(card.handle, Qt.Key.Key_Delete)
    assert names() == ["keeper"]
    workspace.project.undo()
    qtbot.waitUntil(lambda: len(cards(place)) == 2)
    workspace.project.undo()
    qtbot.waitUntil(lambda: [card.fields["name"].value() for card in cards(place)] == ["keeper", "judge"])
    assert names() == ["keeper", "judge"]


def test_a_role_is_dragged_with_the_mouse_in_one_undo_step(qtbot: QtBot, workspace: Workspace) -> None:
    scenario = make_inquest(workspace.project)
    place = open_place(qtbot, workspace)
    first, second = cards(place)
    qtbot.wait(50)
    below = second.mapTo(first.handle.window(), second.rect().bottomLeft())
    target = first.handle.mapFrom(first.handle.window(), below)
    qtbot.mousePress(first.handle, Qt.MouseButton.LeftButton)
    qtbot.mouseMove(first.handle, QPoint(5, target.y()))
    qtbot.mouseRelease(first.handle, Qt.MouseButton.LeftButton)
    assert [role.name for role in list_roles(workspace.project, scenario.id)] == ["judge", "keeper"]
    assert workspace.project.undo() == "Move role"
    assert [role.name for role in list_roles(workspace.project, scenario.id)] == ["keeper", "judge"]


def test_choices_are_kept_at_once(qtbot: QtBot, workspace: Workspace) -> None:
    scenario = make_inquest(workspace.project)
    place = open_place(qtbot, workspace)
    place.show_tab(PLAYING)
    fields = place.tabs.playing.fields
    policy = fields["turn_policy"]
    policy.focus_editor()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
    thoughts = fields["thoughts"]
    thoughts.focus_editor()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    turns = fields["max_turns"].editor
    turns.setFocus()
    turns.selectAll()
    qtbot.keyClicks(turns, "40")
    place.flush()
    kept = get_scenario(workspace.project, scenario.id)
    assert kept is not None
    assert (kept.turn_policy, kept.thoughts, kept.max_turns) == (TurnPolicy.MENTION, False, 40)
    qtbot.waitUntil(lambda: "<think>" not in place.prompt.view.text())
    workspace.project.undo()
    workspace.project.undo()
    qtbot.waitUntil(lambda: thoughts.value() is True)
    assert policy.value() == TurnPolicy.MENTION


def test_a_role_that_nobody_plays_is_said_and_left_out(qtbot: QtBot, workspace: Workspace) -> None:
    make_inquest(workspace.project)
    place = open_place(qtbot, workspace)
    place.cast.add_role()
    qtbot.waitUntil(cards(place)[2].warning.isVisible)
    assert "left out" in cards(place)[2].warning.text()
    assert place.prompt.picker.count() == 2
    # The same name twice cannot be played, and the bar says what to do.
    cast(qtbot, cards(place)[2], place, "Mara")
    qtbot.waitUntil(lambda: not place.header.play.isEnabled())
    assert "another character" in place.header.reason.text()
    workspace.project.undo()
    qtbot.waitUntil(place.header.play.isEnabled)


def test_delete_and_undo(qtbot: QtBot, workspace: Workspace) -> None:
    scenario = make_inquest(workspace.project)
    other = create_scenario(workspace.project, ScenarioBase(name="Ferry"))
    place = open_place(qtbot, workspace)
    place.open_entity("scenario", scenario.id)
    place.roster.list.setFocus()
    qtbot.keyClick(place.roster.list, Qt.Key.Key_Delete)
    assert place.scenario_id == other.id
    assert get_scenario(workspace.project, scenario.id) is None
    workspace.project.undo()
    qtbot.waitUntil(lambda: place.scenario_id == scenario.id and len(cards(place)) == 2)
    assert [card.fields["secret"].value() for card in cards(place)] == ["You put the lamp out.", "You were paid."]


def test_a_pack_holds_what_was_chosen(qtbot: QtBot, workspace: Workspace, tmp_path: Path) -> None:
    scenario = make_inquest(workspace.project)
    place = open_place(qtbot, workspace)
    dialog = PackDialog("Inquest", PackTerms(), [PlaytestChoice("p1", "Inquest 1"), PlaytestChoice("p2", "Inquest 2")])
    qtbot.addWidget(dialog)
    qtbot.keyClicks(dialog.authors, "Ada, Bo")
    dialog.licence.setCurrentText("CC-BY-4.0")
    dialog.playtests.item(1).setCheckState(Qt.CheckState.Checked)
    assert dialog.terms() == PackTerms(licence="CC-BY-4.0", authors=("Ada", "Bo"), playtest_ids=("p2",))
    noted: list[str] = []
    place.note_raised.connect(lambda message, _hint: noted.append(message))
    terms = PackTerms(licence="CC-BY-4.0", authors=("Ada", "Bo"))
    PackExport(place, workspace, scenario.id, "Inquest").write(tmp_path / "inquest.trpack", terms)
    qtbot.waitUntil(lambda: bool(noted))
    pack = read_pack(tmp_path / "inquest.trpack")
    assert pack.scenario.name == "Inquest"
    assert pack.terms == terms
    assert recall_terms(workspace.project, scenario.id) == terms


def test_the_example_brings_its_cast(qtbot: QtBot, workspace: Workspace) -> None:
    place = open_place(qtbot, workspace)
    place.add_example()
    qtbot.waitUntil(lambda: bool(place.scenario_id), timeout=20_000)
    assert len(cards(place)) >= 2
    assert list_characters(workspace.project)
    assert place.header.play.isEnabled()
    workspace.project.undo()
    qtbot.waitUntil(place.empty.isVisible)
