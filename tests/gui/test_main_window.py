"""The whole window, driven by mouse and keyboard: places, undo, palette, notices, drops, projects, look, status."""

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QAccessible, QColor, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
    QWidget,
)
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from core.app_settings import load_settings
from core.errors import UserError
from core.inference.scripted import ScriptedEngine
from core.interchange.cards import write_card
from core.interchange.packs import build_pack
from core.library.characters import create_character, delete_character, get_character, list_characters
from core.library.scenarios import list_scenarios
from core.project import Project
from gui import theme
from gui.crash import CrashHook, log_folder
from gui.main_window import PLACES, MainWindow
from gui.widgets.fuzzy import score_match
from gui.workspace import Workspace
from models.character import CharacterBase
from tests.gui.conftest import fill

MakeWindow = Callable[..., MainWindow]
CTRL = Qt.KeyboardModifier.ControlModifier


def rail_button(window: MainWindow, title: str) -> QToolButton:
    return next(button for button in window._rail.findChildren(QToolButton) if button.text() == title)


def drop(window: MainWindow, *paths: Path, at: QPoint | None = None) -> bool:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place = at or QPoint(600, 400)
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(place, Qt.DropAction.CopyAction, data, buttons, keys)
    taken = window._drop.eventFilter(window.windowHandle(), enter)
    event = QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, buttons, keys)
    return taken and window._drop.eventFilter(window.windowHandle(), event)


def test_every_place_by_mouse_and_by_key(
    qtbot: QtBot, make_window: MakeWindow, demo_path: Path, tmp_path: Path
) -> None:
    window = make_window(demo_path)
    for number, spec in enumerate(PLACES, start=1):
        qtbot.mouseClick(rail_button(window, spec.title), Qt.MouseButton.LeftButton)
        assert window.place_key == spec.key
        assert rail_button(window, spec.title).isChecked()
        assert window._stack.currentWidget().HELP
        window.grab().save(str(tmp_path / f"{spec.key}.png"))
        window.show_place("library")
        qtbot.keyClick(window, Qt.Key.Key_0 + number, CTRL)
        assert window.place_key == spec.key
    assert window.windowTitle().startswith("Demo")


def test_no_two_actions_share_a_shortcut(make_window: MakeWindow, demo_path: Path) -> None:
    window = make_window(demo_path)
    menu_keys = Counter(
        action.shortcut().toString()
        for actions in window.menus.actions_by_group().values()
        for action in actions
        if not action.shortcut().isEmpty()
    )
    assert [keys for keys, n in menu_keys.items() if n > 1] == []
    for spec in PLACES:
        keys = [action.shortcut().toString() for action in window.show_place(spec.key).place_actions()]
        assert not set(filter(None, keys)) & set(menu_keys), spec.key


def test_undo_says_what_it_takes_back_and_delete_needs_no_question(
    qtbot: QtBot, make_window: MakeWindow, demo_path: Path
) -> None:
    window = make_window(demo_path)
    project = window.workspace.project
    mara = next(one for one in list_characters(project) if one.name == "Mara Voss")
    delete_character(project, mara.id)
    qtbot.waitUntil(lambda: window.menus.undo.text() == "Undo Delete Mara Voss")
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert get_character(project, mara.id) is not None
    qtbot.waitUntil(lambda: window.menus.redo.text() == "Redo Delete Mara Voss")
    window.menus.redo.trigger()
    assert get_character(project, mara.id) is None


def test_undo_while_a_playtest_is_played(qtbot: QtBot, make_window: MakeWindow, tmp_path: Path) -> None:
    window = make_window(tmp_path / "p.tableread")
    fill(window.workspace.project, tmp_path)
    stage = window.show_place("stage")
    qtbot.waitUntil(stage.acts.play.isEnabled)
    stage.acts.play.trigger()
    qtbot.waitUntil(lambda: len(stage.session.path) >= 2, timeout=10_000)
    window.undo()
    assert not stage.session.is_playing
    assert window.notices.notices == []


