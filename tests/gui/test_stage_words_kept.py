"""Nothing that a person writes on the Stage is lost to something that happens meanwhile."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.library.characters import list_characters
from gui.stage.memory.memory_room import MemoryRoom
from gui.stage.place import StagePlace
from gui.workspace import Workspace
from tests.gui.stage_scene import (
    Scripted,
    make_scene,
    open_place,
    play_turns,
    use_engine,
    wait_for,
    wait_for_turns,
)

TIMEOUT_MS = 10_000


@pytest.fixture
def engine() -> Iterator[Scripted]:
    engine = Scripted()
    yield engine
    engine.close()


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace, engine: Scripted) -> Iterator[StagePlace]:
    """The Stage with a scene that nobody has played."""
    use_engine(workspace, engine)
    make_scene(workspace.project)
    place = open_place(qtbot, workspace)
    yield place
    place.stop_and_wait()


def open_memory(qtbot: QtBot, place: StagePlace) -> MemoryRoom:
    place.side.show_room(MemoryRoom.KEY)
    room = place.side.rooms[MemoryRoom.KEY]
    assert isinstance(room, MemoryRoom)
    wait_for(qtbot, lambda: room.now is not None and len(room.list.memories.rows) >= 2)
    return room


def test_words_of_a_memory_outlive_another_memory_and_a_recast(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 3)
    room = open_memory(qtbot, place)
    first, second = room.list.memories.rows[:2]
    room.edit(first.id)
    editor = room.list.editor
    assert editor is not None
    editor.words.setPlainText("Half of what I")
    room.list.doubleClicked.emit(room.list.memories.index(room.list.memories.row_of(second.id)))
    assert room.list.editor is editor
    room.add()
    assert room.list.editor is editor
    nell = next(one for one in list_characters(place.workspace.project) if one.name == "Nell Hart")
    role_id = place.session.path[-1].speaker_id
    with qtbot.waitSignal(place.session.cast_changed, timeout=TIMEOUT_MS):
        place.session.direct(lambda director: director.recast(role_id, nell.id))
    assert room.list.editor is editor
    assert editor.words.toPlainText() == "Half of what I"
    QTest.keyClick(editor.words, Qt.Key.Key_Escape)
    room.edit(second.id)
    assert room.list.editor not in (None, editor)
    room.list.close_editor()


def test_words_of_a_turn_outlive_a_step_to_another_branch(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 3)
    turn_id, transcript = place.session.path[2].id, place.transcript
    transcript.edit(2)
    editor = transcript.editor
    assert editor is not None
    editor.setPlainText("Half of what she")
    first_id = place.session.path[0].id
    place.session.direct(lambda director: director.continue_from(first_id))
    wait_for_turns(qtbot, place, 1)
    assert transcript.editor is editor
    assert editor.isVisible()
    QTest.keyClicks(editor, "said: ")
    assert editor.toPlainText() == "said: Half of what she"
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait_for_turns(qtbot, place, 3)
    kept = place.session.path[2]
    assert (kept.text, kept.id != turn_id, transcript.editor) == ("said: Half of what she", True, None)


def test_a_turn_that_was_not_changed_is_left_with_its_branch(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 3)
    place.transcript.edit(2)
    first_id = place.session.path[0].id
    place.session.direct(lambda director: director.continue_from(first_id))
    wait_for(qtbot, lambda: place.transcript.editor is None)


def test_a_half_line_that_is_not_gone_on_with_is_said(qtbot: QtBot, place: StagePlace, engine: Scripted) -> None:
    play_turns(qtbot, place, 2)
    engine.set_delay(0.05)
    place.play_or_pause()
    wait_for(qtbot, lambda: place.session.live is not None and place.session.live.text)
    place.session.hold()
    wait_for(qtbot, lambda: place.session.is_held)
    live = place.session.live
    assert live is not None
    role_id = live.speaker_id
    with qtbot.waitSignal(place.note_raised, timeout=TIMEOUT_MS) as noted:
        place.session.direct(lambda director: director.whisper(role_id, "Say nothing."))
    assert noted.args is not None
    assert noted.args[0].startswith(f"The half line of {live.speaker} was not kept")
    assert noted.args[1] == live.text.strip()
