"""What a panel found out about one branch, project or text is never shown, or kept, as that of another."""

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.errors import UserError
from core.fidelity.score import ScoreValue
from core.library.judges import list_judges
from core.library.labels import labels_of_turn
from core.library.own_metrics import add_own_metric, change_own_metric
from core.library.playtests import scores_of_turn
from core.project import Project
from gui.fidelity.board import Board
from gui.fidelity.panels.interviews.interviews_panel import InterviewsPanel
from gui.fidelity.panels.interviews.result_view import ResultView
from gui.fidelity.panels.judges.judges_panel import JudgesPanel
from gui.fidelity.panels.lab_panel import SETTLE_MS, offer_cast, wide_combo
from gui.fidelity.panels.open_branch import BranchAt
from gui.fidelity.panels.own import own_panel
from gui.fidelity.panels.own.own_panel import OwnPanel
from gui.fidelity.panels.own.trial import TriedTurn, try_measure
from gui.fidelity.panels.own.wording import check_body
from gui.fidelity.panels.result_table import MAX_ROWS, ResultTable
from gui.fidelity.panels.trying.audience_panel import AudiencePanel
from gui.fidelity.place import FidelityPlace
from gui.stage.plain_tip import plain_tip
from gui.workspace import Workspace
from models.interview import Interview
from models.own_metric import OwnMetric, OwnMetricBase, OwnMetricKind
from tests.gui.fidelity.lab_scene import read_all, show, turn_ids, wait
from tests.gui.played_scene import PlayedScene

