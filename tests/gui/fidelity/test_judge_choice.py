"""Who judges is chosen once for all panels of Fidelity, and nobody is asked without a word."""

from concurrent.futures import Future
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from core.inference.request import Generate
from core.lab.judge_queue import JudgingJob
from core.library.judges import find_or_add_judge
from core.library.own_metrics import add_own_metric
from gui.fidelity.board import Board
from gui.fidelity.detail_card import DetailCard
from gui.fidelity.panels import detail_actions
from gui.fidelity.panels.judges.asking_list import offered_metrics
from gui.fidelity.panels.judges.judge_choice import JUDGE_KEY, OTHER, JudgeChoice
from gui.fidelity.panels.judges.judges_panel import JudgesPanel
from gui.fidelity.panels.judges.judging_desk import desk_of
from gui.fidelity.panels.trying.audience_panel import AudiencePanel
from gui.workspace import Workspace
from models.own_metric import OwnMetricBase, OwnMetricKind
from tests.gui.fidelity.lab_scene import JudgingEngine, show, turn_ids, wait
from tests.gui.played_scene import PlayedScene

N_TURNS = 6
SERVER = "server:127.0.0.1:9"


def test_leaving_the_choice_of_a_file_leaves_the_judge(qtbot: QtBot, board: Board) -> None:
    panel = show(qtbot, JudgesPanel(board))
    choice = panel.choice
    choice.choose_file("/weights/judge.gguf")
    choice.box.setCurrentIndex(choice.box.findData(OTHER))
    choice.box.activated.emit(choice.box.currentIndex())
    dialog = choice.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()
    assert choice.choice == "/weights/judge.gguf"
    assert choice.box.currentData() == "/weights/judge.gguf"
    assert board.workspace.settings.window[JUDGE_KEY] == "/weights/judge.gguf"


def test_one_judge_is_chosen_for_all_panels(qtbot: QtBot, board: Board) -> None:
    judges, audience = show(qtbot, JudgesPanel(board)), show(qtbot, AudiencePanel(board))
    audience.hide()
    judges.choice.choose_file("/weights/judge.gguf")
    assert audience.judge.choice == "/weights/judge.gguf"
    audience.show()
    assert audience.judge.box.currentText() == "judge"


def test_a_hidden_choice_reads_nothing_and_a_new_engine_is_read_anew(
    qtbot: QtBot, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_read: list[int] = []
    monkeypatch.setattr(JudgeChoice, "_read", lambda self: n_read.append(1))
    panel = show(qtbot, AudiencePanel(board))
    panel.hide()
    n_read.clear()
    find_or_add_judge(board.workspace.project, "Scripted", "0" * 64)
    board.workspace.rows_changed.emit("judge", "")
    assert n_read == []
    panel.show()
    assert n_read
    n_read.clear()
    board.workspace.engine_changed.emit()
    assert n_read


def test_judging_again_asks_first_who_judges_and_then_says_who_does(
    qtbot: QtBot, board: Board, scene: PlayedScene
) -> None:
    workspace = board.workspace
    rubric = OwnMetricBase(name="1926", kind=OwnMetricKind.RUBRIC, body="5: sounds like 1926.")
    add_own_metric(workspace.project, rubric)
    card = DetailCard(board)
    qtbot.addWidget(card)
    acts = detail_actions.DetailActions(board, card)
    (judged, *_) = offered_metrics(workspace.project)
    acts._judged = lambda: judged  # type: ignore[method-assign]
    board.point(turn_ids(board)[0])
    wait(qtbot, lambda: card.turn_id)
    with qtbot.waitSignal(board.panel_wanted) as wanted:
        acts.judge_again()
    assert wanted.args == ["judges"]
    assert desk_of(board).jobs() == []
    workspace.change_settings(lambda settings: setattr(settings, "window", {**settings.window, JUDGE_KEY: ""}))
    notes: list[str] = []
    board.note_raised.connect(lambda said, _hint: notes.append(said))
    acts.judge_again()
    (job,) = desk_of(board).jobs()
    assert workspace.engine_name in job.title
    wait(qtbot, lambda: job.title in notes)


class SilentEngine(JudgingEngine):
    """Never answers, until it is cancelled."""

    def submit(self, request: Any, on_text: Any = None, *, background: bool = False) -> Any:
        if isinstance(request, Generate):
            return super().submit(request, on_text, background=background)
        return Future()


def test_other_weights_end_only_who_judged_with_those_in_use(qtbot: QtBot, board: Board, workspace: Workspace) -> None:
    add_own_metric(workspace.project, OwnMetricBase(name="R", kind=OwnMetricKind.RUBRIC, body="5: good."))
    metrics = offered_metrics(workspace.project)[:1]
    silent = SilentEngine()
    workspace._make_engine = lambda _settings, _emit: silent
    desk = desk_of(board)
    for choice in ("", SERVER):
        job = JudgingJob(board.playtest_ids[0], silent, metrics)
        desk.submit(job, choice or "in use", choice)
    workspace.restart_engine()
    in_use, on_server = desk.jobs()
    assert in_use.progress.state == "cancelled"
    assert "weights in use were changed" in desk.fault_of(in_use.job_id)
    assert not on_server.is_over
    desk.cancel(on_server.job_id)
    wait(qtbot, lambda: all(job.is_over for job in desk.jobs()))
    silent.close()
