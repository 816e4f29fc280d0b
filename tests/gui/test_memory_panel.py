"""The room of memory, driven as a person drives it: read, searched, jumped from, changed, undone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from core.errors import UserError
from core.library.characters import create_character
from core.library.memories import list_memory_changes
from core.library.scenarios import create_scenario
from core.memory.entries import Entry
from core.playtest.branch import Branch
from core.playtest.minds import Minds
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from gui import theme
from gui.stage.memory.memory_delegate import MemoryDelegate
from gui.stage.memory.memory_room import MemoryRoom
from gui.stage.memory.words import say_time
from gui.stage.session import StageSession
from gui.stage.side_rooms import ROOMS
from gui.workspace import Workspace
from models.character import CharacterBase
from models.playtest import Origin, Playtest, SpeakerKind, Turn, TurnBase
from models.scenario import RoleBase, ScenarioBase

LINES = (
    "Where were you when the boat went down?",
    "I was at the lamp. It was dark at nine, I swear it.",
    "Somebody saw you on the harbour stairs with a lantern.",
    "Then somebody lied to you! I hate liars.",
    "The harbour master has no reason to lie.",
    "He owed my brother money.",
)
STAGE = {"memory": {"recall": "generative", "reflects": True, "reflect_at": 15}}


class Scene:
    """A playtest of two, of which each line was remembered as the real minds do it, without weights."""

    def __init__(self, workspace: Workspace, stage: dict[str, Any]) -> None:
        self.project = workspace.project
        layers = {"memories": [{"text": "Mara fell through the ice.", "when": "aged nine", "importance": 8}]}
        cast = [CharacterBase(name="Mara", layers=layers), CharacterBase(name="Theo")]
        roles = [RoleBase(name="role", character_id=create_character(self.project, one).id) for one in cast]
        scenario = create_scenario(self.project, ScenarioBase(name="Inquest", stage=stage, max_turns=90), roles)
        self.playtest: Playtest = start_playtest(self.project, scenario.id, PlaySettings(seed=3))
        self.branch = Branch(self.project, self.playtest.id)
        self.mara, self.theo = (part.role_id for part in self.branch.script.parts)
        self._minds = Minds(self.project, self.branch.script, self.playtest.id)
        for text in LINES:
            self.say(text)

    def say(self, text: str) -> Turn:
        """Adds a turn to the branch: Theo and Mara in turn."""
        path = self.branch.path()
        role_id = self.theo if len(path) % 2 == 0 else self.mara
        part = self.branch.script.part(role_id)
        assert part is not None
        inner = self._minds.prepare(part, path, None)
        draft = TurnBase(
            speaker_id=role_id,
            speaker=part.character.name,
            kind=SpeakerKind.CHARACTER,
            text=text,
            origin=Origin.WEIGHTS,
            record={"n_turns_dropped": max(0, len(path) - 3), "mind": inner.record},
        )
        return self.branch.commit(draft, path[-1].id if path else None, "")


@pytest.fixture
def open_room(qtbot: QtBot, workspace: Workspace) -> Iterator[Callable[..., tuple[Scene, MemoryRoom]]]:
    def open_room(stage: dict[str, Any] = STAGE) -> tuple[Scene, MemoryRoom]:
        scene = Scene(workspace, stage)
        session = StageSession(workspace)
        room = MemoryRoom(workspace, session)
        qtbot.addWidget(room)
        room.resize(340, 800)
        with qtbot.waitActive(room):
            room.show()
            room.activateWindow()
        session.open(scene.playtest.id)
        room.show_role(scene.mara)
        qtbot.waitUntil(lambda: room.now is not None and room.now.role_id == scene.mara, timeout=30_000)
        return scene, room

    yield open_room
    for window in QApplication.topLevelWidgets():
        window.close()


def texts(room: MemoryRoom) -> list[str]:
    return [entry.text for entry in room.list.memories.rows]


def entry_of(room: MemoryRoom, entry_id: str) -> Entry:
    return next(entry for entry in room.list.memories.rows if entry.id == entry_id)


def wait_for(qtbot: QtBot, room: MemoryRoom, is_so: Callable[[], bool]) -> None:
    qtbot.waitUntil(is_so, timeout=30_000)


def row_rect(room: MemoryRoom, entry_id: str) -> Any:
    row = room.list.memories.row_of(entry_id)
    assert row is not None
    index = room.list.memories.index(row)
    room.list.scrollTo(index)
    return room.list.visualRect(index)


def labels(room: MemoryRoom) -> str:
    return "\n".join(label.text() for label in room.recalled.findChildren(QLabel))


def test_the_stream_is_listed_newest_first_with_all_that_is_known(open_room: Callable[..., Any]) -> None:
    _scene, room = open_room()
    assert MemoryRoom in ROOMS
    heard = [text for text in texts(room) if ": " in text and "stays with me" not in text]
    assert heard == [f"{'Mara' if n % 2 else 'Theo'}: {LINES[n]}" for n in range(5, -1, -1)]
    assert texts(room)[-1] == "Mara fell through the ice."
    said = room.list.memories.index(room.list.memories.row_of("t4")).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Mara: Then somebody lied to you! I hate liars. · said · turn 4 · 4 min · importance ")
    assert "anger 0.75" in said
    assert {entry.kind.value for entry in room.list.memories.rows} == {"observation", "persona", "reflection"}


def test_search_finds_words_kinds_and_moods(open_room: Callable[..., Any]) -> None:
    _scene, room = open_room()
    QTest.keyClicks(room.search, "harbour STAIRS")
    assert texts(room)[-1] == "Theo: Somebody saw you on the harbour stairs with a lantern."
    room.search.setText("anger")
    found = {entry.id for entry in room.list.memories.rows}
    assert "t4" in found
    assert not found & {"t1", "t5", "t6"}
    room.search.setText("no such thing")
    assert (texts(room), room.empty.isVisible()) == ([], True)
    assert "no such thing" in room.empty.text()
    room.search.clear()
    assert len(texts(room)) == room.list.memories.n_entries


def test_a_click_on_the_source_and_enter_go_to_the_turn(qtbot: QtBot, open_room: Callable[..., Any]) -> None:
    scene, room = open_room()
    delegate = room.list.itemDelegate()
    assert isinstance(delegate, MemoryDelegate)
    rect = row_rect(room, "t3")
    spot = delegate.source_rect(rect, entry_of(room, "t3")).center()
    with qtbot.waitSignal(room.turn_wanted) as wanted:
        QTest.mouseClick(room.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert wanted.args == [scene.branch.path()[2].id]
    room.list.choose("t1")
    with qtbot.waitSignal(room.turn_wanted) as wanted:
        QTest.keyClick(room.list, Qt.Key.Key_Return)
    assert wanted.args == [scene.branch.path()[0].id]


def test_a_memory_is_edited_in_place_and_undo_takes_it_back(
    qtbot: QtBot, workspace: Workspace, open_room: Callable[..., Any]
) -> None:
    _scene, room = open_room()
    room.list.choose("t3")
    QTest.keyClick(room.list, Qt.Key.Key_F2)
    editor = room.list.editor
    assert editor is not None
    assert editor.words.toPlainText() == "Theo: Somebody saw you on the harbour stairs with a lantern."
    editor.importance.setValue(9.5)
    editor.words.setPlainText("Theo has a witness.")
    QTest.keyClick(editor.words, Qt.Key.Key_Return)
    wait_for(qtbot, room, lambda: "Theo has a witness." in texts(room))
    assert entry_of(room, "t3").importance == 9.5
    assert room.list.editor is None
    workspace.undo()
    wait_for(qtbot, room, lambda: "Theo has a witness." not in texts(room))
    workspace.redo()
    wait_for(qtbot, room, lambda: "Theo has a witness." in texts(room))


def test_escape_leaves_a_memory_as_it_was(open_room: Callable[..., Any]) -> None:
    _scene, room = open_room()
    room.edit("t3")
    room.list.editor.words.setPlainText("nothing of this")
    QTest.keyClick(room.list.editor.words, Qt.Key.Key_Escape)
    assert room.list.editor is None
    assert "nothing of this" not in texts(room)
    assert room.workspace.project.undo_label() != "Edit memory"


def test_a_memory_is_added_with_the_importance_of_its_words(qtbot: QtBot, open_room: Callable[..., Any]) -> None:
    _scene, room = open_room()
    QTest.mouseClick(room.add_button, Qt.MouseButton.LeftButton)
    QTest.keyClicks(room.list.editor.words, "I hid the key and I swore an oath.")
    QTest.mouseClick(room.list.editor.keep_button, Qt.MouseButton.LeftButton)
    wait_for(qtbot, room, lambda: "I hid the key and I swore an oath." in texts(room))
    wait_for(qtbot, room, lambda: room.list.current() is not None and room.list.current().kind.value == "added")
    assert room.list.current().importance > 3
    assert room.workspace.project.undo_label().startswith("Add memory “I hid the key")


def test_the_pin_is_toggled_by_mouse_and_key_and_comes_first(qtbot: QtBot, open_room: Callable[..., Any]) -> None:
    _scene, room = open_room()
    delegate = room.list.itemDelegate()
    spot = delegate.pin_rect(row_rect(room, "t2")).center()
    QTest.mouseClick(room.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(spot))
    wait_for(qtbot, room, lambda: room.list.memories.rows[0].id == "t2" and room.list.memories.rows[0].is_pinned)
    assert room.list.current().id == "t2"
    QTest.keyClick(room.list, Qt.Key.Key_P)
    wait_for(qtbot, room, lambda: not entry_of(room, "t2").is_pinned)


def test_several_are_deleted_as_one_step(qtbot: QtBot, workspace: Workspace, open_room: Callable[..., Any]) -> None:
    _scene, room = open_room()
    n_before = len(texts(room))
    flags = room.list.selectionModel().SelectionFlag
    for entry_id in ("t1", "t2"):
        room.list.selectionModel().select(room.list.memories.index(room.list.memories.row_of(entry_id)), flags.Select)
    QTest.keyClick(room.list, Qt.Key.Key_Delete)
    wait_for(qtbot, room, lambda: len(texts(room)) == n_before - 2)
    assert workspace.project.undo_label() == "Delete 2 memories"
    workspace.undo()
    wait_for(qtbot, room, lambda: len(texts(room)) == n_before)


def test_what_came_back_is_shown_with_its_parts_and_leads_to_turns(qtbot: QtBot, open_room: Callable[..., Any]) -> None:
    scene, room = open_room()
    shown = labels(room)
    assert "What came back before turn 6" in shown
    assert all(part in shown for part in ("recency", "importance", "relevance", "total"))
    with qtbot.waitSignal(room.turn_wanted) as wanted:
        room.recalled._on_link("turn:2")
    assert wanted.args == [scene.branch.path()[1].id]
    room.show_turn(scene.branch.path()[2].id)  # Theo's: Mara's own turn before it
    wait_for(qtbot, room, lambda: "What came back before turn 2" in labels(room))


def test_the_list_has_the_height_that_nothing_else_needs(qtbot: QtBot, open_room: Callable[..., Any]) -> None:
    scene, room = open_room(stage={})
    room.resize(360, 700)
    room.hide()
    room.show()
    wait_for(qtbot, room, lambda: room.splitter.sizes()[0] > 3 * room.splitter.sizes()[1] > 0)
    room.splitter.setSizes([200, 480])
    room.splitter.splitterMoved.emit(200, 1)
    room.show_turn(scene.branch.path()[2].id)
    room.hide()
    room.show()
    assert room.splitter.sizes()[0] < room.splitter.sizes()[1]


def test_conclusions_cite_turns(qtbot: QtBot, open_room: Callable[..., Any]) -> None:
    scene, room = open_room()
    path = scene.branch.path()
    turn = next(one for one in path if one.record["mind"]["memory"].get("reflections") and one.speaker_id == scene.mara)
    room.show_turn(turn.id)
    wait_for(qtbot, room, lambda: "What was concluded" in labels(room))
    assert "rests on <a href=" in labels(room)
    assert "by rule" in labels(room)


def test_it_goes_along_with_the_play_and_shows_other_characters(qtbot: QtBot, open_room: Callable[..., Any]) -> None:
    scene, room = open_room()
    scene.say("So you admit there was a debt?")
    wait_for(qtbot, room, lambda: "Theo: So you admit there was a debt?" in texts(room))
    room.who.setCurrentIndex(1)
    room.who.activated.emit(1)
    wait_for(qtbot, room, lambda: room.now is not None and room.now.role_id == scene.theo)
    assert "Mara fell through the ice." not in texts(room)


def test_what_is_being_written_stays_while_the_play_goes_on(qtbot: QtBot, open_room: Callable[..., Any]) -> None:
    scene, room = open_room()
    room.add()
    room.list.editor.words.setPlainText("half a thought")
    scene.say("So you admit there was a debt?")
    with qtbot.waitSignal(room.session.path_changed):
        pass
    assert room.list.editor.words.toPlainText() == "half a thought"
    QTest.keyClick(room.list.editor.words, Qt.Key.Key_Escape)
    wait_for(qtbot, room, lambda: "Theo: So you admit there was a debt?" in texts(room))


def test_memories_of_the_persona_are_its_own_where_the_prompt_tells_them(open_room: Callable[..., Any]) -> None:
    _scene, room = open_room({})
    room.list.choose("p1")
    assert not room.edit_button.isEnabled()
    room.edit("p1")
    assert room.list.editor is None
    assert "Recall is off" in room.note.text()


def test_a_project_that_can_only_be_read_says_so(
    qtbot: QtBot, workspace: Workspace, open_room: Callable[..., Any]
) -> None:
    _scene, room = open_room()
    workspace.project.refuse_writes(UserError("The disk is full."))
    room.refresh_in_sight()
    wait_for(qtbot, room, lambda: not room.add_button.isEnabled())
    assert "reading only. The disk is full." in room.note.text()
    room.list.choose("t3")
    QTest.keyClick(room.list, Qt.Key.Key_F2)
    QTest.keyClick(room.list, Qt.Key.Key_Delete)
    assert room.list.editor is None
    assert "t3" in [entry.id for entry in room.list.memories.rows]


def test_markup_in_memories_stays_text(qtbot: QtBot, open_room: Callable[..., Any]) -> None:
    scene, room = open_room()
    turn = scene.branch.path()[-1]
    memory = {
        "mode": "<b>x</b>",
        "retrieved": [{"id": '"><img>', "text": "<img src=x>", "total": float(3)}, "odd", {"total": "x"}],
        "reflected_by": "rule",
        "reflections": [{"text": "<script>", "cites": ["t99999999999999", 7, "p1"]}],
        "importance": {"t1": "many", "t2": 4},
        "sessions": [{"text": 3}],
        "session_recalled": [],
    }
    draft = TurnBase(**turn.model_dump(include={*TurnBase.model_fields}) | {"record": {"mind": {"memory": memory}}})
    scene.branch.commit(draft, turn.parent_id, "")
    wait_for(qtbot, room, lambda: "&lt;img src=x&gt;" in labels(room))
    assert "<script>" not in labels(room)
    room.recalled._on_link("turn:99999999")
    room.recalled._on_link("turn:x")


def test_copy_from_the_menu_words_and_times(open_room: Callable[..., Any]) -> None:
    _scene, room = open_room()
    room.list.choose("t6")
    room._show_menu(QPoint(5, 5))
    menu = QApplication.activePopupWidget()
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "Copy").trigger()
    menu.close()
    assert QGuiApplication.clipboard().text() == "Mara: He owed my brother money."
    assert [say_time(s) for s in (20, 60, 3720, 90_000)] == ["20 s", "1 min", "1 h 2 min", "day 2, 1:00"]


def test_it_is_painted_in_both_themes(qapp: QApplication, open_room: Callable[..., Any], tmp_path: Path) -> None:
    _scene, room = open_room()
    pictures = []
    for name in ("dark", "light"):
        theme.apply(qapp, name)
        pictures.append(room.grab().toImage())
    assert pictures[0] != pictures[1]


def test_what_is_being_written_outlasts_the_choice_of_another_character(
    qtbot: QtBot, open_room: Callable[..., Any]
) -> None:
    scene, room = open_room()
    room.add()
    editor = room.list.editor
    editor.words.setPlainText("The stairs were wet.")
    room.show_role(scene.theo)  # as when a turn of his is selected in the transcript
    assert room.list.editor is editor
    QTest.keyClick(editor.words, Qt.Key.Key_Return)
    changes = list_memory_changes(scene.project, scene.playtest.id, scene.mara)
    assert [one.text for one in changes] == ["The stairs were wet."]
    wait_for(qtbot, room, lambda: room.now is not None and room.now.role_id == scene.theo)
