"""Beats while they are played: goals, narrator, triggers, endings, branches; on real rows, with scripted weights."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.characters.prompt import join_blocks, render_system
from core.errors import UserError
from core.events import Failed
from core.inference.request import Generate
from core.inference.scripted import ScriptedEngine
from core.library.beats import insert_parts, list_beats, list_links, update_beat, update_world
from core.library.characters import create_character
from core.library.playtests import get_playtest, list_turns
from core.library.scenarios import create_scenario, list_roles
from core.playtest.directing.director import Director
from core.playtest.script import NARRATOR_ID, Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.story.story_play import StoryPlay
from core.playtest.tree import path_to
from core.project import Project
from core.world.state import StateReader
from models.beat import BeatBase, BeatKind, BeatLinkBase
from models.character import CharacterBase
from models.playtest import Origin, Playtest, SpeakerKind, Turn
from models.scenario import RoleBase, Scenario, ScenarioBase
from models.world import World

TIMEOUT_S = 20


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def scenario(project: Project) -> Scenario:
    """Arrival -(after 2 turns)-> Quarrel -(“enough”)-> Peace; a choice leads to War; a storm once it is tense."""
    cast = [create_character(project, CharacterBase(name=name)) for name in ("Mara Voss", "Theo Brand")]
    roles = [RoleBase(goal="Be polite.", character_id=character.id) for character in cast]
    draft = ScenarioBase(name="Inquest", greeting="The tide bell rings.", thoughts=False, max_turns=50)
    scenario = create_scenario(project, draft, roles)
    mara, _ = (role.id for role in list_roles(project, scenario.id))
    world = {"variables": [{"name": "tension"}], "props": [{"name": "key", "holder": mara}]}
    update_world(project, scenario.id, World.model_validate(world))
    beats = [
        BeatBase(name="Arrival", kind=BeatKind.START, text="{{user}} hears rain.", goals={mara: "Say hello."}),
        BeatBase(name="Quarrel", x=1, effects="tension + 2\nTheo takes key", goals={mara: "Shout."}),
        BeatBase(name="Peace", kind=BeatKind.WIN, x=2, text="They laugh.", condition="tension >= 1"),
        BeatBase(name="War", kind=BeatKind.LOSE, x=3),
        BeatBase(name="Storm", kind=BeatKind.EVENT, x=4, condition="tension >= 2", effects="tension - 1", text="Boom."),
    ]
    links = [
        (0, 1, BeatLinkBase(trigger={"kind": "turns", "n_turns": 2})),
        (1, 2, BeatLinkBase(trigger={"kind": "phrase", "text": "that is enough", "by": "Theo"})),
        (1, 3, BeatLinkBase(trigger={"kind": "choice"}, label="Let it burn")),
    ]
    insert_parts(project, scenario.id, beats, links)
    return scenario


class Stage:
    """A director with weights that say what a test wants."""

    def __init__(self, project: Project, playtest: Playtest, lines: list[str]) -> None:
        self.project, self.playtest = project, playtest
        self.requests: list[Generate] = []
        self.events: list = []
        self._lines = lines
        self.engine = ScriptedEngine(self._say)
        self.director = Director(project, self.engine, playtest.id, self.events.append)

    def _say(self, request: Generate) -> str:
        self.requests.append(request)
        return self._lines[min(len(self.requests), len(self._lines)) - 1]

    @property
    def path(self) -> list[Turn]:
        return path_to(list_turns(self.project, self.playtest.id), get_playtest(self.project, self.playtest.id).head_id)

    @property
    def texts(self) -> list[str]:
        return [turn.text for turn in self.path]

    def world(self) -> dict:
        story = StoryPlay(Script.model_validate(self.playtest.script))
        return StateReader(story.rules.slots, story.state_at(self.path)).variables()

    def do(self, act: Callable[[], None]) -> None:
        act()
        assert self.director.wait(TIMEOUT_S)

    def close(self) -> None:
        self.director.close()
        self.engine.close()


@pytest.fixture
def stage_of(project: Project, scenario: Scenario) -> Iterator[Callable[..., Stage]]:
    made: list[Stage] = []

    def make(lines: list[str], **begin: str) -> Stage:
        playtest = start_playtest(project, scenario.id, PlaySettings(seed=5, max_tokens=40), **begin)
        made.append(Stage(project, playtest, lines))
        return made[-1]

    yield make
    for stage in made:
        stage.close()


def beat_id(project: Project, scenario: Scenario, name: str) -> str:
    return next(beat.id for beat in list_beats(project, scenario.id) if beat.name == name)


def test_a_scene_goes_through_its_beats_to_a_win(stage_of: Callable[..., Stage]) -> None:
    stage = stage_of(["Good evening.", "Evening.", "You lied!", "That, is ENOUGH."])
    stage.do(stage.director.play)
    # the greeting counts as a turn of Arrival, the narrator's words of a beat do not
    opening, line = ["You hears rain.", "The tide bell rings.", "Good evening."], "That, is ENOUGH."
    assert stage.texts == [*opening, "Evening.", "Boom.", "You lied!", line, "They laugh."]
    assert get_playtest(stage.project, stage.playtest.id).ended == "won"
    narrated = [turn for turn in stage.path if turn.kind == SpeakerKind.NARRATOR]
    assert all(turn.speaker_id == NARRATOR_ID for turn in narrated)
    assert stage.world() == {"tension": 1}
    steps = [turn.record["world"]["step"] for turn in stage.path if "step" in turn.record["world"]]
    assert len(steps) == 3
    changes = next(turn.record["world"]["changes"] for turn in stage.path if "changes" in turn.record["world"])
    assert changes == {"tension": 2, "key.holder": "Theo Brand"}


def test_goals_of_the_present_beat_are_in_the_prompt(stage_of: Callable[..., Stage]) -> None:
    stage = stage_of(["Good evening.", "Evening.", "You lied!", "Did I?", "You did!", "No."])
    stage.do(lambda: stage.director.play(9))
    prompts = [request.messages[0].content for request in stage.requests]
    of_mara = [prompt for prompt in prompts if "You are Mara" in prompt]
    assert "Your goal: Be polite. Say hello." in of_mara[0]
    assert "Your goal: Be polite. Shout." in of_mara[-1]
    assert all("Your goal: Be polite.\n" in prompt for prompt in prompts if "You are Theo" in prompt)


def test_a_scene_without_beats_reads_what_it_always_did(project: Project) -> None:
    cast = [create_character(project, CharacterBase(name=name, statements=["I am."])) for name in ("Ann", "Ben")]
    roles = [RoleBase(goal="Win.", secret="Lost.", character_id=character.id) for character in cast]
    scenario = create_scenario(project, ScenarioBase(name="Plain", greeting="Go.", thoughts=False), roles)
    stage = Stage(project, start_playtest(project, scenario.id, PlaySettings(seed=1)), ["Yes.", "No."])
    stage.do(lambda: stage.director.play(4))
    script = Script.model_validate(stage.playtest.script)
    blocks = [join_blocks(render_system(part.character, part.role, script.scene)) for part in script.parts]
    assert [request.messages[0].content for request in stage.requests[:2]] == blocks
    assert all("world" not in turn.record for turn in stage.path)
    assert stage.director.world_state() is None
    assert stage.director.choices() == []
    stage.close()


def test_the_director_chooses_a_way(stage_of: Callable[..., Stage], project: Project, scenario: Scenario) -> None:
    stage = stage_of(["Hm."], beat_id=beat_id(project, scenario, "Quarrel"))
    stage.do(stage.director.step)
    way = next(link for link in list_links(project, scenario.id) if link.label)
    assert [link.id for link in stage.director.choices()] == [way.id]
    n_turns = len(stage.path)
    stage.do(lambda: stage.director.choose_way(way.id))
    assert (stage.texts[-1], stage.path[-1].kind, len(stage.path)) == ("Let it burn", SpeakerKind.NARRATOR, n_turns + 1)
    assert get_playtest(project, stage.playtest.id).ended == "lost"
    stage.do(lambda: stage.director.choose_way(way.id))
    assert any(isinstance(event, Failed) and "not open" in event.message for event in stage.events)


def test_play_from_here_begins_with_what_was_set(
    stage_of: Callable[..., Stage], project: Project, scenario: Scenario
) -> None:
    stage = stage_of(["Hm."], beat_id=beat_id(project, scenario, "Quarrel"), changes="tension = 9\nkey.holder = nobody")
    assert stage.world() == {"tension": 9}
    stage.do(stage.director.step)
    assert stage.path[0].origin == Origin.WEIGHTS  # no greeting in the middle
    assert "Shout." in stage.requests[0].messages[0].content
    begin = Script.model_validate(stage.playtest.script).begin
    assert (begin.changes, begin.seed) == ("tension = 9\nkey.holder = nobody", 5)
    for beat, changes in (("gone", ""), ("", "tensoin = 3"), ("", "tension =")):
        with pytest.raises(UserError):
            start_playtest(project, scenario.id, PlaySettings(), beat, changes)


def test_branches_never_know_of_each_other(stage_of: Callable[..., Stage]) -> None:
    stage = stage_of(["Good evening.", "Evening.", "You lied!", "That is enough."])
    stage.do(stage.director.play)
    ended = stage.path
    fourth = next(turn for turn in ended if turn.text == "That is enough.")
    stage.do(lambda: stage.director.edit(fourth.id, "I did not."))
    assert stage.director.world_state().outcome is None
    stage.do(lambda: stage.director.continue_from(ended[1].id))
    assert stage.world() == {"tension": 0}
    stage.do(lambda: stage.director.play(2))
    story = stage.director._story
    for turn in list_turns(stage.project, stage.playtest.id):
        path = path_to(list_turns(stage.project, stage.playtest.id), turn.id)
        assert story.state_at(path) == StoryPlay(Script.model_validate(stage.playtest.script)).state_at(path)


def test_what_a_person_says_counts_and_edited_narration_does_not(stage_of: Callable[..., Stage]) -> None:
    stage = stage_of(["Good evening."])
    theo = Script.model_validate(stage.playtest.script).parts[1].role_id
    for _ in range(2):
        stage.do(lambda: stage.director.speak(theo, "Well."))
    before = stage.director.world_state()
    assert before.beat_id == Script.model_validate(stage.playtest.script).story.beats[1].id
    first = stage.path[0]
    stage.do(lambda: stage.director.edit(first.id, "It snows."))
    assert stage.director.world_state().n_turns == 0
    stage.do(lambda: stage.director.play(1))
    assert stage.texts == ["It snows.", "The tide bell rings."]


def test_an_event_to_begin_with_happens_within_the_start(
    stage_of: Callable[..., Stage], project: Project, scenario: Scenario
) -> None:
    stage = stage_of(["Hm."], beat_id=beat_id(project, scenario, "Storm"))
    state = stage.director.world_state()
    assert state.beat_id == beat_id(project, scenario, "Arrival")
    assert state.visited == {beat_id(project, scenario, "Arrival"), beat_id(project, scenario, "Storm")}
    stage.do(lambda: stage.director.play(3))
    assert stage.texts == ["You hears rain.", "Boom.", "Hm."]
    assert "Say hello." in stage.requests[0].messages[0].content


def _known_world(project: Project, scenario: Scenario, **more: object) -> tuple[str, str]:
    mara, theo = (role.id for role in list_roles(project, scenario.id))
    world = {
        "variables": [{"name": "tension", "is_public": True}],
        "props": [{"name": "key", "holder": mara}],
        "facts": [
            {"id": "f1", "text": "Mara sold the boat.", "known_by": {mara: "knows"}},
            {"id": "f2", "text": "Theo drinks.", "known_by": {theo: "denies", mara: "suspects"}},
        ],
    }
    update_world(project, scenario.id, World.model_validate(world | more))
    return mara, theo


def test_what_the_world_tells_is_in_the_prompt_before_the_instruction(
    stage_of: Callable[..., Stage], project: Project, scenario: Scenario
) -> None:
    _known_world(project, scenario)
    stage = stage_of(["Good evening.", "Evening.", "You lied!", "Did I?"])
    stage.do(lambda: stage.director.play(7))
    prompts = [request.messages[0].content for request in stage.requests]
    of_mara = [prompt for prompt in prompts if "You are Mara" in prompt]
    of_theo = [prompt for prompt in prompts if "You are Theo" in prompt]
    told = (
        "You know: Mara sold the boat.\nYou suspect: Theo drinks.\nYou have: key.\nEverybody knows: tension is 0.\n"
        "Speak only as Mara Voss"
    )
    assert told in of_mara[0]
    assert all("sold the boat" not in prompt for prompt in of_theo)
    assert "You know this and deny it: Theo drinks.\nYou have: key.\nEverybody knows: tension is 2." in of_theo[0]
    assert "Theo Brand has: key.\nEverybody knows: tension is" in of_mara[-1], "the quarrel gave it to Theo"
    assert "told" not in str(stage.playtest.script["parts"])


def test_a_role_that_has_left_is_passed_over_and_an_empty_scene_ends(
    stage_of: Callable[..., Stage], project: Project, scenario: Scenario
) -> None:
    update_beat(project, beat_id(project, scenario, "Quarrel"), effects="Mara leaves")
    stage = stage_of(["Well."], beat_id=beat_id(project, scenario, "Quarrel"))
    assert stage.director.next_speaker()[1] == "Theo Brand"
    stage.do(lambda: stage.director.play(2))
    assert [turn.speaker for turn in stage.path] == ["Theo Brand", "Theo Brand"]
    update_beat(project, beat_id(project, scenario, "Quarrel"), effects="everyone leaves")
    stage = stage_of(["Well."], beat_id=beat_id(project, scenario, "Quarrel"))
    stage.do(stage.director.play)
    assert (stage.path, stage.requests) == ([], [])
    assert get_playtest(project, stage.playtest.id).ended == "away"
    assert stage.director.next_speaker() is None
    stage.do(stage.director.step)
    assert any(isinstance(event, Failed) and "left the scene" in event.message for event in stage.events)
