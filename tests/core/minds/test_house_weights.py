"""A short scene with the house weights in a real worker and every faculty on: what its records hold, and that it is the
same again."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.characters.reply import format_reply
from core.inference.request import Score, Scored, WeightsSettings
from core.inference.weights.catalog import house_weights
from core.inference.worker import Worker
from core.library.characters import create_character
from core.library.playtests import list_scores, list_turns
from core.library.scenarios import create_scenario
from core.playtest.directing.director import Director
from core.playtest.looking_back.replaying import Replay
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from models.character import CharacterBase
from models.playtest import SpeakerKind, Turn
from models.scenario import RoleBase, Scenario, ScenarioBase
from models.stage import MindRules, PlanRules, Reasoning, StageRules, ThoughtRules, ThoughtState
from models.world import Variable, VariableKind, World

TIMEOUT_S = 240
N_TURNS = 9
MAX_NOTE = 16
STAGE = StageRules(
    thought=ThoughtRules(
        reasoning=Reasoning.BOUNDED, max_tokens=MAX_NOTE, states=tuple(ThoughtState), about_others=True, keeps=False
    ),
    plan=PlanRules(plans=True, asks_weights=True, revise_every=2),
    mind=MindRules(mood=True, workspace=True, variants=True, guards_horizon=True, reminders=True),
)
LAYERS = {
    "horizon": {"date": "March 1926", "place": "the island"},
    "variants": [{"name": "fierce", "situations": ["somebody threatens a child"], "text": "You shout and strike."}],
    "memories": [{"text": "The bell rang all night."}],
}


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with closing(Worker(WeightsSettings(house_weights(), n_ctx=2048, n_sequences=8, n_threads=2))) as found:
        yield found


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as found:
        yield found


def make_scenario(project: Project) -> Scenario:
    mara = CharacterBase(name="Mara", statements=["Mara keeps the light."], boundaries="Never swears.", layers=LAYERS)
    theo = CharacterBase(name="Theo", statements=["Theo sold the boat."], layers=LAYERS)
    roles = [
        RoleBase(
            name="keeper",
            character_id=create_character(project, mara).id,
            goal="Find out who sold the boat. Get the key.",
            goal_test="turns >= 5",
        ),
        RoleBase(name="fisher", character_id=create_character(project, theo).id, goal="Hide that you sold the boat."),
    ]
    world = World(variables=[Variable(name="calm", kind=VariableKind.FLAG)])
    scenario = ScenarioBase(
        name="Inquest",
        setting="A lighthouse at night.",
        greeting="I hate you, you liar! I will hit that child. Mara, who was president in 1961?",
        max_turns=50,
        world=world.to_document(),
        stage=STAGE.to_document(),
    )
    return create_scenario(project, scenario, roles)


def play(project: Project, scenario: Scenario, worker: Worker) -> list[Turn]:
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=7, max_tokens=60))
    with closing(Director(project, worker, playtest.id, lambda _event: None)) as director:
        director.play(N_TURNS)
        assert director.wait(TIMEOUT_S)
    return list_turns(project, playtest.id)


def test_a_scene_with_everything_on(project: Project, worker: Worker) -> None:
    scenario = make_scenario(project)
    turns = play(project, scenario, worker)
    spoken = [turn for turn in turns if turn.kind == SpeakerKind.CHARACTER]
    assert len(spoken) == N_TURNS - 1
    minds = [turn.record["mind"] for turn in spoken]
    check_thoughts(spoken, worker)
    assert all({"mood", "plan", "workspace", "thought", "notes"} <= set(mind) for mind in minds)
    assert minds[0]["mood"]["told"].startswith("You feel angry")
    assert minds[0]["variant"]["name"] == "fierce"
    assert minds[0]["horizon"]["asked"][0]["about"] == "the year 1961"
    assert isinstance(minds[0]["horizon"]["abstained"], bool)
    for mind in minds:
        winner = max(mind["workspace"]["bids"], key=lambda bid: bid["salience"])
        assert mind["workspace"]["winner"] == winner["voice"]
        assert [note["origin"] for note in mind["notes"]].count("workspace") == 1
        plan = mind["plan"]
        assert plan["steps"][plan["acts_on"]]["status"] == "now"
        assert plan["written_by"] == "weights" or plan["is_reached"] or plan.get("fallback") or "revisions" not in plan
    mine = [turn.record["mind"]["plan"] for turn in spoken if turn.speaker == "Mara"]
    assert [plan["is_reached"] for plan in mine] == [False, False, True, True]
    replayed = list(Replay(project, worker, turns[0].playtest_id).replay())
    assert [(one.text, one.is_equal) for one in replayed] == [(turn.text, True) for turn in turns]
    again = play(project, scenario, worker)
    assert [(turn.text, turn.thought, turn.token_ids, turn.record.get("mind")) for turn in again] == [
        (turn.text, turn.thought, turn.token_ids, turn.record.get("mind")) for turn in turns
    ]
    scored = {score.turn_id for turn in spoken for score in list_scores(project, turn.playtest_id)}
    assert {turn.id for turn in spoken} <= scored


def check_thoughts(spoken: list[Turn], worker: Worker) -> None:
    """Thought and speech come apart, the thought keeps to its bound, and the tokens are those of both."""
    openings = ["I think", "I think that {} thinks", "I will", "I think that {} will"]
    for number, turn in enumerate(spoken):
        other = "Theo" if turn.speaker == "Mara" else "Mara"
        expected = openings[number // 2].format(other)
        record = turn.record["mind"]["thought"]
        assert record["opening"] == expected
        assert record["order"] == 1 + (number // 2) % 2
        assert turn.thought is not None
        assert turn.thought.startswith(expected)
        assert "think>" not in turn.text
        assert len(turn.thought.removeprefix(expected).split()) <= MAX_NOTE
        if turn.token_ids:
            scored = worker.submit(Score(lane="check", messages=(), completion=tuple(turn.token_ids))).result()
            assert isinstance(scored, Scored)
            assert "".join(scored.tokens).strip().endswith(turn.text[-10:])
            assert "".join(scored.tokens).startswith(format_reply(turn.thought, ""))
