"""Dialogs for files: they never touch the files that they show."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QFileInfo
from PySide6.QtWidgets import QFileDialog, QTreeView, QWidget
from pytestqt.qtbot import QtBot

from core.library.characters import create_character
from gui.widgets.ask import ask_folder, ask_open_files, ask_save_file
from gui.widgets.file_icons import NamedIcons
from gui.workspace import Workspace
from models.character import CharacterBase


@pytest.fixture(autouse=True)
def close_windows(workspace: Workspace) -> Iterator[None]:
    yield
    workspace.close()


def locks_of(path: Path) -> int:
    inode = os.stat(path).st_ino
    return sum(f":{inode} " in line for line in Path("/proc/locks").read_text().splitlines())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="skipped: only Linux lists the locks of files")
@pytest.mark.parametrize("kind", ["open", "save"])
def test_looking_for_a_file_takes_no_lock_of_the_open_project(kind: str, qtbot: QtBot, workspace: Workspace) -> None:
    project = workspace.project
    create_character(project, CharacterBase(name="Mara"))
    before = locks_of(project.path)
    assert before
    window = QWidget()
    qtbot.addWidget(window)
    if kind == "open":
        dialog = ask_open_files(window, "Open", "Projects (*.tableread)", lambda _paths: None)
    else:
        dialog = ask_save_file(window, "New", "Projects (*.tableread)", "New.tableread", lambda _path: None)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setDirectory(str(project.path.parent))
    rows = dialog.findChildren(QTreeView)[0]
    qtbot.waitUntil(lambda: rows.model().rowCount(rows.rootIndex()) > 0)
    qtbot.wait(300)  # icons come from a thread of Qt's that says nothing when it is done
    assert locks_of(project.path) == before
    dialog.reject()


def test_kinds_of_files_are_said_by_their_names(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a.tableread").write_bytes(b"SQLite format 3")
    icons = NamedIcons()
    assert icons.type(QFileInfo(str(tmp_path / "a.tableread"))) == "tableread file"
    assert icons.type(QFileInfo(str(tmp_path))) == "Folder"
    assert not icons.icon(QFileInfo(str(tmp_path))).isNull()


def test_a_folder_is_asked_for(qtbot: QtBot, tmp_path: Path) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    chosen: list[Path] = []
    dialog = ask_folder(window, "Folder", chosen.append)
    dialog.fileSelected.emit(str(tmp_path))
    assert chosen == [tmp_path]
    dialog.reject()
