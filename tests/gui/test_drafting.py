"""The drafting window: proposals are shown with their reasons, and what is taken is one undo step."""

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QPlainTextEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from core.authoring.drafting.proposal import Proposal
from core.library.characters import create_character, get_character
from gui import theme
from gui.drafting.dialog import MAX_SHOWN, DraftingDialog
from gui.workspace import Workspace
from models.character import CharacterBase


def open_dialog(qtbot: QtBot, workspace: Workspace, **fields: object) -> tuple[DraftingDialog, str]:
    character = create_character(workspace.project, CharacterBase(name="Mara Voss", **fields))
    dialog = DraftingDialog(workspace, character.id, character)
    with qtbot.waitExposed(dialog):
        dialog.open()
    return dialog, character.id


def draft(qtbot: QtBot, dialog: DraftingDialog, source: int) -> None:
    dialog.choice.setCurrentIndex(source)
    qtbot.mouseClick(dialog.draft_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.draft_button.isEnabled() and bool(dialog.proposals.rows), timeout=10_000)


def test_a_line_becomes_proposals_and_what_is_taken_is_one_step(qtbot: QtBot, workspace: Workspace) -> None:
    dialog, character_id = open_dialog(qtbot, workspace)
    qtbot.keyClicks(dialog.sources[0].text, "a tired lighthouse keeper of 58 who hides letters")
    draft(qtbot, dialog, 0)
    rows = {row.box.accessibleName(): row for row in dialog.proposals.rows}
    assert rows["Age: 58"].box.isChecked()
    made_up = [row for row in dialog.proposals.rows if row.proposal.is_invented]
    assert len(made_up) == 6
    assert not any(row.box.isChecked() for row in made_up)
    qtbot.mouseClick(dialog.none_button, Qt.MouseButton.LeftButton)
    assert not dialog.take_button.isEnabled()
    box = rows["Age: 58"].box
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(10, box.height() // 2))
    made_up[0].box.setFocus()
    qtbot.keyClick(made_up[0].box, Qt.Key.Key_Space)
    with qtbot.waitSignal(dialog.taken) as taken:
        qtbot.mouseClick(dialog.take_button, Qt.MouseButton.LeftButton)
    assert taken.args == [2]
    character = get_character(workspace.project, character_id)
    assert character.persona.social.age == 58
    assert character.statements == [made_up[0].proposal.value]
    workspace.project.undo()
    assert get_character(workspace.project, character_id).layers == {}


def test_an_empty_page_drafts_nothing(qtbot: QtBot, workspace: Workspace) -> None:
    dialog, _character_id = open_dialog(qtbot, workspace)
    for place in range(5):
        dialog.choice.setCurrentIndex(place)
        dialog.draft()
        assert "nothing to read" in dialog.said.text()
        dialog.said.clear()
    dialog.reject()


def test_every_other_source_drafts(qtbot: QtBot, workspace: Workspace) -> None:
    dialog, _character_id = open_dialog(qtbot, workspace, statements=["I like tea."])
    dialog.sources[1].text.setPlainText("She is 58 years old.")
    draft(qtbot, dialog, 1)
    dialog.sources[2].text.setPlainText("I worry all day.\nI am anxious.")
    draft(qtbot, dialog, 2)
    assert [row.proposal.path for row in dialog.proposals.rows] == ["layers.personal.big_five.neuroticism"]
    dialog.sources[4].answers[0].setPlainText("I grew up on a boat.")
    draft(qtbot, dialog, 4)
    draft(qtbot, dialog, 5)
    assert len(dialog.proposals.rows) == 8
    draft(qtbot, dialog, 6)
    assert all(row.proposal.is_invented for row in dialog.proposals.rows)
    dialog.reject()


def test_what_cannot_be_taken_is_said_and_the_window_stays(qtbot: QtBot, workspace: Workspace) -> None:
    dialog, character_id = open_dialog(qtbot, workspace)
    dialog.proposals.show_proposals(
        [Proposal("name", "A" * 300, "Too long.")], get_character(workspace.project, character_id)
    )
    dialog.proposals.choose_all(True)
    with qtbot.waitSignal(workspace.faulted) as faulted:
        qtbot.mouseClick(dialog.take_button, Qt.MouseButton.LeftButton)
    assert "cannot be taken" in faulted.args[0]
    assert dialog.isVisible()
    dialog.reject()


def test_many_proposals_are_shown_in_part(qtbot: QtBot, workspace: Workspace) -> None:
    dialog, _character_id = open_dialog(qtbot, workspace)
    dialog.sources[1].text.setPlainText(
        " ".join(f"Mara has a lamp of the number {place} kind." for place in range(400))
    )
    draft(qtbot, dialog, 1)
    assert len(dialog.proposals.rows) == MAX_SHOWN
    assert "The first 200 of" in dialog.said.text()
    dialog.reject()


def test_closing_a_long_draft_ends_it(qtbot: QtBot, workspace: Workspace) -> None:
    dialog, _character_id = open_dialog(qtbot, workspace)
    dialog.sources[1].text.setPlainText("Mara is curious. " * 11_000)
    dialog.choice.setCurrentIndex(1)
    qtbot.mouseClick(dialog.draft_button, Qt.MouseButton.LeftButton)
    thread = next(one for one in threading.enumerate() if one.name == "drafting")
    qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.draft_button.isEnabled)
    assert not thread.is_alive()
    assert dialog.proposals.rows == []
    dialog.reject()


def test_the_weights_answer_what_is_left_empty(qtbot: QtBot, workspace: Workspace) -> None:
    dialog, _character_id = open_dialog(qtbot, workspace, statements=["I like tea."])
    page = dialog.sources[4]
    page.answers[0].setPlainText("I grew up on a boat.")
    page.by_weights.setCurrentIndex(1)
    draft(qtbot, dialog, 4)
    by_author = [row for row in dialog.proposals.rows if not row.proposal.is_invented]
    by_weights = [row for row in dialog.proposals.rows if row.proposal.is_invented]
    assert any("boat" in str(row.proposal.value) for row in by_author)
    assert by_weights
    assert all("Answered by" in row.proposal.why for row in by_weights if row.proposal.path == "layers.life.essays")
    assert not any(row.box.isChecked() for row in by_weights)
    dialog.reject()


@pytest.mark.parametrize("scale", [100, 150])
def test_everything_has_a_name_and_fits_at_large_text(qtbot: QtBot, workspace: Workspace, scale: int) -> None:
    theme.apply(QApplication.instance(), "dark", scale)
    try:
        dialog, _character_id = open_dialog(qtbot, workspace)
        for place, source in enumerate(dialog.sources):
            dialog.choice.setCurrentIndex(place)
            for kind in (QPlainTextEdit, QComboBox, QSpinBox):
                assert all(one.accessibleName() for one in source.findChildren(kind))
        for button in dialog.findChildren(QPushButton):
            assert button.text()
            assert not button.isVisible() or button.width() >= button.fontMetrics().horizontalAdvance(button.text())
        first = dialog.sources[4].answers[0]
        assert first.height() >= 2 * first.fontMetrics().lineSpacing()
        dialog.reject()
    finally:
        theme.apply(QApplication.instance(), "dark", 100)
