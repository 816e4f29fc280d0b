"""Interviews with characters of a playtest: kept as rows, and nothing of the playtest is changed by them."""

import shutil
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import UserError
from core.fidelity.logprobs import demanded
from core.fidelity.logprobs.constraint_trial import ConstraintTrial
from core.inference.request import WeightsSettings
from core.inference.scripted import ScriptedEngine
from core.inference.weights.catalog import house_weights
from core.inference.worker import Worker
from core.lab.conversations import as_conversation
from core.lab.interviews import Plan, hold_interview, hold_over_scene
from core.lab.profiles import doubts, read_alphas, read_over_scene, read_radar
from core.lab.two_stages import TALK, hold_two_stages
from core.lab.weighing import (
    CONVERSATION_METRICS,
    SPEAKER_METRICS,
    TURN_METRICS,
    weigh_branch,
    weigh_character,
    weigh_turns,
)
from core.library.characters import create_character
from core.library.interviews import get_interview, list_interviews
from core.library.playtests import get_playtest, list_playtests, list_scores, list_turns
from core.library.scenarios import list_scenarios
from core.playtest.branch import Branch
from core.playtest.directing.director import Director
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from models.character import CharacterBase
from models.playtest import Origin, Playtest, SpeakerKind, Turn, TurnBase
from models.scenario import Role, RoleBase, Scenario, ScenarioBase
from tests.scripted_judge import scripted_judge

TIMEOUT_S = 240
BIG_FIVE = {"extraversion": 90, "neuroticism": 80, "openness": 50}
LINES = (
    ("Mara", "Who is there?", "I want to be alone."),
    ("Ilse", "Only me, with the key.", "I will say nothing."),
    ("Mara", "I keep the light.", "I feel cold."),
    ("Ilse", "So you say.", "I know that she lies."),
)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as found:
        yield found


@pytest.fixture
def engine() -> Iterator[ScriptedEngine]:
    with closing(ScriptedEngine({})) as found:
        yield found


@pytest.fixture
def playtest(project: Project) -> Playtest:
    """Four turns between two characters, one of them with sliders."""
    layers = {"personal": {"big_five": BIG_FIVE}, "horizon": {"unknown": ["the telephone"]}}
    cast = [
        create_character(project, CharacterBase(name="Mara", statements=["I keep the light."], layers=layers)),
        create_character(project, CharacterBase(name="Ilse", statements=["I run the inn."])),
    ]
    with project.act("Scene") as session:
        scenario = Scenario.model_validate(ScenarioBase(name="Two", thoughts=True).model_dump())
        session.add(scenario)
        session.flush()
        for position, one in enumerate(cast):
            role = RoleBase(name=one.name, position=position).model_dump()
            session.add(Role.model_validate(role | {"scenario_id": scenario.id, "character_id": one.id}))
    found = start_playtest(project, scenario.id, PlaySettings(seed=5))
    branch = Branch(project, found.id)
    roles = {part.character.name: part.role_id for part in branch.script.parts}
    for name, text, thought in LINES:
        draft = TurnBase(
            speaker_id=roles[name],
            speaker=name,
            kind=SpeakerKind.CHARACTER,
            text=text,
            thought=thought,
            origin=Origin.HUMAN,
        )
        branch.commit(draft, branch.head_id, "")
    return get_playtest(project, found.id)


def role_of(playtest: Playtest, name: str) -> str:
    parts = Script.model_validate(playtest.script).parts
    return next(part.role_id for part in parts if part.character.name == name)


def turns_of(project: Project, playtest: Playtest) -> list[Turn]:
    return Branch(project, playtest.id).path()


