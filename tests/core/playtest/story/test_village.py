"""An invitation goes through a village of twelve: each knows it only by hearing it from one who knew (methods 2.19).

Weights by rule: whoever reads of the party in its own view speaks of it, nobody else does.
"""

from collections.abc import Iterator
from contextlib import closing

import pytest

from core.hearing.knowledge import How, Knowledge
from core.hearing.learning import Knowing
from core.inference.request import Generate
from core.inference.scripted import ScriptedEngine
from core.library.beats import insert_parts, update_world
from core.library.characters import create_character
from core.library.playtests import get_playtest, list_turns
from core.library.scenarios import create_scenario, list_roles, update_scenario
from core.playtest.directing.director import Director
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.story.story_play import StoryPlay
from core.playtest.tree import path_to
from core.project import Project
from models.beat import BeatBase, BeatKind
from models.character import CharacterBase
from models.playtest import Turn
from models.scenario import RoleBase, ScenarioBase
from models.world import World

SQUARE, MILL, INN = ("Isabella", "Klaus", "Maria", "Sam"), ("Ayesha", "Tom", "Wolf", "Jana"), ("Otto", "Lena", "Rolf")
HERMIT = "Gundula"
VILLAGE = (*SQUARE, *MILL, *INN, HERMIT)
PARTY = "There is a valentine party at the cafe on Friday."
SMALL_TALK = "The weather holds, I suppose."
N_TURNS = 72
TIMEOUT_S = 120


def say(request: Generate) -> str:
    """Speaks of the party where the view does, on every other occasion of the weather."""
    text = "\n".join(message.content for message in request.messages)
    return f"Have you heard? {PARTY}" if "valentine" in text else SMALL_TALK


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[Turn], StoryPlay, dict[str, str]]]:
    with closing(Project(tmp_path_factory.mktemp("village") / "p.tableread")) as project:
        cast = [create_character(project, CharacterBase(name=name)) for name in VILLAGE]
        roles = [RoleBase(name=one.name, character_id=one.id) for one in cast]
        scenario = create_scenario(project, ScenarioBase(name="Village", thoughts=False, max_turns=500), roles)
        update_scenario(project, scenario.id, stage={"ending": {"natural": False, "loop_guard": False}})
        ids = {role.name: role.id for role in list_roles(project, scenario.id)}
        places = {"square": SQUARE, "mill": MILL, "inn": INN, "island": (HERMIT,)}
        world = {
            "places": [{"id": name, "name": name} for name in places],
            "role_places": {ids[name]: place for place, names in places.items() for name in names},
            "facts": [{"id": "party", "text": PARTY, "known_by": {ids["Isabella"]: "knows"}}],
        }
        update_world(project, scenario.id, World.model_validate(world))
        walks = [("turns >= 14", "Sam moves to mill"), ("turns >= 40", "Jana moves to inn")]
        beats = [BeatBase(name="Day", kind=BeatKind.START)]
        beats += [BeatBase(name=what, kind=BeatKind.EVENT, condition=when, effects=what) for when, what in walks]
        insert_parts(project, scenario.id, beats, [])
        playtest = start_playtest(project, scenario.id, PlaySettings(seed=3, max_tokens=60, score_every=0))
        with closing(ScriptedEngine(say)) as engine:
            director = Director(project, engine, playtest.id, lambda _event: None)
            director.play(N_TURNS)
            assert director.wait(TIMEOUT_S)
            director.close()
        row = get_playtest(project, playtest.id)
        path = path_to(list_turns(project, playtest.id), row.head_id)
        yield path, StoryPlay(Script.model_validate(row.script)), ids


@pytest.fixture(scope="module")
def knowledge(played: tuple[list[Turn], StoryPlay, dict[str, str]]) -> Knowledge:
    path, story, _ = played
    found = story.knowledge(path)
    assert found is not None
    return found


def test_the_share_that_knows_rises_from_one_to_all_who_can_be_reached(played, knowledge: Knowledge) -> None:
    path, _, ids = played
    shares = [knowledge.share("party", number) for number in range(len(path) + 1)]
    assert len(path) == N_TURNS
    assert shares[0] == 1 / 12
    assert shares == sorted(shares), "nobody forgets"
    assert len(set(shares)) >= 4, "it takes its time"
    assert shares[-1] == 11 / 12
    assert knowledge.cell("party", ids[HERMIT]) is None, "nobody comes to the island"


def test_nobody_knows_before_a_chain_of_hearings_leads_to_them(played, knowledge: Knowledge) -> None:
    path, _, ids = played
    since = {ids["Isabella"]: 0}
    for change in knowledge.changes:
        if change.how == How.START:
            continue
        assert change.how == How.HEARD
        assert change.knowing == Knowing.KNOWS
        turn = path[change.number - 1]
        assert change.turn_id == turn.id
        assert (change.source, turn.text) == (turn.speaker, f"Have you heard? {PARTY}")
        assert since[turn.speaker_id] < change.number, "its teller knew it before"
        assert turn.audience is not None
        assert change.role_id in turn.audience
        since[change.role_id] = change.number
    assert len(since) == 11


def test_nobody_speaks_of_what_it_has_not_heard(played, knowledge: Knowledge) -> None:
    path, _, _ = played
    for number, turn in enumerate(path, start=1):
        cell = knowledge.cell("party", turn.speaker_id, number - 1)
        assert (PARTY in turn.text) == (cell is not None), "a view tells of the party if its owner knows of it"
        assert "alarms" not in turn.record


def test_knowledge_is_the_same_for_whoever_reads_the_rows_again(played, knowledge: Knowledge) -> None:
    path, story, ids = played
    again = StoryPlay(story._script).knowledge(path)
    assert again == knowledge
    half = story.knowledge(path[: N_TURNS // 2])
    assert half is not None
    assert half.to_document() == knowledge.to_document(N_TURNS // 2)
    assert half.to_document()["facts"]["party"][ids["Isabella"]] == "knows"
