"""Fidelity where things go their own way: projects change meanwhile, names are long, evidence is a stranger's."""

import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from core.errors import UserError
from core.lab.catching_up import CatchingUp
from core.lab.frame import Filter
from core.lab.profiles import Axis
from core.lab.turn_words import TurnWords
from core.project import Project
from gui import theme
from gui.fidelity import board as board_module
from gui.fidelity import export as export_module
from gui.fidelity.board import Board
from gui.fidelity.catch_up import CatchUp
from gui.fidelity.chart_data import Named
from gui.fidelity.export import ask_export, render_svg
from gui.fidelity.place import FidelityPlace
from gui.fidelity.top_bar import TopBar
from gui.fidelity.views.heat_cells import Cell
from gui.stage.charts.score_evidence import add_evidence
from gui.stage.labels.disagreement import Disagreement
from gui.stage.turn_detail import TurnDetail
from gui.workspace import Workspace
from models.playtest import Playtest
from models.score import Score
from tests.gui.fidelity_scene import WAIT_MS, held_reads, open_place, play_scored
from tests.gui.played_scene import OTHER_LINES, PlayedScene
from tests.gui.stage_scene import add_turns, make_scene

READABLE = 4.5
"""WCAG 2.2, contrast of text. Source: https://www.w3.org/TR/WCAG22/#contrast-minimum"""


@pytest.fixture
def scene(workspace: Workspace) -> PlayedScene:
    """Twelve scored turns."""
    return play_scored(workspace.project)


@pytest.fixture
def board(workspace: Workspace, scene: PlayedScene) -> Board:
    """A board that is looked at, with nothing on it yet."""
    board = Board(workspace)
    board.wake(True)
    return board


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace, scene: PlayedScene) -> FidelityPlace:
    """The place, with everything read and worked out."""
    return open_place(qtbot, workspace, 12)


def _swap(workspace: Workspace, project: Project) -> None:
    workspace.close_project()
    workspace.adopt_project(project)


# What is read


def test_what_is_not_wanted_any_more_is_not_shown_when_it_comes(
    qtbot: QtBot, workspace: Workspace, board: Board, scene: PlayedScene
) -> None:
    with held_reads(workspace):
        board.show_playtests([scene.playtest_id])
        board.show_playtests([])
        assert not board.is_loading
    _wait_for_reads(qtbot, workspace)
    assert board.frame.n_rows == 0


def _wait_for_reads(qtbot: QtBot, workspace: Workspace) -> None:
    done: list[object] = []
    workspace.jobs.run(lambda: None, done.append, is_long=True)
    qtbot.waitUntil(lambda: bool(done), timeout=WAIT_MS)


def test_words_of_a_project_that_was_closed_are_not_those_of_the_next(
    qtbot: QtBot, workspace: Workspace, board: Board, scene: PlayedScene, tmp_path: Path
) -> None:
    turn_id = scene.branch.path()[0].id or 0
    future = None
    run = workspace.jobs.run

    def keep_future(*args: object, **options: object) -> object:
        nonlocal future
        future = run(*args, **options)  # type: ignore[arg-type]
        return future

    workspace.jobs.run = keep_future  # type: ignore[method-assign]
    board.words([turn_id])
    workspace.jobs.run = run  # type: ignore[method-assign]
    assert future is not None
    future.result(10)  # it was read, but nobody was told yet
    _swap(workspace, Project(tmp_path / "other.tableread"))
    _wait_for_reads(qtbot, workspace)
    assert not board._words


