"""Panels and charts where there is little room: nothing is cut without a sign of it."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QFormLayout, QLabel, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from gui.fidelity.board import Board
from gui.fidelity.detail_card import DetailCard
from gui.fidelity.panels.elided import ElidedCombo, ElidedTick
from gui.fidelity.panels.interviews.interviews_panel import InterviewsPanel
from gui.fidelity.panels.judges.licence_view import LicenceView
from gui.fidelity.plane import value_ticks
from gui.stage.charts.score_card import ScoreCard
from gui.workspace import Workspace
from models.judge import Judge
from models.score import Score
from tests.gui.fidelity.lab_scene import show, turn_ids
from tests.gui.fidelity_scene import open_place, play_scored
from tests.licences import licence_with

N_TURNS = 6
LONG = "CharacterBox: seven sides & one more"


def _shown(qtbot: QtBot, widget: QWidget, width: int) -> QWidget:
    qtbot.addWidget(widget)
    widget.resize(width, widget.sizeHint().height())
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_a_tick_without_room_ends_in_an_ellipsis(qtbot: QtBot) -> None:
    narrow = _shown(qtbot, ElidedTick(LONG), 120)
    shorter = [_shown(qtbot, ElidedTick(f"{LONG[:n].rstrip()}…"), 120).grab().toImage() for n in range(3, 20)]
    assert narrow.grab().toImage() in shorter
    assert narrow.accessibleName() == LONG
    assert narrow.minimumSizeHint().width() < 60


def test_a_choice_without_room_ends_in_an_ellipsis_and_is_said_whole_beside_the_mouse(qtbot: QtBot) -> None:
    def make(text: str) -> QWidget:
        box = ElidedCombo("What")
        box.addItem(text)
        return _shown(qtbot, box, 130)

    narrow = make(LONG)
    assert narrow.grab().toImage() in [make(f"{LONG[:n].rstrip()}…").grab().toImage() for n in range(3, 20)]
    QApplication.sendEvent(narrow, QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), QPoint(5, 5)))
    assert "seven sides" in QToolTip.text()
    QToolTip.hideText()


def test_what_is_chosen_stands_under_its_name_in_a_narrow_panel(qtbot: QtBot, board: Board) -> None:
    panel = show(qtbot, InterviewsPanel(board))
    form = panel.form
    assert form._form.rowWrapPolicy() == QFormLayout.RowWrapPolicy.DontWrapRows
    wide_px = form.who.width()
    panel.resize(270, 900)
    qtbot.waitUntil(lambda: form._form.rowWrapPolicy() == QFormLayout.RowWrapPolicy.WrapAllRows, timeout=10_000)
    qtbot.waitUntil(lambda: form.who.x() < 8 and form.who.width() > wide_px - 60, timeout=10_000)


def test_a_licence_has_its_place_before_there_is_one(qtbot: QtBot) -> None:
    view = LicenceView()
    _shown(qtbot, view, 288)
    names = [label.text() for label in view.findChildren(QLabel)]
    assert "First choice right" in names
    assert names.count("–") == 7


@pytest.mark.parametrize(("low", "high"), [(-0.06, 0.74), (0.0, 0.79), (0.31, 0.44), (-3.0, 8.0)])
def test_an_axis_has_two_values_at_least(qtbot: QtBot, low: float, high: float) -> None:
    ticks, labels = value_ticks(low, high, 60)
    assert len(ticks) >= 2
    assert len(set(labels)) == len(labels)


def test_no_name_of_a_measure_is_cut_in_the_heat_map(qtbot: QtBot, workspace: Workspace) -> None:
    scene = play_scored(workspace.project, N_TURNS)
    with workspace.project.append() as session:
        session.add(Judge(id="j1", name="A judge with quite a long name", licence=licence_with("amber")))
    with workspace.project.append() as session:
        for turn in scene.branch.path():
            turn_id = turn.id or 0
            session.add(Score(turn_id=turn_id, metric="meaning.coherence", value=0.1))
            session.add(Score(turn_id=turn_id, metric="personagym.consistency", value=3.0, judge_id="j1"))
    place = open_place(qtbot, workspace, N_TURNS)
    place.resize(1200, 760)
    heat = place.heat

    def has_room() -> bool:
        return heat._cell_rect(0, 0, QRectF(heat.rect())).left() >= heat._widest_px + 16

    qtbot.waitUntil(has_room, timeout=10_000)
    assert heat.width() > place.grid.half_px
    judged = next(one for one in heat._columns if one.judge is not None)
    assert heat._label(judged) == judged.metric.title
    assert "long name" in judged.title


def test_no_score_is_squeezed_where_its_badge_is_wider_than_the_card(
    qtbot: QtBot, workspace: Workspace, board: Board
) -> None:
    turn_id = turn_ids(board)[0]
    with workspace.project.append() as session:
        session.add(Judge(id="j1", name="Judge with a name", licence=licence_with("red")))
    with workspace.project.append() as session:
        for place in range(8):
            score = Score(turn_id=turn_id, metric=f"persona_gym.{place}", value=2.0, judge_id="j1")
            score.evidence = {"why": "She forgets her lamp, and says what she cannot know of that night at all."}
            session.add(score)
    card = DetailCard(board)
    qtbot.addWidget(card)
    card.resize(150, 600)  # narrower than any badge
    card.show()
    qtbot.waitExposed(card)
    board.point(turn_id)
    qtbot.waitUntil(lambda: len(card.findChildren(ScoreCard)) >= 8, timeout=10_000)

    def is_whole(one: ScoreCard) -> bool:
        return one.height() >= one.layout().heightForWidth(one.width())

    qtbot.waitUntil(lambda: all(map(is_whole, card.findChildren(ScoreCard))), timeout=10_000)
