"""A judging that was stopped is told of, with a button that goes on; and nothing moves when a judge is examined."""

import time
from collections.abc import Callable
from concurrent.futures import CancelledError

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.inference.engine_choice import remembered_choice
from core.inference.request import WeightsSettings
from core.inference.scripted import INFO
from core.inference.weights.gguf_header import weights_sha256
from core.inference.weights.notes import open_notes, stamp_of
from core.library.judges import find_or_add_judge
from core.library.own_metrics import add_own_metric
from core.library.playtests import scores_of_turn
from gui.fidelity.board import Board
from gui.fidelity.panels.interviews.interviews_panel import InterviewsPanel
from gui.fidelity.panels.judges import judges_panel
from gui.fidelity.panels.judges.asking_list import BRANCH, SELECTED
from gui.fidelity.panels.judges.judges_panel import JudgesPanel
from gui.fidelity.panels.judges.judging_desk import desk_of
from gui.fidelity.panels.judges.standing import read_standing
from gui.fidelity.panels.long_work import LongWork
from gui.fidelity.panels.own.own_panel import OwnPanel
from gui.fidelity.panels.trying.audience_panel import AudiencePanel
from gui.workspace import Workspace
from models.own_metric import OwnMetricBase, OwnMetricKind
from tests.gui.fidelity.lab_scene import open_board, read_all, show, turn_ids, wait
from tests.gui.played_scene import PlayedScene

N_TURNS = 6


@pytest.fixture
def rubric(workspace: Workspace) -> str:
    """A question of the user's own; returns its metric. The weights in use are known by their hash."""
    choice = remembered_choice(workspace.settings)
    assert isinstance(choice, WeightsSettings)
    with open_notes() as notes:
        notes.keep_sha256(choice.path, stamp_of(choice.path), INFO.sha256)
    own = OwnMetricBase(name="1926", kind=OwnMetricKind.RUBRIC, body="5: sounds like 1926.")
    return f"own.{add_own_metric(workspace.project, own).id}"


def _judge(qtbot: QtBot, panel: JudgesPanel, metric: str, target: str) -> None:
    wait(qtbot, lambda: metric in panel.asking.ticks and panel.asking.on.findData(target) >= 0)
    panel.asking.ticks[metric].setChecked(True)
    panel.asking.on.setCurrentIndex(panel.asking.on.findData(target))
    QTest.mouseClick(panel.judge_button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: panel.desk.jobs() and all(job.is_over for job in panel.desk.jobs()))


def _judge_two(qtbot: QtBot, board: Board, metric: str) -> JudgesPanel:
    """Has two turns of the branch judged, as where judging was stopped."""
    panel = show(qtbot, JudgesPanel(board))
    board.selection.select([0, 3])
    _judge(qtbot, panel, metric, SELECTED)
    wait(qtbot, panel.so_far.isVisible)
    return panel


def test_a_judging_that_was_stopped_says_how_far_it_came_and_goes_on(qtbot: QtBot, board: Board, rubric: str) -> None:
    panel = _judge_two(qtbot, board, rubric)
    assert panel.so_far.said.text() == "1926: 2 of 6 were judged before; judging goes on with the rest."
    assert panel.so_far.button.accessibleName() == "Go on judging: 1926"
    QTest.mouseClick(panel.so_far.button, Qt.MouseButton.LeftButton)
    assert not panel.so_far.isVisible()
    row = panel.queue.rows[panel.desk.jobs()[-1].job_id]
    wait(qtbot, lambda: row.said.text() == "done: 4 asked; 2 of 6 were judged before")
    for turn_id in turn_ids(board):
        assert [one.metric for one in scores_of_turn(board.workspace.project, turn_id)].count(rubric) == 1
    read_all(qtbot, board.workspace)
    assert not panel.so_far.isVisible()


