"""The Stage, driven as a person drives it: a real project and real widgets, mouse and keyboard, scripted weights."""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from core.events import PlaytestPaused, TurnCommitted, TurnDiscarded, ViewTrimmed, WorkerRestarted
from core.inference.scripted import ScriptedEngine
from core.library.beats import add_beat, update_world
from core.library.characters import create_character
from core.library.playtests import get_playtest, list_turns
from core.library.scenarios import create_scenario
from core.library.settings import get_setting
from core.playtest.sampler_settings import SamplerSettings
from core.playtest.script import NARRATOR_ID, USER_ID
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.tree import path_to
from core.project import Project
from gui import theme
from gui.stage import settings_popover
from gui.stage.charts.score_series import thin_out
from gui.stage.place import StagePlace
from gui.stage.session import OPEN_KEY
from gui.stage.transcript.row_heights import RowHeights
from gui.stage.transcript.transcript_entry import say_entry
from gui.stage.transcript.turn_layout import Spot, count_units, cut_units
from gui.workspace import Workspace
from models.beat import BeatBase, BeatKind
from models.character import CharacterBase
from models.playtest import Origin
from models.scenario import RoleBase, ScenarioBase
from models.world import Variable, World

GREETING = "The tide bell rings. {{user}} opens the log."
LINES = (
    "<think>Keep him on the log.</think>Logs get signed when hands are dry, sir.",
    "<think>She is slow on purpose.</think>You signed it at nine, and the lamp had been dark for an hour.",
    "<think>He counts hours.</think>Then write that I was slow with a pen.",
    "<think>One more question.</think>Who else held the second key that night?",
)
TIMEOUT_MS = 10_000


class Scripted(ScriptedEngine):
    """Says the lines in turn, as slowly as `delay_s` says."""

    def __init__(self) -> None:
        lines = itertools.cycle(LINES)
        super().__init__(lambda _request: next(lines))

    def set_delay(self, delay_s: float) -> None:
        self._delay_s = delay_s


@pytest.fixture
def engine() -> Iterator[Scripted]:
    engine = Scripted()
    yield engine
    engine.close()


@pytest.fixture
def workspace(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Scripted) -> Iterator[Workspace]:
    monkeypatch.setenv("TABLEREAD_HOME", str(tmp_path / "home"))
    theme.apply(QApplication.instance(), "dark")
    workspace = Workspace(lambda _settings, _emit: engine)
    workspace.adopt_project(Project(tmp_path / "play.tableread"))
    yield workspace
    for window in QApplication.topLevelWidgets():
        window.close()
    workspace.close()


@pytest.fixture
def scene(workspace: Workspace) -> str:
    """A scenario of two characters; returns its id."""
    project = workspace.project
    mara = create_character(
        project, CharacterBase(name="Mara Voss", description="Mara keeps the lamp of Skarholm and signs the log.")
    )
    theo = create_character(
        project, CharacterBase(name="Theo Dane", description="Theo is the magistrate. He asks about the key.")
    )
    draft = ScenarioBase(
        name="The Lighthouse Inquest",
        setting="March 1926, a boathouse.",
        greeting=GREETING,
        user_name="Clerk",
        max_turns=12,
    )
    roles = [RoleBase(name="keeper", goal="Keep your post.", character_id=mara.id), RoleBase(character_id=theo.id)]
    return create_scenario(project, draft, roles).id


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace, scene: str) -> Iterator[StagePlace]:
    place = open_place(qtbot, workspace)
    yield place
    place.stop_and_wait()


def open_place(qtbot: QtBot, workspace: Workspace) -> StagePlace:
    place = StagePlace(workspace)
    qtbot.addWidget(place)
    place.resize(1376, 840)
    with qtbot.waitActive(place):
        place.show()
        place.activateWindow()
    return place


def play_turns(qtbot: QtBot, place: StagePlace, n_turns: int) -> None:
    """Plays the scene up to this many turns, greeting included, and waits for their scores."""
    place._with_playtest(lambda: place.session.play(n_turns - len(place.session.path)))
    wait_for_turns(qtbot, place, n_turns)
    wait_for_scores(qtbot, place)


