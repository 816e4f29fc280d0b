"""A chart is packed as a file beside the window, and shows what it showed when it was asked for."""

import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.fidelity import export as export_module
from gui.fidelity.export import ask_export
from gui.workspace import Workspace
from tests.gui.fidelity_scene import WAIT_MS, open_place, play_scored


def test_a_picture_is_packed_beside_the_window(
    qtbot: QtBot, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_scored(workspace.project)
    place = open_place(qtbot, workspace, 12)
    path = tmp_path / "chart.png"
    threads: list[threading.Thread] = []
    pack = export_module.pack_png
    monkeypatch.setattr("gui.fidelity.export.ask_save_file", lambda *args: args[-1](path))
    monkeypatch.setattr(
        export_module, "pack_png", lambda one: (threads.append(threading.current_thread()), pack(one))[1]
    )
    written: list[Path] = []
    ask_export(place, place.lines, ".png", written.append)
    qtbot.waitUntil(lambda: bool(written), timeout=WAIT_MS)
    assert threads
    assert threading.main_thread() not in threads
    assert QImage(str(path)) == export_module.paint_picture(place.lines).convertToFormat(QImage(str(path)).format())
