"""The process that runs the weights dies while nobody needs it: the window says so at once, and goes on."""

import os
import signal
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.app_settings import change_settings
from core.inference.request import CountTokens
from gui.main_window import MainWindow
from gui.workspace import Workspace
from tests.random_weights import random_weights


@pytest.mark.skipif(os.name != "posix", reason="sends signals")
def test_weights_whose_process_dies_while_nobody_needs_it_are_said_to_have_stopped(
    qtbot: QtBot, home: Path, demo_path: Path
) -> None:
    weights = random_weights()
    change_settings(lambda settings: setattr(settings, "weights_path", str(weights)))
    workspace = Workspace()
    window = MainWindow(workspace)
    qtbot.addWidget(window)
    assert window.projects.open(demo_path)
    window.start()
    place = window.show_place("weights")
    qtbot.waitUntil(lambda: window.status.texts()[0].startswith("random · CPU"), timeout=30_000)
    worker = workspace.engine
    process_id = worker.process_id  # type: ignore[attr-defined]
    os.kill(process_id, signal.SIGKILL)
    qtbot.waitUntil(lambda: window.status.texts()[:1] == [f"{weights.stem} stopped"], timeout=2_000)
    said = window.status._weights.toolTip()
    assert "memory" in said
    assert "start again when they are needed" in said
    assert "start again" in place.in_use._fault.text()
    assert worker.process_id is None  # type: ignore[attr-defined]
    worker.submit(CountTokens(("kato",)))
    qtbot.waitUntil(lambda: window.status.texts()[0].startswith("random · CPU"), timeout=30_000)
    assert worker.process_id not in {None, process_id}  # type: ignore[attr-defined]
    window.close()