def wait_for_turns(qtbot: QtBot, place: StagePlace, n_turns: int) -> None:
    def is_done() -> bool:
        return len(place.session.path) == n_turns and place.session.live is None and not place.session.is_playing

    qtbot.waitUntil(is_done, timeout=TIMEOUT_MS)


def wait_for_scores(qtbot: QtBot, place: StagePlace) -> None:
    def is_done() -> bool:  # a turn that had begun when play was paused is still to come
        spoken = [turn.id for turn in place.session.path if turn.kind == "character"]
        scores = place.session.scores
        return place.session.live is None and all("grounding" in scores.get(one, {}) for one in spoken)

    qtbot.waitUntil(is_done, timeout=TIMEOUT_MS)


def texts(place: StagePlace) -> list[str]:
    return [turn.text for turn in place.session.path]


def row_point(place: StagePlace, row: int, spot: Spot) -> QPoint:
    """Returns a point of the viewport where a small control of a row is."""
    view = place.transcript.view
    rect = view.visualRect(view.model().index(row, 0))
    layout = view._layout(row)
    inside = next(rect for rect, _label, found in layout._labels if found == spot)
    return rect.topLeft() + inside.center().toPoint()


def press(place: StagePlace, key: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    view = place.transcript.view
    view.setFocus()
    QTest.keyClick(view, key, modifier)


def test_play_begins_with_the_greeting_and_charts_grow_with_the_turns(
    qtbot: QtBot, place: StagePlace, tmp_path: Path
) -> None:
    assert place._middle.currentWidget() is place.start_screen
    qtbot.mouseClick(place.start_screen.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(place.session.path) >= 4, timeout=TIMEOUT_MS)
    qtbot.mouseClick(place.controls.play_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: place.session.live is None and not place.session.is_playing, timeout=TIMEOUT_MS)
    wait_for_scores(qtbot, place)
    n_turns = len(place.session.path)
    assert place.transcript.model.rowCount() == n_turns
    assert place.session.path[0].text == "The tide bell rings. Clerk opens the log."
    assert place.session.path[0].origin == Origin.GREETING
    assert place.session.path[1].thought == "Keep him on the log."
    charts = place.side.charts
    charts.draw_all()
    spoken = [turn for turn in place.session.path if turn.kind == "character"]
    drawn = sum(len(line.getData()[0]) for line in charts.charts[0]._lines.values())
    assert charts.charts[0].metric_name == "grounding"
    assert drawn == len(spoken)
    assert place.grab().save(str(tmp_path / "stage.png"))


def test_the_first_words_are_shown_while_they_are_written(qtbot: QtBot, place: StagePlace, engine: Scripted) -> None:
    engine.set_delay(0.05)
    place.play_or_pause()
    live = place.session
    qtbot.waitUntil(lambda: live.live is not None and bool(live.live.text), timeout=TIMEOUT_MS)
    model = place.transcript.model
    last = model.entry(model.rowCount() - 1)
    assert last.is_live
    assert last.text
    assert LINES[0].endswith(last.text) or last.text in LINES[0]
    assert "speaking" in place.controls._state.text()
    assert place.acts.play.text() == "Pause"


def test_stop_discards_the_turn_that_is_being_written(qtbot: QtBot, place: StagePlace, engine: Scripted) -> None:
    engine.set_delay(0.2)
    place.play_or_pause()
    qtbot.waitUntil(lambda: place.session.live is not None and place.session.live.number == 2, timeout=TIMEOUT_MS)
    qtbot.mouseClick(place.controls.stop_button, Qt.MouseButton.LeftButton)
    wait_for_turns(qtbot, place, 1)
    assert place.transcript.model.rowCount() == 1
    assert len(list_turns(place.workspace.project, place.session.playtest_id)) == 1


def test_space_plays_and_pauses_but_types_in_the_input(qtbot: QtBot, place: StagePlace, engine: Scripted) -> None:
    play_turns(qtbot, place, 2)
    engine.set_delay(0.02)
    press(place, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: place.session.is_playing)
    press(place, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not place.session.is_playing and place.session.live is None, timeout=TIMEOUT_MS)
    n_turns = len(place.session.path)
    place.controls.input.setFocus()
    QTest.keyClicks(place.controls.input, "a b")
    assert place.controls.input.text() == "a b"
    assert len(place.session.path) == n_turns


def test_edit_in_place_makes_an_alternative(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 3)
    place.transcript.view.go_to(1)
    press(place, Qt.Key.Key_E)
    editor = place.transcript.editor
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, "I never saw the log.")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: texts(place)[-1] == "I never saw the log.", timeout=TIMEOUT_MS)
    assert [turn.origin for turn in place.session.path] == [Origin.GREETING, Origin.EDITED]
    assert place.transcript.model.entry(1).n_alternatives == 2
    assert place.transcript.editor is None


