"""The Weights place, with the real worker where the truth of the figures matters."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.app_settings import change_settings, load_settings
from core.inference.scripted import INFO, ScriptedEngine
from core.inference.weights.catalog import house_weights, is_gpu_build
from core.inference.weights.download import find_partial
from core.inference.weights.folders import download_folder
from core.inference.weights.hub import parse_source
from core.project import Project
from gui import theme
from gui.main_window import MainWindow
from gui.weights.figures import describe_bytes, describe_chat_format, describe_count, describe_device
from gui.weights.place import WeightsPlace
from gui.workspace import Workspace
from tests.core.inference.hub_server import HubServer, Mischief
from tests.random_weights import SHAPE_20M, Shape, random_weights
from tests.sparse_weights import LLAMA_8B, NEMO_12B, write_head

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
    monkeypatch.setattr(
        "core.inference.weights.catalog.psutil.virtual_memory", type("Memory", (), {"available": 10**8})
    )
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


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    server = HubServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a user without other tools."""
    for name in ("HF_HOME", "HF_HUB_CACHE", "OLLAMA_MODELS", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "user"))
    return tmp_path / "user"


@pytest.fixture
def scripted(qtbot: QtBot, user: Path, qapp: QApplication, home: Path, tmp_path: Path) -> Iterator[WeightsPlace]:
    """The place in a window that loads nothing by itself."""
    theme.apply(qapp, "dark")
    workspace = Workspace(lambda _settings, _emit: ScriptedEngine({}))
    window = MainWindow(workspace)
    workspace.adopt_project(Project(tmp_path / "p.tableread"))
    place = window.show_place("weights")
    assert isinstance(place, WeightsPlace)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    window.start()
    yield place
    window.close()
    window.deleteLater()


def wait_until_found(qtbot: QtBot, place: WeightsPlace) -> None:
    qtbot.waitUntil(lambda: bool(place.found.model.rows) and not place.found.task.is_running, timeout=LOAD_MS)


def names(place: WeightsPlace) -> list[str]:
    model = place.found.model
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def select(place: WeightsPlace, name: str) -> None:
    place.found.table.selectRow(names(place).index(name))


def label_texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def test_what_is_on_this_machine_is_listed_searched_and_explained(
    qtbot: QtBot, scripted: WeightsPlace, user: Path, tmp_path: Path
) -> None:
    place = scripted
    write_head(user / ".lmstudio" / "models" / "someone" / "some-GGUF" / "some.gguf", LLAMA_8B)
    write_head(tmp_path / "mine" / "nemo.gguf", NEMO_12B)
    write_head(tmp_path / "mine" / "cut.gguf", LLAMA_8B, cut_bytes=1000)
    write_head(tmp_path / "mine" / "mmproj.gguf", replace(LLAMA_8B, name="Eyes", architecture="clip", tokenizer=False))
    qtbot.mouseClick(place._chips[1], Qt.MouseButton.LeftButton)
    wait_until_found(qtbot, place)
    place.found.add_folder(tmp_path / "mine")
    qtbot.waitUntil(lambda: len(place.found.model.rows) == 5, timeout=LOAD_MS)
    wait_until_found(qtbot, place)
    assert load_settings().weights_folders == [str(tmp_path / "mine")]
    assert names(place) == ["Llama 3 8B Instruct", "Mistral Nemo Instruct 2407", house_weights_name(place)]
    assert place.found._count.text() == "Weights: 3 · 2 other files"

    qtbot.keyClicks(place.found.search, "nemo q4_k")
    qtbot.waitUntil(lambda: names(place) == ["Mistral Nemo Instruct 2407"])
    details = place.found.details
    assert details._title.text() == "Mistral Nemo Instruct 2407"
    qtbot.waitUntil(lambda: "131,072 tokens" in label_texts(details))
    qtbot.keyClick(place.found.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(names(place)) == 3)

    qtbot.mouseClick(place.found.every, Qt.MouseButton.LeftButton)
    select(place, "cut")
    assert "cut off" in details._fault.text()
    assert not details.use.isVisible()
    select(place, "Eyes")
    assert "projector" in details._what.text()
    assert not details.speed.isVisible()
    place.window().grab().save(str(tmp_path / "found.png"))
    place.found.forget_folder(str(tmp_path / "mine"))
    qtbot.waitUntil(lambda: len(place.found.model.rows) == 2 and not place.found.task.is_running, timeout=LOAD_MS)
    assert (tmp_path / "mine" / "cut.gguf").exists()


def house_weights_name(place: WeightsPlace) -> str:
    return next(row.found.name for row in place.found.model.rows if row.found.path == house_weights())