def test_an_interview_is_a_row_and_nothing_else(project: Project, playtest: Playtest, engine: ScriptedEngine):
    before = [turn.model_dump() for turn in list_turns(project, playtest.id)]
    steps: list[tuple[int, int]] = []
    head_id = turns_of(project, playtest)[-1].id
    plan = Plan(playtest.id, role_of(playtest, "Mara"), head_id)
    held = hold_interview(project, engine, plan, on_step=lambda *step: steps.append(step))
    assert [turn.model_dump() for turn in list_turns(project, playtest.id)] == before
    assert get_playtest(project, playtest.id) == playtest
    row = get_interview(project, held.id)
    assert row == held
    assert (row.turn_id, row.questionnaire, row.mode, row.judge_id) == (head_id, "ipip-50", "digits", None)
    assert [answer["number"] for answer in row.answers] == list(range(1, 51))
    assert all(10 <= scale["value"] <= 50 for scale in row.scales.values())
    assert row.record["weights"]["name"] == "Scripted"
    assert (row.record["number"], row.record["name"]) == (4, "Mara")
    assert steps[-1] == (50, 50)


def test_a_cancelled_interview_leaves_no_row(project: Project, playtest: Playtest, engine: ScriptedEngine):
    done: list[int] = []
    with pytest.raises(CancelledError):
        hold_interview(
            project,
            engine,
            Plan(playtest.id, role_of(playtest, "Mara")),
            on_step=lambda n_done, _n_all: done.append(n_done),
            cancelled=lambda: len(done) > 3,
        )
    assert list_interviews(project, playtest.id) == []
    assert done[-1] < 10


def test_measured_against_the_sliders(project: Project, playtest: Playtest, engine: ScriptedEngine):
    held = hold_interview(project, engine, Plan(playtest.id, role_of(playtest, "Mara")))
    radar = read_radar(project, held)
    intended = {axis.name: axis.intended for axis in radar.axes}
    assert intended == {
        "extraversion": 90,
        "agreeableness": None,
        "conscientiousness": None,
        "emotional_stability": 20,
        "openness": 50,
    }
    assert all(0 <= axis.measured <= 100 and axis.spread > 0 for axis in radar.axes)
    assert radar.fit.n_labelled == 2
    assert "of 2 dimensions lie on the side that was meant." in radar.sentence
    other = read_radar(project, hold_interview(project, engine, Plan(playtest.id, role_of(playtest, "Ilse"))))
    assert all(axis.intended is None for axis in other.axes)
    assert "sliders say nothing" in other.sentence


def test_answers_that_are_all_alike_are_doubted(project: Project, playtest: Playtest, engine: ScriptedEngine):
    held = hold_interview(project, engine, Plan(playtest.id, role_of(playtest, "Mara"), questionnaire="self-regard"))
    flat = held.model_copy(update={"answers": [dict(one, value=3.1) for one in held.answers]})
    assert any("nearly alike" in doubt for doubt in doubts(flat))
    unlikely = held.model_copy(update={"record": held.record | {"mass": 0.001, "graded_itself": True}})
    assert any("0.1% of the time" in doubt for doubt in doubts(unlikely))
    assert "The weights that played the part also judged its answers." in doubts(unlikely)


def test_personality_over_a_scene(project: Project, playtest: Playtest, engine: ScriptedEngine):
    role_id, path = role_of(playtest, "Ilse"), turns_of(project, playtest)
    turn_ids = [turn.id for turn in path]
    nothing = read_over_scene(project, playtest.id, role_id, turn_ids)
    assert nothing.reason == "This character has not been interviewed on this branch."
    steps: list[tuple[int, int]] = []
    plan = Plan(playtest.id, role_id)
    held = hold_over_scene(project, engine, plan, (0, 2, 4, 20), on_step=lambda *step: steps.append(step))
    assert [row.turn_id for row in held] == [None, turn_ids[1], turn_ids[3]]
    assert steps[-1] == (150, 150)
    found = read_over_scene(project, playtest.id, role_id, turn_ids)
    assert [point.number for point in found.points] == [0, 2, 4]
    assert [point.interview_id for point in found.points] == [row.id for row in held]
    assert all(value is not None and value >= 0 for value in found.stability.values())
    assert set(read_alphas(held)) == set(found.stability)