def test_escape_leaves_the_words_as_they_were(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 2)
    before = texts(place)
    place.transcript.edit(1)
    editor = place.transcript.editor
    assert editor is not None
    QTest.keyClicks(editor, " And more.")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert place.transcript.editor is None
    assert texts(place) == before
    assert len(place.session.tree) == 2


def test_retry_shows_the_second_alternative_and_arrows_lead_back(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 3)
    first = texts(place)[-1]
    qtbot.mouseClick(place.controls.retry_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(place.session.tree) == 4, timeout=TIMEOUT_MS)
    wait_for_turns(qtbot, place, 3)
    entry = place.transcript.model.entry(2)
    assert (entry.place, entry.n_alternatives) == (2, 2)
    assert texts(place)[-1] != first
    place.transcript.view.go_to(2)
    press(place, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: texts(place)[-1] == first, timeout=TIMEOUT_MS)
    view = place.transcript.view
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row_point(place, 2, Spot.NEXT))
    qtbot.waitUntil(lambda: texts(place)[-1] != first, timeout=TIMEOUT_MS)


def test_anybody_can_be_spoken_for(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 2)
    mara = place.session.script.parts[0].role_id  # type: ignore[union-attr]
    said = [
        (USER_ID, "Clerk", "Please go on."),
        (mara, "Mara Voss", "I was asleep."),
        (NARRATOR_ID, "Narrator", "A door opens."),
    ]
    for n_turns, (speaker_id, name, words) in enumerate(said, 3):
        press(place, Qt.Key.Key_Slash)
        assert place.controls.input.hasFocus()
        place.controls.speak_as(speaker_id)
        QTest.keyClicks(place.controls.input, words)
        QTest.keyClick(place.controls.input, Qt.Key.Key_Return)
        wait_for_turns(qtbot, place, n_turns)
        assert (place.session.path[-1].speaker, place.session.path[-1].text) == (name, words)
        assert place.controls.input.text() == ""


def test_continuing_from_an_earlier_turn_makes_a_branch(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 4)
    first_branch = [turn.id for turn in place.session.path]
    place.transcript.view.go_to(1)
    press(place, Qt.Key.Key_B)
    wait_for_turns(qtbot, place, 2)
    assert place.controls.forward_button.isVisible()
    press(place, Qt.Key.Key_S)
    wait_for_turns(qtbot, place, 3)
    assert [turn.id for turn in place.session.path][:2] == first_branch[:2]
    assert len(place.map.lanes) == 2
    assert "branch 2 of 2" in place.header.branch.text()
    point = place.map.point_of(0, 4).toPoint()
    qtbot.mouseClick(place.map, Qt.MouseButton.LeftButton, pos=point)
    qtbot.waitUntil(lambda: [turn.id for turn in place.session.path] == first_branch, timeout=TIMEOUT_MS)
    assert place.transcript.view.currentIndex().row() == 3


def test_undo_takes_a_turn_back_and_redo_brings_it_again(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 3)
    before = texts(place)
    place.stop_and_wait()
    place.workspace.project.undo()
    qtbot.waitUntil(lambda: texts(place) == before[:2], timeout=TIMEOUT_MS)
    assert place.transcript.model.rowCount() == 2
    place.workspace.project.redo()
    qtbot.waitUntil(lambda: texts(place) == before, timeout=TIMEOUT_MS)


