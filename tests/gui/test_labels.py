"""Labels of turns by one key each, their marks in the transcript, and scores that a person contests."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.library.labels import labels_of_turn, list_labels
from gui.stage.charts.score_card import Beside, ScoreCard
from gui.stage.labels.score_notes import read_scores_beside
from gui.stage.labels.turn_labels import TurnLabel
from gui.stage.place import StagePlace
from gui.stage.transcript.transcript_entry import say_entry
from gui.stage.transcript.turn_layout import Spot
from gui.widgets.badge import Badge
from gui.workspace import Workspace
from models.judge import Judge
from models.label import Label, Verdict
from models.score import Score
from tests.gui.played_scene import PlayedScene, open_stage
from tests.gui.stage_scene import click_spot, press, wait_for
from tests.licences import licence_with


@pytest.fixture
def scene(workspace: Workspace) -> PlayedScene:
    """A scene of four turns."""
    scene = PlayedScene(workspace.project)
    scene.play(4)
    return scene


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace, scene: PlayedScene) -> Iterator[StagePlace]:
    """The Stage on that scene, its second turn chosen."""
    place = open_stage(qtbot, workspace, scene)
    place.transcript.view.go_to(1)
    yield place
    place.stop_and_wait()


def label_of(place: StagePlace, row: int = 1) -> TurnLabel | None:
    """Returns the label that the transcript shows."""
    return place.session.labels.of(place.session.path[row].id)


def chips_of(place: StagePlace, row: int = 1) -> list[str]:
    """Returns the chips of a row."""
    return [chip.text for chip in place.transcript.model.entry(row).chips]


def test_one_key_says_good_and_the_same_takes_it_back(qtbot: QtBot, place: StagePlace) -> None:
    labels = [action.shortcut() for action in place.acts.of_label()]
    assert labels == [QKeySequence(key) for key in "GOY"]
    others = [key for one in place.acts.all() if one not in place.acts.of_label() for key in one.shortcuts()]
    assert not set(map(QKeySequence.toString, labels)) & set(map(QKeySequence.toString, others))
    with place.workspace.project.act("Label") as session:  # somebody else's word stays theirs
        session.add(Label(turn_id=place.session.path[1].id, verdict=Verdict.OFF, person="Reader 2"))
    press(place, "g")
    wait_for(qtbot, lambda: label_of(place) == TurnLabel(Verdict.GOOD))
    assert chips_of(place) == ["✓ good"]
    assert "You said: good." in say_entry(place.transcript.model.entry(1))
    press(place, "g")
    wait_for(qtbot, lambda: label_of(place) is None)
    assert chips_of(place) == []


def test_the_other_key_changes_the_verdict_and_undo_brings_the_first_back(qtbot: QtBot, place: StagePlace) -> None:
    press(place, "g")
    press(place, "o")
    wait_for(qtbot, lambda: label_of(place) == TurnLabel(Verdict.OFF))
    assert len(list_labels(place.workspace.project, place.session.playtest_id)) == 1
    place.workspace.undo()
    wait_for(qtbot, lambda: label_of(place) == TurnLabel(Verdict.GOOD))
    place.workspace.undo()
    wait_for(qtbot, lambda: label_of(place) is None)


def test_why_is_a_line_below_the_turn(qtbot: QtBot, place: StagePlace) -> None:
    press(place, "y")
    form = place.transcript.labelling.form
    assert form.isVisible()
    assert form.off.isChecked()
    QTest.keyClicks(form.why, "nobody says okay in 1926")
    QTest.keyClick(form.why, Qt.Key.Key_Return)
    wait_for(qtbot, lambda: label_of(place) == TurnLabel(Verdict.OFF, "nobody says okay in 1926"))
    assert not form.isVisible()
    assert chips_of(place) == ["✗ off · nobody says okay in 1926"]
    place.acts.good.trigger()  # another word keeps the reason
    wait_for(qtbot, lambda: label_of(place) == TurnLabel(Verdict.GOOD, "nobody says okay in 1926"))
    click_spot(place, 1, Spot.LABEL)
    assert form.isVisible()
    assert form.good.isChecked()
    QTest.keyClick(form.why, Qt.Key.Key_Escape)
    assert not form.isVisible()
    assert label_of(place) == TurnLabel(Verdict.GOOD, "nobody says okay in 1926")


def test_what_the_director_did_takes_no_label(qtbot: QtBot, place: StagePlace, scene: PlayedScene) -> None:
    scene.set_world("tension = 5")
    wait_for(qtbot, lambda: len(place.session.path) == 5)
    place.transcript.view.go_to(4)
    for key in "goy":
        press(place, key)
    assert not place.transcript.labelling.form.isVisible()
    assert list_labels(place.workspace.project, place.session.playtest_id) == []


def test_a_score_is_contested_beside_it_and_that_is_taken_back(
    qtbot: QtBot, place: StagePlace, scene: PlayedScene
) -> None:
    project, turn_id = place.workspace.project, place.session.path[1].id
    place.side.show_turn(turn_id)
    detail = place.side.detail

    def card() -> ScoreCard:
        return next(one for one in detail.findChildren(ScoreCard) if hasattr(one, "disagreement") and one.isVisible())

    wait_for(qtbot, lambda: any(one.isVisible() for one in detail.findChildren(ScoreCard)))
    first = card().disagreement
    first.button.setFocus()
    QTest.keyClick(first.button, Qt.Key.Key_Space)
    assert QApplication.focusWidget() is first.why
    QTest.keyClicks(first.why, "this is just how she talks")
    QTest.keyClick(first.why, Qt.Key.Key_Return)
    (label,) = labels_of_turn(project, turn_id)
    assert (label.verdict, label.metric, label.why) == (Verdict.OFF, "grounding", "this is just how she talks")
    score = next(score for score, _beside in read_scores_beside(project, turn_id) if score.metric == "grounding")
    assert label.score_id == score.id
    wait_for(qtbot, lambda: not card().disagreement.take_back.isHidden())
    QTest.mouseClick(card().disagreement.take_back, Qt.MouseButton.LeftButton)
    assert labels_of_turn(project, turn_id) == []
    assert label_of(place) is None


def test_old_verdicts_of_a_judge_stay_beside_the_new_one(workspace: Workspace, scene: PlayedScene) -> None:
    project, turn_id = workspace.project, scene.branch.path()[0].id or 0
    licence = licence_with("red")
    with project.append() as session:
        judge = Judge(name="Strict", weights_sha256="0" * 64, licence=licence)
        session.add(judge)
        session.flush()
        for value in (4.0, 2.0):
            session.add(Score(turn_id=turn_id, metric="moral", value=value, judge_id=judge.id))
    score, beside = next(pair for pair in read_scores_beside(project, turn_id) if pair[0].metric == "moral")
    assert score.value == 2.0
    assert (beside.judge, beside.badge) == ("Strict", "red")
    assert [what for _when, _who, what in beside.older] == ["4.000"]


def test_a_card_takes_whatever_a_pack_says(qtbot: QtBot) -> None:
    evidence = {"helped": [{"token": 1}, "x"], "shared": "words", "words": [1, "okay"], "statement": "Keeps the lamp."}
    evidence |= {"statement_number": 3, "turn": 7, "why": "It is modern.", "argmax_differs": "much"}
    beside = Beside("Modern", "J", "red")
    card = ScoreCard(Score(id=1, turn_id=1, metric="own.x", value=1.0, evidence=evidence), beside=beside)
    qtbot.addWidget(card)
    said = [label.text() for label in card.findChildren(type(card.findChild(Badge)).__mro__[1])]
    assert "Modern" in said
    assert "Statement 3: “Keeps the lamp.”" in said
    assert "red: do not trust" in said
    assert "okay" in said
