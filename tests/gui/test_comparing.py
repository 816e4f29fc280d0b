"""Two characters side by side: what differs is marked on its own side, and all text is text."""

from pytestqt.qtbot import QtBot

from core.library.characters import create_character
from gui.comparing.dialog import CompareDialog
from gui.workspace import Workspace
from models.character import CharacterBase


def test_what_differs_is_marked_and_can_be_all_that_is_shown(qtbot: QtBot, workspace: Workspace) -> None:
    create_character(workspace.project, CharacterBase(name="Ada", voice="Short, plain.", boundaries="<b>No</b> lies."))
    twin = create_character(
        workspace.project, CharacterBase(name="Bo", voice="Short, loud.", boundaries="<b>No</b> lies.")
    )
    dialog = CompareDialog(workspace, twin.id)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert (dialog.left.currentText(), dialog.right.currentText()) == ("Bo", "Ada")
    text = dialog.page.toPlainText()
    assert "<b>No</b> lies." in text
    html = dialog.page.toHtml()
    assert html.count("background-color") >= 4
    dialog.only_different.setChecked(True)
    assert "lies" not in dialog.page.toPlainText()
    assert "loud" in dialog.page.toPlainText()
    dialog.right.setCurrentIndex(dialog.left.currentIndex())
    assert dialog.page.toPlainText() == "Nothing differs."
    dialog.reject()


def test_an_empty_project_says_so(qtbot: QtBot, workspace: Workspace) -> None:
    dialog = CompareDialog(workspace)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert "no characters" in dialog.page.toPlainText()
    dialog.reject()
