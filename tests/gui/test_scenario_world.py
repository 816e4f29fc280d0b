"""The World and Who knows tabs, driven as a person drives them: real rows, real tables, mouse and keyboard."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from core.library.beats import add_beat, list_beats, update_world
from core.library.characters import create_character
from core.library.scenarios import create_scenario, get_scenario, list_roles
from core.project import Project
from gui.scenarios.header import KNOWLEDGE, WORLD
from gui.scenarios.place import ScenariosPlace
from gui.scenarios.world.thing_table import ThingTable
from gui.workspace import Workspace
from models.beat import BeatBase
from models.character import CharacterBase
from models.scenario import RoleBase, Scenario, ScenarioBase
from models.world import Fact, FactStatus, Place, Prop, Variable, VariableKind, World

Key = Qt.Key


@pytest.fixture(autouse=True)
def close_windows(workspace: Workspace) -> Iterator[None]:
    """Closes the windows before the project is closed, as the app does."""
    yield
    for window in QApplication.topLevelWidgets():
        window.close()


def make_scene(project: Project) -> Scenario:
    cast = [create_character(project, CharacterBase(name=name)) for name in ("Mara", "Theo")]
    scenario = create_scenario(
        project, ScenarioBase(name="Inquest"), [RoleBase(name=one.name, character_id=one.id) for one in cast]
    )
    world = World(
        variables=[Variable(name="tension")],
        places=[Place(id="p1", name="boathouse"), Place(id="p2", name="lamp room")],
        props=[Prop(name="key")],
        facts=[Fact(id="f1", text="The hour is wrong")],
    )
    update_world(project, scenario.id, world)
    add_beat(project, scenario.id, BeatBase(name="Start", condition="tension > 2 and key.holder = Theo"))
    return scenario


def open_tab(qtbot: QtBot, workspace: Workspace, tab: int) -> ScenariosPlace:
    place = ScenariosPlace(workspace)
    qtbot.addWidget(place)
    place.resize(1280, 800)
    with qtbot.waitExposed(place):
        place.show()
    place.show_tab(tab)
    return place


def world_of(project: Project, scenario: Scenario) -> World:
    kept = get_scenario(project, scenario.id)
    assert kept is not None
    return World.read(kept.world)


def type_into(qtbot: QtBot, table: ThingTable, key: str, column: str, text: str) -> None:
    """Types into a cell with the keyboard, and leaves it with Enter."""
    table.go_to(key, column)
    qtbot.keyClick(table.view, Key.Key_Return)
    finish_typing(qtbot, table, text)


def finish_typing(qtbot: QtBot, table: ThingTable, text: str) -> None:
    """Types over what is in the cell that is open."""
    editor = next(one for one in table.view.findChildren(QLineEdit) if one.isVisible())
    editor.selectAll()
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: table.view.state() != QTableView.State.EditingState)


def test_a_rename_follows_into_conditions_in_one_step(qtbot: QtBot, workspace: Workspace) -> None:
    scenario = make_scene(workspace.project)
    place = open_tab(qtbot, workspace, WORLD)
    world = place.tabs.world
    type_into(qtbot, world.variables, "tension", "name", "heat")
    type_into(qtbot, world.props, "key", "name", "iron_key")
    (beat,) = list_beats(workspace.project, scenario.id)
    assert beat.condition == "heat > 2 and iron_key.holder = Theo"
    assert world.variables.model.rows[0].key == "heat"
    workspace.project.undo()
    workspace.project.undo()
    (beat,) = list_beats(workspace.project, scenario.id)
    assert beat.condition == "tension > 2 and key.holder = Theo"
    qtbot.waitUntil(lambda: world.variables.model.rows[0].key == "tension")


def test_what_is_typed_wrongly_stays_and_is_said(qtbot: QtBot, workspace: Workspace) -> None:
    scenario = make_scene(workspace.project)
    place = open_tab(qtbot, workspace, WORLD)
    table = place.tabs.world.variables
    for column, text, says in (
        ("values", "ten to zero", "lowest"),
        ("start", "99", "from 0 to 10"),
        ("name", "my tension", "one word"),
        ("name", "key", "already"),
    ):
        type_into(qtbot, table, "tension", column, text)
        row = table.model.rows[0]
        assert row.values[column] == text
        assert says in row.faults[column]
        assert not table.view.isColumnHidden(len(table.model.columns))
        assert world_of(workspace.project, scenario).variables == [Variable(name="tension")]
    # It stays while the rest of the world changes, and goes once it is right.
    place.tabs.world.add_prop()
    assert table.model.rows[0].values["name"] == "key"
    type_into(qtbot, table, "tension", "values", "-5 to 5")
    assert table.model.rows[0].faults.keys() == {"start", "name"}
    type_into(qtbot, table, "tension", "start", "-2")
    type_into(qtbot, table, "tension", "name", "heat")
    assert not table.model.rows[0].fault
    kept = world_of(workspace.project, scenario).variables[0]
    assert (kept.name, kept.low, kept.high, kept.start) == ("heat", -5, 5, -2)


def test_tables_add_choose_tick_and_remove(qtbot: QtBot, workspace: Workspace) -> None:
    scenario = make_scene(workspace.project)
    place = open_tab(qtbot, workspace, WORLD)
    world = place.tabs.world
    qtbot.mouseClick(world.variables.add_button, Qt.MouseButton.LeftButton)
    finish_typing(qtbot, world.variables, "door_open")
    index = world.variables.model.index(1, 1)
    world.variables.model.setData(index, VariableKind.FLAG.value)
    type_into(qtbot, world.variables, "door_open", "start", "yes")
    door = world_of(workspace.project, scenario).variables[1]
    assert (door.name, door.kind, door.start) == ("door_open", VariableKind.FLAG, True)
    world.variables.go_to("door_open", "is_public")
    qtbot.keyClick(world.variables.view, Key.Key_Space)
    assert world_of(workspace.project, scenario).variables[1].is_public
    type_into(qtbot, world.places, "p1", "adjacent", "Lamp Room")
    assert world_of(workspace.project, scenario).places[0].adjacent == ["p2"]
    type_into(qtbot, world.places, "p1", "adjacent", "cellar")
    assert "cellar" in world.places.model.rows[0].fault
    roles = list_roles(workspace.project, scenario.id)
    world.props.model.setData(world.props.model.index(0, 1), f"role:{roles[1].id}")
    world.people.model.setData(world.people.model.index(0, 1), "p2")
    kept = world_of(workspace.project, scenario)
    assert (kept.props[0].holder, kept.role_places) == (roles[1].id, {roles[0].id: "p2"})
    # A place takes all with it that is there.
    world.places.go_to("p2", "name")
    qtbot.keyClick(world.places.view, Key.Key_Delete)
    kept = world_of(workspace.project, scenario)
    assert [one.id for one in kept.places] == ["p1"]
    assert kept.places[0].adjacent == []
    assert kept.role_places == {}
    workspace.project.undo()
    assert world_of(workspace.project, scenario).role_places == {roles[0].id: "p2"}


def test_the_matrix_goes_round_by_click_and_key(qtbot: QtBot, workspace: Workspace) -> None:
    scenario = make_scene(workspace.project)
    mara, theo = (role.id for role in list_roles(workspace.project, scenario.id))
    place = open_tab(qtbot, workspace, KNOWLEDGE)
    table = place.tabs.knowledge.table
    keys = [column.key for column in table.model.columns]

    def known() -> dict[str, FactStatus]:
        return world_of(workspace.project, scenario).facts[0].known_by

    cell = table.view.visualRect(table.model.index(0, keys.index(mara))).center()
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    assert known() == {mara: FactStatus.KNOWS}
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    assert known() == {mara: FactStatus.SUSPECTS}
    qtbot.keyClick(table.view, Key.Key_Right)
    qtbot.keyClick(table.view, Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    assert known() == {mara: FactStatus.SUSPECTS, theo: FactStatus.DENIES}
    qtbot.keyClick(table.view, Key.Key_Backspace)
    assert known() == {mara: FactStatus.SUSPECTS}
    table.go_to("f1", "is_secret")
    qtbot.keyClick(table.view, Key.Key_Space)
    assert world_of(workspace.project, scenario).facts[0].is_secret
    qtbot.mouseClick(table.add_button, Qt.MouseButton.LeftButton)
    finish_typing(qtbot, table, "Theo was paid")
    assert [fact.text for fact in world_of(workspace.project, scenario).facts] == ["The hour is wrong", "Theo was paid"]
    table.go_to("f2", "text")
    qtbot.keyClick(table.view, Key.Key_Delete)
    assert len(world_of(workspace.project, scenario).facts) == 1
    workspace.project.undo()
    qtbot.waitUntil(lambda: table.model.rowCount() == 2)
    assert place.header.tabs[KNOWLEDGE].text().endswith("2")


def test_a_role_in_this_scene_is_folded_and_kept(qtbot: QtBot, workspace: Workspace) -> None:
    scenario = make_scene(workspace.project)
    place = open_tab(qtbot, workspace, 0)
    card = next(iter(place.cast.cards.values()))
    assert not card.fields["style"].isVisible()
    card.more.button.setFocus()
    qtbot.keyClick(card.more.button, Key.Key_Space)
    assert card.fields["style"].isVisible()
    card.fields["style"].focus_editor()
    qtbot.keyClicks(card.fields["style"].editor, "Formal.")
    place.flush()
    assert list_roles(workspace.project, scenario.id)[0].style == "Formal."
    assert "Formal." in place.prompt.view.text() or place.prompt.role_id
    # A rename of the role follows into conditions, too.
    second = list(place.cast.cards.values())[1]
    second.fields["name"].focus_editor()
    second.fields["name"].select_all()
    qtbot.keyClicks(second.fields["name"].editor, "Magistrate")
    place.flush()
    (beat,) = list_beats(workspace.project, scenario.id)
    assert "Magistrate" in beat.condition
