"""What the Stage says is so at this very turn: balance, endings, half lines, what a search finds, the world."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from core.library.beats import add_beat, add_link, update_world
from core.turn_taking.balance import measure
from gui.stage.cast.balance_follower import read_bled
from gui.stage.cast.balance_meter import BalanceMeter
from gui.stage.memory.memory_reader import MemoryReader
from gui.stage.place import StagePlace
from gui.stage.world.world_room import WorldRoom
from gui.stage.world.world_story import read_world_turns
from gui.workspace import Workspace
from models.beat import BeatBase, BeatKind, BeatLinkBase
from models.playtest import Origin, Playtest, SpeakerKind, TurnBase
from tests.gui.stage_scene import (
    add_turns,
    make_scene,
    make_world,
    open_place,
    wait_for,
)


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace) -> Iterator[StagePlace]:
    place = open_place(qtbot, workspace)
    yield place
    place.stop_and_wait()


def show(qtbot: QtBot, place: StagePlace, n_turns: int, **changes: object) -> list[str]:
    """Opens a playtest of this many turns; returns the ids of its roles."""
    project = place.workspace.project
    scenario_id, ids = make_scene(project, **changes)
    update_world(project, scenario_id, make_world(ids))
    turns = [
        {"speaker_id": ids[number % 3], "text": f"Line {number}.", "thought": f"Hidden {number}."}
        for number in range(n_turns)
    ]
    place.open_entity("playtest", add_turns(project, scenario_id, turns))
    wait_for(qtbot, lambda: place.transcript.model.rowCount() == n_turns)
    return ids


def test_a_search_finds_no_thought_that_cannot_be_seen(qtbot: QtBot, place: StagePlace) -> None:
    mara, *_others = show(qtbot, place, 6)
    search = place.transcript.search
    search.open()
    search.field.setText("hidden")
    assert search.count.text().endswith("of 6 turns")
    place.transcript.look_through(mara)
    assert search.count.text().endswith("of 2 turns")
    place.transcript.look_through("")
    assert search.count.text().endswith("of 6 turns")


def test_the_balance_is_silent_until_each_could_have_spoken(qtbot: QtBot) -> None:
    names = {"a": "Mara", "b": "Theo", "c": "Ilse"}
    meter = BalanceMeter()
    qtbot.addWidget(meter)
    path = [
        TurnBase(speaker_id="a", speaker="Mara", kind=SpeakerKind.CHARACTER, text="One two.", origin=Origin.WEIGHTS)
        for _number in range(6)
    ]
    for n_lines, is_hidden in ((1, True), (5, True), (6, False)):
        meter.show_balance(measure(path[:n_lines], list(names)), names)
        assert meter.isHidden() is is_hidden


def test_the_header_does_not_say_that_a_scene_ended_which_was_played_on(qtbot: QtBot, place: StagePlace) -> None:
    show(qtbot, place, 5, max_turns=4)
    project, session = place.workspace.project, place.session
    with project.append() as rows:
        playtest = rows.get_one(Playtest, session.playtest_id)
        playtest.ended, playtest.ended_why = "cap", "The scene has reached its 4 turns."
    session.refresh()
    place.header.refresh()
    assert place.header.ended.text() == "Played on past the 4 turns of the scene"


def world_of(place: StagePlace) -> WorldRoom:
    place.side.show_room(WorldRoom.KEY)
    room = place.side.rooms[WorldRoom.KEY]
    assert isinstance(room, WorldRoom)
    return room


def test_the_world_follows_the_head_until_somebody_selects_a_turn(qtbot: QtBot, place: StagePlace) -> None:
    ids = show(qtbot, place, 4)
    place.transcript.view.go_to(3)
    place.session.direct(lambda director: director.speak(ids[0], "And then?"))
    wait_for(qtbot, lambda: len(place.session.path) == 5)
    room = world_of(place)
    wait_for(qtbot, lambda: room.now is not None and room.now.number == 5)
    place.transcript.view.go_to(1)
    wait_for(qtbot, lambda: room.now is not None and room.now.number == 2)
    place.session.direct(lambda director: director.speak(ids[1], "Nothing."))
    wait_for(qtbot, lambda: len(place.session.path) == 6)
    qtbot.wait(50)
    assert room.now is not None
    assert room.now.number == 2


def test_buttons_of_open_ways_stay_when_turns_come(qtbot: QtBot, place: StagePlace) -> None:
    project = place.workspace.project
    scenario_id, ids = make_scene(project)
    update_world(project, scenario_id, make_world(ids))
    start = add_beat(project, scenario_id, BeatBase(name="The bell", kind=BeatKind.START))
    for name in ("The stairs", "The lamp room"):
        other = add_beat(project, scenario_id, BeatBase(name=name, kind=BeatKind.STEP))
        add_link(project, start.id, other.id, BeatLinkBase(label=f"To {name}", trigger={"kind": "choice"}))
    place.open_entity("playtest", add_turns(project, scenario_id, [{"speaker_id": ids[0], "text": "So."}]))
    room = world_of(place)
    wait_for(qtbot, lambda: room.now is not None and len(room.now.ways) == 2)
    assert "Open ways" in [label.text() for label in room.findChildren(QLabel) if label.isVisibleTo(room)]
    button = next(one for one in room.findChildren(QPushButton) if one.text().startswith("To The stairs"))
    button.setFocus()
    place.session.direct(lambda director: director.speak(ids[1], "And then?"))
    wait_for(qtbot, lambda: room.now is not None and room.now.number == 2)
    assert QApplication.focusWidget() is button


def test_a_record_that_is_no_json_stops_no_room(qtbot: QtBot, place: StagePlace) -> None:
    show(qtbot, place, 4)
    project, playtest_id = place.workspace.project, place.session.playtest_id
    with project.append() as rows:
        rows.execute(text("UPDATE turn SET record = '{broken' WHERE number = 2"))
    assert read_bled(project, playtest_id, 0) == set()
    assert [turn.number for turn in read_world_turns(project, playtest_id)] == [1, 3, 4]
    script = place.session.script
    assert script is not None
    turn_ids = [turn.id for turn in place.session.path]
    now = MemoryReader(project, playtest_id, script).read(turn_ids, script.parts[0].role_id, None)
    assert now is not None
