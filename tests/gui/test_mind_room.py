"""The room of the mind: what it shows of a played scene, where causes lead, folds, other minds, empty states."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.library.characters import create_character
from core.library.playtests import list_playtests
from core.library.scenarios import create_scenario
from core.playtest.looking_back.mind_reading import read_mind
from core.playtest.settings import PlaySettings
from gui import theme
from gui.stage.mind.bar import Bar
from gui.stage.mind.caused_line import CausedLine
from gui.stage.mind.mind_room import MindRoom
from gui.stage.session import StageSession
from gui.workspace import Workspace
from models.character import CharacterBase
from models.playtest import Turn
from models.scenario import RoleBase, ScenarioBase
from models.stage import MindRules, PlanRules, StageRules, ThoughtRules, ThoughtState

TIMEOUT_MS = 20_000
N_TURNS = 6
EVERYTHING = StageRules(
    thought=ThoughtRules(states=(ThoughtState.EMOTION, ThoughtState.BELIEF), about_others=True),
    plan=PlanRules(plans=True, revise_every=1),
    mind=MindRules(mood=True, workspace=True, reminders=True),
)
LAYERS = {
    "horizon": {"date": "March 1926"},
    "variants": [{"name": "fierce", "situations": ["somebody threatens a child"], "text": "You shout."}],
}
GREETING = "I hate you, you liar! I will hit that child. Who was president in 1961?"


@pytest.fixture
def session(workspace: Workspace) -> Iterator[StageSession]:
    session = StageSession(workspace)
    yield session
    session.stop_and_wait()


def play(qtbot: QtBot, workspace: Workspace, session: StageSession, rules: StageRules, **persona: Any) -> None:
    roles = [
        RoleBase(name=name, goal=goal, character_id=create_character(workspace.project, who).id)
        for name, goal, who in (
            ("keeper", "Find out who lit the lamp. Leave.", CharacterBase(name="Mara Voss", **persona)),
            ("guest", "", CharacterBase(name="Theo Dane")),
        )
    ]
    draft = ScenarioBase(name="Inquest", greeting=GREETING, stage=rules.to_document(), max_turns=50)
    scenario = create_scenario(workspace.project, draft, roles)
    session.start(scenario.id, PlaySettings(seed=3), lambda: session.play(N_TURNS))

    def is_done() -> bool:
        return len(session.path) == N_TURNS and session.live is None and not session.is_playing

    qtbot.waitUntil(is_done, timeout=TIMEOUT_MS)


def show_room(qtbot: QtBot, workspace: Workspace, session: StageSession) -> MindRoom:
    room = MindRoom(workspace, session)
    qtbot.addWidget(room)
    room.resize(330, 900)
    with qtbot.waitExposed(room):
        room.show()
    qtbot.waitUntil(lambda: room.mind is not None, timeout=TIMEOUT_MS)
    return room


def words(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def bars(widget: QWidget) -> dict[str, float]:
    return {bar.name: bar.value for bar in widget.findChildren(Bar)}


def test_a_played_mind_is_shown_with_its_causes(qtbot: QtBot, workspace: Workspace, session: StageSession) -> None:
    play(qtbot, workspace, session, EVERYTHING, layers=LAYERS, boundaries="Never swears.")
    room = show_room(qtbot, workspace, session)
    folds = room.folds
    assert set(folds) == {"state", "mood", "plan", "bids", "side", "thoughts", "limits", "reminders"}
    assert room.when.text() == f"after turn {N_TURNS}"
    assert "towards Theo" in words(folds["state"])
    assert set(bars(folds["mood"])) >= {"Joy", "Anger"}
    assert bars(folds["mood"])["Anger"] > 0.1
    assert "▸  " in words(folds["plan"])
    assert "Made" in words(folds["plan"])
    assert len(bars(folds["bids"])) >= 3
    assert all(0 <= value <= 1 for value in bars(folds["bids"]).values())
    assert "came nearest to “somebody threatens a child”" in words(folds["side"])
    assert "the year 1961" in words(folds["limits"])
    assert "Their drift has stayed within its bound." in words(folds["reminders"])


def test_a_cause_leads_to_its_turn(qtbot: QtBot, workspace: Workspace, session: StageSession) -> None:
    play(qtbot, workspace, session, EVERYTHING)
    room = show_room(qtbot, workspace, session)
    lines = room.folds["plan"].findChildren(CausedLine)
    made = next(line for line in lines if line.words.text() == "Made")
    assert made.button is not None
    with qtbot.waitSignal(room.turn_wanted) as wanted:
        qtbot.keyClick(made.button, Qt.Key.Key_Space)
    assert wanted.args == [session.path[0].id]


def test_an_earlier_turn_and_another_mind(qtbot: QtBot, workspace: Workspace, session: StageSession) -> None:
    play(qtbot, workspace, session, EVERYTHING)
    room = show_room(qtbot, workspace, session)
    room.show_turn(session.path[1].id)
    qtbot.waitUntil(lambda: room.when.text() == "after turn 2")
    assert room.now_button.isVisible()
    assert room.mind is not None
    first = room.mind
    room.now_button.click()
    qtbot.waitUntil(lambda: room.when.text() == f"after turn {N_TURNS}")
    assert not room.now_button.isVisible()
    assert room.mind.mood != first.mood
    theo = session.script.parts[1].role_id
    room.show_role(theo)
    qtbot.waitUntil(lambda: room.mind is not None and room.mind.role_id == theo)
    assert room.who.currentText() == "Theo Dane"
    assert "Without a goal there is none." in words(room.folds["plan"])


def test_sections_fold_by_key_and_stay_folded(qtbot: QtBot, workspace: Workspace, session: StageSession) -> None:
    play(qtbot, workspace, session, EVERYTHING)
    room = show_room(qtbot, workspace, session)
    fold = room.folds["mood"]
    assert fold.is_open
    assert not room.folds["reminders"].is_open
    qtbot.keyClick(fold.head, Qt.Key.Key_Space)
    assert not fold.is_open
    assert "folded" in fold.head.accessibleDescription()
    theme.notifier.theme_changed.emit()
    assert not fold.is_open
    assert not fold.findChildren(Bar)[0].isVisible()


def test_empty_states_teach(qtbot: QtBot, workspace: Workspace, session: StageSession) -> None:
    play(qtbot, workspace, session, StageRules())
    room = show_room(qtbot, workspace, session)
    for key, said in (
        ("mood", "mood is off"),
        ("plan", "They play without a plan."),
        ("bids", "Nothing bids for their attention."),
        ("side", "Sides of a persona are written in Characters"),
        ("limits", "Nobody asked about anything beyond their horizon"),
        ("reminders", "Reminders are off"),
    ):
        assert said in words(room.folds[key]), key


def test_without_a_playtest_it_says_so(qtbot: QtBot, workspace: Workspace, session: StageSession) -> None:
    room = MindRoom(workspace, session)
    qtbot.addWidget(room)
    with qtbot.waitExposed(room):
        room.show()
    assert room.empty.text().startswith("Nothing is played yet.")


def test_a_strangers_records_are_read_as_far_as_they_go(
    qtbot: QtBot, workspace: Workspace, session: StageSession
) -> None:
    play(qtbot, workspace, session, EVERYTHING)
    (playtest,) = list_playtests(workspace.project)
    role_id = session.script.parts[0].role_id
    odd = {
        "plan": {"revisions": [3, {"by": "x", "before": 7}], "steps": 3},
        "workspace": {"bids": [{"salience": "high"}, None], "winner": []},
        "variant": {"score": "near", "turn": []},
        "thought": {"state": [], "leak": "x"},
        "horizon": {"asked": [{}, 4]},
        "reminder": {"drift": None},
        "mood": 3,
    }
    with workspace.project.append() as rows:
        for turn in session.path:
            row = rows.get_one(Turn, turn.id)
            row.record = row.record | {"mind": odd}
    mind = read_mind(workspace.project, playtest.id, None, role_id)
    assert mind is not None
    assert mind.plan is None
    assert mind.bids[0].salience == 0
    assert mind.side is not None
    assert mind.side.cause is None
    assert read_mind(workspace.project, playtest.id, None, "nobody") is None