def test_free_answers_name_their_judge(project: Project, playtest: Playtest, engine: ScriptedEngine):
    judge = scripted_judge(lambda _chat, options: [1.0] * len(options))
    plan = Plan(playtest.id, role_of(playtest, "Mara"), questionnaire="self-regard", mode="free")
    held = hold_interview(project, engine, plan, judge=judge)
    assert held.answers[0]["words"] == "I see."
    assert held.answers[0]["value"] == pytest.approx(3)
    assert held.record["judge"]["name"] == "Scripted judge"
    assert held.record["graded_itself"] is True  # both say that they are weights of the same hash
    with pytest.raises(UserError, match="need a judge"):
        hold_interview(project, engine, plan)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"questionnaire": "unease"}, "is off"),
        ({"role_id": "nobody"}, "not in the cast"),
        ({"turn_id": 12345}, "not part of the playtest"),
        ({"questionnaire": "mmpi"}, "no questionnaire"),
    ],
)
def test_what_cannot_be_held(
    project: Project, playtest: Playtest, engine: ScriptedEngine, change: dict[str, object], message: str
):
    plan = Plan(**{"playtest_id": playtest.id, "role_id": role_of(playtest, "Mara")} | change)
    with pytest.raises(UserError, match=message):
        hold_interview(project, engine, plan)
    assert list_interviews(project, playtest.id) == []


def test_two_stages_are_three_rows(project: Project, playtest: Playtest, engine: ScriptedEngine):
    plan = Plan(playtest.id, role_of(playtest, "Mara"), questionnaire="self-regard")
    found = hold_two_stages(project, engine, plan)
    assert {row.id for row in list_interviews(project, playtest.id)} == {
        found.talk.id,
        found.by_item.id,
        found.whole.id,
    }
    assert (found.talk.questionnaire, len(found.talk.answers)) == (TALK, 12)
    assert "diagnosed" in found.talk.record["notice"]
    assert found.by_item.record["after_talk"] == found.whole.record["after_talk"] == found.talk.id
    assert (found.by_item.mode, found.whole.mode) == ("digits", "whole")
    assert all(row.record["total_s"] > 0 for row in (found.talk, found.by_item, found.whole))
    assert found.by_item.record["n_read_tokens"] == 5 * 8  # of its own requests alone: five digits for each item
    assert [one.scale for one in found.comparisons] == ["self_regard"]
    assert found.comparisons[0].whole is None  # the scripted character says "I see." to a form
    assert len(list_turns(project, playtest.id)) == len(LINES)


def test_turns_are_weighed_on_demand(project: Project, playtest: Playtest, engine: ScriptedEngine):
    path = turns_of(project, playtest)
    n = weigh_turns(project, engine, playtest.id, [turn.id for turn in path], TURN_METRICS)
    scores = {(row.turn_id, row.metric): row for row in list_scores(project, playtest.id)}
    assert n == len(scores) == len(path) * len(TURN_METRICS)
    assert scores[path[2].id, "apc"].reason.startswith("These weights cannot tell: on 25 questions")
    assert scores[path[3].id, "identification"].reason.startswith("Scripted characters neither choose")
    with pytest.raises(UserError, match="cannot be weighed"):
        weigh_turns(project, engine, playtest.id, [path[0].id], ["voice.z"])
    with pytest.raises(CancelledError):
        weigh_turns(project, engine, playtest.id, [path[0].id], TURN_METRICS, cancelled=lambda: True)


