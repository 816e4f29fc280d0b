"""Asking a draft: the draft of the moment answers, newer questions end older answers, and nothing is kept."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.inference.scripted import ScriptedEngine
from core.library.playtests import list_playtests
from gui.talking.ask_box import AskBox
from gui.talking.voice_preview import VoicePreview
from gui.workspace import Workspace
from models.character import CharacterBase


@pytest.fixture
def speaking(workspace: Workspace) -> Workspace:
    """A workspace whose engine repeats the last line of the persona, slowly."""

    def line(request: object) -> str:
        system = request.messages[0].content
        return f"{len(request.messages)} messages, {'old' if 'You are old.' in system else 'young'}"

    workspace._make_engine = lambda _settings, _emit: ScriptedEngine(line, delay_s=0.02)
    workspace._close_engine()
    return workspace


def test_each_question_meets_the_draft_of_the_moment(qtbot: QtBot, speaking: Workspace) -> None:
    draft = CharacterBase(name="Mara")
    box = AskBox(speaking, lambda: draft)
    qtbot.addWidget(box)
    box.show()
    qtbot.keyClicks(box.line, "Who are you?")
    qtbot.keyClick(box.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(box.talk) == 1)
    assert box.talk[0].answer == "2 messages, young"
    draft.description = "You are old."
    qtbot.keyClicks(box.line, "And now?")
    qtbot.keyClick(box.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(box.talk) == 2)
    assert box.talk[1].answer == "4 messages, old"
    assert list_playtests(speaking.project) == []
    assert speaking.project.undo_label() is None
    qtbot.mouseClick(box.again, Qt.MouseButton.LeftButton)
    assert box.talk == []


def test_escape_cuts_an_answer_short(qtbot: QtBot, speaking: Workspace) -> None:
    box = AskBox(speaking, lambda: CharacterBase(name="Mara"))
    qtbot.addWidget(box)
    box.show()
    box.line.setText("Who are you?")
    box.ask()
    assert box.voice.is_speaking
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert not box.voice.is_speaking
    qtbot.wait(200)
    assert box.talk == []


def test_the_preview_speaks_again_once_typing_stops(qtbot: QtBot, speaking: Workspace) -> None:
    draft = CharacterBase(name="Mara")
    preview = VoicePreview(speaking, lambda: draft)
    qtbot.addWidget(preview)
    preview.show()
    preview.refresh()
    assert not preview.voice.is_speaking
    preview.live.setChecked(True)
    qtbot.waitUntil(lambda: preview.line.text() == "“2 messages, young”")
    asked = []
    original = preview.voice.ask
    preview.voice.ask = lambda *arguments: (asked.append(arguments), original(*arguments))
    draft.description = "You are old."
    for _ in range(5):
        preview.refresh()
        qtbot.wait(50)
    qtbot.waitUntil(lambda: preview.line.text() == "“2 messages, old”", timeout=5_000)
    assert len(asked) == 1
    preview.live.setChecked(False)
    assert preview.line.text() == ""