def test_how_far_judging_came_is_known_after_a_restart(
    qtbot: QtBot, workspace: Workspace, board: Board, scene: PlayedScene, rubric: str
) -> None:
    _judge_two(qtbot, board, rubric)
    again = open_board(qtbot, workspace, scene, N_TURNS)
    panel = show(qtbot, JudgesPanel(again))
    assert panel.desk is not desk_of(board)
    wait(qtbot, panel.so_far.isVisible)
    assert "2 of 6 were judged before" in panel.so_far.said.text()
    assert not any(box.isChecked() for box in panel.asking.ticks.values())
    QTest.mouseClick(panel.so_far.button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: panel.desk.jobs() and panel.desk.jobs()[0].is_over)
    assert panel.desk.jobs()[0].progress.n_done == 4
    again.wake(False)
    desk_of(again).close()


def test_judging_the_whole_branch_says_what_was_judged_before(qtbot: QtBot, board: Board, rubric: str) -> None:
    panel = _judge_two(qtbot, board, rubric)
    _judge(qtbot, panel, rubric, BRANCH)
    row = panel.queue.rows[panel.desk.jobs()[-1].job_id]
    wait(qtbot, lambda: row.said.text() == "done: 4 asked; 2 of 6 were judged before")


def test_weights_that_were_never_hashed_here_are_known_by_what_is_in_their_file(workspace: Workspace) -> None:
    choice = remembered_choice(workspace.settings)
    assert isinstance(choice, WeightsSettings)
    judge = find_or_add_judge(workspace.project, "House", weights_sha256(choice.path))
    assert read_standing(workspace.project, choice, "").row == judge


def test_nothing_is_said_of_what_another_judge_began(qtbot: QtBot, board: Board, rubric: str) -> None:
    panel = _judge_two(qtbot, board, rubric)
    choice = remembered_choice(board.workspace.settings)
    assert isinstance(choice, WeightsSettings)
    with open_notes() as notes:
        notes.keep_sha256(choice.path, stamp_of(choice.path), "9" * 64)
    board.workspace.engine_changed.emit()
    wait(qtbot, lambda: not panel.so_far.isVisible())
    read_all(qtbot, board.workspace)
    assert not panel.so_far.isVisible()


# What is below stays where it is


def _top(widget: QWidget, within: QWidget) -> int:
    """Returns where a widget lies once everything is laid out."""
    tops: list[int] = []
    while len(tops) < 3 or len(set(tops[-3:])) > 1:
        QApplication.sendPostedEvents()
        QApplication.processEvents()
        tops.append(widget.mapTo(within, QPoint(0, 0)).y())
    return tops[-1]


def _never_done(_judge: object, _items: object, _on_step: object, is_cancelled: Callable[[], bool]) -> None:
    while not is_cancelled():
        time.sleep(0.01)
    raise CancelledError


def test_nothing_moves_when_a_judge_is_examined(qtbot: QtBot, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judges_panel, "examine", _never_done)
    panel = show(qtbot, JudgesPanel(board))
    panel.choice.remember("")
    wait(qtbot, lambda: panel.asking.ticks)
    find_or_add_judge(board.workspace.project, INFO.name, INFO.sha256)
    read_all(qtbot, board.workspace)
    before = _top(panel.judge_button, panel.widget())
    panel.examine_button.setFocus()
    QTest.keyClick(panel.examine_button, Qt.Key.Key_Space)
    assert panel.work.bar.isVisible()
    assert panel.work.cancel_button.hasFocus()
    assert _top(panel.judge_button, panel.widget()) == before
    QTest.keyClick(panel.work.cancel_button, Qt.Key.Key_Space)
    wait(qtbot, lambda: not panel.work.is_running)
    read_all(qtbot, board.workspace)
    assert _top(panel.judge_button, panel.widget()) == before
    assert panel.examine_button.hasFocus()


@pytest.mark.parametrize("make", [JudgesPanel, InterviewsPanel, OwnPanel, AudiencePanel])
def test_the_bar_stands_where_its_button_was(qtbot: QtBot, board: Board, make: type[JudgesPanel]) -> None:
    panel = show(qtbot, make(board))
    for work in panel.findChildren(LongWork):
        height, button = work.sizeHint().height(), work._button
        assert work.isAncestorOf(button)
        work.start(lambda _on_step, _is_cancelled: None)
        assert work.bar.isVisibleTo(work)
        assert not button.isVisibleTo(work)
        assert work.sizeHint().height() == height
        wait(qtbot, lambda work=work: not work.is_running)
        assert button.isVisibleTo(work)
