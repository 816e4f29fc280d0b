"""The transcript as a reader uses it: search, jump, who perceived what, alarms, copying; on real rows."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from core.library.beats import add_beat, update_world
from core.library.branches import name_branch
from gui.stage.place import StagePlace
from gui.stage.transcript.transcript_search import TranscriptSearch
from gui.stage.transcript.turn_layout import Spot
from gui.stage.transcript.turn_notes import parse_notes
from gui.workspace import Workspace
from models.beat import BeatBase, BeatKind
from models.playtest import Origin
from tests.gui.stage_scene import add_turns, click_spot, make_scene, make_world, open_place, press, wait_for

TEXT = Qt.ItemDataRole.AccessibleTextRole
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def ids(workspace: Workspace) -> list[str]:
    scenario_id, ids = make_scene(workspace.project)
    update_world(workspace.project, scenario_id, make_world(ids))
    add_beat(workspace.project, scenario_id, BeatBase(name="The bell", kind=BeatKind.START))
    workspace.project.scenario_id = scenario_id  # type: ignore[attr-defined]
    return ids


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace, ids: list[str]) -> Iterator[StagePlace]:
    place = open_place(qtbot, workspace)
    yield place
    place.stop_and_wait()


def show(qtbot: QtBot, place: StagePlace, turns: list[dict[str, Any]]) -> None:
    """Opens a playtest with these turns."""
    project = place.workspace.project
    playtest_id = add_turns(project, project.scenario_id, turns)  # type: ignore[attr-defined]
    place.open_entity("playtest", playtest_id)
    wait_for(qtbot, lambda: place.transcript.model.rowCount() == len(turns))


def some_turns(ids: list[str]) -> list[dict[str, Any]]:
    mara, theo, ilse = ids
    return [
        {"speaker_id": "narrator", "text": "The bell rings.", "origin": Origin.GREETING},
        {"speaker_id": theo, "text": "Who held the KEY?", "thought": "She is slow.", "audience": [mara]},
        {
            "speaker_id": ilse,
            "text": "I was aboard.",
            "thought": "The second key is mine.",
            "record": {
                "alarms": [
                    {"kind": "cannot_know", "fact": "f1", "role": ilse},
                    {"kind": "secret_out", "fact": "f1", "roles": [mara, theo]},
                ],
                "mind": {"thought": {"state": "intention", "order": 1}, "reminder": {"drift": 2.0}},
            },
        },
        {
            "speaker_id": mara,
            "text": "He has the key, the key!",
            "audience": [theo, ilse],
            "record": {"whisper": {"to": {theo: "Theo Dane"}}, "overheard": [ilse]},
        },
        {"speaker_id": "director", "audience": [mara], "record": {"act": {"kind": "time", "seconds": 7200}}},
        {
            "speaker_id": "narrator",
            "origin": Origin.STAGE,
            "finish": "silent",
            "record": {"turn_taking": {"why": "nobody wants to"}},
        },
    ]


def chips(place: StagePlace, row: int) -> list[str]:
    return [chip.text for chip in place.transcript.model.entry(row).chips]


def test_words_are_found_marked_and_gone_through_by_keys(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    show(qtbot, place, some_turns(ids))
    press(place, Qt.Key.Key_F, CTRL)
    bar = place.transcript.search
    assert bar.field.hasFocus()
    QTest.keyClicks(bar.field, "key")
    assert bar.count.text() == "1 of 3 turns"
    assert place.transcript.view.currentIndex().row() == 1
    assert place.transcript.view._matches(place.transcript.model.entry(3)) == [(11, 14), (20, 23)]
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    assert place.transcript.view.currentIndex().row() == 2
    assert place.transcript.model.entry(2).is_thought_open, "only its thought has the word"
    QTest.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert place.transcript.view.currentIndex().row() == 1
    press(place, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert bar.count.text() == "3 of 3 turns"
    bar.field.setText("nowhere")
    assert bar.count.text() == "not found"
    assert not bar.next_button.isEnabled()
    QTest.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert place.transcript.view.hasFocus()
    assert place.transcript.view._searched is None


def test_ten_thousand_turns_are_searched(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    """How fast is measured in tests/benchmarks/stage_frames.py."""
    turns = [{"speaker_id": ids[row % 3], "text": f"The lamp was out {row} times."} for row in range(10_000)]
    show(qtbot, place, turns)
    place.transcript.search.open()
    place.transcript.search.field.setText("out 77")
    assert place.transcript.search.count.text().endswith("of 111 turns")
    place.transcript.search.field.setText("out 9999 times")
    assert place.transcript.view.currentIndex().row() == 9999


def test_chips_say_who_heard_and_what_leaked(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    show(qtbot, place, some_turns(ids))
    model = place.transcript.model
    assert chips(place, 1) == ["only Mara Voss"]
    assert chips(place, 2) == ["cannot know this", "a secret is out", "reminded"]
    assert chips(place, 3) == ["whisper to Theo Dane", "overheard by Ilse Ruud"]
    said = model.index(2).data(TEXT)
    assert "Ilse Ruud says what they cannot know: “Ilse was aboard the Kattegat”." in said
    assert "The secret “Ilse was aboard the Kattegat” has reached Mara Voss and Theo Dane." in said
    assert model.index(4).data(TEXT) == "turn 5: 2 hours pass."
    assert model.index(5).data(TEXT) == "turn 6: Nobody speaks · nobody wants to."
    assert model.entry(2).thinks == "means to"


def test_a_click_on_an_alarm_opens_the_xray(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    show(qtbot, place, some_turns(ids))
    place.transcript.view.go_to(2)
    click_spot(place, 2, Spot.ALARM)
    assert place.side.shows_detail
    assert place.side.detail.turn_id == place.session.path[2].id


def test_through_the_eyes_of_one(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    show(qtbot, place, some_turns(ids))
    model = place.transcript.model
    press(place, Qt.Key.Key_V)
    menu = next(one for one in place.findChildren(QMenu) if one.isVisible())
    next(one for one in menu.actions() if one.text() == "Ilse Ruud").trigger()
    menu.close()
    assert [model.entry(row).is_unseen for row in range(6)] == [False, True, False, False, True, False]
    assert not model.entry(1).thought
    assert model.entry(2).thought
    assert "Not perceived." in model.index(1).data(TEXT)
    assert "As seen by Ilse Ruud" in place.transcript.seen_by.label.text()
    qtbot.mouseClick(place.transcript.seen_by.all_button, Qt.MouseButton.LeftButton)
    assert not any(model.entry(row).is_unseen for row in range(6))
    assert not place.transcript.seen_by.isVisible()


def test_one_goes_to_a_turn_and_to_a_beat(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    show(qtbot, place, some_turns(ids) * 5)
    press(place, Qt.Key.Key_G, CTRL)
    jump = place.transcript.jump
    assert jump.number.hasFocus()
    QTest.keyClicks(jump.number, "12")
    QTest.keyClick(jump.number, Qt.Key.Key_Return)
    assert place.transcript.view.currentIndex().row() == 11
    press(place, Qt.Key.Key_G, CTRL)
    wait_for(qtbot, lambda: jump.beats.count() == 1)
    assert jump.beats.item(0).text() == "The bell · turn 1"
    jump.beats.setCurrentRow(0)
    jump.beats.setFocus()
    QTest.keyClick(jump.beats, Qt.Key.Key_Return)
    assert place.transcript.view.currentIndex().row() == 0


def test_turns_are_copied_with_their_speakers(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    show(qtbot, place, some_turns(ids))
    place.acts.copy_all.trigger()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("Narrator: The bell rings.\n\nTheo Dane: Who held the KEY?")
    assert text.endswith("(2 hours pass)\n\n(Nobody speaks · nobody wants to)")
    place.transcript.view.go_to(3)
    press(place, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    press(place, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "Ilse Ruud: I was aboard.\n\nMara Voss: He has the key, the key!"


def test_a_named_branch_says_where_it_begins(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    show(qtbot, place, some_turns(ids))
    name_branch(place.workspace.project, place.session.path[1].id, "Ilse lies")
    wait_for(qtbot, lambda: "Ilse lies" in chips(place, 1))
    assert "The branch “Ilse lies” begins here." in place.transcript.model.index(1).data(TEXT)


def test_why_it_ended_is_said_at_the_end(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    show(qtbot, place, some_turns(ids))
    assert not place.transcript.ending.isVisible()
    place.session.direct(lambda director: director.play())
    wait_for(qtbot, lambda: place.session.ended and not place.session.is_playing)
    why = place.session.playtest.ended_why  # type: ignore[union-attr]
    assert why
    assert why.rstrip(".") in place.transcript.ending.text()
    assert why.rstrip(".") in place.header.ended.text()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["act", "alarms", "overheard", "whisper", "mind", "turn_taking", "narrator"])


@given(st.dictionaries(keys, json_values | st.just([{"kind": "secret_out", "roles": [1, None], "fact": 3}])))
def test_no_record_breaks_the_reading_of_it(record: dict[str, Any]) -> None:
    notes = parse_notes(json.loads(json.dumps(record)))
    assert isinstance(notes.thought_state, str)
    assert all(isinstance(role_id, str) for alarm in notes.alarms for role_id in alarm.role_ids)
    assert isinstance(notes.is_reminded, bool)


@given(st.lists(st.booleans(), max_size=20), st.integers(-1, 20))
def test_going_on_from_match_to_match_comes_round(has_match: list[bool], row: int) -> None:
    search = TranscriptSearch()
    search.rows = [place for place, found in enumerate(has_match) if found]
    following = search.next_row(row, 1)
    if not search.rows:
        assert following is None
        return
    assert following == next((one for one in search.rows if one > row), search.rows[0])
    before = search.next_row(row, -1)
    assert before == next((one for one in reversed(search.rows) if one < row), search.rows[-1])
