"""The world's side of a turn in a playtest: on real rows, with scripted weights and with the house weights."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.hearing.perception import hears
from core.inference.request import Engine, Generate, WeightsSettings
from core.inference.scripted import ScriptedEngine
from core.inference.weights.catalog import house_weights
from core.inference.worker import Worker
from core.library.beats import insert_parts, update_world
from core.library.characters import create_character
from core.library.playtests import get_playtest, list_turns
from core.library.scenarios import create_scenario, list_roles, update_scenario
from core.narrator.mechanics import summarise
from core.playtest.branch import Branch
from core.playtest.directing.director import Director
from core.playtest.looking_back.replaying import Replay
from core.playtest.script import NARRATOR_ID, Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.story.narrating import AskFor, Narrating
from core.playtest.story.story_play import StoryPlay
from core.playtest.tree import path_to
from core.project import Project
from core.world.state import StateReader
from models.beat import BeatBase, BeatKind, BeatLinkBase
from models.character import CharacterBase
from models.playtest import Origin, Playtest, SpeakerKind, Turn, TurnBase
from models.scenario import RoleBase, Scenario, ScenarioBase, TurnPolicy
from models.world import World

TIMEOUT_S = 60
NAMES = ("Mara Voss", "Theo Brand", "Ida Quill")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


def make_mystery(project: Project, beats: bool = False, **rules: Any) -> Scenario:
    """Mara and Theo in a hall with a lamp and a key, Ida in the boathouse with a chest."""
    cast = [create_character(project, CharacterBase(name=name, statements=["I look for it."])) for name in NAMES]
    roles = [RoleBase(character_id=character.id) for character in cast]
    stage = {"narrator": {"mode": "rules"} | rules, "ending": {"natural": False, "loop_guard": False}}
    draft = ScenarioBase(name="Mystery", greeting="Rain.", thoughts=False, max_turns=90, stage=stage)
    scenario = create_scenario(project, draft, roles)
    mara, theo, ida = (role.id for role in list_roles(project, scenario.id))
    world = {
        "variables": [{"name": "tension", "is_public": True, "low": 0, "high": 4}],
        "places": [
            {"id": "hall", "name": "the hall", "adjacent": ["jetty"]},
            {"id": "jetty", "name": "the jetty", "adjacent": ["hall", "boathouse"]},
            {"id": "boathouse", "name": "the boathouse", "adjacent": ["jetty"]},
        ],
        "props": [
            {"name": "lamp", "place": "hall", "states": ["dark", "lit"]},
            {"name": "key", "place": "hall"},
            {"name": "chest", "place": "boathouse", "states": ["closed", "open"]},
        ],
        "role_places": {mara: "hall", theo: "hall", ida: "boathouse"},
        "win": "chest.state = open",
    }
    update_world(project, scenario.id, World.model_validate(world))
    if beats:
        points = [
            BeatBase(name="Dusk", kind=BeatKind.START),
            BeatBase(name="Light", x=1, condition="lamp.state = lit", text="Shadows."),
            BeatBase(name="Night", x=2, text="It is night.", condition="visited Light"),
        ]
        ways = [(0, 1, BeatLinkBase(trigger={"kind": "choice"})), (1, 2, BeatLinkBase(trigger={"kind": "choice"}))]
        insert_parts(project, scenario.id, points, ways)
    return scenario


class Stage:
    """A director; scripted weights say the lines of whoever speaks, in order, or nothing of note."""

    def __init__(self, project: Project, playtest: Playtest, engine: Engine) -> None:
        self.project, self.playtest, self.engine = project, playtest, engine
        self.director = Director(project, engine, playtest.id, lambda event: None)

    @property
    def path(self) -> list[Turn]:
        return path_to(list_turns(self.project, self.playtest.id), get_playtest(self.project, self.playtest.id).head_id)

    @property
    def texts(self) -> list[str]:
        return [turn.text for turn in self.path]

    def reader(self, path: list[Turn] | None = None) -> StateReader:
        story = StoryPlay(Script.model_validate(self.playtest.script))
        return StateReader(story.rules.slots, story.state_at(self.path if path is None else path))

    def results(self) -> list[Turn]:
        return [turn for turn in self.path if "act" in turn.record.get("narrator", {})]

    def do(self, act: Callable[[], None]) -> None:
        act()
        assert self.director.wait(TIMEOUT_S)

    def play(self, n_turns: int) -> None:
        self.do(lambda: self.director.play(n_turns))


def lane_of(request: Generate) -> str:
    """The lane as the playtest calls it, without what keeps playtests apart."""
    return request.lane.split("/", 1)[1]


@pytest.fixture
def stage_of(project: Project) -> Iterator[Callable[..., Stage]]:
    made: list[Stage] = []

    def make(lines: dict[str, list[str]], beats: bool = False, **rules: Any) -> Stage:
        scenario = make_mystery(project, beats, **rules)
        asked: list[Generate] = []
        roles = {role.id: name for role, name in zip(list_roles(project, scenario.id), NAMES, strict=True)}

        def say(request: Generate) -> str:
            asked.append(request)
            said = lines.get(roles.get(lane_of(request), "?").split()[0], [])
            return said.pop(0) if said else f"I wait, {len(asked)}."

        stage = Stage(project, start_playtest(project, scenario.id, PlaySettings(seed=5)), ScriptedEngine(say))
        stage.asked, stage.roles = asked, {name.split()[0]: role_id for role_id, name in roles.items()}
        made.append(stage)
        return stage

    yield make
    for stage in made:
        stage.director.close()
        stage.engine.close()


def test_an_act_has_a_result_that_only_those_there_perceive(stage_of: Callable[..., Stage]) -> None:
    stage = stage_of({"Mara": ["*lights the lamp and takes the key* There."], "Theo": ["*takes the chest*"]})
    stage.play(6)
    mara, theo, ida = (stage.roles[name] for name in ("Mara", "Theo", "Ida"))
    _, acting, lit, taken, _, refused = stage.path
    assert (lit.kind, lit.speaker_id, lit.origin) == (SpeakerKind.NARRATOR, NARRATOR_ID, Origin.STAGE)
    assert "lit" in lit.text
    assert "key" in taken.text
    assert [hears(lit, role_id) for role_id in (mara, theo, ida)] == [True, True, False]
    assert lit.record["narrator"]["act_of"] == acting.number
    assert [lit.record["narrator"]["index"], taken.record["narrator"]["index"]] == [0, 1]
    assert lit.record["world"]["changes"] == {"lamp.state": "lit"}
    assert stage.reader().holder("key") == mara
    assert refused.record["narrator"]["reason"] == "the chest is at the boathouse"
    assert "boathouse" not in refused.text, "where it is nobody there can see"
    stage.play(3)
    views = {lane_of(request): "\n".join(one.content for one in request.messages) for request in stage.asked}
    assert lit.text in views[theo]
    assert lit.text in views[mara]
    assert lit.text not in views[ida]
    assert "lit" not in views[ida]


def test_no_branch_knows_of_acts_on_another(stage_of: Callable[..., Stage]) -> None:
    stage = stage_of({"Mara": ["*takes the key*", "I look at it."]})
    stage.play(3)
    acting = stage.path[1]
    assert stage.reader().holder("key") == stage.roles["Mara"]
    stage.do(lambda: stage.director.retry(acting.id))
    stage.play(1)
    assert stage.reader().holder("key") is None
    assert stage.results() == []
    stage.do(lambda: stage.director.edit(acting.id, "*lights the lamp*"))
    stage.play(1)
    assert stage.path[-1].record["narrator"]["act"]["prop"] == "lamp"
    assert stage.reader().holder("key") is None
    stage.do(lambda: stage.director.choose_alternative(stage.path[1].id, -2))
    assert stage.reader().holder("key") == stage.roles["Mara"]


def test_a_result_that_was_lost_comes_again_when_play_goes_on(stage_of: Callable[..., Stage]) -> None:
    stage = stage_of({"Mara": ["*takes the key and lights the lamp*"]})
    stage.play(4)
    before = stage.path
    assert len(stage.results()) == 2
    for place in (2, 1):
        stage.do(lambda place=place: stage.director.continue_from(before[place].id))
        assert stage.director.next_speaker() is None, "the narrator is next"
        stage.play(3 - place)
        again = stage.path
        assert [turn.text for turn in again] == [turn.text for turn in before]
        assert [turn.record for turn in again[2:]] == [turn.record for turn in before[2:]]
        assert stage.reader().prop_state("lamp") == "lit"


def test_a_result_is_judged_again_with_the_seed_of_its_time(stage_of: Callable[..., Stage]) -> None:
    stage = stage_of({"Mara": ["*takes the key*"]})
    stage.play(3)
    assert [turn.record["base_seed"] for turn in stage.results()] == [5]
    branch = Branch(stage.project, stage.playtest.id)
    branch.update_settings(branch.settings.model_copy(update={"seed": 99}))
    replay, seeds = Replay(stage.project, stage.engine, stage.playtest.id), []
    follow_up = replay._narrating.follow_up

    def judge(path: list[Turn], found: PlaySettings, ask_for: AskFor) -> TurnBase | None:
        seeds.append(found.seed)
        return follow_up(path, found, ask_for)

    replay._narrating.follow_up = judge
    judged = [one for one in replay.replay() if one.turn_id == stage.results()[0].id]
    assert [one.is_equal for one in judged] == [True]
    assert seeds == [5]


def test_what_a_person_does_has_its_result_at_once(stage_of: Callable[..., Stage]) -> None:
    stage = stage_of({})
    stage.do(lambda: stage.director.speak(stage.roles["Ida"], "Enough. *opens the chest*"))
    assert stage.path[-1].kind == SpeakerKind.NARRATOR
    assert stage.path[-1].audience == [stage.roles["Ida"]]
    assert get_playtest(stage.project, stage.playtest.id).ended == "won"


def test_the_narrator_tells_a_beat_before_what_comes_of_the_act(stage_of: Callable[..., Stage]) -> None:
    stage = stage_of({"Mara": ["I wait.", "*takes the key*"]}, beats=True)
    stage.do(lambda: stage.director.set_world("lamp.state = lit"))
    stage.do(lambda: stage.director.choose_way(stage.director.choices()[0].id))
    assert stage.texts[-1] == "Shadows."


def test_a_scene_that_stands_still_goes_on_and_skips_no_flag(stage_of: Callable[..., Stage]) -> None:
    stage = stage_of({}, beats=True, advances_after=4)
    stage.play(8)
    waiting = [turn for turn in stage.path if turn.kind == SpeakerKind.DIRECTOR]
    assert [turn.text for turn in waiting] == ["The story waits for Light: lamp.state = lit."], "once"
    assert waiting[0].audience == []
    assert "Shadows." not in stage.texts
    stage.do(lambda: stage.director.set_world("lamp.state = lit"))
    stage.play(7)
    assert stage.texts.count("Shadows.") == 1
    light = next(turn for turn in stage.path if turn.text == "Shadows.")
    assert light.record["narrator"]["passed_on"].startswith("passed on after ")
    night = next(turn for turn in stage.path if turn.text == "It is night.")
    assert night.record["narrator"]["passed_on"] == "passed on after 4 quiet turns"
    assert night.number - light.number == 5
    story = StoryPlay(Script.model_validate(stage.playtest.script))
    points = Narrating(Script.model_validate(stage.playtest.script), story).blueprint(stage.path)
    assert [point.status.value for point in points] == ["reached", "passed_on", "here"]
    assert [point.turn for point in points] == [None, light.number, night.number]
    assert not any("waits for" in message.content for request in stage.asked for message in request.messages)


def test_nothing_follows_where_the_narrator_is_off(stage_of: Callable[..., Stage]) -> None:
    stage = stage_of({"Mara": ["*takes the key*"]}, mode="off")
    stage.play(4)
    assert stage.results() == []
    assert stage.reader().holder("key") is None


def test_a_character_of_the_cast_narrates_in_its_own_words(project: Project) -> None:
    scenario = make_mystery(project)
    roles = list_roles(project, scenario.id)
    stage = {"narrator": {"mode": "rules", "role": roles[2].id}}
    update_scenario(project, scenario.id, stage=stage)
    lines = {roles[0].id: "*takes the key*", f"{roles[2].id} narrates": "Mara Voss owns the key, for a while."}
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=5))
    with closing(ScriptedEngine(lambda request: lines[lane_of(request)])) as engine:
        one = Stage(project, playtest, engine)
        one.play(3)
        one.director.close()
    told = one.path[2]
    assert (told.kind, told.speaker_id, told.speaker) == (SpeakerKind.NARRATOR, roles[2].id, "Ida Quill")
    assert (told.text, told.origin) == ("Mara Voss owns the key, for a while.", Origin.WEIGHTS)
    assert one.reader().holder("key") == roles[0].id


def test_what_comes_of_an_act_in_a_round_is_perceived_when_the_round_is_over(project: Project) -> None:
    scenario = make_mystery(project)
    update_scenario(project, scenario.id, turn_policy=TurnPolicy.SIMULTANEOUS)
    mara, theo, _ = (role.id for role in list_roles(project, scenario.id))
    chats: list[str] = []

    def say(request: Generate) -> str:
        if lane_of(request) == theo:
            chats.append("\n".join(message.content for message in request.messages))
        return "*lights the lamp* There." if lane_of(request) == mara else "I wait."

    playtest = start_playtest(project, scenario.id, PlaySettings(seed=5))
    with closing(ScriptedEngine(say)) as engine:
        stage = Stage(project, playtest, engine)
        stage.play(9)
        stage.director.close()
    told = stage.results()[0].text
    assert "lit" in told
    assert told not in chats[0], "Theo has not perceived yet what Mara does in the same round"
    assert told in chats[1]


def test_what_is_offered_in_a_round_gives_nothing_of_it_away(project: Project) -> None:
    scenario = make_mystery(project, asks_for_acts=True)
    update_scenario(project, scenario.id, turn_policy=TurnPolicy.SIMULTANEOUS)
    mara, theo, _ = (role.id for role in list_roles(project, scenario.id))
    offered: list[str] = []

    def say(request: Generate) -> str:
        question = request.messages[-1].content
        if "What do you do now?" in question:
            offered.extend([question] if lane_of(request) == theo else [])
            return "do nothing"
        return "*takes the key* Mine." if lane_of(request) == mara else "I wait."

    playtest = start_playtest(project, scenario.id, PlaySettings(seed=5))
    with closing(ScriptedEngine(say)) as engine:
        stage = Stage(project, playtest, engine)
        stage.play(9)
        stage.director.close()
    assert "take the key" in offered[0], "Theo does not know yet that Mara takes it in the same round"
    assert "take the key" not in offered[1]


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with closing(Worker(WeightsSettings(house_weights(), n_ctx=2048))) as worker:
        yield worker


@pytest.mark.parametrize("mode", ["rules", "weights"])
def test_a_scene_with_a_world_on_the_house_weights(project: Project, worker: Worker, mode: str) -> None:
    scenario = make_mystery(project, mode=mode, asks_for_acts=True, moves_meters=True)
    paths = []
    for _ in range(2):
        playtest = start_playtest(project, scenario.id, PlaySettings(seed=7, max_tokens=24, score_every=0))
        one = Stage(project, playtest, worker)
        one.do(lambda one=one: one.director.play(3))
        mara = list_roles(project, scenario.id)[0].id
        one.do(lambda one=one, mara=mara: one.director.speak(mara, "*lights the lamp*"))
        one.director.close()
        paths.append((one, one.path))
    (one, path), (_, again) = paths
    assert [turn.text for turn in path] == [turn.text for turn in again], "the same seed, the same scene"
    assert [turn.record.get("world") for turn in path] == [turn.record.get("world") for turn in again]
    chosen = [turn for turn in path if "options" in turn.record.get("narrator", {})]
    assert chosen, "characters were asked what they do"
    for turn in chosen:
        record = turn.record["narrator"]
        assert record["decided_by"] in {"weights", "wants"}
        assert 0 < record["confidence"] <= 1, "the grammar holds on the house weights"
        assert record["options"][-1] == "do nothing"
    results = one.results()
    assert results
    mechanics = summarise(path)
    assert mechanics.n_rounds == (0 if mode == "rules" else len(results))
    for turn in results:
        record = turn.record["narrator"]
        assert record["mode"] == mode
        assert record["text_from"] == ("weights" if turn.origin == Origin.WEIGHTS else "rules")
        assert turn.text[0].isupper()
        if mode == "weights":
            assert "why_template" not in record or "form" not in record["why_template"], "the grammar holds"
