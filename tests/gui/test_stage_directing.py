"""The director's side of the Stage: every act by mouse or key, on a real project with scripted weights."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QMenu, QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from core.library.beats import update_world
from core.library.characters import delete_character, list_characters
from core.playtest.directing.acts import DIRECTOR_ID
from core.playtest.script import NARRATOR_ID
from gui.stage.directing.act_form import ActForm
from gui.stage.directing.say_input import SaidLines
from gui.stage.directing.say_row import SayRow
from gui.stage.directing.world_offers import list_offers, list_presence
from gui.stage.place import StagePlace
from gui.workspace import Workspace
from models.playtest import SpeakerKind
from tests.gui.stage_scene import (
    Scripted,
    make_scene,
    make_world,
    open_place,
    play_turns,
    press,
    record_of,
    use_engine,
    wait_for,
    wait_for_turns,
)

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def engine() -> Iterator[Scripted]:
    engine = Scripted()
    yield engine
    engine.close()


@pytest.fixture
def workspace(workspace: Workspace, engine: Scripted) -> Workspace:
    use_engine(workspace, engine)
    return workspace


@pytest.fixture
def ids(workspace: Workspace) -> list[str]:
    """The roles of a scene with a world."""
    scenario_id, ids = make_scene(workspace.project)
    update_world(workspace.project, scenario_id, make_world(ids))
    return ids


@pytest.fixture
def place(qtbot: QtBot, workspace: Workspace, ids: list[str]) -> Iterator[StagePlace]:
    place = open_place(qtbot, workspace)
    yield place
    place.stop_and_wait()


def choose(box: QComboBox, text: str) -> None:
    """Chooses by typing, as a person at the keyboard does."""
    found = next(place for place in range(box.count()) if box.itemText(place).startswith(text))
    box.setFocus()
    while box.currentIndex() != found:
        QTest.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < found else Qt.Key.Key_Up)


def form_of(place: StagePlace) -> ActForm:
    form = place.desk.form
    assert form is not None
    return form


def fields(place: StagePlace) -> list[QComboBox]:
    return form_of(place).findChildren(QComboBox)


def test_a_turn_is_held_in_mid_sentence_and_goes_on(qtbot: QtBot, place: StagePlace, engine: Scripted) -> None:
    play_turns(qtbot, place, 2)
    engine.set_delay(0.1)
    place.play_or_pause()
    wait_for(qtbot, lambda: place.session.live is not None and place.session.live.text)
    qtbot.mouseClick(place.controls.hold_button, Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: place.session.is_held)
    model = place.transcript.model
    held = model.entry(model.rowCount() - 1)
    assert held.is_held
    assert held.text
    assert "paused here" in [chip.text for chip in held.chips]
    assert "Paused in the middle" in place.controls._state.text()
    assert len(place.session.path) == 2
    press(place, Qt.Key.Key_S)
    wait_for_turns(qtbot, place, 3)
    assert place.session.path[-1].text.startswith(held.text.rstrip())
    assert not place.session.is_held


def test_somebody_always_hears_what_is_not_for_everyone(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    play_turns(qtbot, place, 1)
    audience = place.controls.say_row.audience
    audience.menu().aboutToShow.emit()
    boxes = [one for one in audience.menu().actions() if one.isCheckable()]
    for box in boxes:
        box.toggle()
    assert audience.audience == [ids[-1]]
    assert [box.isChecked() for box in boxes] == [False] * (len(boxes) - 1) + [True]


def test_nobody_speaks_and_nobody_is_swapped_where_nobody_is(
    qtbot: QtBot, workspace: Workspace, place: StagePlace
) -> None:
    place.new_playtest()
    assert not place.acts.speak.isEnabled()
    assert not place.acts.audience.isEnabled()
    play_turns(qtbot, place, 1)
    assert place.acts.speak.isEnabled()
    nell = next(one for one in list_characters(workspace.project) if one.name == "Nell Hart")
    delete_character(workspace.project, nell.id)
    place.desk.recast()
    form = place.desk.form
    assert form is not None
    assert not form.button.isEnabled()
    assert "Nobody else" in " ".join(label.text() for label in form.findChildren(QLabel))
    form.close()


def test_held_with_the_keyboard_and_then_stopped(qtbot: QtBot, place: StagePlace, engine: Scripted) -> None:
    play_turns(qtbot, place, 2)
    engine.set_delay(0.1)
    place.play_or_pause()
    wait_for(qtbot, lambda: place.session.live is not None and place.session.live.text)
    press(place, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    wait_for(qtbot, lambda: place.session.is_held)
    press(place, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    wait_for(qtbot, lambda: place.session.live is None)
    assert place.transcript.model.rowCount() == 2


def test_a_whisper_to_one_is_heard_by_that_one_alone(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    play_turns(qtbot, place, 2)
    press(place, Qt.Key.Key_Slash)
    say = place.controls.say_row
    say.speak_as(ids[0])
    QTest.keyClicks(say.input, "@theo He has the key.")
    assert say.audience.audience == [ids[1]]
    assert say.input.text() == "He has the key."
    QTest.keyClick(say.input, Qt.Key.Key_Return)
    wait_for_turns(qtbot, place, 3)
    assert place.session.path[-1].audience == [ids[1]]
    entry = place.transcript.model.entry(2)
    assert [chip.text for chip in entry.chips] == ["whisper to Theo Dane"]
    assert "Whisper to Theo Dane." in place.transcript.model.index(2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert say.audience.audience is None


def test_what_was_typed_comes_back_with_the_arrows(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 1)
    field = place.controls.input
    for n_turns, words in enumerate(("Please go on.", "And then?"), 2):
        field.setFocus()
        QTest.keyClicks(field, words)
        QTest.keyClick(field, Qt.Key.Key_Return)
        wait_for_turns(qtbot, place, n_turns)
    QTest.keyClicks(field, "half")
    for key, expected in (
        (Qt.Key.Key_Up, "And then?"),
        (Qt.Key.Key_Up, "Please go on."),
        (Qt.Key.Key_Up, "Please go on."),
        (Qt.Key.Key_Down, "And then?"),
        (Qt.Key.Key_Down, "half"),
    ):
        QTest.keyClick(field, key)
        assert field.text() == expected


def test_alt_and_arrows_change_who_speaks(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    play_turns(qtbot, place, 1)
    field = place.controls.input
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert place.controls.say_row.speaker_id == ids[0]
    QTest.keyClick(field, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(field, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert place.controls.say_row.speaker_id == DIRECTOR_ID


def test_a_motive_is_whispered_from_the_menu_of_a_character(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    play_turns(qtbot, place, 2)
    menu = place.desk.menu_for(ids[1])
    action = next(one for one in menu.actions() if one.text() == "Whisper a motive to Theo Dane")
    action.trigger()
    say = place.controls.say_row
    assert (say.speaker_id, say.audience.audience) == (DIRECTOR_ID, [ids[1]])
    assert say.input.hasFocus()
    QTest.keyClicks(say.input, "Make her confess.")
    QTest.keyClick(say.input, Qt.Key.Key_Return)
    wait_for_turns(qtbot, place, 3)
    turn = place.session.path[-1]
    assert (turn.kind, turn.audience) == (SpeakerKind.DIRECTOR, [ids[1]])
    entry = place.transcript.model.entry(2)
    assert entry.line == "You whispered to Theo Dane: “Make her confess.”"
    assert not entry.can_retry
    place.transcript.edit(2)
    assert place.transcript.editor is None


def test_an_event_goes_to_the_field_as_the_narrator(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 1)
    press(place, Qt.Key.Key_E, CTRL_SHIFT)
    assert place.controls.say_row.speaker_id == NARRATOR_ID
    assert place.controls.input.hasFocus()


def test_a_mood_is_set_by_keys_alone_and_shown_on_the_card(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    play_turns(qtbot, place, 2)
    press(place, Qt.Key.Key_M, CTRL_SHIFT)
    who, what, how = fields(place)
    choose(who, "Theo Dane")
    choose(what, "anger")
    choose(how, "strongly")
    QTest.keyClick(how, Qt.Key.Key_Return)
    wait_for_turns(qtbot, place, 3)
    act = {"kind": "mood", "role": ids[1], "emotion": "anger", "strength": 1.0}
    assert record_of(place, 2)["act"] == act
    assert place.transcript.model.entry(2).line == "You gave Theo Dane a mood: much anger"
    assert "feels much anger" in place.cast.card(ids[1]).accessibleName()
    wait_for(qtbot, lambda: place.desk.form is None)


def test_the_world_is_set_with_offered_values(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 2)
    wait_for(qtbot, lambda: place.session.world_state() is not None)
    place.acts.world.trigger()
    what, value = fields(place)[:2]
    choose(what, "door")
    assert [value.itemText(place) for place in range(value.count())] == ["open", "shut ·"]
    choose(value, "open")
    qtbot.mouseClick(form_of(place).button, Qt.MouseButton.LeftButton)
    wait_for_turns(qtbot, place, 3)
    assert place.transcript.model.entry(2).line == "You set: door = open"
    assert record_of(place, 2)["world"]["changes"] == {"door": "open"}


def test_escape_leaves_a_form_and_changes_nothing(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 2)
    place.acts.time.trigger()
    form = form_of(place)
    QTest.keyClick(form, Qt.Key.Key_Escape)
    wait_for(qtbot, lambda: place.desk.form is None)
    assert len(place.session.path) == 2


def test_somebody_leaves_and_is_away(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    play_turns(qtbot, place, 2)
    place.desk.change_presence(ids[1])
    who, where = fields(place)
    assert who.currentData() == ids[1]
    choose(where, "is away")
    QTest.keyClick(where, Qt.Key.Key_Return)
    wait_for_turns(qtbot, place, 3)
    assert "away" in place.cast.card(ids[1]).accessibleName()
    assert "at lamp room" in place.cast.card(ids[2]).accessibleName()


def test_time_passes_and_undo_brings_it_back(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 2)
    place.acts.time.trigger()
    (how_long,) = fields(place)
    choose(how_long, "8 hours")
    QTest.keyClick(how_long, Qt.Key.Key_Return)
    wait_for_turns(qtbot, place, 3)
    assert place.transcript.model.entry(2).line == "8 hours pass"
    place.when_quiet(place.workspace.undo)
    wait_for_turns(qtbot, place, 2)


def test_who_speaks_next_is_said_by_hand(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    play_turns(qtbot, place, 2)
    place.acts.next_speaker.trigger()
    (who,) = fields(place)
    choose(who, "Ilse Ruud")
    QTest.keyClick(who, Qt.Key.Key_Return)
    wait_for_turns(qtbot, place, 3)
    assert place.session.path[-1].speaker_id == ids[2]


def test_another_character_plays_the_role_from_now_on(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    play_turns(qtbot, place, 2)
    place.desk.recast(ids[1])
    _who, whom = fields(place)
    assert whom.currentText() == "Nell Hart"
    QTest.keyClick(whom, Qt.Key.Key_Return)
    wait_for_turns(qtbot, place, 3)
    assert place.session.cast.part(ids[1]).character.name == "Nell Hart"  # type: ignore[union-attr]
    assert "Nell Hart" in place.cast.card(ids[1]).accessibleName()
    place.session.direct(lambda director: director.play_as(ids[1]))
    wait_for_turns(qtbot, place, 4)
    assert place.session.path[-1].speaker == "Nell Hart"
    place.when_quiet(place.workspace.undo)
    wait_for_turns(qtbot, place, 3)
    place.workspace.undo()
    wait_for(qtbot, lambda: "Theo Dane" in place.cast.card(ids[1]).accessibleName())


def test_the_scene_is_ended_by_hand_and_says_so(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 2)
    press(place, Qt.Key.Key_Q, CTRL_SHIFT)
    wait_for(qtbot, lambda: place.session.ended)
    why = place.session.playtest.ended_why.rstrip(".")  # type: ignore[union-attr]
    assert why
    assert why in place.transcript.ending.text()
    assert why in place.controls._state.text()


def test_the_weights_of_a_role_are_swapped(qtbot: QtBot, place: StagePlace, ids: list[str]) -> None:
    play_turns(qtbot, place, 2)
    place.desk.swap_weights(ids[0])
    who, what = fields(place)
    assert who.currentText() == "Mara Voss"
    assert what.count() > 1, "the house weights are on every machine"
    what.setCurrentIndex(1)
    QTest.keyClick(what, Qt.Key.Key_Return)
    wait_for_turns(qtbot, place, 3)
    assert place.session.settings.cast_weights.keys() == {ids[0]}
    assert place.transcript.model.entry(2).line.startswith("Mara Voss is now written by ")


def test_every_act_has_a_place_in_the_menu_and_the_palette(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 1)
    press(place, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    menu = next(one for one in place.findChildren(QMenu) if one.isVisible())
    shown = set(menu.actions())
    assert set(place.acts.of_director()) <= shown
    assert all(act.shortcut().toString() for act in place.acts.of_director())
    assert set(place.acts.of_director()) <= set(place.place_actions())
    menu.close()


def test_keys_of_the_stage_are_all_different(place: StagePlace) -> None:
    keys = [key.toString() for act in place.place_actions() for key in act.shortcuts()]
    assert len(keys) == len(set(keys))


def test_values_are_offered_with_what_they_are_now(workspace: Workspace, qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 2)
    wait_for(qtbot, lambda: place.session.world_state() is not None)
    script = place.session.script
    assert script is not None
    state = place.session.world_state()
    offers = {offer.title: offer for offer in list_offers(script, state)}
    assert offers["tension"].present == "3"
    assert offers["tension"].values[0] == ("0", "tension = 0")
    assert offers["key: holder"].present == "Mara Voss" or offers["key: holder"].present == "keeper"
    presence = list_presence(script, script.parts[2].role_id, state)
    assert presence is not None
    assert presence.present == "lamp room"


def test_lines_are_remembered_once() -> None:
    lines = SaidLines()
    for line in ("a", "b", "a"):
        lines.keep(line)
    assert [lines.step(-1, ""), lines.step(-1, ""), lines.step(-1, "")] == ["a", "b", "b"]


def test_who_speaks_and_what_is_asked_for_can_be_read_in_full(qtbot: QtBot, place: StagePlace) -> None:
    play_turns(qtbot, place, 1)
    row = SayRow(place.session)  # as wide as in a window of the usual size, between cast and rooms
    row.resize(570, row.sizeHint().height())
    row.show()
    row.speak_as(DIRECTOR_ID)
    QApplication.processEvents()
    box = QStyleOptionComboBox()
    row.speaker.initStyleOption(box)
    style = row.speaker.style()
    assert row.speaker_id == DIRECTOR_ID
    shown = style.subControlRect(QStyle.ComplexControl.CC_ComboBox, box, QStyle.SubControl.SC_ComboBoxEditField)
    assert row.speaker.fontMetrics().horizontalAdvance(row.speaker.currentText()) <= shown.width()
    input_px = row.input.fontMetrics().horizontalAdvance(row.input.placeholderText())
    assert input_px <= row.input.contentsRect().width() - 24
    row.close()
