"""A mind read after any turn of any branch: facts with the turn that told them, and nothing from another branch."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.inference.scripted import ScriptedEngine
from core.library.characters import create_character
from core.library.playtests import get_playtest, list_turns
from core.library.scenarios import create_scenario
from core.minds.latent_state import Aspect
from core.playtest.directing.director import Director
from core.playtest.looking_back.mind_reading import MindReading, read_mind
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from models.character import CharacterBase
from models.playtest import Playtest
from models.scenario import RoleBase, ScenarioBase
from models.stage import MindRules, PlanRules, StageRules
from models.world import Fact, FactStatus, World

TIMEOUT_S = 20
STAGE = StageRules(plan=PlanRules(plans=True), mind=MindRules(mood=True))
BOAT = "Theo sold the red boat to a stranger."


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def playtest(project: Project) -> Playtest:
    roles = [
        RoleBase(name=name, goal="Find out who sold the boat.", character_id=create_character(project, who).id)
        for name, who in (("keeper", CharacterBase(name="Mara")), ("fisher", CharacterBase(name="Theo")))
    ]
    draft = ScenarioBase(name="Inquest", stage=STAGE.to_document(), max_turns=50, greeting="A cold night.")
    scenario = create_scenario(project, draft, roles)
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=1))
    theo = playtest.script["parts"][1]["role_id"]
    world = World(facts=[Fact(id="f1", text=BOAT, known_by={theo: FactStatus.KNOWS})])
    with project.append() as rows:
        row = rows.get_one(Playtest, playtest.id)
        row.script = row.script | {"scenario": row.script["scenario"] | {"world": world.to_document()}}
    found = get_playtest(project, playtest.id)
    assert found is not None
    return found


def role_of(playtest: Playtest, place: int) -> str:
    return str(playtest.script["parts"][place]["role_id"])


def read(project: Project, playtest: Playtest, place: int, number: int | None = None) -> MindReading:
    turns = {turn.number: turn.id for turn in list_turns(project, playtest.id)}
    mind = read_mind(project, playtest.id, turns[number] if number else None, role_of(playtest, place))
    assert mind is not None
    return mind


def known(mind: MindReading) -> list[tuple[str, int | None]]:
    return [(one.text, one.cause) for one in mind.entries if one.aspect == Aspect.KNOWLEDGE]


def test_a_fact_is_known_from_the_turn_that_told_it(project: Project, playtest: Playtest) -> None:
    with (
        closing(ScriptedEngine({})) as engine,
        closing(Director(project, engine, playtest.id, lambda _event: None)) as director,
    ):
        director.play(2)
        assert director.wait(TIMEOUT_S)
        director.speak(role_of(playtest, 1), "I hate you! Yes, I sold the red boat to a stranger. Theo sold it.")
        director.play(1)
        assert director.wait(TIMEOUT_S)
    assert known(read(project, playtest, 0, 2)) == []
    assert known(read(project, playtest, 0)) == [(BOAT, 3)]
    assert known(read(project, playtest, 1)) == [(BOAT, None)]
    mind = read(project, playtest, 0)
    assert mind.plan is not None
    assert mind.mood.cause_of("anger") == 3
    assert mind.revisions[-1].why == "begun"


def test_another_branch_leaves_no_trace(project: Project, playtest: Playtest) -> None:
    with (
        closing(ScriptedEngine({})) as engine,
        closing(Director(project, engine, playtest.id, lambda _event: None)) as director,
    ):
        director.play(2)
        assert director.wait(TIMEOUT_S)
        second = list_turns(project, playtest.id)[-1].id or 0
        before = read(project, playtest, 0)
        director.speak(role_of(playtest, 1), "I hate you! I sold the red boat to a stranger. Theo sold it.")
        director.set_mood(role_of(playtest, 0), "fear", 1.0)
        director.play(1)
        assert director.wait(TIMEOUT_S)
        assert read(project, playtest, 0).mood != before.mood
        director.continue_from(second)
        assert director.wait(TIMEOUT_S)
    assert read(project, playtest, 0) == before
