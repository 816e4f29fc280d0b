"""The Weights place, with the real worker where the truth of the figures matters."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.app_settings import change_settings, load_settings
from core.inference.catalog import house_weights, is_gpu_build
from core.inference.scripted import INFO, ScriptedEngine
from core.project import Project
from gui import theme
from gui.main_window import MainWindow
from gui.weights.figures import describe_bytes, describe_chat_format, describe_count, describe_device
from gui.weights.place import WeightsPlace
from gui.workspace import Workspace
from tests.random_weights import Shape, random_weights

LOAD_MS = 60_000


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, home: Path, tmp_path: Path) -> Iterator[MainWindow]:
    """The window on the real worker."""
    theme.apply(qapp, "dark")
    workspace = Workspace()
    window = MainWindow(workspace)
    workspace.adopt_project(Project(tmp_path / "play.tableread"))
    window.show_place("weights")
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    window.start()
    yield window
    window.close()
    window.deleteLater()


@pytest.fixture
def place(qtbot: QtBot, window: MainWindow) -> WeightsPlace:
    place = window.show_place("weights")
    assert isinstance(place, WeightsPlace)
    wait_until_loaded(qtbot, window)
    return place


def wait_until_loaded(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.reader.loading, timeout=LOAD_MS)
    assert window.reader.error is None, window.reader.error


def test_the_house_weights_say_what_they_are(window: MainWindow, place: WeightsPlace, tmp_path: Path) -> None:
    info = window.reader.info
    assert info is not None
    facts = {key: label.text() for key, label in place.in_use._facts.items()}
    assert facts["file"] == str(house_weights())
    assert facts["device"] == f"CPU, {info.n_threads} thread{'s' if info.n_threads > 1 else ''}"
    assert describe_count(info.n_params) in facts["size"]
    assert f"{info.n_ctx:,}" in facts["context"]
    assert facts["safe"] == "off"
    assert not place._house.isEnabled()
    assert place.machine.gpu_layers.isEnabled() == is_gpu_build()
    window.grab().save(str(tmp_path / "weights.png"))


def test_other_weights_and_back_again(qtbot: QtBot, window: MainWindow, place: WeightsPlace) -> None:
    path = random_weights(Shape())
    place.choose(path)
    qtbot.waitUntil(lambda: load_settings().weights_path == str(path), timeout=LOAD_MS)
    wait_until_loaded(qtbot, window)
    assert window.reader.info is not None
    assert window.reader.info.path == str(path)
    assert "Needs" in place._fit.text()
    assert window.status.texts()[0].startswith(window.reader.info.name)
    qtbot.mouseClick(place._house, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: load_settings().weights_path == "", timeout=LOAD_MS)
    wait_until_loaded(qtbot, window)


def test_what_cannot_be_used_is_said_beside_the_picker_and_changes_nothing(
    qtbot: QtBot, window: MainWindow, place: WeightsPlace, tmp_path: Path
) -> None:
    info = window.reader.info
    for name, content in (("missing.gguf", None), ("picture.gguf", b"\x89PNG" * 99), ("cut.gguf", b"GGUF\3\0\0\0")):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        place.choose(path)
        qtbot.waitUntil(lambda name=name: name in place._file_fault.text(), timeout=LOAD_MS)
        assert place._file_fault.isVisible()
    assert load_settings().weights_path == ""
    assert window.reader.info is info
    assert window.notices.notices == []


def test_machine_settings_are_kept_and_true(qtbot: QtBot, window: MainWindow, place: WeightsPlace) -> None:
    place.machine.threads.setValue(1)
    place.machine.context.setValue(1024)
    qtbot.waitUntil(lambda: load_settings().n_ctx == 1024, timeout=LOAD_MS)
    assert load_settings().n_threads == 1
    wait_until_loaded(qtbot, window)
    assert window.reader.info is not None
    assert (window.reader.info.n_threads, window.reader.info.n_ctx) == (1, 1024)
    assert "1,024" in place.in_use._facts["context"].text()


def test_a_context_that_does_not_fit_is_refused_in_a_sentence(
    qtbot: QtBot, window: MainWindow, place: WeightsPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.inference.catalog.psutil.virtual_memory", type("Memory", (), {"available": 10**8}))
    place.machine.context.setValue(500_000)
    qtbot.waitUntil(lambda: "available" in place.machine.fault.text(), timeout=LOAD_MS)
    assert load_settings().n_ctx == 0
    assert place.machine.context.value() == 0


def test_how_new_playtests_are_written_is_remembered(window: MainWindow, place: WeightsPlace) -> None:
    place.writing.temperature.setValue(1.25)
    place.writing.max_tokens.setValue(60)
    place.writing.seed.setValue(7)
    place.writing.score_every.setCurrentIndex(place.writing.score_every.findData(5))
    settings = load_settings()
    assert (settings.temperature, settings.max_tokens, settings.seed, settings.score_every) == (1.25, 60, 7, 5)
    change_settings(lambda settings: setattr(settings, "score_every", 4))
    place._show_settings()
    assert place.writing.score_every.currentData() == 4


def test_safe_mode_says_why_and_can_be_left(qtbot: QtBot, home: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    def engine(_settings: object, _emit: object) -> ScriptedEngine:
        safe = INFO.sha256 in load_settings().safe_mode
        return ScriptedEngine({}, info=replace(INFO, safe_mode=safe))

    change_settings(lambda settings: settings.safe_mode.update({INFO.sha256: "illegal instruction"}))
    workspace = Workspace(engine)
    window = MainWindow(workspace)
    qtbot.addWidget(window)
    workspace.adopt_project(Project(tmp_path / "p.tableread"))
    place = window.show_place("weights")
    window.start()
    qtbot.waitUntil(lambda: "illegal instruction" in place.in_use._facts["safe"].text())
    assert "safe mode" in window.status.texts()[0]
    place.in_use._leave.click()
    qtbot.waitUntil(lambda: place.in_use._facts["safe"].text() == "off")
    assert load_settings().safe_mode == {}
    window.close()


def test_figures_read_well() -> None:
    from dataclasses import replace

    assert describe_bytes(18_300_000) == "18 MB"
    assert describe_bytes(1_234_000_000) == "1.2 GB"
    assert describe_count(8_700_000) == "8.7 M"
    assert describe_device(replace(INFO, gpu="H200", n_gpu_layers=33)) == "GPU H200, 33 layers"
    assert describe_device(replace(INFO, n_threads=3, safe_mode=True)) == "CPU, 3 threads · safe mode"
    assert "too long" in describe_chat_format("plain: the template is too long")
