"""Two branches side by side: chosen, aligned, gone through by key, written to a file."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from core.playtest.looking_back.side_by_side import Side, SideTurn, compare_sides
from gui.stage.comparing.comparison_dialog import ComparisonDialog
from gui.stage.comparing.saying import say_comparison
from gui.stage.comparing.sides import Choice
from gui.stage.place import StagePlace
from gui.workspace import Workspace
from models.playtest import SpeakerKind
from tests.gui.played_scene import OTHER_LINES, PlayedScene, open_stage

TIMEOUT_MS = 10_000


@pytest.fixture
def scene(workspace: Workspace) -> PlayedScene:
    """Eight turns, and four others from the fifth on, which are played now."""
    scene = PlayedScene(workspace.project)
    first = scene.play(8)
    scene.play(4, OTHER_LINES, first[4].id)
    return scene


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace, scene: PlayedScene) -> Iterator[StagePlace]:
    place = open_stage(qtbot, workspace, scene)
    yield place
    place.stop_and_wait()


@pytest.fixture
def dialog(qtbot: QtBot, place: StagePlace) -> Iterator[ComparisonDialog]:
    place.acts.compare.trigger()
    dialog = place.branches.comparison
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.comparison is not None, timeout=TIMEOUT_MS)
    yield dialog
    if isValid(dialog):
        dialog.close()


def test_both_branches_are_aligned_with_what_they_come_to(dialog: ComparisonDialog, tmp_path: Path) -> None:
    comparison = dialog.comparison
    assert comparison is not None
    assert comparison.n_common == 5
    assert [len(side.turns) for side in (comparison.left, comparison.right)] == [9, 8]
    said = dialog.summary.text()
    assert said.startswith("The first 5 turns are the same on both sides.")
    assert "Grounding after that:" in said
    assert dialog.view.currentIndex().row() == 5
    sentence = str(dialog.model.data(dialog.model.index(5), Qt.ItemDataRole.AccessibleTextRole))
    assert sentence.startswith("Turn 6. Left, Theo Dane says: I will ask once more")
    assert all(len(line.getData()[0]) in (8, 9) for line in dialog.chart.lines)
    assert dialog.grab().save(str(tmp_path / "comparing.png"))


def test_too_few_turns_make_none_better() -> None:
    turns = [
        SideTurn(number, "mara", "Mara", SpeakerKind.CHARACTER, f"Line {number}.", scores={"grounding": 0.2})
        for number in (1, 2, 3)
    ]
    lower = [replace(turn, text="No.", scores={"grounding": -0.001}) for turn in turns]
    for n, words in ((2, "too few turns to call one better."), (3, "better in “A”.")):
        said = say_comparison(compare_sides(Side("A", tuple(turns[:n])), Side("B", tuple(lower[:n]))))
        assert said.endswith(words)
        assert "against 0.00," in said  # not -0.00


def test_a_branch_that_goes_on_is_named_by_where_one_stands(
    qtbot: QtBot, workspace: Workspace, scene: PlayedScene
) -> None:
    earlier = next(turn for turn in scene.branch.turns if turn.number == 7)
    scene.branch.move_head(earlier.id, "Back")
    place = open_stage(qtbot, workspace, scene)
    place.acts.compare.trigger()
    dialog = place.branches.comparison
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.comparison is not None, timeout=TIMEOUT_MS)
    assert dialog.left.currentText().startswith("Turn 7 of ")
    assert dialog.right.currentText()
    assert not {"“”", "““"} & set(re.findall("“.", dialog.summary.text()))
    dialog.close()
    place.stop_and_wait()


def test_keys_go_from_difference_to_difference_and_enter_to_the_turn(
    qtbot: QtBot, place: StagePlace, dialog: ComparisonDialog
) -> None:
    view = dialog.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.currentIndex().row() == 0
    QTest.keyClick(view, Qt.Key.Key_N)
    assert view.currentIndex().row() == 5
    QTest.keyClick(view, Qt.Key.Key_N)
    assert view.currentIndex().row() == 6
    QTest.keyClick(view, Qt.Key.Key_P)
    assert view.currentIndex().row() == 5
    QTest.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(place.session.path) == 8, timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: place.transcript.view.currentIndex().row() == 5, timeout=TIMEOUT_MS)


def test_the_sides_can_be_swapped_and_copied(qtbot: QtBot, dialog: ComparisonDialog) -> None:
    with qtbot.waitSignal(dialog.compared, timeout=TIMEOUT_MS):
        dialog.swap()
    qtbot.waitUntil(lambda: dialog.comparison is not None and len(dialog.comparison.left.turns) == 8)
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    mime = QGuiApplication.clipboard().mimeData()
    assert mime.text() == dialog.summary.text()
    assert "<del>" in mime.html()


def test_another_project_takes_it_away(qtbot: QtBot, workspace: Workspace, dialog: ComparisonDialog) -> None:
    """Its turns are not there: one that is wanted would be whatever has that number in the other project."""
    with qtbot.waitSignal(dialog.finished, timeout=TIMEOUT_MS):
        workspace.project_opened.emit()


def test_it_is_written_as_a_page_and_as_a_table(qtbot: QtBot, dialog: ComparisonDialog, tmp_path: Path) -> None:
    for name in ("both.html", "both.csv"):
        dialog._write(tmp_path / name)
        qtbot.waitUntil(lambda name=name: (tmp_path / name).exists(), timeout=TIMEOUT_MS)
    assert "I will ask once more" in (tmp_path / "both.csv").read_text(encoding="utf-8")


def test_two_playtests_can_be_compared(
    qtbot: QtBot, workspace: Workspace, place: StagePlace, scene: PlayedScene
) -> None:
    other = PlayedScene(workspace.project, place.session.playtest.scenario_id or "")  # type: ignore[union-attr]
    other.play(3)
    dialog = ComparisonDialog(
        workspace, Choice(scene.playtest_id, None, "One"), Choice(other.playtest_id, None, "Other"), place
    )
    qtbot.waitUntil(lambda: dialog.comparison is not None, timeout=TIMEOUT_MS)
    assert dialog.comparison is not None
    assert dialog.comparison.n_common == 3
    dialog.close()
