"""Who takes over a part: it has heard what was heard, and has none of the inner life of who played it before."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.inference.scripted import INFO, ScriptedEngine
from core.library.characters import create_character
from core.library.scenarios import create_scenario
from core.memory.stream import Streams
from core.minds.mood import fold_mood
from core.playtest.branch import Branch
from core.playtest.directing.director import Director
from core.playtest.directing.recasting import cast_at
from core.playtest.minds import Minds
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.view.summaries import Summaries
from core.project import Project
from models.character import CharacterBase
from models.playtest import Turn
from models.scenario import RoleBase, ScenarioBase
from models.score import Score
from models.summary import Summary
from tests.core.memory.trees import turn as heard_turn
from tests.core.minds.moments import moment, turn
from tests.fuzz.stage_scene import add_scene


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


def add_scores(project: Project, turns: list[Turn]) -> None:
    with project.append() as session:
        for one in turns:
            session.add(Score(turn_id=one.id or 0, metric="drift", value=2.0))


def test_reminders_go_by_no_scores_that_wait_for_pauses(project: Project) -> None:
    playtest = start_playtest(project, add_scene(project, 60).id, PlaySettings(seed=11, max_tokens=8, score_every=0))
    with closing(ScriptedEngine({})) as engine, closing(Director(project, engine, playtest.id, print)) as director:
        director.play(6)
        assert director.wait(60)
    branch = Branch(project, playtest.id)
    scenario = branch.script.scenario.model_copy(update={"stage": {"mind": {"reminders": True}}})
    script = branch.script.model_copy(update={"scenario": scenario})
    part = script.part(next(one.speaker_id for one in branch.path() if script.part(one.speaker_id)))
    assert part is not None
    add_scores(project, branch.path())
    minds = Minds(project, script, playtest.id)
    assert minds.moment(part, branch.path()).drift
    assert not minds.moment(part, branch.path(), scores_pause=True).drift


def test_what_a_predecessor_concluded_is_not_in_the_stream() -> None:
    memory = {
        "reflections": [{"text": "Theo lies.", "cites": ["t1"], "importance": 7}],
        "reflected_by": "rule",
        "sessions": [{"text": "We met.", "words": ["met"], "from": 1, "to": 1}],
        "importance": {"t1": 9.5},
        "retrieved": [{"id": "p1"}, {"id": "t1"}],
    }
    path = [heard_turn(1, "theo"), heard_turn(2, "mara", record={"mind": {"memory": memory}, "n_turns_dropped": 1})]
    streams = Streams()
    before = streams.stream("mara", path, 3, 60.0, name="Mara")
    after = streams.stream("mara", path, 3, 60.0, name="Anna Holm")
    assert [entry.id for entry in before.entries] == ["t1", "s2", "r2.1", "t2"]
    assert [entry.id for entry in after.entries] == ["t1", "t2"]
    assert after.entries[0].accessed_s == 60.0
    assert (after.last_reflection, after.last_session, after.visible_from) == (0, 0, 2)
    assert streams.stream("mara", path, 3, 60.0, name="Mara") == before


def test_what_a_predecessor_kept_is_not_the_successors_own() -> None:
    path = [turn(1, "r1", "Who is there?"), turn(2, "r0", "Me.", plan={"goal": "x"}, workspace={"winner": "goal"})]
    assert moment(path).last_record("plan")
    successor = moment(path, character={"name": "Anna Holm"})
    assert successor.own == []
    assert not successor.last_record("plan")
    assert not successor.last_record("workspace")
    assert [one.number for one in successor.heard] == [1, 2]


def test_a_mood_begins_anew() -> None:
    path = [turn(1, "r1", "I hate you, you liar!"), turn(2, "r0", "I am furious."), turn(3, "r1", "I hate it.")]
    assert fold_mood(path, "r0", since=2) == fold_mood(path[2:], "r0")
    assert fold_mood(path, "r0") != fold_mood(path[2:], "r0")


def test_a_recast_part_has_neither_the_drift_nor_the_mood_of_before(project: Project) -> None:
    scenario = add_scene(project, 60)
    other = create_character(project, CharacterBase(name="Anna Holm"))
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=11, max_tokens=8, score_every=0))
    role_id = Script.model_validate(playtest.script).parts[0].role_id
    with closing(ScriptedEngine({})) as engine, closing(Director(project, engine, playtest.id, print)) as director:
        director.play_as(role_id)
        director.set_mood(role_id, "anger", 0.9)
        director.recast(role_id, other.id)
        director.play_as(role_id)
        director.pass_time(60)
        assert director.wait(60)
    branch = Branch(project, playtest.id)
    add_scores(project, branch.path())
    path = branch.path()
    scenario_base = branch.script.scenario.model_copy(update={"stage": {"mind": {"reminders": True}}})
    script = branch.script.model_copy(update={"scenario": scenario_base})
    part = cast_at(script, path).part(role_id)
    assert part is not None
    found = Minds(project, script, playtest.id).moment(part, path)
    assert [number for number, _ in found.drift] == [one.number for one in path if one.speaker == "Anna Holm"]
    assert found.since == next(one.number for one in path if one.record.get("act", {}).get("kind") == "cast")


def test_a_summary_stands_in_the_view_of_who_wrote_it_only(project: Project) -> None:
    cast = [create_character(project, CharacterBase(name=name)) for name in ("Mara", "Theo")]
    roles = [RoleBase(name="role", character_id=one.id) for one in cast]
    scene = create_scenario(project, ScenarioBase(name="Inquest", greeting="The tide bell rings."), roles)
    playtest = start_playtest(project, scene.id, PlaySettings(seed=5, max_tokens=8))
    with (
        closing(ScriptedEngine(lambda request: "Well.", info=INFO)) as engine,
        closing(Director(project, engine, playtest.id, print)) as director,
    ):
        director.play(4)
        assert director.wait(60)
    branch = Branch(project, playtest.id)
    path, part = branch.path(), branch.script.parts[0]
    record = {"n_turns": 2, "by": part.character.name}
    with project.append() as session:
        session.add(Summary(turn_id=path[1].id or 0, role_id=part.role_id, text="They met.", record=record))
    summaries = Summaries(project, branch.script)
    assert summaries.find(part, path, 3) == (2, "They met.")
    successor = part.model_copy(update={"character": CharacterBase(name="Anna Holm")})
    assert summaries.find(successor, path, 3) == (0, "")