def test_an_empty_search_teaches(qtbot: QtBot, scripted: WeightsPlace) -> None:
    scripted.show_page(1)
    wait_until_found(qtbot, scripted)
    scripted.found.search.setText("nothing is called so")
    qtbot.waitUntil(scripted.found._empty.isVisible)
    assert scripted.found.details.currentIndex() == 0
    scripted.found.download_requested.emit()
    assert scripted.download.isVisible()


def test_the_fit_follows_the_sliders(qtbot: QtBot, scripted: WeightsPlace, user: Path) -> None:
    write_head(user / "jan" / "models" / "some.gguf", LLAMA_8B)
    scripted.show_page(1)
    wait_until_found(qtbot, scripted)
    select(scripted, "Llama 3 8B Instruct")
    details, chooser = scripted.found.details, scripted.found.details.chooser
    chooser.context.setValue(0)
    chooser.sequences.setValue(0)
    assert (chooser.n_ctx, chooser.n_sequences) == (1024, 2)
    assert chooser.fit is not None
    assert describe_bytes(chooser.fit.needed_bytes) in chooser.verdict.text()
    small = chooser.fit.needed_bytes
    qtbot.keyClick(chooser.context, Qt.Key.Key_End)
    qtbot.keyClick(chooser.sequences, Qt.Key.Key_End)
    assert (chooser.n_ctx, chooser.n_sequences) == (8192, 64)
    assert chooser.fit.needed_bytes > 10 * small
    assert details.use.isEnabled() == chooser.fit.fits


def test_weights_are_used_measured_and_checked_from_the_list(
    qtbot: QtBot, user: Path, window: MainWindow, place: WeightsPlace, tmp_path: Path
) -> None:
    path = random_weights(Shape(), "from the list")
    (tmp_path / "mine").mkdir()
    own = tmp_path / "mine" / "own.gguf"
    own.write_bytes(path.read_bytes())
    place.found.add_folder(tmp_path / "mine")
    place.show_page(1)
    qtbot.waitUntil(lambda: place.found.model.row_of(own) >= 0 and not place.found.task.is_running, timeout=LOAD_MS)
    select(place, "from the list")
    details = place.found.details
    qtbot.mouseClick(details.role.button, Qt.MouseButton.LeftButton)
    assert details.role._cancel.isVisible()
    assert not details.speed.button.isEnabled()
    qtbot.waitUntil(lambda: not details.task.is_running, timeout=LOAD_MS)
    qtbot.waitUntil(lambda: "states its name" in label_texts(details), timeout=LOAD_MS)
    qtbot.mouseClick(details.speed.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not details.task.is_running, timeout=LOAD_MS)
    qtbot.waitUntil(lambda: "tokens/s" in label_texts(details._speed_rows), timeout=LOAD_MS)
    row = next(row for row in place.found.model.rows if row.found.path == own)
    assert row.role is not None
    assert row.measured

    details.chooser.sequences.setValue(1)
    qtbot.mouseClick(details.use, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: load_settings().weights_path == str(own), timeout=LOAD_MS)
    assert load_settings().n_sequences == 3
    wait_until_loaded(qtbot, window)
    assert window.reader.info is not None
    assert (window.reader.info.path, window.reader.info.n_sequences) == (str(own), 3)
    place.show_page(1)
    assert details.use.text() == "In use"
    assert not details.use.isEnabled()


def test_a_trial_can_be_cancelled(qtbot: QtBot, scripted: WeightsPlace) -> None:
    scripted.show_page(1)
    wait_until_found(qtbot, scripted)
    select(scripted, house_weights_name(scripted))
    details = scripted.found.details
    details.start_speed()
    qtbot.mouseClick(details.speed._cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not details.task.is_running, timeout=LOAD_MS)
    assert "Never measured" in label_texts(details.speed)
    assert details.speed.button.isVisible()


