"""The X-ray: prompt by block, mind, why and who heard it, as the speaker and as others, copied as JSON."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot

from gui.stage.place import StagePlace
from gui.stage.xray.prompt_card import PromptCard, lay_out
from gui.stage.xray.record_lines import list_lines
from gui.stage.xray.xray_cards import turn_cards
from gui.stage.xray.xray_room import XrayRoom
from gui.workspace import Workspace
from models.playtest import Turn
from tests.gui.played_scene import OTHER_LINES, PlayedScene, open_stage

TIMEOUT_MS = 10_000


@pytest.fixture
def scene(workspace: Workspace) -> PlayedScene:
    """Three turns; the last one has a record of all that can be in one."""
    scene = PlayedScene(workspace.project)
    scene.play(2, OTHER_LINES)
    scene.say(
        2,
        OTHER_LINES[2],
        turn_taking={
            "policy": "bidding",
            "why": "the highest bid",
            "bids": {scene.script.parts[0].role_id: 3.5},
            "talkative": [scene.script.parts[1].role_id],
        },
        mind={"plan": {"goal": "Stay out of it.", "steps": [{"text": "Say little.", "status": "now"}]}},
        seed=77,
    )
    return scene


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace, scene: PlayedScene) -> Iterator[StagePlace]:
    place = open_stage(qtbot, workspace, scene)
    place.transcript.view.go_to(2)
    place.transcript.view.setFocus()
    QTest.keyClick(place.transcript.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: place.side.xray.xray is not None, timeout=TIMEOUT_MS)
    yield place
    place.stop_and_wait()


def words_of(room: XrayRoom) -> str:
    return "\n".join(label.text() for label in room.findChildren(QLabel) if label.isVisibleTo(room))


def prompt_of(room: XrayRoom) -> PromptCard:
    return room.findChildren(PromptCard)[-1]


def test_everything_about_a_turn(qtbot: QtBot, place: StagePlace, scene: PlayedScene, tmp_path: Path) -> None:
    room = place.side.xray
    qtbot.waitUntil(lambda: "What Ilse Ruud read" in words_of(room), timeout=TIMEOUT_MS)
    said = words_of(room)
    assert place.side.shows_detail
    assert "The highest bid." in said
    assert "Mara Voss\n3.5" in said
    assert "felt like talking\nTheo Dane" in said
    assert not any(part.role_id in said for part in scene.script.parts)
    assert "Theo Dane learns\nIlse sold the boat" in said
    assert "A secret is out: Ilse sold the boat" in said
    assert "Grounding" in said
    text = prompt_of(room).text.text()
    assert "Ilse owned a boat." in text
    assert "I will ask once more" in text
    assert place.grab().save(str(tmp_path / "xray.png"))


def test_as_another_character_at_that_moment(qtbot: QtBot, place: StagePlace) -> None:
    room = place.side.xray
    room.show_as(place.session.script.parts[0].role_id)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: room.xray is not None and room.xray.reader == "Mara Voss", timeout=TIMEOUT_MS)
    text = prompt_of(room).text.text()
    assert "Mara keeps the lamp" in text
    assert "Ilse owned a boat." not in text
    assert "Grounding" not in words_of(room)
    qtbot.waitUntil(lambda: "As it would have read" in words_of(room), timeout=TIMEOUT_MS)
    place.transcript.view.go_to(1)
    qtbot.waitUntil(lambda: room.xray is not None and room.xray.turn.number == 2, timeout=TIMEOUT_MS)
    assert room.xray is not None
    assert room.xray.reader == room.xray.turn.speaker


def test_it_is_copied_as_json(qtbot: QtBot, place: StagePlace) -> None:
    qtbot.mouseClick(place.side.xray.copy_button, Qt.MouseButton.LeftButton)
    document = json.loads(QGuiApplication.clipboard().text())
    assert (document["turn"], document["speaker"], document["seed"]) == (3, "Ilse Ruud", 77)
    assert document["blocks"]


def test_the_prompt_opens_large(qtbot: QtBot, place: StagePlace) -> None:
    card = prompt_of(place.side.xray)
    qtbot.mouseClick(card.open_button, Qt.MouseButton.LeftButton)
    dialog = place.window().findChild(QDialog)
    assert dialog is not None
    assert "Ilse Ruud" in dialog.windowTitle()
    dialog.close()


def test_spans_lie_where_their_blocks_are(place: StagePlace) -> None:
    xray = place.side.xray.xray
    assert xray is not None
    text, spans = lay_out(xray)
    blocks = [span for span in spans if span.origin is not None]
    assert [text[span.start : span.end] for span in blocks[: len(xray.blocks)]] == [one.text for one in xray.blocks]


def test_a_hostile_record_is_text() -> None:
    deep: object = "x"
    for _ in range(60):
        deep = {"a": [deep]}
    lines = list_lines({"steps": [{"text": "a\nb", "n": 1}], "deep": deep, "many": list(range(10_000)), "none": None})
    assert lines[0] == ("steps", "a b · n 1")
    assert all(len(text) <= 400 for _, text in lines)
    assert len(list_lines({str(number): number for number in range(500)})) == 61


def test_nothing_of_another_playtest_stays(qtbot: QtBot, place: StagePlace) -> None:
    room = place.side.xray
    qtbot.waitUntil(lambda: "What Ilse Ruud read" in words_of(room), timeout=TIMEOUT_MS)
    place.session.open(None)
    qtbot.waitUntil(lambda: "Ilse" not in words_of(room), timeout=TIMEOUT_MS)
    assert "3" not in words_of(room)
    assert "Once a turn was played" in words_of(room)
    assert (room.reader.count(), room.copy_button.isEnabled()) == (0, False)


@pytest.mark.parametrize(
    ("narrator", "title"),
    [
        ({"options": ["Do nothing."], "decided_by": "wants"}, "What it chose to do"),
        ({"feasible": True, "why": "It is near."}, "The narrator's judgement"),
    ],
)
def test_what_was_chosen_is_no_judgement(qtbot: QtBot, narrator: dict, title: str) -> None:
    turn = Turn(
        playtest_id="p",
        number=1,
        speaker_id="r",
        speaker="Mara",
        kind="character",
        text="",
        record={"narrator": narrator},
    )
    (card,) = turn_cards(turn, {}, {})
    qtbot.addWidget(card)
    assert card.accessibleName() == title
