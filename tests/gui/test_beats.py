"""The graph of beats, driven as a person drives it: real rows, a real canvas, mouse and keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from core.library.beats import add_beat, add_link, list_beats, list_links, update_world
from core.library.characters import create_character
from core.library.playtests import get_playtest
from core.library.scenarios import create_scenario, list_scenarios
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from gui.characters.place import CharactersPlace
from gui.scenarios.beats.canvas import BeatCanvas
from gui.scenarios.header import BEATS, SCENE
from gui.scenarios.place import ScenariosPlace
from gui.scenarios.role_card import RoleCard
from gui.workspace import Workspace
from models.beat import Beat, BeatBase, BeatKind, BeatLinkBase
from models.character import CharacterBase
from models.playtest import Origin, SpeakerKind, Turn
from models.scenario import RoleBase, Scenario, ScenarioBase
from models.world import Prop, Variable, World

CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
Key = Qt.Key


@pytest.fixture(autouse=True)
def close_windows(workspace: Workspace) -> Iterator[None]:
    """Closes the windows before the project is closed, as the app does."""
    yield
    for window in QApplication.topLevelWidgets():
        window.close()


def open_place(qtbot: QtBot, workspace: Workspace) -> ScenariosPlace:
    place = ScenariosPlace(workspace)
    qtbot.addWidget(place)
    place.resize(1376, 868)
    with qtbot.waitExposed(place):
        place.show()
    return place


def open_beats(qtbot: QtBot, workspace: Workspace) -> tuple[ScenariosPlace, BeatCanvas]:
    place = open_place(qtbot, workspace)
    place.show_tab(BEATS)
    canvas = place.beats.canvas
    canvas.setFocus()
    qtbot.waitUntil(lambda: has_focus(canvas) and canvas.width() > 700)
    canvas.zoom_reset()
    canvas.center_on(canvas.scene.bounds().center())
    return place, canvas


def make_scene(project: Project) -> tuple[Scenario, dict[str, Beat]]:
    """A scenario of two with a start, three steps and a win: start -> one, two; one -> win."""
    cast = [create_character(project, CharacterBase(name=name)) for name in ("Mara", "Theo")]
    roles = [RoleBase(name=one.name, character_id=one.id) for one in cast]
    scenario = create_scenario(project, ScenarioBase(name="Inquest", setting="A boathouse."), roles)
    update_world(project, scenario.id, World(variables=[Variable(name="tension")], props=[Prop(name="key")]))
    drafts = {
        "start": BeatBase(name="The bell rings", kind=BeatKind.START, x=0, y=160),
        "one": BeatBase(name="Theo reads the log", x=304, y=0),
        "two": BeatBase(name="Nils leaves", x=304, y=304, text="He hears nothing of the key."),
        "win": BeatBase(name="The lamp is lit", kind=BeatKind.WIN, x=608, y=0),
    }
    beats = {key: add_beat(project, scenario.id, draft) for key, draft in drafts.items()}
    for start, end in (("start", "one"), ("start", "two"), ("one", "win")):
        add_link(project, beats[start].id, beats[end].id, BeatLinkBase())
    return scenario, beats


def has_focus(widget: QWidget) -> bool:
    """Whether a widget has the keyboard of its window, which may not be the active one here."""
    return widget.window().focusWidget() is widget


def at(canvas: BeatCanvas, beat_id: str, dx: float = 0, dy: float = 0) -> QPoint:
    """Where the middle of a card is in the widget, or beside it."""
    middle = canvas.view.to_widget(canvas.scene.cards[beat_id].center())
    return QPoint(round(middle.x() + dx), round(middle.y() + dy))


def drag(qtbot: QtBot, canvas: BeatCanvas, start: QPoint, end: QPoint, modifiers: object = None) -> None:
    held = modifiers if isinstance(modifiers, Qt.KeyboardModifier) else Qt.KeyboardModifier.NoModifier
    qtbot.mouseMove(canvas, start)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, held, start)
    for share in (0.3, 0.7, 1.0):
        qtbot.mouseMove(canvas, start + (end - start) * share)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, held, end)


def places(project: Project, scenario: Scenario) -> dict[str, tuple[float, float]]:
    return {beat.name: (beat.x, beat.y) for beat in list_beats(project, scenario.id)}


def name_now(qtbot: QtBot, place: ScenariosPlace, name: str) -> None:
    """Types the name that is asked for, and goes back to the canvas with Enter."""
    editor = place.beats.panel.beat.fields["name"].editor
    qtbot.waitUntil(lambda: has_focus(editor))
    qtbot.keyClicks(editor, name)
    qtbot.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: has_focus(place.beats.canvas))


def cast(qtbot: QtBot, card: RoleCard, place: ScenariosPlace, name: str) -> None:
    card.player.setFocus()
    qtbot.keyClick(card.player, Key.Key_Space)
    search = place.cast.picker.roster.search
    qtbot.waitUntil(search.isVisible)
    qtbot.keyClicks(search, name)
    qtbot.keyClick(search, Key.Key_Return)
    qtbot.waitUntil(lambda: card.player.currentText() == name)


def test_from_nothing_to_play_with_five_beats(qtbot: QtBot, workspace: Workspace, tmp_path: Path) -> None:
    characters = CharactersPlace(workspace)
    qtbot.addWidget(characters)
    with qtbot.waitExposed(characters):
        characters.show()
    for name in ("Mara Voss", "Theo Dane"):
        characters.new_character()
        editor = characters.form.fields["name"].editor
        qtbot.waitUntil(editor.hasFocus)
        qtbot.keyClicks(editor, name)
        characters.flush()
    characters.hide()
    place = open_place(qtbot, workspace)
    place.new_scenario()
    qtbot.waitUntil(place.form.fields["name"].editor.hasFocus)
    qtbot.keyClicks(place.form.fields["name"].editor, "The Inquest")
    first, second = place.cast.cards.values()
    cast(qtbot, first, place, "Mara Voss")
    cast(qtbot, second, place, "Theo Dane")
    first.fields["name"].focus_editor()
    qtbot.keyClicks(first.fields["name"].editor, "keeper")

    qtbot.mouseClick(place.header.tabs[BEATS], Qt.MouseButton.LeftButton)
    canvas = place.beats.canvas
    canvas.setFocus()
    qtbot.waitUntil(lambda: has_focus(canvas))
    qtbot.keyClick(canvas, Key.Key_N)
    name_now(qtbot, place, "The bell rings")
    qtbot.keyClick(canvas, Key.Key_N, SHIFT)
    name_now(qtbot, place, "Theo reads the log")
    qtbot.keyClick(canvas, Key.Key_N, SHIFT)
    name_now(qtbot, place, "Mara admits the hour")
    place.beats.acts.kinds[BeatKind.WIN].trigger()
    qtbot.keyClick(canvas, Key.Key_Left)
    qtbot.keyClick(canvas, Key.Key_N, SHIFT)
    name_now(qtbot, place, "Nobody confesses")
    place.beats.acts.kinds[BeatKind.LOSE].trigger()
    place.tab_acts.add_variable()
    qtbot.waitUntil(lambda: isinstance(place.focusWidget(), QLineEdit))
    qtbot.keyClicks(place.focusWidget(), "tension")
    qtbot.keyClick(place.focusWidget(), Key.Key_Return)
    qtbot.waitUntil(lambda: [one.name for one in place.story.world.variables] == ["tension"])

    place.show_tab(BEATS, focuses=True)
    qtbot.keyClick(canvas, Key.Key_N)
    name_now(qtbot, place, "The storm")
    place.beats.acts.kinds[BeatKind.EVENT].trigger()
    condition = place.beats.panel.beat.fields["condition"]
    condition.focus_editor()
    qtbot.keyClicks(condition.editor, "te")
    qtbot.waitUntil(lambda: condition.script.is_offering)
    qtbot.keyClick(condition.script.completer.popup(), Key.Key_Return)
    assert condition.value() == "tension"
    qtbot.keyClicks(condition.editor, " > 3")
    place.flush()
    (scenario,) = list_scenarios(workspace.project)
    beats = {beat.name: beat for beat in list_beats(workspace.project, scenario.id)}
    assert {name: beat.kind for name, beat in beats.items()} == {
        "The bell rings": BeatKind.START,
        "Theo reads the log": BeatKind.STEP,
        "Mara admits the hour": BeatKind.WIN,
        "Nobody confesses": BeatKind.LOSE,
        "The storm": BeatKind.EVENT,
    }
    assert beats["The storm"].condition == "tension > 3"
    names = {beat.id: beat.name for beat in beats.values()}
    ends = {(names[link.from_id], names[link.to_id]) for link in list_links(workspace.project, scenario.id)}
    assert ends == {
        ("The bell rings", "Theo reads the log"),
        ("Theo reads the log", "Mara admits the hour"),
        ("Theo reads the log", "Nobody confesses"),
    }
    opened: list[tuple[str, str]] = []
    place.open_requested.connect(lambda kind, entity_id: opened.append((kind, entity_id)))
    canvas.select(set())
    qtbot.waitUntil(place.header.play.isEnabled)
    qtbot.mouseClick(place.header.play, Qt.MouseButton.LeftButton)
    assert opened == [("scenario", scenario.id)]
    place.grab().save(str(tmp_path / "beats.png"))
    assert (tmp_path / "beats.png").stat().st_size > 10_000


def test_a_card_is_dragged_in_one_undo_step_and_snaps(qtbot: QtBot, workspace: Workspace) -> None:
    scenario, beats = make_scene(workspace.project)
    _place, canvas = open_beats(qtbot, workspace)
    start = at(canvas, beats["win"].id)
    drag(qtbot, canvas, start, start + QPoint(61, 43))
    x, y = places(workspace.project, scenario)["The lamp is lit"]
    assert (x % 8, y % 8) == (0, 0)
    assert max(abs(x - 669), abs(y - 43)) <= 8
    # Near the height of another card it comes to rest in line with it.
    start = at(canvas, beats["win"].id)
    drag(qtbot, canvas, start, start + QPoint(0, round(160 - y) + 3))
    assert places(workspace.project, scenario)["The lamp is lit"][1] == 160
    workspace.project.undo()
    workspace.project.undo()
    assert places(workspace.project, scenario)["The lamp is lit"] == (608, 0)
    qtbot.waitUntil(lambda: canvas.scene.cards[beats["win"].id].topLeft() == QPointF(608, 0))
    # Escape in the middle leaves all as it was.
    start = at(canvas, beats["win"].id)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(canvas, start + QPoint(80, 80))
    qtbot.keyClick(canvas, Key.Key_Escape)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(80, 80))
    assert canvas.scene.cards[beats["win"].id].topLeft() == QPointF(608, 0)


def test_links_are_pulled_from_a_port_to_a_card_or_to_nothing(qtbot: QtBot, workspace: Workspace) -> None:
    scenario, beats = make_scene(workspace.project)
    place, canvas = open_beats(qtbot, workspace)
    card = canvas.scene.cards[beats["two"].id]
    port = at(canvas, beats["two"].id, card.width() / 2)
    drag(qtbot, canvas, port, at(canvas, beats["win"].id))
    new = [link for link in list_links(workspace.project, scenario.id) if link.from_id == beats["two"].id]
    assert [link.to_id for link in new] == [beats["win"].id]
    assert canvas.selected_links == {new[0].id}
    # The panel shows the way; a phrase becomes its trigger.
    field = place.beats.panel.link.trigger
    field.kind.setCurrentIndex(field.kind.findData("phrase"))
    field.kind.activated.emit(field.kind.currentIndex())
    field.phrase.setFocus()
    qtbot.keyClicks(field.phrase, "the key")
    place.flush()
    kept = next(link for link in list_links(workspace.project, scenario.id) if link.id == new[0].id)
    assert kept.trigger == {"kind": "phrase", "text": "the key"}
    # To nothing: a new beat, linked.
    qtbot.waitUntil(lambda: canvas.scene.arrows[kept.id].words == "“the key”")
    port = at(canvas, beats["two"].id, card.width() / 2)
    drag(qtbot, canvas, port, port + QPoint(160, 120))
    made = [beat for beat in list_beats(workspace.project, scenario.id) if not beat.name]
    assert len(made) == 1
    assert canvas.selected == {made[0].id}
    workspace.project.undo()
    qtbot.waitUntil(lambda: made[0].id not in canvas.scene.cards)


def test_the_keyboard_walks_links_nudges_and_deletes(qtbot: QtBot, workspace: Workspace) -> None:
    scenario, beats = make_scene(workspace.project)
    place, canvas = open_beats(qtbot, workspace)
    qtbot.keyClick(canvas, Key.Key_Right)
    assert canvas.current == beats["start"].id
    assert "The bell rings" in canvas.accessibleName()
    qtbot.keyClick(canvas, Key.Key_Right)
    assert canvas.current == beats["one"].id
    qtbot.keyClick(canvas, Key.Key_Down)
    assert canvas.current == beats["two"].id
    # L, arrows, Enter links; the canvas says what it waits for.
    qtbot.keyClick(canvas, Key.Key_L)
    assert "Nils leaves" in place.beats._hint.text()
    qtbot.keyClick(canvas, Key.Key_Right)
    while canvas.lit.target != beats["win"].id:
        before = canvas.lit.target
        qtbot.keyClick(canvas, Key.Key_Up)
        if canvas.lit.target == before:
            qtbot.keyClick(canvas, Key.Key_Right)
    qtbot.keyClick(canvas, Key.Key_Return)
    ends = [(link.from_id, link.to_id) for link in list_links(workspace.project, scenario.id)]
    assert (beats["two"].id, beats["win"].id) in ends
    # Several nudges are one undo step.
    canvas.show_beat(beats["two"].id)
    for _ in range(3):
        qtbot.keyClick(canvas, Key.Key_Down, ALT)
    place.flush()
    assert places(workspace.project, scenario)["Nils leaves"] == (304, 328)
    workspace.project.undo()
    assert places(workspace.project, scenario)["Nils leaves"] == (304, 304)
    qtbot.waitUntil(lambda: canvas.scene.cards[beats["two"].id].top() == 304)
    # Enter names, Escape leaves the name.
    qtbot.keyClick(canvas, Key.Key_Return)
    name_now(qtbot, place, "Nils stays")
    assert "Nils stays" in places(workspace.project, scenario)
    qtbot.keyClick(canvas, Key.Key_Delete)
    assert "Nils stays" not in places(workspace.project, scenario)
    assert len(list_links(workspace.project, scenario.id)) == 2
    assert canvas.current == beats["start"].id
    workspace.project.undo()
    qtbot.waitUntil(lambda: beats["two"].id in canvas.scene.cards)
    assert len(list_links(workspace.project, scenario.id)) == 4


def test_box_shift_click_align_and_tidy(qtbot: QtBot, workspace: Workspace) -> None:
    scenario, beats = make_scene(workspace.project)
    place, canvas = open_beats(qtbot, workspace)
    corner = canvas.view.to_widget(canvas.scene.bounds().topLeft()) - QPointF(30, 30)
    end = canvas.view.to_widget(canvas.scene.cards[beats["two"].id].bottomRight()) + QPointF(20, 20)
    drag(qtbot, canvas, corner.toPoint(), end.toPoint())
    assert canvas.selected == {beats[key].id for key in ("start", "one", "two")}
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, SHIFT, at(canvas, beats["one"].id))
    assert canvas.selected == {beats[key].id for key in ("start", "two")}
    place.beats.acts.lines[0].trigger()
    now = places(workspace.project, scenario)
    assert now["The bell rings"][0] == now["Nils leaves"][0] == 0
    workspace.project.undo()
    assert places(workspace.project, scenario)["Nils leaves"] == (304, 304)
    # What several have in common is changed for all, in one step.
    field = place.beats.panel.many.fields["condition"]
    field.focus_editor()
    qtbot.keyClicks(field.editor, "tension > 1")
    place.flush()
    conditions = {beat.name: beat.condition for beat in list_beats(workspace.project, scenario.id)}
    assert [conditions["The bell rings"], conditions["Nils leaves"]] == ["tension > 1"] * 2
    assert conditions["The lamp is lit"] == ""
    workspace.project.undo()
    qtbot.keyClick(canvas, Key.Key_A, CTRL)
    assert len(canvas.selected) == 4
    place.beats.tidy()
    tidied = places(workspace.project, scenario)
    assert tidied["The bell rings"][0] < tidied["Theo reads the log"][0] < tidied["The lamp is lit"][0]
    assert workspace.project.undo() == "Tidy the layout"
    assert places(workspace.project, scenario)["The bell rings"] == (0, 160)


def test_copies_go_to_the_same_and_to_another_scenario(qtbot: QtBot, workspace: Workspace) -> None:
    scenario, beats = make_scene(workspace.project)
    other = create_scenario(workspace.project, ScenarioBase(name="Ferry"))
    place, canvas = open_beats(qtbot, workspace)
    place.open_entity("scenario", scenario.id)
    canvas.select({beats["one"].id, beats["win"].id})
    qtbot.keyClick(canvas, Key.Key_C, CTRL)
    qtbot.keyClick(canvas, Key.Key_V, CTRL)
    assert len(list_beats(workspace.project, scenario.id)) == 6
    assert len(list_links(workspace.project, scenario.id)) == 4
    qtbot.keyClick(canvas, Key.Key_D, CTRL)
    assert len(list_beats(workspace.project, scenario.id)) == 8
    assert len(list_scenarios(workspace.project)) == 2  # Ctrl+D is the canvas's here
    workspace.project.undo()
    workspace.project.undo()
    assert len(list_beats(workspace.project, scenario.id)) == 4
    place.open_entity("scenario", other.id)
    qtbot.keyClick(canvas, Key.Key_V, CTRL)
    assert sorted(beat.name for beat in list_beats(workspace.project, other.id)) == [
        "The lamp is lit",
        "Theo reads the log",
    ]
    assert len(list_links(workspace.project, other.id)) == 1


def test_zoom_pan_map_and_search(qtbot: QtBot, workspace: Workspace) -> None:
    _scenario, beats = make_scene(workspace.project)
    place, canvas = open_beats(qtbot, workspace)
    spot = QPointF(200, 150)
    fixed = canvas.view.to_scene(spot)
    wheel = QWheelEvent(
        spot,
        spot,
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, wheel)
    assert canvas.view.zoom > 1
    assert (canvas.view.to_scene(spot) - fixed).manhattanLength() < 0.01
    qtbot.keyClick(canvas, Key.Key_0, CTRL)
    assert canvas.view.zoom == 1
    qtbot.keyClick(canvas, Key.Key_Minus, CTRL)
    assert canvas.view.zoom < 1
    before = canvas.view.origin
    qtbot.keyPress(canvas, Key.Key_Space)
    drag(qtbot, canvas, QPoint(300, 300), QPoint(340, 320))
    qtbot.keyRelease(canvas, Key.Key_Space)
    assert canvas.view.origin.x() < before.x()
    assert not canvas.selected
    qtbot.mouseClick(place.beats.map, Qt.MouseButton.LeftButton, pos=QPoint(150, 20))
    assert canvas.seen().center().x() > 400
    qtbot.keyClick(canvas, Key.Key_F, CTRL)
    line = place.beats.search.line
    qtbot.waitUntil(lambda: has_focus(line))
    qtbot.keyClicks(line, "hears nothing")
    assert canvas.selected == {beats["two"].id}
    assert canvas.seen().contains(canvas.scene.cards[beats["two"].id])
    qtbot.keyClick(line, Key.Key_Return)
    assert not place.beats.search.isVisible()
    assert has_focus(canvas)


def test_conditions_are_read_while_they_are_typed(qtbot: QtBot, workspace: Workspace) -> None:
    scenario, beats = make_scene(workspace.project)
    place, canvas = open_beats(qtbot, workspace)
    canvas.show_beat(beats["one"].id)
    field = place.beats.panel.beat.fields["condition"]
    field.focus_editor()
    qtbot.keyClicks(field.editor, "tenshun > 2")
    qtbot.waitUntil(field.finding.isVisible)
    assert "tension" in field.finding.text()
    assert field.script.extraSelections()
    place.flush()  # it is kept all the same
    kept = {beat.name: beat.condition for beat in list_beats(workspace.project, scenario.id)}
    assert kept["Theo reads the log"] == "tenshun > 2"
    field.editor.selectAll()
    qtbot.keyClicks(field.editor, "key.holder = Theo")
    qtbot.waitUntil(lambda: not field.finding.isVisible())


def test_the_checker_finds_marks_and_shows(qtbot: QtBot, workspace: Workspace) -> None:
    scenario, beats = make_scene(workspace.project)
    lost = add_beat(workspace.project, scenario.id, BeatBase(name="The storm returns", x=0, y=480))
    place, canvas = open_beats(qtbot, workspace)
    qtbot.waitUntil(lambda: canvas.scene.faces[lost.id].is_marked, timeout=20_000)
    assert "finding" in place.header.chip.text() or "cannot be reached" in place.header.chip.text()
    place.beats.canvas.select(set())
    qtbot.mouseClick(place.header.chip, Qt.MouseButton.LeftButton)
    shown = place.tabs.findings.list
    assert "states were searched" in place.tabs.findings.summary.text()
    assert f"of {len(beats) + 1} beats can be reached" in place.tabs.findings.summary.text()
    texts = [shown.item(row).text() for row in range(shown.count())]
    row = next(row for row, text in enumerate(texts) if "The storm returns" in text)
    shown.setCurrentRow(row)
    shown.setFocus()
    qtbot.keyClick(shown, Key.Key_Return)
    assert place.tabs.currentIndex() == BEATS
    assert canvas.selected == {lost.id}
    # A way to it takes the finding back.
    add_link(workspace.project, beats["two"].id, lost.id)
    qtbot.waitUntil(lambda: not any("no way leads" in _words(canvas, lost.id) for _ in (1,)), timeout=20_000)


def _words(canvas: BeatCanvas, beat_id: str) -> str:
    return canvas.scene.faces[beat_id].words


def test_play_from_a_beat_with_the_world_set_by_hand(qtbot: QtBot, workspace: Workspace) -> None:
    _scenario, beats = make_scene(workspace.project)
    place, canvas = open_beats(qtbot, workspace)
    opened: list[tuple[str, str]] = []
    place.open_requested.connect(lambda kind, entity_id: opened.append((kind, entity_id)))
    canvas.show_beat(beats["one"].id)
    assert place.header.play.text() == "Play from here"
    qtbot.mouseClick(place.header.play, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(place.play_from.isVisible)
    tension = place.play_from.editors["tension"]
    tension.setFocus()
    qtbot.keyClick(tension, Key.Key_Up)
    qtbot.keyClick(tension, Key.Key_Up)
    holder = place.play_from.editors["key.holder"]
    holder.setCurrentIndex(holder.findData("Theo"))
    qtbot.mouseClick(place.play_from.play, Qt.MouseButton.LeftButton)
    assert [kind for kind, _id in opened] == ["begun"]
    playtest = get_playtest(workspace.project, opened[0][1])
    assert playtest is not None
    begin = Script.model_validate(playtest.script).begin
    assert begin.beat_id == beats["one"].id
    assert begin.changes == "tension = 2\nkey.holder = Theo"


def test_templates_begin_a_scenario(qtbot: QtBot, workspace: Workspace) -> None:
    place = open_place(qtbot, workspace)
    assert len(place.empty.grid.cards) == 9
    place.open_gallery()
    qtbot.waitUntil(place.gallery.isVisible)
    cards = place.gallery.grid.cards
    qtbot.waitUntil(lambda: has_focus(cards[0]))
    qtbot.keyClick(cards[0], Key.Key_Right)
    assert has_focus(cards[1])
    qtbot.keyClick(cards[1], Key.Key_Return)
    qtbot.waitUntil(lambda: len(place.beats.canvas.scene.cards) == cards[1].template.n_beats)
    assert place.tabs.currentIndex() == BEATS
    qtbot.waitUntil(lambda: place.header.chip.text() != "Checking…", timeout=20_000)
    assert not [one for one in place.tabs.findings.problems() if one.severity == "error"]
    workspace.project.undo()
    qtbot.waitUntil(place.empty.isVisible)


def test_what_was_played_is_counted_beside_the_ways(qtbot: QtBot, workspace: Workspace) -> None:
    project = workspace.project
    scenario, beats = make_scene(project)
    taken = next(link for link in list_links(project, scenario.id) if link.to_id == beats["two"].id)
    playtest = start_playtest(project, scenario.id, PlaySettings())
    with project.append() as session:
        for number, link_id in enumerate((taken.id, taken.id, None), start=1):
            world = {"step": {"to": taken.to_id, "link": link_id, "ok": True}} if link_id else {}
            session.add(
                Turn(
                    playtest_id=playtest.id,
                    number=number,
                    speaker_id="narrator",
                    speaker="Narrator",
                    kind=SpeakerKind.NARRATOR,
                    text="On it goes.",
                    origin=Origin.HUMAN,
                    record={"world": world},
                )
            )
    place, canvas = open_beats(qtbot, workspace)
    canvas.show_beat(beats["start"].id)
    bars = place.beats.panel.beat.played
    qtbot.waitUntil(
        lambda: (
            [(words, count) for words, count, _color in bars.rows]
            == [
                ("Theo reads the log", 0),
                ("Nils leaves", 2),
            ]
        )
    )
    canvas.show_beat(beats["win"].id)
    assert not bars.rows


def test_a_template_opens_whole_and_stays_where_it_is(qtbot: QtBot, workspace: Workspace) -> None:
    place = open_place(qtbot, workspace)
    canvas = place.beats.canvas
    place.add_from_template("two-hander")
    qtbot.waitUntil(lambda: has_focus(canvas) and canvas.width() > 700)
    seen, whole = canvas.seen(), canvas.scene.bounds()
    assert seen.contains(whole)
    assert max(whole.width() / seen.width(), whole.height() / seen.height()) > 0.6
    over = place.beats.map.geometry()
    assert not any(
        canvas.view.to_widget(card.bottomRight()).x() > over.left()
        and canvas.view.to_widget(card.bottomRight()).y() > over.top()
        for card in canvas.scene.cards.values()
    )
    place.resize(place.width() + 100, place.height())
    qtbot.waitUntil(lambda: canvas.seen().contains(whole))
    canvas.show_beat(canvas.graph.start_id())
    before = canvas.view.origin
    place.resize(place.width() - 100, place.height())
    place.show_tab(SCENE)
    place.show_tab(BEATS)
    assert canvas.view.origin == before


def test_the_first_beat_is_added_where_one_looks(qtbot: QtBot, workspace: Workspace) -> None:
    create_scenario(workspace.project, ScenarioBase(name="Empty"), [])
    place = open_place(qtbot, workspace)
    qtbot.mouseClick(place.header.tabs[BEATS], Qt.MouseButton.LeftButton)
    canvas = place.beats.canvas
    qtbot.waitUntil(lambda: has_focus(canvas) and canvas.width() > 700)
    before = (canvas.view.zoom, canvas.view.origin)
    qtbot.keyClick(canvas, Key.Key_N)
    assert len(canvas.scene.cards) == 1
    QApplication.processEvents()
    assert (canvas.view.zoom, canvas.view.origin) == before


def test_no_window_flashes_and_new_offers_templates(qtbot: QtBot, workspace: Workspace) -> None:
    class Shown(QObject):
        windows: list[QWidget] = []

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                self.windows.append(watched)
            return False

    shown = Shown()
    QApplication.instance().installEventFilter(shown)
    try:
        place = open_place(qtbot, workspace)
    finally:
        QApplication.instance().removeEventFilter(shown)
    assert shown.windows == [place]
    template = place.roster.new_button.menu().actions()[1]
    template.trigger()
    qtbot.waitUntil(place.gallery.isVisible)
    place.gallery.reject()