def test_a_deleted_playtest_gives_way_to_its_scene_and_undo_opens_it_again(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 2)
    playtest_id = place.session.playtest_id
    place.acts.delete.trigger()
    qtbot.waitUntil(lambda: place._middle.currentWidget() is place.start_screen, timeout=TIMEOUT_MS)
    place.workspace.project.undo()
    qtbot.waitUntil(lambda: place.session.playtest_id == playtest_id, timeout=TIMEOUT_MS)
    wait_for_turns(qtbot, place, 2)


def test_the_last_playtest_is_open_at_the_next_start(qtbot: QtBot, workspace: Workspace, place: StagePlace) -> None:
    play_turns(qtbot, place, 3)
    place.stop_and_wait()
    again = open_place(qtbot, workspace)
    assert get_setting(workspace.project, OPEN_KEY) == place.session.playtest_id
    qtbot.waitUntil(lambda: texts(again) == texts(place), timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: bool(again.session.scores), timeout=TIMEOUT_MS)


def test_rename_in_place(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 1)
    place.acts.rename.trigger()
    edit = place.header.findChild(QLineEdit)
    edit.selectAll()
    QTest.keyClicks(edit, "Ilse lies")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: place.header.title.text() == "Ilse lies", timeout=TIMEOUT_MS)
    assert get_playtest(place.workspace.project, place.session.playtest_id).name == "Ilse lies"  # type: ignore[union-attr]


def test_settings_count_for_the_next_turn_and_are_remembered(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 2)
    place.acts.settings.trigger()
    place.settings.temperature.setValue(1.25)
    place.settings.score_budget.setCurrentIndex(place.settings.score_budget.findData(0.3))
    place.settings.score_budget.activated.emit(place.settings.score_budget.currentIndex())
    place.settings.redraws.setCurrentIndex(place.settings.redraws.findData(0))
    place.settings.redraws.activated.emit(place.settings.redraws.currentIndex())
    place.settings.max_tokens.setValue(3)
    place.settings.close()
    qtbot.waitUntil(
        lambda: get_playtest(place.workspace.project, place.session.playtest_id).settings["max_tokens"] == 3  # type: ignore[union-attr]
    )
    assert place.workspace.settings.temperature == 1.25
    played = get_playtest(place.workspace.project, place.session.playtest_id)
    assert played is not None
    assert place.workspace.settings.score_budget == played.settings["score_budget"] == 0.3
    assert place.workspace.settings.redraws == played.settings["redraws"] == 0
    play_turns(qtbot, place, 3)
    assert place.session.path[-1].finish in ("length", "empty")
    place.new_playtest()
    assert place.session.settings.temperature == 1.25


def test_sampling_is_changed_kept_and_put_back(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 1)
    place.acts.settings.trigger()
    section = place.settings.sampler
    assert not section.knobs["min_p"].isVisible()
    assert not section.reset_button.isVisible()
    section.unfold()
    min_p = section.knobs["min_p"]
    assert min_p.isVisible()
    min_p.setFocus()
    min_p.selectAll()
    QTest.keyClicks(min_p, "0.2")
    QTest.keyClick(min_p, Qt.Key.Key_Return)
    section.knobs["dry_multiplier"].setValue(0.8)
    qtbot.waitUntil(lambda: place.session.settings.sampler.dry_multiplier == 0.8, timeout=TIMEOUT_MS)
    assert place.session.settings.sampling(7).min_p == 0.2
    assert place.workspace.settings.sampler["min_p"] == 0.2
    qtbot.mouseClick(section.reset_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: place.session.settings.sampler == SamplerSettings(), timeout=TIMEOUT_MS)
    place.settings.close()


