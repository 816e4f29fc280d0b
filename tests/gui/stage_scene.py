"""A scene of three with a world, played on given lines: what the tests of the Stage share."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlmodel import func, insert, select

from core.inference.scripted import ScriptedEngine
from core.library.characters import create_character
from core.library.playtests import get_turn
from core.library.scenarios import create_scenario, list_roles
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from gui.stage.place import StagePlace
from gui.stage.transcript.turn_layout import Spot
from gui.workspace import Workspace
from models.character import CharacterBase
from models.fields import utc_now
from models.playtest import Origin, Playtest, SpeakerKind, Turn
from models.scenario import RoleBase, ScenarioBase
from models.world import Fact, Place, Prop, Variable, VariableKind, World

LINES = (
    "<think>Keep him on the log.</think>Logs get signed when hands are dry, sir.",
    "<think>She is slow on purpose.</think>You signed it at nine, and the lamp had been dark for an hour.",
    "<think>He counts hours.</think>Then write that I was slow with a pen.",
    "<think>One more question.</think>Who else held the second key that night?",
)
NAMES = ("Mara Voss", "Theo Dane", "Ilse Ruud")
TIMEOUT_MS = 10_000


class Scripted(ScriptedEngine):
    """Says the same line to the same request, as slowly as it is told."""

    def __init__(self) -> None:
        super().__init__(lambda request: LINES[(len(request.messages) + request.sampling.seed) % len(LINES)])

    def set_delay(self, delay_s: float) -> None:
        """Sets the seconds between two pieces of text."""
        self._delay_s = delay_s


def use_engine(workspace: Workspace, engine: Scripted) -> None:
    """Has a workspace play with an engine."""
    workspace._make_engine = lambda _settings, _emit: engine
    workspace.restart_engine()


def make_scene(project: Project, **changes: Any) -> tuple[str, list[str]]:
    """Adds a scenario; returns its id and those of its roles: Mara and Theo in the boathouse, Ilse in the lamp room."""
    cast = [create_character(project, CharacterBase(name=name, description=f"{name} was there.")) for name in NAMES]
    create_character(project, CharacterBase(name="Nell Hart", description="Nell waits to be cast."))
    roles = [
        RoleBase(name=role, character_id=one.id) for role, one in zip(("keeper", "judge", "hand"), cast, strict=True)
    ]
    draft = ScenarioBase(name="The Inquest", greeting="The bell rings.", user_name="Clerk", max_turns=30)
    scenario_id = create_scenario(project, draft.model_copy(update=changes), roles).id
    return scenario_id, [role.id for role in list_roles(project, scenario_id)]


def make_world(ids: list[str]) -> World:
    """Returns a world of two places, a number, a word, a prop and a secret."""
    return World(
        variables=[
            Variable(name="tension", is_public=True, start=3),
            Variable(name="door", kind=VariableKind.CHOICE, choices=["open", "shut"], start="shut"),
        ],
        places=[Place(id="b", name="boathouse"), Place(id="l", name="lamp room")],
        props=[Prop(name="key", holder=ids[0])],
        facts=[Fact(id="f1", text="Ilse was aboard the Kattegat", is_secret=True, known_by={ids[2]: "knows"})],
        role_places={ids[0]: "b", ids[1]: "b", ids[2]: "l"},
    )


def add_turns(project: Project, scenario_id: str, turns: list[dict[str, Any]]) -> str:
    """Adds a playtest whose branch has these turns; what is missing in one is filled in. Returns its id."""
    playtest = start_playtest(project, scenario_id, PlaySettings(seed=5))
    names = {part["role_id"]: part["character"]["name"] for part in playtest.script["parts"]}
    names |= {"narrator": "Narrator", "director": "Director", "user": "Clerk"}
    kinds = {"narrator": SpeakerKind.NARRATOR, "director": SpeakerKind.DIRECTOR, "user": SpeakerKind.USER}
    with project.append() as session:
        first = (session.exec(select(func.max(Turn.id))).one() or 0) + 1
        rows = [
            _filled(turn, names, kinds)
            | {"id": first + place, "parent_id": first + place - 1 if place else None, "number": place + 1}
            | {"playtest_id": playtest.id}
            for place, turn in enumerate(turns)
        ]
        session.execute(insert(Turn), rows)  # thousands of rows at once, which `add_all` takes half a minute for
        session.get_one(Playtest, playtest.id).head_id = first + len(turns) - 1
    return playtest.id


def _filled(turn: dict[str, Any], names: dict[str, str], kinds: dict[str, SpeakerKind]) -> dict[str, Any]:
    speaker_id = turn["speaker_id"]
    kind = kinds.get(speaker_id, SpeakerKind.CHARACTER)
    rest = {"thought": None, "audience": None, "finish": "end", "token_ids": [], "record": {}, "created_at": utc_now()}
    return {"speaker": names[speaker_id], "kind": kind, "text": "", "origin": Origin.WEIGHTS} | rest | turn


def open_place(qtbot: QtBot, workspace: Workspace) -> StagePlace:
    """Shows the Stage by itself."""
    place = StagePlace(workspace)
    qtbot.addWidget(place)
    place.resize(1376, 840)
    with qtbot.waitActive(place):
        place.show()
        place.activateWindow()
    return place


def wait_for(qtbot: QtBot, is_done: Callable[[], object]) -> None:
    """Runs the window until something is so."""
    qtbot.waitUntil(lambda: bool(is_done()), timeout=TIMEOUT_MS)


def wait_for_turns(qtbot: QtBot, place: StagePlace, n_turns: int) -> None:
    """Waits until the branch has this many turns and nothing is being written."""
    session = place.session
    wait_for(qtbot, lambda: len(session.path) == n_turns and session.live is None and not session.is_playing)


def play_turns(qtbot: QtBot, place: StagePlace, n_turns: int) -> None:
    """Plays the scene up to this many turns, greeting included."""
    place._with_playtest(lambda: place.session.play(n_turns - len(place.session.path)))
    wait_for_turns(qtbot, place, n_turns)


def press(place: StagePlace, key: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Presses a key in the transcript."""
    place.transcript.view.setFocus()
    QTest.keyClick(place.transcript.view, key, modifier)


def press_here(place: StagePlace, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Presses a key wherever the focus of the Stage is, or that of a card over it."""
    over = QApplication.activePopupWidget()
    widget = (over.focusWidget() or over) if over is not None else place.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key, modifier)


def record_of(place: StagePlace, row: int) -> dict[str, Any]:
    """Returns the record of a turn of the branch."""
    turn = get_turn(place.workspace.project, place.session.path[row].id)
    assert turn is not None
    return turn.record


def label_point(place: StagePlace, row: int, spot: Spot) -> QPoint:
    """Returns a point of the viewport where a small control of a row is."""
    view = place.transcript.view
    rect = view.visualRect(view.model().index(row, 0))
    inside = next(rect for rect, _label, found in view._layout(row)._labels if found == spot)
    return rect.topLeft() + inside.center().toPoint()


def click_spot(place: StagePlace, row: int, spot: Spot) -> None:
    """Clicks a small control of a row."""
    QTest.mouseClick(place.transcript.view.viewport(), Qt.MouseButton.LeftButton, pos=label_point(place, row, spot))
