"""A scene that was played: three characters, a world with facts and places, turns with scores, branches. Real rows."""

import math
from collections.abc import Sequence
from typing import Any

from pytestqt.qtbot import QtBot

from core.library.beats import update_world
from core.library.characters import create_character
from core.library.scenarios import create_scenario, list_roles
from core.playtest.branch import Branch
from core.playtest.directing import acts
from core.playtest.directing.consequences import Consequences
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.story.story_play import StoryPlay
from core.playtest.tree import path_to
from core.project import Project
from gui.stage.place import StagePlace
from gui.workspace import Workspace
from models.character import CharacterBase
from models.playtest import Origin, SpeakerKind, Turn, TurnBase
from models.scenario import RoleBase, ScenarioBase
from models.score import Score
from models.world import Fact, FactStatus, Place, Prop, Variable, VariableKind, World

LINES = (
    "You signed the log at nine, Mrs. Voss. The lamp had been dark for an hour by then. Which of the two is the lie?",
    "Logs get signed when hands are dry, sir. Ask anyone who has worked the sound in March.",
    "Then write that I was slow with a pen. I kept that light eleven winters.",
    "The lamp was out from eight until nine.",
    "I count hours for a living. Somebody had the second key that night.",
    "Nobody asked about a key.",
)
OTHER_LINES = (
    "I will ask once more, and then I will write what I think.",
    "Write it. The sea will not read it.",
    "Ilse sold the boat before the storm.",
    "Say that again.",
)


def make_scene(project: Project) -> str:
    """Adds three characters and a scenario with a world; returns the scenario's id."""
    people = [
        create_character(project, CharacterBase(name=name, description=words, statements=[words]))
        for name, words in (
            ("Mara Voss", "Mara keeps the lamp of Skarholm."),
            ("Theo Dane", "Theo is the magistrate."),
            ("Ilse Ruud", "Ilse owned a boat."),
        )
    ]
    draft = ScenarioBase(name="The Lighthouse Inquest", setting="March 1926, a boathouse.", max_turns=400)
    roles = [
        RoleBase(name="keeper", goal="Keep your post.", character_id=people[0].id),
        RoleBase(name="magistrate", goal="Find out who lies.", goal_test="tension > 6", character_id=people[1].id),
        RoleBase(name="deckhand", goal="Stay out of it.", character_id=people[2].id),
    ]
    scenario = create_scenario(project, draft, roles)
    ids = [role.id for role in list_roles(project, scenario.id)]
    update_world(project, scenario.id, make_world(ids))
    return scenario.id


def make_world(role_ids: Sequence[str]) -> World:
    """Returns a world of these roles."""
    keeper, magistrate, deckhand = role_ids
    return World(
        variables=[
            Variable(name="tension", kind=VariableKind.INTEGER, start=2, low=0, high=10, is_public=True),
            Variable(name="door", kind=VariableKind.CHOICE, start="open", choices=["open", "shut", "barred"]),
        ],
        places=[Place(id="boathouse", name="boathouse"), Place(id="jetty", name="jetty")],
        props=[Prop(name="key", holder=keeper)],
        facts=[
            Fact(id="lamp", text="The lamp was out from eight until nine", known_by={keeper: FactStatus.DENIES}),
            Fact(id="boat", text="Ilse sold the boat", is_secret=True, known_by={deckhand: FactStatus.KNOWS}),
        ],
        role_places=dict.fromkeys((keeper, magistrate, deckhand), "boathouse"),
    )


class PlayedScene:
    """Commits turns as the director does, without weights."""

    def __init__(self, project: Project, scenario_id: str = "") -> None:
        self.project = project
        playtest = start_playtest(project, scenario_id or make_scene(project), PlaySettings(seed=7))
        self.playtest_id = playtest.id
        self.branch = Branch(project, playtest.id)
        self.script = self.branch.script
        self._consequences = Consequences(self.script, StoryPlay(self.script))
        self._story = StoryPlay(self.script)

    def say(self, place: int, text: str, parent_id: int | None = None, **record: Any) -> Turn:
        """A member of the cast speaks, at the head or after another turn; the turn is scored."""
        part = self.script.parts[place % len(self.script.parts)]
        parent = parent_id if parent_id is not None else self.branch.head_id
        draft = TurnBase(
            speaker_id=part.role_id,
            speaker=part.character.name,
            kind=SpeakerKind.CHARACTER,
            text=text,
            thought="Keep to the log.",
            origin=Origin.WEIGHTS,
            record=dict(record),
        )
        path = path_to(self.branch.turns, parent)
        turn = self.branch.commit(self._consequences.of(draft, path), parent, "")
        self._score(turn)
        return turn

    def set_world(self, effects: str) -> Turn:
        """The director sets something."""
        path = self.branch.path()
        draft = acts.world(effects, self._story.set_by_hand(effects, path))
        return self.branch.commit(self._consequences.of(draft, path), self.branch.head_id, "")

    def play(self, n_turns: int, lines: Sequence[str] = LINES, parent_id: int | None = None) -> list[Turn]:
        """Plays some turns; returns them."""
        turns: list[Turn] = []
        for number in range(n_turns):
            after = parent_id if not turns else None
            turns.append(self.say(number + 1, lines[number % len(lines)], after))
        return turns

    def _score(self, turn: Turn) -> None:
        number = turn.number + (turn.id or 0) % 3
        values = {
            "grounding": 0.3 + 0.1 * math.sin(number),
            "drift": 0.42 - 0.3 * 0.7**turn.number + 0.02 * math.sin(number * 2.1),
        }
        with self.project.append() as session:
            session.add_all(Score(turn_id=turn.id or 0, metric=name, value=value) for name, value in values.items())


def open_stage(qtbot: QtBot, workspace: Workspace, scene: PlayedScene) -> StagePlace:
    """Opens the Stage on a played scene, as a window, and waits until its scores are there."""
    place = StagePlace(workspace)
    qtbot.addWidget(place)
    place.resize(1376, 840)
    with qtbot.waitActive(place):
        place.show()
        place.activateWindow()
    place.open_entity("playtest", scene.playtest_id)
    qtbot.waitUntil(lambda: place.session.is_loaded and bool(place.session.scores), timeout=60_000)
    return place
