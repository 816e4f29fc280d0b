"""What tests of the window share: a home folder of their own, a workspace, the whole window, and a check for leaks."""

import gc
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from core.inference.scripted import ScriptedEngine
from core.library.characters import create_character
from core.library.scenarios import create_scenario
from core.project import Project
from gui import theme
from gui.main_window import MainWindow
from gui.workspace import Workspace
from models.character import CharacterBase
from models.scenario import RoleBase, ScenarioBase

LEAK_PATIENCE_S = 3.0
LINES = ("The lamp was dark at nine.", "I kept my post.", "Ask anyone who was there.")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The app's own folder for one test."""
    folder = tmp_path / "home"
    monkeypatch.setenv("TABLEREAD_HOME", str(folder))
    return folder


@pytest.fixture
def workspace(qapp: QApplication, home: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with an empty project and an engine that says given lines."""
    theme.apply(qapp, "dark")
    workspace = Workspace(lambda _settings, _emit: _engine())
    workspace.adopt_project(Project(tmp_path / "play.tableread"))
    yield workspace
    workspace.close()


@pytest.fixture
def make_window(qtbot: QtBot, qapp: QApplication, home: Path) -> Iterator[Callable[..., MainWindow]]:
    """Opens the whole window on a project; closes it after the test."""
    windows: list[MainWindow] = []

    def make(path: Path, *, shown: bool = True, size: tuple[int, int] = (1280, 800)) -> MainWindow:
        workspace = Workspace(lambda _settings, _emit: _engine())
        theme.apply_settings(workspace.settings)
        window = MainWindow(workspace)
        windows.append(window)
        assert window.projects.open(path)
        window.show_place("library")
        window.resize(*size)
        if shown:
            with qtbot.waitExposed(window):
                window.show()
        window.start()
        return window

    yield make
    for window in windows:
        if isValid(window):
            window.close()
            window.deleteLater()


@pytest.fixture
def demo_path(home: Path, tmp_path: Path, demo_template: Path) -> Path:
    """A demo project of its own."""
    path = tmp_path / "Demo.tableread"
    shutil.copy(demo_template, path)
    return path


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that leaves threads, running timers or shown windows behind."""
    before = set(threading.enumerate())
    yield
    if QApplication.instance() is None:
        return
    began = time.monotonic()
    while (left := _leaks(before)) and time.monotonic() - began < LEAK_PATIENCE_S:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
        gc.collect()
    if left:
        pytest.fail(f"left behind: {', '.join(left)}")


def fill(project: Project, tmp_path: Path) -> None:
    """Puts two characters, one with a portrait, and a scenario with both into a project."""
    picture = tmp_path / "mara.png"
    Image.new("RGB", (64, 64), (120, 160, 200)).save(picture)
    mara = create_character(
        project,
        CharacterBase(name="Mara Voss", summary="Keeps the light.", tags=["island"], voice="Short sentences."),
        (picture.read_bytes(), "image/png"),
    )
    theo = create_character(project, CharacterBase(name="Theo Dane", summary="Asks the questions."))
    scenario = ScenarioBase(name="The Inquest", setting="A boathouse in March.", thoughts=False, max_turns=6)
    roles = [RoleBase(name="keeper", character_id=mara.id), RoleBase(name="magistrate", character_id=theo.id)]
    create_scenario(project, scenario, roles)


def _engine() -> ScriptedEngine:
    return ScriptedEngine(lambda request: LINES[len(request.messages) % len(LINES)], delay_s=0.01)


def _leaks(before: set[threading.Thread]) -> list[str]:
    threads = [thread.name for thread in threading.enumerate() if thread not in before and thread.is_alive()]
    shown = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in QApplication.topLevelWidgets()
        if widget.isVisible()
    ]
    timers = [
        f"timer of {type(one.parent()).__name__}"
        for one in gc.get_objects()
        if type(one) is QTimer and isValid(one) and one.isActive()
    ]
    return threads + shown + timers
