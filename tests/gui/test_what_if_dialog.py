"""What if: a turn and a change are chosen, it is played again, and both stand side by side."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from core.errors import UserError
from core.library.playtests import get_playtest, list_playtests
from core.playtest.looking_back.what_if import Kind
from gui.stage.place import StagePlace
from gui.stage.what_if.changeable import format_value, list_fields, make_change, parse_value
from gui.stage.what_if.what_if_dialog import WhatIfDialog
from gui.workspace import Workspace
from tests.gui.played_scene import PlayedScene, open_stage

TIMEOUT_MS = 20_000


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace) -> Iterator[StagePlace]:
    scene = PlayedScene(workspace.project)
    scene.play(4)
    place = open_stage(qtbot, workspace, scene)
    yield place
    place.stop_and_wait()


@pytest.fixture
def dialog(place: StagePlace) -> Iterator[WhatIfDialog]:
    place.transcript.view.go_to(2)
    place.transcript.view.setFocus()
    QTest.keyClick(place.transcript.view, Qt.Key.Key_W)
    dialog = place.branches.what_if
    assert dialog is not None
    yield dialog
    if isValid(dialog):
        dialog.close()


def choose(dialog: WhatIfDialog, field: str) -> None:
    dialog.field.setCurrentIndex(next(place for place, one in enumerate(dialog._fields) if one.field == field))


def test_a_card_is_changed_and_it_is_played_again(qtbot: QtBot, place: StagePlace, dialog: WhatIfDialog) -> None:
    original = place.session.playtest_id
    assert dialog.number.value() == 3
    choose(dialog, "description")
    assert dialog.value.toPlainText() == "Mara keeps the lamp of Skarholm."
    dialog.value.selectAll()
    QTest.keyClicks(dialog.value, "Mara has never seen a lamp.")
    qtbot.mouseClick(dialog.play_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: place.branches.comparison is not None, timeout=TIMEOUT_MS)
    playtest = get_playtest(place.workspace.project, place.session.playtest_id)
    assert playtest is not None
    assert playtest.what_if["playtest_id"] == original
    assert [turn.number for turn in place.session.path] == [1, 2, 3, 4]
    comparison = place.branches.comparison
    assert comparison is not None
    qtbot.waitUntil(lambda: comparison.comparison is not None, timeout=TIMEOUT_MS)
    assert comparison.comparison is not None
    assert comparison.comparison.n_common == 2
    assert [len(side.turns) for side in (comparison.comparison.left, comparison.comparison.right)] == [4, 4]
    comparison.close()


def test_what_cannot_be_is_said_and_nothing_is_made(qtbot: QtBot, place: StagePlace, dialog: WhatIfDialog) -> None:
    before = place.session.playtest_id
    dialog.what.setCurrentIndex(dialog.what.findData(Kind.WORLD.value))
    assert not dialog.field.isVisible()
    qtbot.mouseClick(dialog.play_button, Qt.MouseButton.LeftButton)
    assert "tension = 8" in dialog.said.text()
    dialog.value.setPlainText("nonsense = 3")
    qtbot.mouseClick(dialog.play_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "nonsense" in dialog.said.text(), timeout=TIMEOUT_MS)
    assert dialog.play_button.isEnabled()
    assert place.session.playtest_id == before


def test_what_is_left_before_it_begins_leaves_nothing(qtbot: QtBot, place: StagePlace, dialog: WhatIfDialog) -> None:
    before = place.session.playtest_id
    choose(dialog, "description")
    dialog.value.setPlainText("Mara has never seen a lamp.")
    qtbot.mouseClick(dialog.play_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    with qtbot.waitSignal(place.workspace.jobs._settled, timeout=TIMEOUT_MS):
        place.workspace.jobs.run(lambda: None)
    assert place.session.playtest_id == before
    assert [one.id for one in list_playtests(place.workspace.project)] == [before]


def test_every_sort_of_field_can_be_chosen(place: StagePlace, dialog: WhatIfDialog) -> None:
    for kind, field in (
        (Kind.ROLE, "goal"),
        (Kind.SCENARIO, "stage.memory.recall"),
        (Kind.SCENARIO, "max_turns"),
        (Kind.CHARACTER, "layers.social.age"),
        (Kind.CHARACTER, "layers.life.likes"),
    ):
        dialog.what.setCurrentIndex(dialog.what.findData(kind.value))
        choose(dialog, field)
        assert dialog.change().field == field


def test_values_come_back_from_their_text(place: StagePlace) -> None:
    script = place.session.script
    assert script is not None
    role_id = script.parts[0].role_id
    for kind in (Kind.CHARACTER, Kind.ROLE, Kind.SCENARIO):
        for one in list_fields(script, kind, role_id):
            assert make_change(one, format_value(one.value)).value == one.value


def test_a_wrong_number_is_refused() -> None:
    for words, before in (("many", 3), ("1e999999", 3), ("perhaps", True)):
        with pytest.raises(UserError):
            parse_value(words, before)
    assert parse_value("", None) is None
    assert parse_value(" a \n\nb", ["x"]) == ["a", "b"]
