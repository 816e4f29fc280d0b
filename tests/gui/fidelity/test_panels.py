"""The panels of Fidelity, driven as a person drives them: real rows, real measures, a judge that answers by script."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.fidelity.interviews.questionnaire import load_life_talk
from core.fidelity.judged.line_audience import AUDIENCE
from core.library.interviews import list_interviews
from core.library.judges import find_or_add_judge, list_judges
from core.library.labels import labels_of_turn, set_label
from core.library.own_metrics import add_own_metric, is_allowed, list_own_metrics
from core.library.playtests import scores_of_turn
from gui.fidelity.board import Board
from gui.fidelity.detail_card import DetailCard
from gui.fidelity.panels import detail_actions
from gui.fidelity.panels.interviews.asking_form import TWO_STAGES
from gui.fidelity.panels.interviews.interviews_panel import InterviewsPanel
from gui.fidelity.panels.judges.asking_list import OPEN
from gui.fidelity.panels.judges.judges_panel import JudgesPanel
from gui.fidelity.panels.judges.judging_desk import desk_of
from gui.fidelity.panels.long_work import say_left
from gui.fidelity.panels.own.own_panel import OwnPanel
from gui.fidelity.panels.trying.audience_panel import AudiencePanel
from gui.workspace import Workspace
from models.label import Verdict
from models.own_metric import OwnMetricBase, OwnMetricKind
from models.score import Score
from tests.gui.fidelity.lab_scene import JudgingEngine, read_all, show, turn_ids, wait
from tests.gui.played_scene import PlayedScene

N_TURNS = 12


# Own measures


def test_an_expression_is_written_tried_and_kept(qtbot: QtBot, board: Board) -> None:
    panel = show(qtbot, OwnPanel(board))
    assert not panel.list.isVisible()
    panel.add(OwnMetricKind.REGEX)
    form = panel.form
    assert form is not None
    assert QApplication.focusWidget() is form.fields["name"].editor
    QTest.keyClicks(form.fields["name"].editor, "Modern words")
    form.fields["body"].focus_editor()
    QTest.keyClicks(form.fields["body"].editor, r"\b(lamp|key")
    form.fields["how_to_read"].focus_editor()
    assert "missing )" in form.fields["body"].fault
    form.fields["body"].focus_editor()
    QTest.keyClicks(form.fields["body"].editor, r")\b")
    panel.flush()
    (own,) = list_own_metrics(board.workspace.project)
    assert (own.name, own.body) == ("Modern words", r"\b(lamp|key)\b")
    QTest.mouseClick(panel.try_button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: panel.table.rowCount() == N_TURNS)
    assert panel.table.texts(0) == ["1", "Theo Dane", "1", "lamp"]
    assert panel.said.text() == "8 of 12 turns come to more than 0; 0.667 on average."
    first = turn_ids(board)[0]
    assert not any(score.metric.startswith("own.") for score in scores_of_turn(board.workspace.project, first))
    QTest.mouseClick(panel.keep_button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: f"own.{own.id}" in board.frame.columns)
    panel.table.row_chosen.emit(first)
    assert board.turn_id == first


def test_deleting_is_one_step_of_undo(qtbot: QtBot, board: Board) -> None:
    project = board.workspace.project
    add_own_metric(project, OwnMetricBase(name="Sorry", kind=OwnMetricKind.PHRASES, body="sorry"))
    panel = show(qtbot, OwnPanel(board))
    with qtbot.waitSignal(board.note_raised):
        QTest.mouseClick(panel.delete_button, Qt.MouseButton.LeftButton)
    assert list_own_metrics(project) == []
    board.workspace.undo()
    wait(qtbot, lambda: panel.list.count() == 1)
    assert panel.list.item(0).text() == "Sorry"


def test_a_program_runs_only_after_just_its_text_was_allowed(qtbot: QtBot, board: Board) -> None:
    project = board.workspace.project
    path = project.path.parent / "commas.py"
    path.write_text('def score(text, **about):\n    return text.count(",")\n')
    add_own_metric(project, OwnMetricBase(name="Commas", kind=OwnMetricKind.PYTHON, body="commas.py"))
    panel = show(qtbot, OwnPanel(board))
    assert panel.python.isVisible()
    assert "count" in panel.python.text.toPlainText()
    assert "all your rights" in panel.python.said.text()
    assert not panel.try_button.isEnabled()
    panel.python.allow.setFocus()
    QTest.keyClick(panel.python.allow, Qt.Key.Key_Space)
    assert is_allowed(path.read_text())
    assert panel.try_button.isEnabled()
    path.write_text("import os\n" + path.read_text())
    panel.refresh()
    assert not panel.try_button.isEnabled()
    assert panel.python.allow.isVisible()


def test_a_file_that_is_missing_is_said_beside_it(qtbot: QtBot, board: Board) -> None:
    add_own_metric(board.workspace.project, OwnMetricBase(name="None", kind=OwnMetricKind.PYTHON, body="nowhere.py"))
    panel = show(qtbot, OwnPanel(board))
    assert panel.python.said.text()
    assert not panel.python.text.isVisible()
    assert not panel.try_button.isEnabled()


# Judges


def test_a_judge_is_examined_and_its_badge_is_shown(qtbot: QtBot, board: Board, engine: JudgingEngine) -> None:
    panel = show(qtbot, JudgesPanel(board))
    wait(qtbot, lambda: panel.asking.ticks)
    assert panel.choice.badge.badge == ""
    assert not panel.judge_button.isEnabled()
    QTest.mouseClick(panel.examine_button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: panel.choice.badge.badge)
    assert panel.choice.badge.badge == "red"  # always the first of four: a guess
    (judge,) = list_judges(board.workspace.project)
    assert judge.licence["n"] == 60
    assert "of 60 scenes" in panel.licence.said.text()
    assert panel.examine_button.text() == "Examine again"


def test_a_judge_that_played_is_told_apart(qtbot: QtBot, board: Board, scene: PlayedScene) -> None:
    scene.say(1, "Then write it.", weights={"name": "Scripted", "sha256": "0" * 64})
    wait(qtbot, lambda: board.frame.n_rows == N_TURNS + 1)
    panel = show(qtbot, JudgesPanel(board))
    find_or_add_judge(board.workspace.project, "Scripted", "0" * 64)
    panel.choice._row_ids[""] = list_judges(board.workspace.project)[0].id
    panel.refresh()
    wait(qtbot, panel.choice.warning.isVisible)
    assert "These weights also played" in panel.choice.warning.text()
    assert "Theo Dane" in panel.choice.warning.text()


def test_an_examination_is_stopped_and_nothing_is_kept_of_it(qtbot: QtBot, board: Board) -> None:
    panel = show(qtbot, JudgesPanel(board))
    panel.examine()
    assert panel.work.is_running
    panel.work.cancel_button.click()
    wait(qtbot, lambda: not panel.work.is_running)
    assert [judge.licence for judge in list_judges(board.workspace.project) if judge.licence] == []
    assert panel.examine_button.isEnabled()


def test_a_turn_is_judged_behind_the_playtest_and_again_keeps_the_old_verdict(qtbot: QtBot, board: Board) -> None:
    project, turn_id = board.workspace.project, turn_ids(board)[2]
    add_own_metric(project, OwnMetricBase(name="1926", kind=OwnMetricKind.RUBRIC, body="5: sounds like 1926."))
    panel = show(qtbot, JudgesPanel(board))
    board.point(turn_id)
    wait(qtbot, lambda: panel.asking.on.findData(OPEN) >= 0 and panel.asking.ticks)
    name = next(iter(panel.asking.ticks))
    panel.asking.ticks[name].setChecked(True)
    panel.asking.on.setCurrentIndex(panel.asking.on.findData(OPEN))
    for n_verdicts in (1, 2):
        panel.asking.again.setChecked(n_verdicts == 2)
        QTest.mouseClick(panel.judge_button, Qt.MouseButton.LeftButton)
        wait(qtbot, lambda n=n_verdicts: panel.verdicts.table.rowCount() == n)
    judged = [score for score in scores_of_turn(project, turn_id) if score.metric == name]
    assert len(judged) == 2
    assert all(score.judge_id for score in judged)
    assert [panel.verdicts.table.texts(row)[0] for row in range(2)] == ["1926\nScripted", "1926 (before)\nScripted"]
    wait(qtbot, lambda: all(job.is_over for job in panel.desk.jobs()))
    assert len(panel.queue.rows) == 2
    QTest.mouseClick(panel.queue.clear, Qt.MouseButton.LeftButton)
    assert panel.queue.rows == {}


def test_agreement_follows_the_labels(qtbot: QtBot, board: Board) -> None:
    project, ids = board.workspace.project, turn_ids(board)
    panel = show(qtbot, JudgesPanel(board))
    wait(qtbot, lambda: "Label some turns" in panel.agreement.said.text())
    with project.append() as session:
        session.add_all(Score(turn_id=one, metric="echo", value=at / N_TURNS) for at, one in enumerate(ids))
    for at, turn_id in enumerate(ids):
        set_label(project, turn_id, Verdict.OFF if at >= N_TURNS // 2 else Verdict.GOOD)
    table = panel.agreement.table
    wait(qtbot, lambda: any(table.key_of(row) == ("echo", "") for row in range(table.rowCount())))
    wait(qtbot, lambda: "12 labelled turns" in panel.agreement.said.text())
    row = next(row for row in range(table.rowCount()) if table.key_of(row) == ("echo", ""))
    assert table.texts(row)[1:3] == ["12", "1.00"]


def test_turns_alone_cannot_be_asked_about_a_whole_scene(qtbot: QtBot, board: Board) -> None:
    panel = show(qtbot, JudgesPanel(board))
    board.point(turn_ids(board)[0])
    wait(qtbot, lambda: panel.asking.on.findData(OPEN) >= 0 and "goals" in panel.asking.ticks)
    panel.asking.ticks["goals"].setChecked(True)
    panel.asking.on.setCurrentIndex(panel.asking.on.findData(OPEN))
    panel.asking.changed.emit()
    assert not panel.judge_button.isEnabled()
    assert "more than one turn" in panel.said.text()


def test_keys_in_fidelity_label_contest_and_judge_again(qtbot: QtBot, board: Board) -> None:
    project, turn_id = board.workspace.project, turn_ids(board)[1]
    card = DetailCard(board)
    qtbot.addWidget(card)
    actions = {action.shortcut().toString(): action for action in detail_actions.install(board, card)}
    assert set(actions) == {"G", "O", "Y", "D", "J"}
    assert not any(action.isEnabled() for action in actions.values())
    with qtbot.waitActive(card):
        card.show()
        card.activateWindow()
    board.point(turn_id, "grounding")
    wait(qtbot, lambda: card.column_key == "grounding" and actions["G"].isEnabled())
    assert not actions["J"].isEnabled()  # nobody judges that
    card.setFocus()
    QTest.keyClick(card, Qt.Key.Key_O)
    assert [label.verdict for label in labels_of_turn(project, turn_id)] == [Verdict.OFF]
    actions["O"].trigger()
    assert labels_of_turn(project, turn_id) == []
    actions["D"].trigger()
    form = card.findChild(detail_actions.WhyForm)
    assert form.isVisible()
    assert not form.good.isVisible()
    QTest.keyClicks(form.why, "she may")
    QTest.keyClick(form.why, Qt.Key.Key_Return)
    (label,) = labels_of_turn(project, turn_id)
    assert (label.metric, label.verdict, label.why) == ("grounding", Verdict.OFF, "she may")


# Interviews


def test_an_interview_is_held_kept_and_read(qtbot: QtBot, board: Board, engine: JudgingEngine) -> None:
    project = board.workspace.project
    panel = show(qtbot, InterviewsPanel(board))
    wait(qtbot, panel.form.ask_button.isEnabled)
    assert "Nobody is diagnosed" in panel.empty.text()
    QTest.mouseClick(panel.form.ask_button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: panel.result.isVisible() and panel.result.items.rowCount() == 50)
    (held,) = list_interviews(project, board.playtest_ids[0])
    assert held.role_id == panel.form.role_id
    assert panel.result.radar.isVisible()
    assert panel.result.radar.accessibleDescription() == panel.result.sentence.text() != ""
    assert panel.result.scales.rowCount() == 5
    assert "not a person" in panel.result.notice.text()
    assert panel.chosen.count() == 1


def test_sensitive_questions_are_off_until_it_is_said_that_they_are_for_research(qtbot: QtBot, board: Board) -> None:
    panel = show(qtbot, InterviewsPanel(board))
    wait(qtbot, panel.form.ask_button.isEnabled)
    box = panel.form.questionnaire
    box.setCurrentIndex(next(at for at in range(box.count()) if "sensitive" in box.itemText(at)))
    assert not panel.form.ask_button.isEnabled()
    assert panel.form.sensitive.isVisible()
    panel.form.sensitive.setChecked(True)
    assert panel.form.ask_button.isEnabled()


def test_two_stages_say_how_the_whole_form_differs(qtbot: QtBot, board: Board, engine: JudgingEngine) -> None:
    panel = show(qtbot, InterviewsPanel(board))
    wait(qtbot, panel.form.ask_button.isEnabled)
    panel.form.questionnaire.setCurrentIndex(panel.form.questionnaire.findData("self-regard"))
    panel.form.sensitive.setChecked(True)
    panel.form.mode.setCurrentIndex(panel.form.mode.findData(TWO_STAGES))
    assert load_life_talk().notice in panel.form.notice.text()
    panel.form.ask()
    wait(qtbot, lambda: panel.comparison.isVisible() and panel.chosen.count() == 3)
    assert panel.comparison.table.rowCount() >= 1
    panel._show(str(panel.chosen.itemData(panel.chosen.findText("life-talk", Qt.MatchFlag.MatchContains))))
    wait(qtbot, lambda: "“" in " ".join(panel.result.items.texts(0)))
    assert not panel.result.radar.isVisible()


# Audience


def test_lines_are_tried_on_an_audience_and_none_is_said(qtbot: QtBot, board: Board, engine: JudgingEngine) -> None:
    panel = show(qtbot, AudiencePanel(board))
    wait(qtbot, lambda: panel.who.count() == 3)
    panel.lines.setFocus()
    QTest.keyClicks(panel.lines, "Write it down.")
    assert not panel.try_button.isEnabled()
    assert "One more line" in panel.line_said.text()
    QTest.keyClick(panel.lines, Qt.Key.Key_Return)
    QTest.keyClicks(panel.lines, "Then be done with it.")
    QTest.mouseClick(panel.try_button, Qt.MouseButton.LeftButton)
    wait(qtbot, lambda: panel.standings.rowCount() == 2)
    assert len(panel.line_said.text()) > 20
    assert board.frame.n_rows == N_TURNS
    assert len(AUDIENCE) == 5


def test_readers_review_the_scene(qtbot: QtBot, board: Board, engine: JudgingEngine) -> None:
    panel = show(qtbot, AudiencePanel(board))
    wait(qtbot, panel.read_button.isEnabled)
    QTest.mouseClick(panel.read_button, Qt.MouseButton.LeftButton)
    wait(qtbot, panel.reviews.isVisible)
    assert "of 10 on average" in panel.reader_said.text()


def test_how_long_it_takes_is_said_in_words_that_fit() -> None:
    assert say_left(12.4) == "about 12 s left"
    assert say_left(200) == "about 3 min left"


def test_panels_of_an_empty_project_ask_for_nothing(qtbot: QtBot, workspace: Workspace, engine: JudgingEngine) -> None:
    board = Board(workspace)
    panels = [OwnPanel(board), JudgesPanel(board), InterviewsPanel(board), AudiencePanel(board)]
    for panel in panels:
        show(qtbot, panel)
    read_all(qtbot, workspace)
    enabled = [action.text() for panel in panels for action in panel.panel_actions() if action.isEnabled()]
    adds = [text for text in enabled if text.startswith("Add own measure")]
    assert len(adds) == len(OwnMetricKind)
    assert [text for text in enabled if text not in adds] == ["Examine the judge"]  # which needs no playtest
    assert not panels[2].form.ask_button.isEnabled()  # type: ignore[attr-defined]
    desk_of(board).close()