def test_a_download_goes_on_where_it_broke_off(
    qtbot: QtBot, scripted: WeightsPlace, hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.inference.weights.download.FIRST_PAUSE_S", 0.01)
    content = random_weights(SHAPE_20M, "20m").read_bytes()
    hub.files["someone/some-GGUF/some.gguf"] = content
    scripted.show_page(2)
    page = scripted.download
    qtbot.keyClicks(page.field, "someone/nothing-GGUF/some.gguf")
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "There is no some.gguf" in page._fault.text(), timeout=LOAD_MS)

    page.field.setText("someone/some-GGUF")
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.files.count() == 1, timeout=LOAD_MS)
    hub.mischief = Mischief(break_after=[1_000_000, *[0] * 5])
    qtbot.keyClick(page.files, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "broke off" in page._fault.text(), timeout=LOAD_MS)
    assert page.unfinished.isVisible()
    assert "1.0 MB have arrived" in label_texts(page.unfinished)

    hub.mischief = Mischief(pause=threading.Event())
    page._partial_rows[0].findChild(QPushButton).click()
    qtbot.waitUntil(lambda: "a second" in page._figures.text(), timeout=LOAD_MS)
    assert not page.cards[0].button.isEnabled()
    scripted.window().grab().save(str(tmp_path / "download.png"))
    hub.mischief.pause.set()
    qtbot.waitUntil(lambda: "its SHA-256 is right" in page._good.text(), timeout=LOAD_MS)
    assert not page.unfinished.isVisible()
    got = download_folder() / "someone" / "some-GGUF" / "some.gguf"
    assert got.read_bytes() == content
    qtbot.waitUntil(lambda: scripted.found.model.row_of(got) >= 0 and not scripted.found.task.is_running)


def test_what_is_left_of_a_download_can_be_removed(qtbot: QtBot, scripted: WeightsPlace, hub: HubServer) -> None:
    hub.files["someone/some-GGUF/some.gguf"] = random_weights(SHAPE_20M, "20m").read_bytes()
    hub.mischief = Mischief(pause=threading.Event())
    scripted.show_page(2)
    page = scripted.download
    page.start(parse_source("someone/some-GGUF/some.gguf"))
    qtbot.waitUntil(lambda: "a second" in page._figures.text(), timeout=LOAD_MS)
    qtbot.mouseClick(page._cancel, Qt.MouseButton.LeftButton)
    hub.mischief.pause.set()
    qtbot.waitUntil(lambda: not page.task.is_running, timeout=LOAD_MS)
    assert len(find_partial(download_folder())) == 1
    page._partial_rows[0].findChildren(QPushButton)[1].click()
    assert find_partial(download_folder()) == ()
    assert not page.unfinished.isVisible()


def test_another_hub_is_remembered(qtbot: QtBot, scripted: WeightsPlace) -> None:
    scripted.show_page(2)
    card = scripted.download.hub
    for text, kept in (("nonsense", ""), ("https://hub.example.org/", "https://hub.example.org"), ("", "")):
        card.field.setText(text)
        qtbot.keyClick(card.field, Qt.Key.Key_Return)
        assert load_settings().hub_endpoint == kept
        assert card._fault.isVisible() == (text == "nonsense")
        if kept:
            assert kept in scripted.download._note.text()


def test_closing_the_window_ends_what_runs(qtbot: QtBot, scripted: WeightsPlace, hub: HubServer) -> None:
    hub.files["someone/some-GGUF/some.gguf"] = random_weights(SHAPE_20M, "20m").read_bytes()
    hub.mischief = Mischief(break_after=[100_000, *[0] * 50])
    scripted.show_page(1)
    wait_until_found(qtbot, scripted)
    select(scripted, house_weights_name(scripted))
    scripted.found.details.start_role()
    scripted.download.start(parse_source("someone/some-GGUF/some.gguf"))
    scripted.found.look()
    scripted.window().close()


def test_everything_is_reached_by_keyboard_and_has_a_name(qtbot: QtBot, scripted: WeightsPlace) -> None:
    scripted.show_page(1)
    wait_until_found(qtbot, scripted)
    qtbot.keyClick(scripted.found.search, Qt.Key.Key_Down)
    assert scripted.found.table.selectionModel().hasSelection()
    texts = [action.text() for action in scripted.place_actions()]
    for wanted in ("Download weights", "Measure the selected weights", "Look for weights again"):
        assert wanted in texts
    for page in (scripted.found, scripted.download):
        for widget in page.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and isinstance(
                widget, QAbstractButton | QLineEdit | QSlider | QAbstractItemView
            ):
                named = widget.accessibleName() or (widget.text() if hasattr(widget, "text") else "")
                assert named or not widget.isVisibleTo(page), widget


def test_figures_read_well() -> None:
    assert describe_bytes(18_300_000) == "18 MB"
    assert describe_bytes(1_234_000_000) == "1.2 GB"
    assert describe_count(8_700_000) == "8.7 M"
    assert describe_device(replace(INFO, gpu="H200", n_gpu_layers=33)) == "GPU H200, 33 layers"
    assert describe_device(replace(INFO, n_threads=3, safe_mode=True)) == "CPU, 3 threads · safe mode"
    assert "too long" in describe_chat_format("plain: the template is too long")
