"""What charts mark beside scores: reminders and alarms of the branch, and the scores that a "what if" is about."""

from pytestqt.qtbot import QtBot

from core.playtest.looking_back.what_if import Change, Kind, start_what_if
from gui.stage.charts.chart_marks import read_chart_marks
from gui.workspace import Workspace
from tests.gui.played_scene import PlayedScene, open_stage

TIMEOUT_MS = 10_000
REMINDER = {"reminder": {"drift": 1.0, "bound": 0.5, "turn": 1, "text": "Remember who you are."}}


def test_marks_of_the_branch_and_of_no_other(qtbot: QtBot, workspace: Workspace) -> None:
    scene = PlayedScene(workspace.project)
    first = scene.play(2)
    scene.say(0, "Again.", mind=REMINDER)
    scene.say(1, "I know it.", alarms=[{"kind": "cannot_know", "fact": "boat"}])
    scene.say(1, "Elsewhere.", first[0].id, mind=REMINDER)
    scene.branch.move_head(scene.branch.turns[3].id, "Back")
    place = open_stage(qtbot, workspace, scene)
    charts = place.side.charts
    qtbot.waitUntil(lambda: charts._beside.reminders == (3,), timeout=TIMEOUT_MS)
    charts.draw_all()
    drift = next(chart for chart in charts.charts if chart.metric_name == "drift")
    assert [line.value() for line in drift._reminders] == [3]
    assert 4 in charts._beside.alarms
    assert "a reminder" in drift._caption.text()
    assert "reminders at 3" in drift.plot.accessibleName()
    assert "Reminded of who they are" in charts._describe("drift", 2)
    assert "cannot know" in charts._describe("drift", 3)
    place.stop_and_wait()


def test_hostile_records_mark_nothing(workspace: Workspace) -> None:
    scene = PlayedScene(workspace.project)
    for record in ({"mind": "x"}, {"mind": {"reminder": {}}}, {"alarms": "many"}, {"alarms": [1, {"kind": 7}]}):
        scene.say(0, "Words.", **record)
    marks = read_chart_marks(workspace.project, scene.playtest_id)
    assert not any(mark.is_reminder for mark in marks.values())
    assert all(isinstance(kind, str) for mark in marks.values() for kind in mark.alarms)


def test_a_what_if_is_drawn_over_what_it_is_about(qtbot: QtBot, workspace: Workspace) -> None:
    scene = PlayedScene(workspace.project)
    turns = scene.play(5)
    asked = Change(Kind.NOTHING)
    scene.playtest_id = start_what_if(workspace.project, scene.playtest_id, turns[3].id or 0, asked).id
    place = open_stage(qtbot, workspace, scene)
    charts = place.side.charts
    qtbot.waitUntil(lambda: charts._beside.other is not None, timeout=TIMEOUT_MS)
    assert charts._beside.other is not None
    assert charts._beside.other.n_rows == 5
    assert place.session.series.n_rows == 3
    place.stop_and_wait()