N_TURNS = 6
PHRASES = OwnMetricBase(name="Lamp", kind=OwnMetricKind.PHRASES, body="lamp")


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Holds every trial back until it is set."""
    opened = threading.Event()

    def wait_and_try(*given: Any) -> list[TriedTurn]:
        found = try_measure(*given[:3])
        assert opened.wait(10)
        return found

    monkeypatch.setattr(own_panel, "try_measure", wait_and_try)
    yield opened
    opened.set()


def swap_project(workspace: Workspace, path: Path) -> PlayedScene:
    """Opens another project, in which turns and measures have other ids or the same ones; returns its scene."""
    other = Project(path)
    scene = PlayedScene(other)
    scene.play(N_TURNS)
    workspace.close_project()
    workspace.adopt_project(other)
    return scene


def own_scores(project: Project, ids: list[int]) -> list[str]:
    return [one.metric for turn in ids for one in scores_of_turn(project, turn) if one.metric.startswith("own.")]


# Trials


def test_a_trial_of_one_project_is_not_kept_in_another(
    qtbot: QtBot, board: Board, gate: threading.Event, tmp_path: Path
) -> None:
    ids = turn_ids(board)
    add_own_metric(board.workspace.project, PHRASES)
    panel = show(qtbot, OwnPanel(board))
    panel.try_it()
    assert panel.work.is_running
    swap_project(board.workspace, tmp_path / "other.tableread")
    gate.set()
    wait(qtbot, lambda: not panel.work.is_running)
    assert not panel.keep_button.isVisible()
    assert panel.table.rowCount() == 0
    panel.keep()
    read_all(qtbot, board.workspace)
    assert own_scores(board.workspace.project, ids) == []
    assert panel.form is None


def test_a_trial_that_is_shown_goes_with_its_project_and_its_branch(
    qtbot: QtBot, board: Board, scene: PlayedScene
) -> None:
    project = board.workspace.project
    add_own_metric(project, PHRASES)
    panel = show(qtbot, OwnPanel(board))
    panel.try_it()
    wait(qtbot, panel.keep_button.isVisible)
    other = PlayedScene(project, "")
    other.play(2)
    board.show_playtests([other.playtest_id])
    wait(qtbot, lambda: board.frame.n_rows == 2)
    assert not panel.keep_button.isVisible()
    assert not panel.table.isVisible()
    panel.keep()
    read_all(qtbot, board.workspace)
    assert own_scores(project, turn_ids(board)) == []


def test_a_trial_stays_while_its_branch_grows(qtbot: QtBot, board: Board, scene: PlayedScene) -> None:
    add_own_metric(board.workspace.project, PHRASES)
    panel = show(qtbot, OwnPanel(board))
    panel.try_it()
    wait(qtbot, panel.keep_button.isVisible)
    scene.play(1)
    wait(qtbot, lambda: board.frame.n_rows == N_TURNS + 1)
    assert panel.keep_button.isVisible()


def test_a_trial_of_a_text_that_was_changed_is_not_kept(qtbot: QtBot, board: Board, gate: threading.Event) -> None:
    project = board.workspace.project
    own = add_own_metric(project, PHRASES)
    gate.set()
    panel = show(qtbot, OwnPanel(board))
    panel.try_it()
    wait(qtbot, panel.keep_button.isVisible)
    change_own_metric(project, own.id, body="key")
    wait(qtbot, lambda: not panel.keep_button.isVisible())
    assert not panel.table.isVisible()
    gate.clear()
    panel.try_it()
    change_own_metric(project, own.id, body="hour")
    panel._read_now()
    gate.set()
    wait(qtbot, lambda: not panel.work.is_running)
    assert not panel.keep_button.isVisible()


def test_a_trial_can_be_ended(board: Board, scene: PlayedScene) -> None:
    own = OwnMetric(**PHRASES.model_dump())
    at = BranchAt(scene.playtest_id, turn_ids(board)[-1])
    steps: list[tuple[int, int]] = []
    with pytest.raises(CancelledError):
        try_measure(board.workspace.project, at, own, lambda *step: steps.append(step), lambda: len(steps) == 2)
    assert steps == [(1, N_TURNS), (2, N_TURNS)]


def test_a_panel_waits_for_what_it_ends(qtbot: QtBot, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def until_cancelled(*given: Any) -> list[TriedTurn]:
        while not given[4]():
            pass
        ended.set()
        raise CancelledError

    monkeypatch.setattr(own_panel, "try_measure", until_cancelled)
    add_own_metric(board.workspace.project, PHRASES)
    panel = show(qtbot, OwnPanel(board))
    panel.try_it()
    panel.stop_and_wait()
    assert ended.is_set()
    wait(qtbot, lambda: not panel.work.is_running)


def test_thousands_of_turns_are_told_without_a_widget_for_each(qtbot: QtBot, board: Board) -> None:
    panel = show(qtbot, OwnPanel(board))
    tried = [TriedTurn(n, n, "Mara", ScoreValue("own.x", float(n % 7) - 3.0), ()) for n in range(1, 10_001)]
    panel._show_tried(tried)
    assert panel.table.rowCount() == MAX_ROWS
    assert {panel.table.texts(row)[2] for row in range(MAX_ROWS)} == {"3"}
    n_above = sum(one.value > 0 for one in tried if one.value is not None)
    assert panel.said.text().startswith(f"{n_above:,} of 10,000 turns come to more than 0;")
    assert "9,800 more" in panel.said.text()


@pytest.mark.parametrize(("body", "is_right"), [(r"\p{Lu}++", True), ("a{1000000}", False), ("(a", False), ("", True)])
def test_an_expression_is_checked_by_what_measures_with_it(body: str, is_right: bool) -> None:
    assert (check_body(OwnMetricKind.REGEX, body) is None) == is_right


# Branches


def test_a_late_read_does_not_bring_a_branch_back(qtbot: QtBot, board: Board) -> None:
    audience, interviews = show(qtbot, AudiencePanel(board)), show(qtbot, InterviewsPanel(board))
    wait(qtbot, lambda: audience.who.count() == 3 and interviews.form.who.count() == 3)
    gate = threading.Event()
    board.workspace.jobs.run(lambda: gate.wait(10), is_long=True)
    audience.refresh()
    interviews.refresh()
    board.show_playtests([])
    gate.set()
    read_all(qtbot, board.workspace)
    assert audience.who.count() == 0
    assert interviews.form.who.count() == 0
    assert not audience.read_button.isEnabled()


def test_results_of_another_branch_are_not_shown(qtbot: QtBot, board: Board) -> None:
    panel = show(qtbot, AudiencePanel(board))
    wait(qtbot, lambda: panel.who.count() == 3)
    panel.lines.setPlainText("Write it down.\nThen be done with it.")
    panel.try_lines()
    panel.ask_readers()
    wait(qtbot, lambda: panel.standings.isVisible() and panel.reviews.isVisible())
    board.show_playtests([])
    assert not panel.standings.isVisible()
    assert not panel.reviews.isVisible()
    assert panel.reader_said.text() == ""


def test_the_same_roles_may_have_other_names(qtbot: QtBot) -> None:
    box = wide_combo()
    qtbot.addWidget(box)
    offer_cast(box, {"a": "Mara", "b": "Theo"})
    box.setCurrentIndex(1)
    offer_cast(box, {"a": "Nell", "b": "Ruud"})
    assert [box.itemText(at) for at in range(2)] == ["Nell", "Ruud"]
    assert box.currentData() == "b"


def test_news_that_never_ends_is_read_all_the_same(qtbot: QtBot, board: Board) -> None:
    panel = show(qtbot, OwnPanel(board))
    panel.refresh_in_sight()
    panel._settling.setInterval(SETTLE_MS * 50)
    panel._settling.start()
    left = panel._settling.remainingTime()
    QTest.qWait(20)
    panel.refresh_in_sight()
    assert panel._settling.remainingTime() < left
    panel.hide()
    assert not panel._settling.isActive()


# What is shown


def test_letters_typed_in_lists_label_nothing(qtbot: QtBot, workspace: Workspace, scene: PlayedScene) -> None:
    place = FidelityPlace(workspace)
    qtbot.addWidget(place)
    keys = {action.shortcut().toString() for action in place.actions()}
    assert not keys & set("GOYDJ")
    chart = place.cards["lines"].view
    for widget in (place.detail, chart):
        assert set("GOYDJ") <= {action.shortcut().toString() for action in widget.actions()}
    place.stop_and_wait()
    assert labels_of_turn(workspace.project, 1) == []


@pytest.mark.parametrize("strange", [float("nan"), float("inf"), 10**400, "3", None])
def test_an_interview_with_strange_numbers_is_shown(qtbot: QtBot, strange: Any) -> None:
    view = ResultView()
    qtbot.addWidget(view)
    scale = {"title": "Calm", "value": strange, "low": strange, "high": 50, "spread": strange, "n_answered": strange}
    answer = {"number": 1, "text": "I rest.", "value": strange, "probabilities": [strange] * 5}
    row = Interview(
        playtest_id="p",
        role_id="r",
        questionnaire="ipip-50",
        mode="digits",
        scales={"calm": scale},
        answers=[answer],
        record={"acquiescence": strange},
    )
    view.show_interview(row, None, None)
    assert view.scales.texts(0) == ["Calm", "–", "–", "–"]


def test_a_tip_shows_what_was_said_as_it_was_said(qtbot: QtBot) -> None:
    table = ResultTable("T", ["A"], wide=0)
    qtbot.addWidget(table)
    table.show_rows([(1, [("x", "x")], "bread & <b>butter</b>")])
    item = table.item(0, 0)
    assert item is not None
    assert item.toolTip() == plain_tip("bread & <b>butter</b>")


def test_a_project_that_is_only_read_says_why_nothing_can_be_asked(
    qtbot: QtBot, workspace: Workspace, board: Board
) -> None:
    add_own_metric(workspace.project, PHRASES)
    workspace.project.refuse_writes(UserError("Another window writes this project.", "Close it."))
    own, judges = show(qtbot, OwnPanel(board)), show(qtbot, JudgesPanel(board))
    interviews, audience = show(qtbot, InterviewsPanel(board)), show(qtbot, AudiencePanel(board))
    wait(qtbot, lambda: interviews.form.who.count() == 3 and audience.who.count() == 3)
    for widget in (own.add_button, own.delete_button, judges.examine_button, judges.judge_button):
        assert not widget.isEnabled()
    for widget in (interviews.form.ask_button, audience.try_button, audience.read_button):
        assert not widget.isEnabled()
    for label in (own.add_said, judges.examine_said, judges.said, interviews.form.refused, audience.cannot_said):
        assert "Another window writes this project." in label.text()
    own.try_it()
    wait(qtbot, own.table.isVisible)
    assert not own.keep_button.isVisible()
    assert list_judges(workspace.project) == []