def test_thoughts_are_folded_until_asked_for(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 2)
    view, model = place.transcript.view, place.transcript.model
    height = view.visualRect(model.index(1)).height()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row_point(place, 1, Spot.THOUGHT))
    assert model.entry(1).is_thought_open
    assert view.visualRect(model.index(1)).height() > height
    assert "Thinks: Keep him on the log." in say_entry(model.entry(1))
    view.go_to(1)
    press(place, Qt.Key.Key_T)
    assert not model.entry(1).is_thought_open


def test_a_turn_is_one_sentence_for_a_screen_reader(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 2)
    heard = QAccessible.queryAccessibleInterface(place.transcript.view)
    assert heard.role() == QAccessible.Role.List
    assert heard.childCount() == 2
    said = heard.child(1).text(QAccessible.Text.Name)
    assert said.startswith("turn 2, Mara Voss: Logs get signed when hands are dry, sir.")


def test_words_and_turns_can_be_copied(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 3)
    view = place.transcript.view
    rect = view.text_rect(1)
    point = QPoint(rect.left() + 4, rect.center().y())
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert view.selected_text().strip() == "Logs"
    view.go_to(1)
    press(place, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Logs get signed when hands are dry, sir."
    view.selectAll()
    assert "Theo Dane: You signed it at nine" in view.selected_text()


def test_enter_opens_the_details_and_escape_the_charts(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 4)
    place.transcript.view.go_to(3)
    press(place, Qt.Key.Key_Return)
    assert place.side.shows_detail
    assert place.side.detail.turn_id == place.session.path[3].id
    press(place, Qt.Key.Key_Up)
    assert place.side.detail.turn_id == place.session.path[2].id
    press(place, Qt.Key.Key_Escape)
    assert not place.side.shows_detail


def test_a_click_in_a_chart_goes_to_the_turn_and_hovering_names_it(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 4)
    charts = place.side.charts
    charts.draw_all()
    chart = charts.charts[0]
    scene_point = chart.plot.getViewBox().mapViewToScene(chart.plot.getViewBox().viewRect().center())
    QTest.mouseMove(chart.plot.viewport(), scene_point.toPoint())
    QTest.mouseClick(chart.plot.viewport(), Qt.MouseButton.LeftButton, pos=scene_point.toPoint())
    row = place.transcript.view.currentIndex().row()
    assert row == chart._row_at(chart.plot.number_at(scene_point))
    described = charts._describe("grounding", 1)
    assert described.startswith("Turn 2 · Mara Voss\nGrounding ")
    assert "Not scored" in charts._describe("grounding", 0)


def test_the_view_says_when_turns_have_left_it_and_why_the_weights_began_again(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 2)
    playtest_id = place.session.playtest_id
    place.workspace.event_received.emit(ViewTrimmed(playtest_id, "Mara Voss", 12))
    place.workspace.event_received.emit(WorkerRestarted("it ended with signal 11", True))
    said = place.controls._view_state.text()
    assert "Mara Voss no longer sees turns 1–12" in said
    assert "signal 11" in said
    place.workspace.event_received.emit(TurnDiscarded("another playtest", "stopped"))
    place.workspace.event_received.emit(PlaytestPaused("another playtest", None))
    assert len(place.session.path) == 2


def test_an_ending_is_explained_and_play_goes_past_it(qtbot: QtBot, place: StagePlace) -> None:
    place.play_or_pause()
    qtbot.waitUntil(lambda: place.session.ended is not None and not place.session.is_playing, timeout=TIMEOUT_MS)
    n_turns = len(place.session.path)
    assert place.controls._state.property("kind") == "warning"
    place.play_or_pause()
    qtbot.waitUntil(lambda: len(place.session.path) > n_turns, timeout=TIMEOUT_MS)


def test_a_scene_without_a_cast_leads_to_scenarios(qtbot: QtBot, workspace: Workspace) -> None:
    place = open_place(qtbot, workspace)
    with qtbot.waitSignal(place.open_requested) as asked:
        qtbot.mouseClick(place.start_screen.button, Qt.MouseButton.LeftButton)
    assert asked.args == ["scenario", ""]
    scenario = create_scenario(workspace.project, ScenarioBase(name="Empty room"))
    qtbot.waitUntil(lambda: place._scenario is not None, timeout=TIMEOUT_MS)
    with qtbot.waitSignal(place.open_requested) as asked:
        qtbot.mouseClick(place.start_screen.button, Qt.MouseButton.LeftButton)
    assert asked.args == ["scenario", scenario.id]
    faults: list[str] = []
    workspace.faulted.connect(lambda message, _hint: faults.append(message))
    place.play_or_pause()
    qtbot.waitUntil(lambda: bool(faults), timeout=TIMEOUT_MS)
    assert "no cast" in faults[0]


def test_markup_in_turns_stays_text(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 1)
    place.say(USER_ID, "<img src='http://example.org/x.png'><b>bold</b> 😀 *waves* & goes")
    wait_for_turns(qtbot, place, 2)
    place.transcript.view.viewport().grab()
    assert place.transcript.view._layout(1).words.text().startswith("<img src=")


def test_units_are_those_of_qt() -> None:
    text = "a😀b"
    assert count_units(text) == 4
    assert cut_units(text, 1, 3) == "😀"


def test_heights_keep_what_was_measured() -> None:
    heights = RowHeights()
    heights.replace_from(0, np.array([10.0, 10.0, 10.0]))
    assert heights.measure(1, 30.0) == 20.0
    assert heights.measure(1, 40.0) == 0.0
    assert (heights.total, heights.top(2), heights.row_at(15), heights.row_at(999)) == (60.0, 50.0, 1, 2)
    heights.replace_from(2, np.array([5.0, 5.0]))
    assert (len(heights), heights.total) == (4, 60.0)


def test_thinned_lines_keep_their_extremes() -> None:
    xs = np.arange(100_000, dtype=float)
    ys = np.sin(xs / 50)
    ys[77_777] = 9.0
    ys[5] = np.nan
    thin_xs, thin_ys = thin_out(xs, ys, 1000)
    assert len(thin_xs) <= 1100
    assert thin_ys.max() == 9.0
    assert np.all(np.diff(thin_xs) >= 0)


def test_ten_thousand_turns_open_at_once(qtbot: QtBot, workspace: Workspace, place: StagePlace) -> None:
    """How fast is measured in tests/benchmarks/stage_frames.py."""
    playtest_id = make_long_playtest(workspace.project, place._scenario.id, 10_000)  # type: ignore[union-attr]
    place.open_entity("playtest", playtest_id)
    qtbot.waitUntil(lambda: place.transcript.model.rowCount() == 10_000, timeout=TIMEOUT_MS)
    place.transcript.view.viewport().grab()
    assert place.transcript.view.is_at_end
    press(place, Qt.Key.Key_Home)
    assert place.transcript.view.verticalScrollBar().value() < 100


def make_long_playtest(project: Project, scenario_id: str, n_turns: int, n_seen: int = 0) -> str:
    """`n_seen`: how many turns a view has room for; 0: all."""
    from core.playtest.start import start_playtest
    from models.playtest import Playtest, SpeakerKind, Turn

    playtest = start_playtest(project, scenario_id, PlaySettings())
    parts = [part["role_id"] for part in playtest.script["parts"]]
    with project.append() as session:
        session.add_all(
            Turn(
                id=number,
                playtest_id=playtest.id,
                parent_id=number - 1 or None,
                number=number,
                speaker_id=parts[number % 2],
                speaker=("Mara Voss", "Theo Dane")[number % 2],
                kind=SpeakerKind.CHARACTER,
                text=LINES[number % 4].partition("</think>")[2] * (1 + number % 5),
                origin=Origin.WEIGHTS,
                record={"n_turns_dropped": max(0, number - n_seen)} if n_seen else {},
            )
            for number in range(1, n_turns + 1)
        )
        session.flush()
        session.get_one(Playtest, playtest.id).head_id = n_turns
    return playtest.id


def test_undo_while_it_plays_waits_for_quiet_but_not_the_window(
    qtbot: QtBot, place: StagePlace, engine: Scripted
) -> None:
    play_turns(qtbot, place, 3)
    engine.set_delay(0.1)
    place.play_or_pause()
    qtbot.waitUntil(lambda: place.session.live is not None, timeout=TIMEOUT_MS)
    start = time.perf_counter()
    place.when_quiet(place.workspace.project.undo)
    assert time.perf_counter() - start < 1
    wait_for_turns(qtbot, place, 2)
    assert place.session.live is None
    assert not place.session.is_playing


def test_other_weights_stop_the_turn_and_play_on_from_there(qtbot: QtBot, place: StagePlace, engine: Scripted) -> None:
    play_turns(qtbot, place, 2)
    engine.set_delay(0.1)
    place.play_or_pause()
    qtbot.waitUntil(lambda: place.session.live is not None, timeout=TIMEOUT_MS)
    place.workspace.engine_changed.emit()
    assert place.session.live is None
    engine.set_delay(0)
    place.step()
    qtbot.waitUntil(lambda: len(place.session.path) >= 3, timeout=TIMEOUT_MS)


def test_following_the_end_stops_when_one_scrolls_up(qtbot: QtBot, place: StagePlace) -> None:
    place.resize(1100, 420)
    play_turns(qtbot, place, 7)
    view = place.transcript.view
    assert view.is_at_end
    view.verticalScrollBar().setValue(0)
    assert not view.is_at_end
    assert place.transcript._end_button.isVisible()
    place.session.direct(lambda director: director.step())
    wait_for_turns(qtbot, place, 8)
    assert view.verticalScrollBar().value() == 0
    assert place.transcript._end_button.text() == "New turns below"
    qtbot.mouseClick(place.transcript._end_button, Qt.MouseButton.LeftButton)
    assert view.is_at_end


def test_the_rows_are_those_that_were_announced_until_the_session_announces_others(
    qtbot: QtBot, place: StagePlace
) -> None:
    play_turns(qtbot, place, 4)
    session, model = place.session, place.transcript.model
    path, before = session.path, [model.entry(row).text for row in range(4)]
    session.path = path[:2]  # as when a branch begins, before the rows have followed
    place.controls.show_hint("A hint so long that the list above it is made smaller. " * 20)
    QApplication.processEvents()
    assert [model.entry(row).text for row in range(model.rowCount())] == before == model.texts(0)
    session.path_changed.emit(2)
    assert [model.entry(row).text for row in range(model.rowCount())] == before[:2] == model.texts(0)
    session.path = path
    session.path_changed.emit(2)
    assert model.rowCount() == 4


def test_a_branch_from_an_old_turn_of_a_long_scene_with_a_full_context(
    qtbot: QtBot, workspace: Workspace, place: StagePlace
) -> None:
    playtest_id = make_long_playtest(workspace.project, place._scenario.id, 193, 30)  # type: ignore[union-attr]
    place.open_entity("playtest", playtest_id)
    qtbot.waitUntil(lambda: place.transcript.model.rowCount() == 193, timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: bool(place.controls._view_state.text()), timeout=TIMEOUT_MS)
    said = place.controls._view_state.text()
    assert said.count("context is full") == 1
    assert "no longer see the first 162 to 163 turns" in said
    place.transcript.view.go_to(189)
    press(place, Qt.Key.Key_B)
    wait_for_turns(qtbot, place, 190)
    assert place.transcript.model.rowCount() == 190
    assert "the first 159 to 160 turns" in place.controls._view_state.text()
    assert place.controls.forward_button.isVisible()


def test_the_word_of_a_new_process_goes_with_the_next_turn(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 2)
    place.workspace.event_received.emit(WorkerRestarted("it ended with signal 11", True))
    assert "signal 11" in place.controls._view_state.text()
    place.workspace.event_received.emit(TurnCommitted(place.session.playtest_id, place.session.path[-1].id))
    assert not place.controls._view_state.text()


def test_the_details_follow_edits_and_selection_behind_the_charts(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 4)
    place.transcript.view.go_to(3)
    press(place, Qt.Key.Key_Return)
    place.session.direct(lambda director: director.edit(place.session.path[3].id, "Other words."))
    qtbot.waitUntil(lambda: place.session.path[3].text == "Other words.", timeout=TIMEOUT_MS)
    assert place.side.detail.turn_id == place.session.path[3].id
    assert any("edited by a person" in label.text() for label in place.side.detail.widget().findChildren(QLabel))
    press(place, Qt.Key.Key_Escape)
    place.transcript.view.go_to(0)
    assert not place.side.shows_detail
    place.side.show_room("xray")
    assert any("greeting" in label.text() for label in place.side.detail.widget().findChildren(QLabel))


def test_the_wheel_scrolls_the_settings_and_changes_none(qtbot: QtBot, place: StagePlace) -> None:
    popover = place.settings
    popover.open_below(place.header.settings)
    popover.temperature.setFocus()
    for box in (popover.when_full, popover.redraws, popover.max_tokens, popover._slider):
        before = box.currentIndex() if isinstance(box, QComboBox) else box.value()
        middle = QPointF(box.rect().center())
        wheel = QWheelEvent(
            middle,
            box.mapToGlobal(middle),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(box, wheel)
        assert (box.currentIndex() if isinstance(box, QComboBox) else box.value()) == before
    popover.close()


def test_the_details_say_how_often_a_turn_was_drawn_anew(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 12)  # by now the script begins again
    turns = path_to(list_turns(place.workspace.project, place.session.playtest_id), place.session.path[-1].id)
    numbers = {turn.record.get("redrawn", 0): turn.number for turn in turns}
    assert {0, 2} <= numbers.keys()
    for n_times, number in numbers.items():
        place.transcript.view.go_to(number - 1)
        press(place, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda number=number: place.side.detail.turn_id == place.session.path[number - 1].id)
        shown = [label.text() for label in place.side.detail.widget().findChildren(QLabel)]
        assert any("2 times: it was empty" in text for text in shown) == (n_times == 2)
        press(place, Qt.Key.Key_Escape)


def test_the_settings_stay_on_the_screen_and_scroll(
    qtbot: QtBot, place: StagePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_popover, "SCREEN_MARGIN", 60)  # a screen lower than all the settings
    popover, scroll = place.settings, place.settings._scroll
    room = place.screen().availableGeometry().adjusted(60, 60, -60, -60)
    play_turns(qtbot, place, 2)
    theme.apply(QApplication.instance(), "dark", 150)
    try:
        popover.open_below(place.header.settings)
        QTest.mouseClick(popover.sampler._fold, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: popover.height() == room.height())
        assert room.contains(popover.geometry())
        qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() > 0)
        assert scroll.horizontalScrollBar().maximum() == 0
        popover.sampler._fold.click()
        qtbot.waitUntil(lambda: popover.height() < room.height() and scroll.verticalScrollBar().maximum() == 0)
    finally:
        popover.close()
        theme.apply(QApplication.instance(), "dark")


def test_a_playtest_that_was_begun_elsewhere_plays_and_says_where_it_is(
    qtbot: QtBot, workspace: Workspace, place: StagePlace, scene: str
) -> None:
    project = workspace.project
    update_world(project, scene, World(variables=[Variable(name="tension", is_public=True), Variable(name="hidden")]))
    add_beat(project, scene, BeatBase(name="The bell", kind=BeatKind.START))
    begun = add_beat(project, scene, BeatBase(name="The log", effects="tension + 2"))
    playtest = start_playtest(project, scene, PlaySettings.from_app(workspace.settings), begun.id, "")
    place.open_entity("begun", playtest.id)
    assert place.session.is_playing
    qtbot.waitUntil(lambda: len(place.session.path) >= 2, timeout=TIMEOUT_MS)
    assert place.header.where.text() == "in “The log” · tension 2"
    place.session.open(playtest.id)
    qtbot.waitUntil(lambda: place.header.where.text() == "in “The log”", timeout=TIMEOUT_MS)
    place.new_playtest()
    assert place.header.where.text() == ""
