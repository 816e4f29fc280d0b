"""The tab that says how a scenario is played: what is chosen is kept, undone, and means what it says."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.library.scenarios import add_role, get_scenario, list_roles, remove_role, update_scenario
from gui.scenarios.header import PLAYING
from gui.scenarios.place import ScenariosPlace
from gui.scenarios.playing.cost import describe_cost
from gui.scenarios.playing.fields import PerRoleNumbers, PerRoleTexts
from gui.scenarios.playing.tab import PlayingTab
from gui.scenarios.playing.wording import choices_of
from gui.workspace import Workspace
from models.scenario import RoleBase, TurnPolicy
from models.stage import EVERYTHING, NarratorMode, Reasoning, Recall, StageRules
from tests.gui.test_scenarios import cards, make_inquest, open_place


@pytest.fixture(autouse=True)
def close_windows(workspace: Workspace) -> Iterator[None]:
    yield
    workspace.close()


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace) -> ScenariosPlace:
    make_inquest(workspace.project)
    place = open_place(qtbot, workspace)
    place.show_tab(PLAYING)
    return place


def tab_of(place: ScenariosPlace) -> PlayingTab:
    return place.tabs.playing


def rules_of(place: ScenariosPlace) -> StageRules:
    scenario = get_scenario(place.workspace.project, place.scenario_id)
    assert scenario is not None
    return StageRules.read(scenario.stage)


def test_every_rule_has_a_field(place: ScenariosPlace) -> None:
    rules = StageRules().model_dump()
    assert {f"{part}.{name}" for part, values in rules.items() for name in values} <= tab_of(place).fields.keys()


@pytest.mark.parametrize("kind", [TurnPolicy, Reasoning, Recall, NarratorMode])
def test_every_choice_has_words(kind: type[TurnPolicy]) -> None:
    assert sorted(value for value, _name, _sentence in choices_of(kind)) == sorted(one.value for one in kind)


def test_a_switch_is_kept_and_undone(qtbot: QtBot, place: ScenariosPlace) -> None:
    field = tab_of(place).fields["mind.mood"]
    field.focus_editor()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert rules_of(place).mind.mood
    assert "mood" in tab_of(place).cost.text()
    place.workspace.undo()
    qtbot.waitUntil(lambda: field.value() is False)
    assert not rules_of(place).mind.mood


def test_what_means_nothing_now_cannot_be_changed(qtbot: QtBot, place: ScenariosPlace) -> None:
    tab = tab_of(place)
    assert not tab.fields["memory.n_recalled"].isEnabled()
    tab.fields["memory.recall"].focus_editor()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
    assert rules_of(place).memory.recall is Recall.GENERATIVE
    assert tab.fields["memory.n_recalled"].isEnabled()


def test_a_preset_is_one_step_and_leaves_roles_as_they_are(qtbot: QtBot, place: ScenariosPlace) -> None:
    project, tab = place.workspace.project, tab_of(place)
    role = list_roles(project, place.scenario_id)[0]
    update_scenario(project, place.scenario_id, stage={"plan": {"coach": {role.id: "Wait."}}})
    qtbot.waitUntil(lambda: tab.fields["plan.coach"].value() == {role.id: "Wait."})
    qtbot.mouseClick(tab.presets[1], Qt.MouseButton.LeftButton)
    assert rules_of(place).memory == EVERYTHING.memory
    assert rules_of(place).plan.coach == {role.id: "Wait."}
    place.workspace.undo()
    assert rules_of(place).memory == StageRules().memory


def test_roles_are_named_in_an_order(qtbot: QtBot, place: ScenariosPlace) -> None:
    roles = {role.name: role.id for role in list_roles(place.workspace.project, place.scenario_id)}
    first, second = list(roles)[:2]
    update_scenario(place.workspace.project, place.scenario_id, turn_policy="scripted")
    order = tab_of(place).fields["turns.order"]
    qtbot.waitUntil(order.isEnabled)
    order.focus_editor()
    qtbot.keyClicks(order.editor, f"{second}, {first.upper()}, {second}")
    place.flush()
    assert rules_of(place).turns.order == (roles[second], roles[first], roles[second])
    qtbot.keyClicks(order.editor, ", nobody")
    place.flush()
    assert "No role is called “nobody”" in order.fault
    assert len(rules_of(place).turns.order) == 3


def test_a_line_of_advice_for_one_role(qtbot: QtBot, place: ScenariosPlace) -> None:
    role = list_roles(place.workspace.project, place.scenario_id)[1]
    coach = tab_of(place).fields["plan.coach"]
    assert isinstance(coach, PerRoleTexts)
    coach.focus_editor()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClicks(QApplication.focusWidget(), "Say less.")
    place.flush()
    assert rules_of(place).plan.coach == {role.id: "Say less."}


def test_roles_that_come_and_go_have_their_rows(qtbot: QtBot, place: ScenariosPlace) -> None:
    project, weights = place.workspace.project, tab_of(place).fields["turns.weights"]
    assert isinstance(weights, PerRoleNumbers)
    made = add_role(project, place.scenario_id, RoleBase(name="bird"))
    update_scenario(project, place.scenario_id, stage={"turns": {"weights": {made.id: 2.5}}})
    qtbot.waitUntil(lambda: weights.value() == {made.id: 2.5})
    remove_role(project, made.id)
    qtbot.waitUntil(lambda: weights.value() == {})


def test_the_test_of_a_goal_is_read_as_it_is_typed(qtbot: QtBot, place: ScenariosPlace) -> None:
    place.show_tab(0)
    card = cards(place)[0]
    card.more.set_open(True)
    field = card.fields["goal_test"]
    field.focus_editor()
    qtbot.keyClicks(QApplication.focusWidget(), "tension >> 3")
    qtbot.waitUntil(field.finding.isVisible)  # type: ignore[attr-defined]
    place.flush()
    role = list_roles(place.workspace.project, place.scenario_id)[0]
    assert role.goal_test == "tension >> 3"


def test_cost_is_said_in_words() -> None:
    plain = describe_cost(StageRules(), TurnPolicy.ROUND_ROBIN, thinks=False)
    assert "asked for nothing" in plain
    assert "mood" not in plain
    asked = describe_cost(EVERYTHING.with_value("memory.asks_importance", True), TurnPolicy.BIDDING, thinks=True)
    assert all(words in asked for words in ("whose turn it is", "how important", "an act", "thoughts", "mood"))
