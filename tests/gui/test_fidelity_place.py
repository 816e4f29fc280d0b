"""The place Fidelity, by mouse and keyboard, on real rows."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.library.labels import label_turn
from gui import theme
from gui.fidelity.chart import Chart
from gui.fidelity.export import write_chart
from gui.fidelity.place import FidelityPlace
from gui.main_window import MainWindow
from gui.workspace import Workspace
from models.judge import Judge
from models.label import Verdict
from models.score import Score
from tests.gui.played_scene import LINES, OTHER_LINES, PlayedScene
from tests.gui.stage_scene import add_turns, make_scene
from tests.licences import licence_with

WAIT_MS = 20_000


@pytest.fixture
def scene(workspace: Workspace) -> PlayedScene:
    """Twelve turns of three characters, with a judged score and two measures of each."""
    scene = PlayedScene(workspace.project)
    turns = scene.play(12)
    with workspace.project.append() as session:
        session.add(Judge(id="j1", name="Small judge", licence=licence_with("amber")))
        for turn in turns:
            session.add(Score(turn_id=turn.id or 0, metric="echo", value=0.05 * (turn.number % 5)))
        evidence = {"words": ["lamp"], "statement": "Mara keeps the lamp of Skarholm.", "statement_number": 1}
        score = Score(turn_id=turns[3].id or 0, metric="personagym.consistency", value=2.0, judge_id="j1")
        score.evidence = evidence | {"why": "She forgets her lamp."}
        session.add(score)
    return scene


def _open(qtbot: QtBot, workspace: Workspace) -> FidelityPlace:
    place = FidelityPlace(workspace)
    qtbot.addWidget(place)
    place.resize(1372, 820)
    with qtbot.waitActive(place):
        place.show()
        place.activateWindow()
    return place


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace, scene: PlayedScene) -> FidelityPlace:
    """The place, with everything read and worked out."""
    place = _open(qtbot, workspace)
    qtbot.waitUntil(lambda: place.board.frame.n_rows == 12 and not place.board.is_loading, timeout=WAIT_MS)
    _settle(qtbot, place)
    return place


def _settle(qtbot: QtBot, place: FidelityPlace) -> None:
    """Waits until every view shows what there is."""
    for card in place.cards.values():
        card.view.ready()
    QApplication.processEvents()


def _click(view: Chart, spot: QPointF, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, keys, spot.toPoint())


def _drag(view: Chart, start: QPointF, end: QPointF) -> None:
    QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start.toPoint())
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(view, (start + (end - start) * share).toPoint())
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end.toPoint())


def _spot(view: Chart, row: int) -> QPointF:
    spot = view.spot_of(row)
    assert spot is not None
    return spot


def test_a_point_opens_its_turn_with_words_evidence_and_badge(qtbot: QtBot, place: FidelityPlace) -> None:
    place.board.choose_metric("personagym.consistency@j1")
    _settle(qtbot, place)
    _click(place.lines, _spot(place.lines, 3))
    qtbot.waitUntil(lambda: place.detail.turn_id == int(place.board.frame.turn_id[3]), timeout=WAIT_MS)
    said = _texts(place.detail)
    assert "The lamp was out from eight until nine." in _plain(said)
    assert "Mara keeps the lamp of Skarholm." in said
    assert "She forgets her lamp." in said
    assert "amber: with care" in said
    assert place.detail.column_key == "personagym.consistency@j1"
    asked: list[tuple[str, str]] = []
    place.open_requested.connect(lambda kind, turn_id: asked.append((kind, turn_id)))
    place.detail.stage_button.click()
    assert asked == [("turn", str(place.detail.turn_id))]


def _texts(widget: object) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))  # type: ignore[attr-defined]


def _plain(markup: str) -> str:
    return re.sub(r"<span[^>]*>|</span>", "", markup)


def test_dragging_over_points_selects_them_in_every_view(qtbot: QtBot, place: FidelityPlace) -> None:
    plane = place.lines.plane
    assert plane is not None
    start = QPointF(plane.x(2.5), plane.rect.top() + 1)
    _drag(place.lines, start, QPointF(plane.x(5.5), plane.rect.bottom() - 1))
    assert place.board.selection.rows().tolist() == [2, 3, 4]
    selected = {index.row() for index in place.worst.selectionModel().selectedRows()}
    numbers = {int(place.worst.model().index(row, 0).data()) for row in selected}
    assert numbers == {3, 4, 5}
    assert "3 selected" in place.top.clear_button.text()
    QTest.keyClick(place.lines, Qt.Key.Key_Escape)
    assert place.board.selection.n == 0


def test_every_view_brushes_the_same_selection(qtbot: QtBot, place: FidelityPlace) -> None:
    for view in (place.heat, place.distributions, place.scatter, place.timeline, place.comparison, place.radar):
        place.board.selection.clear()
        place.page.ensureWidgetVisible(view)
        QApplication.processEvents()
        _drag(view, QPointF(3, 3), QPointF(view.width() - 3, view.height() - 3))
        assert place.board.selection.n > 0, view.KEY


def test_keys_walk_open_and_select(qtbot: QtBot, place: FidelityPlace) -> None:
    place.lines.setFocus()
    for _press in range(2):
        QTest.keyClick(place.lines, Qt.Key.Key_Right)
    assert place.lines.cursor_row == 1
    QTest.keyClick(place.lines, Qt.Key.Key_Space)
    assert place.board.selection.rows().tolist() == [1]
    assert "Turn 2" in place.lines.accessibleDescription()
    QTest.keyClick(place.lines, Qt.Key.Key_Return)
    assert place.board.turn_id == int(place.board.frame.turn_id[1])


def test_a_cell_opens_its_worst_turn_and_a_label_is_looked_at(qtbot: QtBot, place: FidelityPlace) -> None:
    heat = place.heat
    place.page.ensureWidgetVisible(heat, 0, 0)
    heat.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(heat, key)
    row = place.board.frame.row_of(place.board.turn_id)
    mine = heat.rows_of_cell(*heat._at)
    values = place.board.values()
    assert row in mine
    assert place.board.column() is heat._columns[1]
    assert values[row] == (values[mine].max() if place.board.metric_of().better == "lower" else values[mine].min())


def test_filters_say_who_and_what(qtbot: QtBot, place: FidelityPlace, scene: PlayedScene) -> None:
    chip = next(chip for who, chip in place.top.chips.items() if who[1] == "Mara Voss")
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    frame = place.board.frame
    assert {frame.speakers[one].name for one in frame.speaker[place.board.visible]} == {"Mara Voss"}
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    place.board.selection.select([0, 1, 2])
    qtbot.mouseClick(place.top.only_button, Qt.MouseButton.LeftButton)
    values = place.board.values()
    seen = values[place.board.visible]
    assert 3 <= len(seen) < 12
    assert (seen.min(), seen.max()) == (np.nanmin(values[:3]), np.nanmax(values[:3]))
    qtbot.mouseClick(place.top.range_button, Qt.MouseButton.LeftButton)
    assert place.board.visible.sum() == 12


def test_tables_have_all_points_and_open_turns(qtbot: QtBot, place: FidelityPlace) -> None:
    place.lines.setFocus()
    place.acts.table.trigger()
    card = place.cards["lines"]
    assert card.table is not None
    qtbot.waitUntil(card.table.isVisible)
    assert card.table.model().rowCount() == 12
    assert card.table.accessibleDescription() == place.lines.summary()
    place.resize(900, 700)
    qtbot.waitUntil(lambda: place.grid.n_columns == 1)
    card.table.activated.emit(card.table.model().index(4, 0))
    assert place.board.turn_id == int(place.board.frame.turn_id[card.table.model().shown.frame_row(4)])


def test_charts_say_themselves_and_are_written(place: FidelityPlace, tmp_path: Path) -> None:
    assert "Worst by" in place.worst.summary()
    for key, card in place.cards.items():
        said = card.view.summary()
        assert card.view.accessibleName(), key
        assert said.endswith("."), key
        assert "%1" not in said
        assert len(card.view.data()) > 0, key
        write_chart(card.view, tmp_path / f"{key}.csv")
        lines = (tmp_path / f"{key}.csv").read_text(encoding="utf-8").splitlines()
        assert len(lines) == len(card.view.data()) + 1
        if isinstance(card.view, Chart):
            write_chart(card.view, tmp_path / f"{key}.svg")
            write_chart(card.view, tmp_path / f"{key}.png")
            assert b"<svg" in (tmp_path / f"{key}.svg").read_bytes()[:400]
            assert QImage(str(tmp_path / f"{key}.png")).width() >= 1280
    written = (tmp_path / "lines.csv").read_text(encoding="utf-8").splitlines()
    row = place.lines.data().frame_row(0)
    assert written[1].split(",")[2] == repr(float(place.board.values()[row]))


def test_branches_and_playtests_are_compared_by_checking_them(
    qtbot: QtBot, place: FidelityPlace, scene: PlayedScene
) -> None:
    path = scene.branch.path()
    scene.play(4, OTHER_LINES, parent_id=path[5].id)
    qtbot.waitUntil(lambda: place.board.frame.n_rows == 16 and not place.board.is_loading, timeout=WAIT_MS)
    top = place.sources.tree.topLevelItem(0)
    assert top is not None
    assert top.childCount() == 2
    other = next(one for one in (top.child(0), top.child(1)) if one.checkState(0) != Qt.CheckState.Checked)
    other.setCheckState(0, Qt.CheckState.Checked)
    qtbot.waitUntil(lambda: len(place.board.frame.sides) == 2, timeout=WAIT_MS)
    _settle(qtbot, place)
    assert sorted(len(side.rows) for side in place.board.frame.sides) == [10, 12]
    assert len(place.comparison.data()) == 8
    assert len(place.heat._heads) == 6


def test_new_scores_and_labels_appear(qtbot: QtBot, place: FidelityPlace, scene: PlayedScene) -> None:
    scene.say(0, "One line more.")
    qtbot.waitUntil(lambda: place.board.frame.n_rows == 13, timeout=WAIT_MS)
    place.board.selection.select([12])
    label_turn(place.workspace.project, int(place.board.frame.turn_id[2]), Verdict.OFF)
    qtbot.waitUntil(lambda: bool(place.board.frame.label[2]), timeout=WAIT_MS)
    assert place.board.selection.rows().tolist() == [12]
    assert place.top.label_button.isVisible()
    place.workspace.undo()
    qtbot.waitUntil(lambda: not place.board.frame.label.any(), timeout=WAIT_MS)


def test_an_empty_place_teaches_and_has_a_button(qtbot: QtBot, workspace: Workspace) -> None:
    place = _open(qtbot, workspace)
    qtbot.waitUntil(place.stage_button.isVisible, timeout=WAIT_MS)
    with qtbot.waitSignal(place.open_requested) as asked:
        qtbot.mouseClick(place.stage_button, Qt.MouseButton.LeftButton)
    assert asked.args == ["stage", ""]


def test_turns_that_were_never_scored_are_scored_by_one_button(qtbot: QtBot, workspace: Workspace) -> None:
    scenario_id, roles = make_scene(workspace.project)
    lines = [{"speaker_id": roles[turn % 3], "text": LINES[turn % len(LINES)]} for turn in range(6)]
    add_turns(workspace.project, scenario_id, lines)
    place = _open(qtbot, workspace)
    qtbot.waitUntil(lambda: place.board.frame.n_rows == 6 and not place.board.is_loading, timeout=WAIT_MS)
    assert place.board.column() is None
    assert place.top.score_button.text() == "Score 6 turns"
    qtbot.mouseClick(place.top.score_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "echo" in place.board.frame.scores and not place.top.catch_up.is_running, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not place.top.score_button.isVisible(), timeout=WAIT_MS)
    assert len(place.lines.data()) == 5  # the first line has nobody to echo


def test_the_window_has_the_place_between_stage_and_weights(
    qtbot: QtBot, make_window: Callable[..., MainWindow], demo_path: Path, tmp_path: Path
) -> None:
    window = make_window(demo_path)
    scene = PlayedScene(window.workspace.project)
    scene.play(9)
    place = window.show_place("fidelity")
    assert isinstance(place, FidelityPlace)
    qtbot.waitUntil(lambda: place.board.frame.n_rows == 9 and not place.board.is_loading, timeout=WAIT_MS)
    _settle(qtbot, place)
    buttons = [button.text() for button in place.detail.findChildren(QPushButton)]
    assert "Open on the Stage" in buttons
    place.board.point_row(4)
    qtbot.waitUntil(lambda: place.detail.turn_id > 0, timeout=WAIT_MS)
    for name in ("dark", "light"):
        theme.apply(QApplication.instance(), name)  # type: ignore[arg-type]
        QApplication.processEvents()
        assert window.grab().save(str(tmp_path / f"fidelity-{name}.png"))
    place.detail.stage_button.click()
    assert window.place_key == "stage"