def test_palette_finds_an_action_and_runs_it(qtbot: QtBot, make_window: MakeWindow, demo_path: Path) -> None:
    window = make_window(demo_path)
    qtbot.keyClick(window, Qt.Key.Key_K, CTRL)
    palette = window._palette
    assert palette.isVisible()
    assert len(palette.shown_titles()) > 20
    qtbot.keyClicks(palette._field, "weigh")
    assert palette.shown_titles()[0] == "Weights"
    qtbot.keyClick(palette._field, Qt.Key.Key_Return)
    assert (window.place_key, palette.isVisible()) == ("weights", False)
    window.open_palette()
    qtbot.keyClicks(palette._field, "mara")
    assert "Mara Voss" in palette.shown_titles()
    qtbot.keyClick(palette._field, Qt.Key.Key_Down)
    palette._field.setText("zzzzqq")
    assert palette.shown_titles() == []
    assert palette._nothing.isVisible()
    qtbot.keyClick(palette._field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_fuzzy_search_prefers_beginnings() -> None:
    texts = ["Theme: Dark Project", "Reveal in folder", "Demo again", "Redo Delete Mara"]
    best = max(texts, key=lambda text: score_match("dem", text) or -1)
    assert best == "Demo again"
    assert score_match("rif", "Reveal in folder") is not None
    assert score_match("xyz", "Demo again") is None
    assert score_match("", "anything") is not None


def test_a_fault_is_a_sentence_that_can_be_dismissed(qtbot: QtBot, make_window: MakeWindow, demo_path: Path) -> None:
    window = make_window(demo_path)
    for _time in range(2):
        window.workspace.faulted.emit("The disk is full.", "Make room <b>now</b>.")
    qtbot.waitUntil(lambda: len(window.notices.notices) == 1)
    (notice,) = window.notices.notices
    texts = [label.text() for label in notice.findChildren(QLabel) if label.text()]
    assert texts == ["The disk is full.", "Make room <b>now</b>."]
    qtbot.mouseClick(notice.findChildren(QToolButton)[0], Qt.MouseButton.LeftButton)
    assert window.notices.notices == []
    assert not window.notices.isVisible()


def test_dropped_card_pack_and_project(qtbot: QtBot, make_window: MakeWindow, demo_path: Path, tmp_path: Path) -> None:
    source = Project(tmp_path / "source.tableread")
    fill(source, tmp_path)
    (scenario,) = list_scenarios(source)
    build_pack(source, scenario.id, tmp_path / "inquest.trpack")
    source.close()
    write_card(tmp_path / "ada.png", CharacterBase(name="Ada Quill", summary="Writes."), None)
    window = make_window(demo_path)
    project = window.workspace.project

    assert drop(window, tmp_path / "ada.png")
    qtbot.waitUntil(lambda: window.place_key == "characters")
    (ada,) = [one for one in list_characters(project) if one.name == "Ada Quill"]
    assert window.show_place("characters").character_id == ada.id

    assert drop(window, tmp_path / "inquest.trpack")
    qtbot.waitUntil(lambda: window.place_key == "scenarios")
    assert scenario.name in [one.name for one in list_scenarios(project)]
    assert project.undo_label() == f"Import {scenario.name}"

    assert drop(window, tmp_path / "source.tableread")
    qtbot.waitUntil(lambda: window.workspace.project.name == "source")


def test_a_broken_file_says_so_and_a_foreign_one_is_left_alone(
    qtbot: QtBot, make_window: MakeWindow, demo_path: Path, tmp_path: Path
) -> None:
    window = make_window(demo_path)
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "notes.pdf").write_bytes(b"%PDF")
    assert drop(window, tmp_path / "broken.json")
    qtbot.waitUntil(lambda: len(window.notices.notices) == 1)
    assert "broken.json" in window.notices.notices[0].message
    assert window.status.job_texts() == []
    assert not drop(window, tmp_path / "notes.pdf")


def test_dropped_weights_are_checked_by_their_place(
    qtbot: QtBot, make_window: MakeWindow, demo_path: Path, tmp_path: Path
) -> None:
    window = make_window(demo_path)
    (tmp_path / "broken.gguf").write_bytes(b"GGUF")
    assert drop(window, tmp_path / "broken.gguf")
    assert window.place_key == "weights"
    qtbot.waitUntil(lambda: "broken.gguf" in window.show_place("weights")._file_fault.text())
    assert load_settings().weights_path == ""


def test_the_weights_in_the_status_bar_lead_to_their_place(
    qtbot: QtBot, make_window: MakeWindow, demo_path: Path
) -> None:
    window = make_window(demo_path)
    qtbot.waitUntil(window.status._weights.isVisible)
    qtbot.mouseClick(window.status._weights, Qt.MouseButton.LeftButton)
    assert window.place_key == "weights"


def test_a_picture_dropped_on_the_portrait_is_the_portraits(
    qtbot: QtBot, make_window: MakeWindow, demo_path: Path, tmp_path: Path
) -> None:
    window = make_window(demo_path)
    place = window.show_place("characters")
    qtbot.waitUntil(lambda: place.character_id != "")
    portrait = place.form.portrait
    centre = portrait.mapTo(window, portrait.rect().center())
    assert not drop(window, tmp_path / "face.png", at=centre)


