"""Goals that are tested: which are reached in a state, and since which turn of a path."""

from core.playtest.script import Part, Script
from core.playtest.story.goals import GoalTests
from core.playtest.story.story_play import StoryPlay
from core.world.graph import StoryRole
from models.character import CharacterBase
from models.playtest import Origin, SpeakerKind, Turn
from models.scenario import RoleBase, ScenarioBase
from models.world import Variable, VariableKind, World


def make_script(*tests: str) -> Script:
    world = World(variables=[Variable(name="door_open", kind=VariableKind.FLAG)])
    parts = tuple(
        Part(role_id=f"r{n}", role=RoleBase(goal="x", goal_test=test), character=CharacterBase(name=f"Name{n}"))
        for n, test in enumerate(tests)
    )
    roles = tuple(StoryRole(id=f"r{n}", names=(f"Name{n}",)) for n in range(len(tests)))
    return Script(scenario=ScenarioBase(name="S", world=world.to_document()), parts=parts, roles=roles)


def make_path(*effects: str) -> list[Turn]:
    """A turn for each; empty: a line that sets nothing."""
    return [
        Turn(
            id=number,
            playtest_id="p",
            number=number,
            speaker_id="r0",
            speaker="Name0",
            kind=SpeakerKind.DIRECTOR if what else SpeakerKind.CHARACTER,
            text="",
            origin=Origin.STAGE if what else Origin.WEIGHTS,
            audience=[] if what else None,
            record={"world": {"set": what}} if what else {"world": {"beat": None}},
        )
        for number, what in enumerate(effects, start=1)
    ]


def test_goals_hold_as_their_tests_do() -> None:
    script = make_script("door_open", "turns >= 2", "")
    story = StoryPlay(script)
    path = make_path("", "door_open = yes", "")
    assert GoalTests(script).reached(story.state_at(path[:1])) == frozenset()
    assert GoalTests(script).reached(story.state_at(path[:2])) == {"r0"}
    assert GoalTests(script).reached(story.state_at(path)) == {"r0", "r1"}


def test_since_when_a_goal_is_reached_without_a_break() -> None:
    script = make_script("door_open", "not door_open")
    path = make_path("", "door_open = yes", "", "door_open = no", "door_open = yes", "")
    assert GoalTests(script).since(StoryPlay(script), path) == {"r0": 5}
    assert GoalTests(script).since(StoryPlay(script), path[:4]) == {"r1": 4}
    assert GoalTests(script).since(StoryPlay(script), path[:1]) == {"r1": 0}


def test_a_test_that_cannot_be_understood_never_holds() -> None:
    script = make_script("gate_open", "door_open")
    assert GoalTests(script).reached(StoryPlay(script).state_at([])) == frozenset()
