"""Why lore was read for a turn: on the Stage, in the details of the turn."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.library import lore
from core.library.playtests import get_playtest, get_turn, list_turns
from core.library.scenarios import list_scenarios
from core.playtest.directing.director import Director
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from gui.lore.verdict_list import VerdictRow
from gui.stage.lore_card import LoreCard
from gui.stage.newer_books import has_newer_books
from gui.stage.place import StagePlace
from gui.workspace import Workspace
from models.lore import LorebookDraft, LoreEntryBase
from tests.gui.conftest import fill


def test_a_turn_says_what_fired_and_what_was_dropped(qtbot: QtBot, workspace: Workspace, tmp_path) -> None:
    project = workspace.project
    fill(project, tmp_path)
    entries = [
        LoreEntryBase(name="Always", constant=True, content="Always here."),
        LoreEntryBase(name="Never lucky", constant=True, probability=0, content="No."),
    ]
    lore.create_book(project, LorebookDraft(name="Skerry", entries=entries))
    (scenario,) = list_scenarios(project)
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=1, score_every=0))
    director = Director(project, workspace.engine, playtest.id, lambda _event: None)
    director.play(1)
    assert director.wait(20)
    director.close()
    turn = get_turn(project, list_turns(project, playtest.id)[-1].id)
    card = LoreCard(turn, get_playtest(project, playtest.id).script)
    qtbot.addWidget(card)
    assert [(row.title, row.book) for row in card.fired] == [("Always", "Skerry")]
    assert [row.title for row in card.dropped] == ["Never lucky"]
    with qtbot.waitSignal(card.entry_clicked) as clicked:
        qtbot.keyClick(card.findChildren(VerdictRow)[0], Qt.Key.Key_Return)
    (book,) = lore.list_books(project)
    assert clicked.args == [f"{book.id}#entry:{card.fired[0].entry_id}"]
    place = StagePlace(workspace)
    qtbot.addWidget(place)
    with qtbot.waitSignal(place.open_requested) as opened:
        place.side.detail.entry_clicked.emit(clicked.args[0])
    assert opened.args == ["lorebook", clicked.args[0]]
    lore.delete_book(project, book.id)
    with qtbot.waitSignal(workspace.faulted), qtbot.assertNotEmitted(place.open_requested):
        place.side.detail.entry_clicked.emit(clicked.args[0])
    card.show()
    assert not card.grab().isNull()


def test_books_made_later_are_not_those_of_the_playtest(workspace: Workspace, tmp_path) -> None:
    project = workspace.project
    fill(project, tmp_path)
    (scenario,) = list_scenarios(project)
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=1, score_every=0))
    assert not has_newer_books(project, playtest, ())
    lore.create_book(project, LorebookDraft(name="Empty"))
    assert not has_newer_books(project, playtest, ())
    book = lore.create_book(project, LorebookDraft(name="Skerry", entries=[LoreEntryBase(name="Fog", content="Fog.")]))
    assert has_newer_books(project, playtest, ())
    assert not has_newer_books(project, playtest, {book.id})