def test_weights_that_can_tell_score_what_was_said(
    project: Project, playtest: Playtest, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(demanded._TRIALS, engine.info.sha256, ConstraintTrial(0.9, 0.9, 1.0, 1.0, 25))
    path = turns_of(project, playtest)
    weigh_turns(project, engine, playtest.id, [path[0].id, path[2].id], ["apc"])
    first, third = list_scores(project, playtest.id)
    assert "Nobody has said anything" in first.reason
    assert (third.evidence["statement"], third.evidence["statement_number"]) == ("I keep the light.", 1)
    assert third.evidence["query"] == "Only me, with the key."
    assert third.evidence["weighed_by"]["name"] == "Scripted"


def test_what_was_whispered_to_others_is_not_answered(
    project: Project, playtest: Playtest, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(demanded._TRIALS, engine.info.sha256, ConstraintTrial(0.9, 0.9, 1.0, 1.0, 25))
    branch = Branch(project, playtest.id)
    for name, text, audience in (("Ilse", "The key is false.", []), ("Mara", "I keep the light still.", None)):
        draft = TurnBase(
            speaker_id=role_of(playtest, name),
            speaker=name,
            kind=SpeakerKind.CHARACTER,
            text=text,
            thought=f"I think of {text}",
            origin=Origin.HUMAN,
            audience=audience,
        )
        last = branch.commit(draft, branch.head_id, "")
    weigh_turns(project, engine, playtest.id, [last.id], ["apc"])
    assert list_scores(project, playtest.id)[-1].evidence["query"] == "So you say."
    said = as_conversation(branch.script, branch.path())
    assert said.heard_before(5) == [0, 1, 2, 3]
    assert said.heard_before(4) == [0, 1, 2, 3]


def test_a_character_and_a_branch_are_weighed(project: Project, playtest: Playtest, engine: ScriptedEngine):
    head_id, role_id = turns_of(project, playtest)[-1].id, role_of(playtest, "Mara")
    trust, knows = weigh_character(project, engine, playtest.id, role_id, head_id, SPEAKER_METRICS)
    assert 0 <= trust.value <= 1
    assert knows.evidence["n_items"] == dict.fromkeys(("setting", "knowledge", "factual", "absent", "none"), 12)
    assert (trust.role_id, trust.head_id) == (role_id, head_id)
    (whole,) = weigh_branch(project, engine, playtest.id, head_id, CONVERSATION_METRICS)
    assert whole.reason.startswith("Scripted characters neither choose")
    assert len(list_turns(project, playtest.id)) == len(LINES)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with closing(Worker(WeightsSettings(house_weights(), n_ctx=2048, n_threads=1))) as found:
        yield found


def test_the_next_turn_is_the_same_with_an_interview_before_it(demo_template: Path, worker: Worker, tmp_path: Path):
    path = shutil.copy(demo_template, tmp_path / "one.tableread")
    with closing(Project(path)) as project:
        scenario = list_scenarios(project)[0]
        playtest = start_playtest(project, scenario.id, PlaySettings(seed=11, max_tokens=24))
        play(project, worker, playtest, 3)
    other = shutil.copy(path, tmp_path / "other.tableread")
    with closing(Project(path)) as project:
        next_turn = play(project, worker, playtest, 1)[-1]
    with closing(Project(other)) as project:
        before = [turn.model_dump() for turn in list_turns(project, playtest.id)]
        roles = [part.role_id for part in Script.model_validate(playtest.script).parts]
        for role_id, turn_id in ((roles[0], None), (roles[1], before[-1]["id"])):
            row = hold_interview(project, worker, Plan(playtest.id, role_id, turn_id, "self-regard"))
            assert all(answer["value"] for answer in row.answers)
            assert row.record["n_reused_tokens"] > row.record["n_read_tokens"]
        hold_interview(project, worker, Plan(playtest.id, roles[0], before[-1]["id"], "self-regard", "whole"))
        assert [turn.model_dump() for turn in list_turns(project, playtest.id)] == before
        after = play(project, worker, playtest, 1)[-1]
    assert (after.speaker, after.thought, after.text) == (next_turn.speaker, next_turn.thought, next_turn.text)
    assert after.token_ids == next_turn.token_ids


def play(project: Project, worker: Worker, playtest: Playtest, n_turns: int) -> list[Turn]:
    with closing(Director(project, worker, playtest.id, lambda _event: None)) as director:
        director.play(n_turns)
        assert director.wait(TIMEOUT_S)
    assert playtest.id in {one.id for one in list_playtests(project)}
    return turns_of(project, playtest)


def test_what_became_of_items_without_an_answer_is_said(project: Project, playtest: Playtest, engine: ScriptedEngine):
    held = hold_interview(project, engine, Plan(playtest.id, role_of(playtest, "Mara")))
    names = list(held.scales)
    summed = held.scales[names[0]] | {"n_answered": held.scales[names[0]]["n_items"] - 2}
    unsummed = held.scales[names[1]] | {"n_answered": 1, "value": None, "reason": "Only 1 of 10 items were answered."}
    said = doubts(held.model_copy(update={"scales": held.scales | {names[0]: summed, names[1]: unsummed}}))
    assert "2 items have no answer and count as the middle." in said
    assert "9 items have no answer and stand in scales that were not measured." in said