def test_new_rename_copy_and_demo_again(qtbot: QtBot, make_window: MakeWindow, demo_path: Path, tmp_path: Path) -> None:
    window = make_window(demo_path)
    projects, workspace = window.projects, window.workspace
    projects.make(tmp_path / "Novel.tableread")
    assert workspace.project.name == "Novel"
    create_character(workspace.project, CharacterBase(name="Ada"))
    projects.rename("Long novel")
    assert workspace.project.path == tmp_path / "Long novel.tableread"
    assert [one.name for one in list_characters(workspace.project)] == ["Ada"]
    projects.copy_to(tmp_path / "copy.tableread")
    qtbot.waitUntil(lambda: (tmp_path / "copy.tableread").exists() and bool(window.notices.notices))
    projects.make(tmp_path / "copy.tableread")
    assert "copy.tableread exists already." in [notice.message for notice in window.notices.notices]
    assert workspace.project.name == "Long novel"
    projects.open_demo()
    qtbot.waitUntil(lambda: workspace.project.name.startswith("Demo"))
    qtbot.waitUntil(lambda: window.place_key == "stage")
    assert tmp_path / "Long novel.tableread" in projects.recent()


def test_a_project_that_cannot_be_opened_leaves_this_one_open(
    qtbot: QtBot, make_window: MakeWindow, demo_path: Path, tmp_path: Path
) -> None:
    window = make_window(demo_path)
    (tmp_path / "text.tableread").write_text("no database at all, but long enough to be read as one")
    assert not window.projects.open(tmp_path / "text.tableread")
    qtbot.waitUntil(lambda: "Nothing can be read" in window.notices.notices[-1].message)
    assert window.workspace.project.name == "Demo"
    assert not window.workspace.project.is_read_only
    assert window.banner.message == ""


def test_the_first_start_opens_the_demo_and_the_next_the_last_project(
    qapp: QApplication, home: Path, tmp_path: Path
) -> None:
    from gui.app import open_window

    crash = CrashHook()
    for name in ("Demo", "Mine"):
        window = open_window([], crash)
        assert window.workspace.project.name == name
        assert window.place_key == "stage"
        window.projects.make(tmp_path / "Mine.tableread")
        window.close()
        window.deleteLater()


def test_theme_and_text_size_take_effect_and_are_remembered(
    make_window: MakeWindow, demo_path: Path, qapp: QApplication, tmp_path: Path
) -> None:
    window = make_window(demo_path)
    height = rail_button(window, "Library").sizeHint().height()
    window.menus.set_theme("light")
    assert not theme.is_dark()
    assert qapp.palette().window().color().name() == theme.colors().ground
    for _step in range(10):
        window.menus.change_scale(1)
    assert theme.text_px(10) == 20
    assert rail_button(window, "Library").sizeHint().height() > height
    for spec in PLACES:
        window.show_place(spec.key).grab().save(str(tmp_path / f"{spec.key}-200.png"))
    settings = load_settings()
    assert (settings.theme, theme.scale_of(settings)) == ("light", 200)
    window.menus.change_scale(0)
    assert theme.text_px(10) == 10


@pytest.mark.parametrize("name", ["dark", "light"])
def test_text_can_be_read_in_both_themes(qapp: QApplication, name: str) -> None:
    theme.apply(qapp, name)
    colors = theme.colors()
    for ground in (
        colors.ground,
        colors.rail,
        colors.card,
        colors.raised,
        colors.field,
        colors.hover,
        colors.selection,
    ):
        for ink in (colors.text, colors.dim):
            assert _contrast(ink, ground) >= 4.5, (ink, ground)
    for ink in (colors.accent, colors.warning, colors.fault, colors.good, *colors.characters):
        for ground in (colors.ground, colors.card):
            assert _contrast(ink, ground) >= 4.5, (ink, ground)
    assert _contrast(colors.accent_text, colors.accent) >= 4.5
    assert len(set(colors.characters)) == len(colors.characters) >= 8


def test_the_status_bar_says_what_the_weights_say(qtbot: QtBot, make_window: MakeWindow, tmp_path: Path) -> None:
    window = make_window(tmp_path / "p.tableread")
    qtbot.waitUntil(lambda: window.status.texts()[:1] == ["Scripted · CPU, 1 thread"], timeout=30_000)
    qtbot.waitUntil(lambda: any(text.endswith(("MB", "GB")) for text in window.status.texts()), timeout=30_000)
    fill(window.workspace.project, tmp_path)
    stage = window.show_place("stage")
    qtbot.waitUntil(stage.acts.play.isEnabled, timeout=30_000)
    stage.acts.play.trigger()
    qtbot.waitUntil(lambda: bool(window.status.job_texts()), timeout=30_000)
    qtbot.waitUntil(lambda: any("context" in text for text in window.status.texts()), timeout=30_000)
    qtbot.waitUntil(lambda: not stage.session.is_playing, timeout=30_000)
    qtbot.waitUntil(lambda: window.status.job_texts() == [], timeout=30_000)