def test_words_are_asked_for_once_and_then_shown_beside_the_mouse(
    qtbot: QtBot, place: FidelityPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, asked = place.board, []
    read = board_module.read_words

    def count(project: Project, turn_ids: list[int]) -> dict[int, TurnWords]:
        asked.append(list(turn_ids))
        return read(project, turn_ids)

    monkeypatch.setattr(board_module, "read_words", count)
    board._words.clear()
    board._asked.clear()
    gone = 10**9
    with held_reads(place.workspace):
        spot = place.lines.spot_of(0)
        assert spot is not None
        for _move in range(50):
            place.lines._hover(spot)
            board.words([gone])
    _wait_for_reads(qtbot, place.workspace)
    board.words([gone])
    _wait_for_reads(qtbot, place.workspace)
    assert sorted(one for ids in asked for one in ids) == sorted({int(board.frame.turn_id[0]), gone})
    tip = place.lines._tip
    assert tip is not None
    qtbot.waitUntil(lambda: "“" in tip.findChildren(QLabel)[0].text())
    place.lines._hide_tip()


def test_scoring_ends_before_its_project_does(
    qtbot: QtBot, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scenario_id, roles = make_scene(workspace.project)
    playtest_id = add_turns(
        workspace.project, scenario_id, [{"speaker_id": roles[n % 3], "text": f"Line {n}."} for n in range(120)]
    )
    entered, gate, ended = threading.Event(), threading.Event(), []
    score = CatchingUp.score_some

    def slow(self: CatchingUp, n_turns: int) -> int:
        entered.set()
        gate.wait(10)
        ended.append(score(self, 2))
        return ended[-1]

    monkeypatch.setattr(CatchingUp, "score_some", slow)
    board = Board(workspace)
    board.wake(True)
    work = CatchUp(board)
    board.show_playtests([playtest_id])
    qtbot.waitUntil(lambda: work.n_missing == 120, timeout=WAIT_MS)
    work.start()
    assert entered.wait(10)
    _wait_for_reads(qtbot, workspace)  # whoever reads does not wait for it
    work.stop()
    work.start()
    assert work.is_stopping
    threading.Timer(0.05, gate.set).start()
    work.stop_and_wait()
    assert (len(ended), work.is_running) == (1, False)


def _only_playtest(workspace: Workspace) -> str:
    with workspace.project.reading() as session:
        found = session.connection().exec_driver_sql("SELECT id FROM playtest").first()
    assert found is not None
    return str(found[0])


def test_the_place_ends_scoring_with_the_project(place: FidelityPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []
    monkeypatch.setattr(place.top.catch_up, "stop_and_wait", lambda: told.append(True))
    place.stop_and_wait()
    assert told == [True]


def test_a_project_that_is_only_read_says_why_it_cannot_be_scored(
    qtbot: QtBot, workspace: Workspace, tmp_path: Path
) -> None:
    project = Project(tmp_path / "read.tableread")
    scenario_id, roles = make_scene(project)
    add_turns(project, scenario_id, [{"speaker_id": roles[n % 3], "text": f"Line {n}."} for n in range(6)])
    project.close()
    _swap(workspace, Project(tmp_path / "read.tableread", read_only=UserError("It is open to read.", "")))
    board = Board(workspace)
    board.wake(True)
    bar = TopBar(board)
    qtbot.addWidget(bar)
    board.show_playtests([_only_playtest(workspace)])
    qtbot.waitUntil(lambda: bar.catch_up.n_missing == 6, timeout=WAIT_MS)
    assert not bar.score_button.isEnabled()
    assert bar.why_not.text() == "It is open to read."
    assert bar.why_not.isVisibleTo(bar)


# By mouse and keys


def test_enter_on_a_cell_that_a_filter_took_away_opens_nothing(place: FidelityPlace) -> None:
    heat = place.heat
    heat._at = (len(heat._columns) - 1, len(heat._heads) - 1)
    place.board.set_filter(Filter(labels=frozenset({1})))
    heat.ready()
    assert heat._at == (-1, -1)
    heat.open_cell(1, 0)
    QTest.keyClick(heat, Qt.Key.Key_Return)
    assert place.board.turn_id == 0


def test_the_cell_under_the_mouse_is_the_one_that_is_painted_there(place: FidelityPlace) -> None:
    heat, area = place.heat, QRectF(place.heat.rect())
    for line in range(len(heat._columns)):
        for head in range(len(heat._heads)):
            assert heat._find(heat._cell_rect(line, head, area).center()) == (line, head)
        label = QPointF(4.0, heat._cell_rect(line, 0, area).center().y())
        assert heat._find(label) == (line, -1)
    assert heat._find(QPointF(2, 2)) == (-1, -1)
    below = heat._cell_rect(len(heat._columns) - 1, 0, area).bottom() + 2
    assert heat._find(QPointF(area.right() - 5, below)) == (-1, -1)


def test_a_double_click_goes_to_what_is_under_it(place: FidelityPlace) -> None:
    wanted: list[int] = []
    place.board.stage_wanted.connect(wanted.append)
    place.board.point_row(2)
    lines = place.lines
    place.page.ensureWidgetVisible(lines, 0, 0)
    empty = QPoint(lines.width() - 3, 2)
    assert lines.row_at(QPointF(empty)) < 0
    QTest.mouseDClick(lines, Qt.MouseButton.LeftButton, pos=empty)
    assert wanted == []
    spot = lines.spot_of(4)
    assert spot is not None
    QTest.mouseDClick(lines, Qt.MouseButton.LeftButton, pos=spot.toPoint())
    assert wanted == [int(place.board.frame.turn_id[4])]


def test_sums_are_walked_through_by_keys_and_opened_from_their_table(place: FidelityPlace) -> None:
    for view in (place.comparison, place.radar):
        view.ready()
        if not view.n_stops():
            continue
        place.board.selection.clear()
        view.setFocus()
        QTest.keyClick(view, Qt.Key.Key_Right)
        assert view.stop == 0
        QTest.keyClick(view, Qt.Key.Key_Return)
        assert place.board.selection.n > 0, view.KEY
        QTest.keyClick(view, Qt.Key.Key_End)
        assert view.stop == view.n_stops() - 1
        view._hide_tip()
    place.comparison.open_line(0, place.comparison.data())
    assert place.board.selection.rows().tolist() == place.comparison._bars[0].rows.tolist()


def test_a_row_of_a_panel_opens_its_turn_and_leaves_one_there(place: FidelityPlace) -> None:
    place.tabs.setCurrentIndex(3)
    place.board.point(int(place.board.frame.turn_id[1]))
    assert place.tabs.currentIndex() == 3
    place.board.point_row(1)
    assert place.tabs.currentIndex() == 0


def test_what_is_typed_against_a_score_stays_while_others_come(
    qtbot: QtBot, place: FidelityPlace, scene: PlayedScene
) -> None:
    place.board.point_row(2)
    qtbot.waitUntil(lambda: place.detail.turn_id == int(place.board.frame.turn_id[2]), timeout=WAIT_MS)

    def shown() -> list[Disagreement]:
        return [one for one in place.detail.findChildren(Disagreement) if one.isVisibleTo(place.detail)]

    qtbot.waitUntil(lambda: bool(shown()), timeout=WAIT_MS)
    said = shown()[0]
    said.open()
    QTest.keyClicks(said.why, "She never would")
    with place.workspace.project.append() as session:
        session.add(Score(turn_id=place.detail.turn_id, metric="grounding", value=0.3))
    qtbot.waitUntil(lambda: "grounding" in place.board.frame.scores, timeout=WAIT_MS)
    _wait_for_reads(qtbot, place.workspace)
    assert said.why.text() == "She never would"
    assert said.why.isVisible()
    QTest.keyClick(said.why, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: "grounding" in {one.metric for one in place.detail.scores}, timeout=WAIT_MS)


class _Session(QObject):
    """As much of a session of the Stage as the card of a turn asks for."""

    scored = Signal(object)
    script = None


def test_on_the_stage_what_is_typed_against_a_score_stays_too(
    qtbot: QtBot, workspace: Workspace, scene: PlayedScene
) -> None:
    session = _Session()
    detail = TurnDetail(workspace, session)  # type: ignore[arg-type]
    qtbot.addWidget(detail)
    detail.resize(320, 600)
    with qtbot.waitExposed(detail):
        detail.show()
    turn_id = scene.branch.path()[2].id or 0
    detail.show_turn(turn_id)
    said = detail.findChildren(Disagreement)[0]
    said.open()
    said.why.setText("She never would")
    session.scored.emit((turn_id,))
    assert detail.findChildren(Disagreement)[0] is said
    QTest.keyClick(said.why, Qt.Key.Key_Escape)
    with qtbot.waitSignal(detail.rebuilt, timeout=WAIT_MS):
        pass
    detail.show_turn(scene.branch.path()[3].id or 0)
    detail._later.stop()


def test_chips_keep_the_focus_and_the_tree_its_place_when_scores_come(
    qtbot: QtBot, place: FidelityPlace, scene: PlayedScene
) -> None:
    scene.play(4, OTHER_LINES, parent_id=scene.branch.path()[5].id)
    qtbot.waitUntil(lambda: place.board.frame.n_rows == 16 and not place.board.is_loading, timeout=WAIT_MS)
    chip = next(iter(place.top.chips.values()))
    chip.setFocus()
    top = place.sources.tree.topLevelItem(0)
    assert top is not None
    branch = top.child(1)
    place.sources.tree.setCurrentItem(branch)
    with place.workspace.project.append() as session:
        session.add(Score(turn_id=int(place.board.frame.turn_id[3]), metric="grounding", value=0.2))
    qtbot.waitUntil(lambda: "grounding" in place.board.frame.scores, timeout=WAIT_MS)
    assert QApplication.focusWidget() is chip
    assert place.sources.tree.currentItem() is branch
    place.sources.fill()
    again = place.sources.tree.currentItem()
    assert again is not None
    assert (again.parent() is not None, again.text(0)) == (True, place.sources.tree.topLevelItem(0).child(1).text(0))


def test_names_of_strangers_are_shown_as_they_are_and_make_nothing_wider(
    qtbot: QtBot, workspace: Workspace, scene: PlayedScene
) -> None:
    name = "<b>Tom</b> & Jerry " + "W" * 180
    with workspace.project.act("Rename") as session:
        playtest = session.get(Playtest, scene.playtest_id)
        assert playtest is not None
        playtest.name = name
        session.add(playtest)
    place = open_place(qtbot, workspace, 12)
    top = place.sources.tree.topLevelItem(0)
    assert top is not None
    assert "&lt;b&gt;Tom" in top.toolTip(0)
    place.top.metric_button.say(name)
    next(iter(place.top.chips.values())).say(name)
    QApplication.processEvents()
    assert "&& Jerry" in place.top.metric_button.text()
    assert place.top.minimumSizeHint().width() < 600


# What is painted and written


def test_cells_stay_readable_in_both_themes(place: FidelityPlace) -> None:
    for name in ("dark", "light"):
        theme.apply(QApplication.instance(), name)  # type: ignore[arg-type]
        for z in (-3.0, -1.0, 0.0, 1.0, 3.0):
            ground = place.heat._ground(Cell(0.5, z, 0.5, 3))
            assert _contrast(theme.colors().text, ground) >= READABLE, (name, z)


def _contrast(one: str, other: str) -> float:
    """Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    light, dark = sorted((_luminance(QColor(one)), _luminance(QColor(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    parts = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in color.getRgbF()[:3]]
    return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))


def test_an_exported_radar_says_who_it_is_of(place: FidelityPlace) -> None:
    axes = tuple(Axis(one, one, 50.0, 60.0, 5.0) for one in ("O", "C", "E", "A", "N"))
    speakers = [one for one in place.board.frame.speakers if one.is_character][:2]
    place.radar._radars = {one.role_id: SimpleNamespace(axes=axes, sentence="") for one in speakers}  # type: ignore[misc]
    place.radar.refresh()
    drawing = render_svg(place.radar).decode()
    for speaker in range(2):
        assert f">{place.board.short_name(speaker)}" in drawing


def test_a_picture_is_stretched_until_the_next_is_due(place: FidelityPlace) -> None:
    lines, painted = place.lines, []
    lines.grab()
    paint = lines.paint
    lines.paint = lambda *args: (painted.append(1), paint(*args))[1]  # type: ignore[method-assign]
    lines.resize(lines.width() - 40, lines.height())
    assert lines._due.isActive()
    lines.repaint()
    assert painted == []
    lines._due.stop()
    lines.repaint()
    assert painted == [1]


def test_a_file_is_written_beside_the_window(
    qtbot: QtBot, place: FidelityPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / "chart.csv", tmp_path / "missing" / "chart.csv"]
    monkeypatch.setattr("gui.fidelity.export.ask_save_file", lambda *args: args[-1](paths.pop(0)))
    written: list[Path] = []
    faults: list[str] = []
    place.workspace.faulted.connect(lambda message, _hint: faults.append(message))
    threads: list[threading.Thread] = []
    form = export_module.format_csv
    monkeypatch.setattr(
        export_module, "format_csv", lambda data: (threads.append(threading.current_thread()), form(data))[1]
    )
    ask_export(place, place.lines, ".csv", written.append)
    qtbot.waitUntil(lambda: bool(written), timeout=WAIT_MS)
    assert len(written[0].read_text(encoding="utf-8").splitlines()) == len(place.lines.data()) + 1
    ask_export(place, place.lines, ".csv", written.append)
    qtbot.waitUntil(lambda: bool(faults), timeout=WAIT_MS)
    assert threading.main_thread() not in threads


def test_named_columns_look_their_texts_up() -> None:
    named = Named(["Mara", "Theo"], np.array([1, 0, 1]))
    assert (len(named), list(named), named[2]) == (3, ["Theo", "Mara", "Theo"], "Theo")


# Evidence of strangers

_ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**400), 10**400)
    | st.sampled_from([10**400, float("inf"), float("nan"), -1e308, "\ud800", "a  b"])
    | st.floats()
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["token", "nats", "word", "count", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
_KEYS = ["helped", "hurt", "most", "shared", "partner", "words", "most_repeated", "statement", "statement_number"]
_KEYS += ["turn", "why", "rationale", "argmax_differs", "n_tokens", "n_types", "js"]


@given(st.dictionaries(st.sampled_from(_KEYS), _ODD, max_size=6) | _ODD)
def test_no_evidence_makes_a_turn_impossible_to_open(qapp: QApplication, evidence: object) -> None:
    page = QWidget()
    add_evidence(QVBoxLayout(page), evidence)  # type: ignore[arg-type]
    page.deleteLater()


@pytest.mark.parametrize("number", [float("inf"), float("nan"), 10**400])
def test_numbers_that_are_none_are_left_out(qapp: QApplication, number: float) -> None:
    page = QWidget()
    evidence = {"helped": [{"token": "lamp", "nats": number}], "argmax_differs": number, "n_tokens": number}
    add_evidence(QVBoxLayout(page), evidence)
    assert page.findChildren(QLabel) == []
