"""The heat map of means says how many turns each of them rests on."""

import csv

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.fidelity.chart_data import format_csv
from gui.fidelity.place import FidelityPlace
from gui.fidelity.views.heat_map import HeatMapView
from gui.workspace import Workspace
from models.branch_score import BranchScore
from models.judge import Judge
from models.score import Score
from tests.gui.fidelity_scene import open_place, play_scored

N_TURNS = 9


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace) -> FidelityPlace:
    """Three characters with three scored turns each; of one judged measure the first has two, the second one."""
    scene = play_scored(workspace.project, N_TURNS)
    path = scene.branch.path()
    with workspace.project.append() as session:
        session.add(Judge(id="j1", name="Small judge"))
    with workspace.project.append() as session:
        for turn in (path[0], path[3], path[1]):
            session.add(Score(turn_id=turn.id or 0, metric="personagym.consistency", value=3.0, judge_id="j1"))
        of_all = {"playtest_id": scene.playtest_id, "head_id": path[6].id, "role_id": path[0].speaker_id}
        session.add(BranchScore(metric="goals.goal", value=4.0, judge_id="j1", **of_all))
    return open_place(qtbot, workspace, N_TURNS)


def _line(heat: HeatMapView, metric: str) -> int:
    return next(place for place, one in enumerate(heat._columns) if one.metric.name == metric)


def _table(heat: HeatMapView) -> list[list[str]]:
    return list(csv.reader(format_csv(heat.data()).splitlines()))


def test_a_cell_says_how_many_turns_its_mean_rests_on(place: FidelityPlace) -> None:
    heat = place.heat
    heat.setFocus()
    line = _line(heat, "personagym.consistency")
    tips = [heat.tip_at(heat._cell_rect(line, head, QRectF(heat.rect())).center()) for head in range(3)]
    said = [" ".join(tip.splitlines()[1:2]) for tip in tips]
    assert sorted(said) == ["3.000 over 1 turn: little to go by", "3.000 over 2 turns: little to go by", "Not scored."]
    heat._at = (line, tips.index(next(tip for tip in tips if "2 turns" in tip)) - 1)
    QTest.keyClick(heat, Qt.Key.Key_Right)
    assert "3.000 over 2 turns" in heat.accessibleDescription()
    assert "over 3 turns" in heat.say_cell(_line(heat, "echo"), 0)
    assert "little" not in heat.say_cell(_line(heat, "echo"), 0)


def test_a_score_of_all_that_somebody_said_rests_on_these_turns(place: FidelityPlace) -> None:
    heat = place.heat
    line = _line(heat, "goals.goal")
    said = [heat.say_cell(line, head).splitlines()[1] for head in range(3)]
    assert sorted(said) == ["4.000 over 3 turns", "Not scored.", "Not scored."]


def test_the_table_and_the_csv_have_a_column_of_turns_beside_each_mean(place: FidelityPlace) -> None:
    heat = place.heat
    titles, *lines = _table(heat)
    names = heat._head_titles()
    assert titles == ["Measure", *(title for name in names for title in (name, f"{name}: turns"))]
    judged = next(line for line in lines if "Small judge" in line[0] and line[0] != lines[_line(heat, "goals.goal")][0])
    assert sorted(zip(judged[1::2], judged[2::2], strict=True)) == [("", "0"), ("3.0", "1"), ("3.0", "2")]
    assert [lines[_line(heat, "echo")][place] for place in (2, 4, 6)] == ["3", "3", "3"]


def test_cells_of_less_than_three_turns_are_marked_and_the_caption_says_how(place: FidelityPlace) -> None:
    heat = place.heat
    assert "Dashed: fewer than 3 turns." in heat.caption()
    assert "over 2 turns" in heat.summary() or "over 3 turns" in heat.summary()
    cell = next(one for one in heat._cells[_line(heat, "personagym.consistency")] if one is not None)
    pictures = [_paint(heat, one) for one in (cell, type(cell)(cell.value, cell.z, cell.rank, 3))]
    assert pictures[0] != pictures[1]


def _paint(heat: HeatMapView, cell: object) -> QImage:
    image = QImage(80, 30, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    heat._paint_cell(painter, QRectF(2, 2, 76, 26), cell)  # type: ignore[arg-type]
    painter.end()
    return image


def test_nothing_is_said_of_dashes_where_there_are_none(qtbot: QtBot, workspace: Workspace) -> None:
    play_scored(workspace.project, N_TURNS)
    assert "Dashed" not in open_place(qtbot, workspace, N_TURNS).heat.caption()