def test_play_can_be_ended_from_the_status_bar(qtbot: QtBot, make_window: MakeWindow, tmp_path: Path) -> None:
    window = make_window(tmp_path / "p.tableread")
    fill(window.workspace.project, tmp_path)
    stage = window.show_place("stage")
    qtbot.waitUntil(stage.acts.play.isEnabled)
    stage.acts.play.trigger()
    qtbot.waitUntil(lambda: bool(window.status.job_texts()), timeout=10_000)
    window.show_place("library")
    (row,) = window.status._job_rows.values()
    qtbot.mouseClick(row.findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert not stage.session.is_playing
    qtbot.waitUntil(lambda: window.status.job_texts() == [])


def test_weights_that_cannot_be_loaded_are_said_not_to_be(qtbot: QtBot, home: Path, tmp_path: Path) -> None:
    class Broken(ScriptedEngine):
        @property
        def info(self) -> object:
            raise UserError("house.gguf is damaged.", "Choose other weights.")

    workspace = Workspace(lambda _settings, _emit: Broken({}))
    window = MainWindow(workspace)
    qtbot.addWidget(window)
    assert window.projects.open(tmp_path / "p.tableread")
    window.start()
    qtbot.waitUntil(lambda: "not loaded" in window.status.texts()[0])
    weights = window.show_place("weights")
    assert "house.gguf is damaged." in weights.in_use._fault.text()
    window.close()


def test_where_the_window_was_is_remembered(make_window: MakeWindow, demo_path: Path) -> None:
    make_window(demo_path, size=(960, 630)).close()
    assert load_settings().window["geometry"]
    again = make_window(demo_path, size=(1000, 700))
    again._restore_geometry()
    assert (again.width(), again.height()) == (960, 630)


def test_a_bug_is_logged_and_said_once(qtbot: QtBot, make_window: MakeWindow, demo_path: Path) -> None:
    window = make_window(demo_path)
    crash = CrashHook(window)
    crash.crashed.connect(window._on_crashed)
    crash.install()
    try:
        for _time in range(2):
            try:
                raise ZeroDivisionError("by nobody")
            except ZeroDivisionError:
                sys.excepthook(*sys.exc_info())
    finally:
        crash.uninstall()
    assert [notice.message for notice in window.notices.notices] == ["Something went wrong inside Tableread."]
    (log,) = log_folder().glob("tableread-*.log")
    assert log.read_text().count("ZeroDivisionError: by nobody") == 2
    assert str(log) in window.notices.notices[0].hint


def test_a_bug_in_a_slot_reaches_the_hook(qtbot: QtBot, make_window: MakeWindow, demo_path: Path) -> None:
    make_window(demo_path)
    with capture_exceptions() as caught:
        QTimer.singleShot(0, lambda: 1 // 0)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError


def test_f1_explains_the_place_with_its_shortcuts(qtbot: QtBot, make_window: MakeWindow, demo_path: Path) -> None:
    window = make_window(demo_path)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window._help is not None
    assert window._help.isVisible()
    texts = [label.text() for label in window._help.findChildren(QLabel)]
    assert "F2" in texts
    assert any("Everything in the project" in text for text in texts)
    window._help.close()


def test_every_control_of_the_window_has_a_name(make_window: MakeWindow, demo_path: Path) -> None:
    window = make_window(demo_path)
    kinds = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QAbstractItemView)
    nameless = [
        (spec.key, type(control).__name__, type(control.parent()).__name__)
        for spec in PLACES
        for control in window.show_place(spec.key).findChildren(QWidget)
        if isinstance(control, kinds)
        and control.isVisible()
        and control.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not isinstance(control.parent(), QAbstractSpinBox | QComboBox)
        and not QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)
    ]
    assert nameless == []


def _contrast(one: str, other: str) -> float:
    def luminance(color: str) -> float:
        parts = [part / 255 for part in QColor(color).getRgb()[:3]]  # type: ignore[index]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_leaving_the_palette_gives_the_keyboard_back(qtbot: QtBot, make_window: MakeWindow, demo_path: Path) -> None:
    window = make_window(demo_path)
    field = next(one for one in window.show_place("library").findChildren(QLineEdit) if one.isVisible())
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    window.open_palette()
    qtbot.keyClick(window._palette._field, Qt.Key.Key_Escape)
    assert field.hasFocus()
