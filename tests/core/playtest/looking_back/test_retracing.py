"""What a "what if" takes over from its original, and what stays of a person's own there."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.events import Event, Failed
from core.inference.request import Generate
from core.inference.scripted import ScriptedEngine
from core.library.characters import create_character
from core.library.playtests import get_playtest, list_pins, list_turns, set_pinned
from core.library.scenarios import create_scenario
from core.playtest.branch import Branch
from core.playtest.directing.director import Director
from core.playtest.directing.lines import line_of
from core.playtest.looking_back.what_if import Change, Kind, start_what_if, turns_after
from core.playtest.script import NARRATOR_ID, USER_ID
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.tree import path_to
from core.playtest.view.context_room import ContextRoom
from core.playtest.view.long_scene import LongScene
from core.playtest.view.scene_lore import NO_LORE, most_lore_tokens
from core.project import Project
from models.character import CharacterBase
from models.playtest import Playtest, Turn
from models.scenario import RoleBase, ScenarioBase

TIMEOUT_S = 60


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def engine() -> Iterator[ScriptedEngine]:
    def say(request: Generate) -> str:
        return f"{request.opening}Seed {request.sampling.seed}."

    with closing(ScriptedEngine(say)) as engine:
        yield engine


@pytest.fixture
def playtest(project: Project, engine: ScriptedEngine) -> Playtest:
    cast = [create_character(project, CharacterBase(name=name)) for name in ("Mara", "Theo")]
    roles = [RoleBase(name=one.name, character_id=one.id) for one in cast]
    draft = ScenarioBase(name="Inquest", greeting="The tide bell rings.", max_turns=90, thoughts=False)
    playtest = start_playtest(project, create_scenario(project, draft, roles).id, PlaySettings(seed=5, score_every=0))
    with closing(Director(project, engine, playtest.id, print)) as director:
        director.play(5)
        assert director.wait(TIMEOUT_S)
    return playtest


def path_of(project: Project, playtest_id: str) -> list[Turn]:
    playtest = get_playtest(project, playtest_id)
    assert playtest is not None
    return path_to(list_turns(project, playtest_id), playtest.head_id)


def test_pins_go_to_the_turns_that_are_repeated_and_to_no_retry_or_new_line(
    project: Project, engine: ScriptedEngine, playtest: Playtest
) -> None:
    path = path_of(project, playtest.id)
    for turn in path[2:]:
        set_pinned(project, turn.id or 0, True)
    asked = start_what_if(project, playtest.id, path[1].id or 0, Change(Kind.NOTHING))
    with closing(Director(project, engine, asked.id, print)) as director:
        director.play(turns_after(asked) - 1)
        assert director.wait(TIMEOUT_S)
        again = path_of(project, asked.id)
        assert list_pins(project, asked.id) == {turn.id for turn in again[2:]}
        director.retry(again[-1].id or 0)
        assert director.wait(TIMEOUT_S)
        director.speak(again[-2].speaker_id, "I have had enough of this.")
        assert director.wait(TIMEOUT_S)
    assert list_pins(project, asked.id) == {turn.id for turn in again[2:]}


def test_who_is_to_hear_a_line_must_be_there(project: Project, engine: ScriptedEngine, playtest: Playtest) -> None:
    script = Branch(project, playtest.id).script
    mara, theo = (part.role_id for part in script.parts)
    assert line_of(script, mara, "Psst.", [theo, USER_ID]).audience == [theo, USER_ID]
    events: list[Event] = []
    with closing(Director(project, engine, playtest.id, events.append)) as director:
        director.speak(mara, "Psst.", ["nobody"])
        assert director.wait(TIMEOUT_S)
    assert [event.message for event in events if isinstance(event, Failed)]
    assert all(turn.text != "Psst." for turn in path_of(project, playtest.id))
    assert line_of(script, NARRATOR_ID, "A bell.", [mara]).audience == [mara]


@pytest.mark.parametrize("tokens", [10**400, 10**12, 5000], ids=["huge", "large", "more than there is"])
def test_what_lore_is_said_to_have_taken_keeps_no_scene_from_going_on(
    project: Project, engine: ScriptedEngine, playtest: Playtest, tokens: int
) -> None:
    branch = Branch(project, playtest.id)
    part, n_ctx = branch.script.parts[0], engine.info.n_ctx
    path = [turn.model_copy(update={"record": turn.record | {"lore": {"tokens": tokens}}}) for turn in branch.path()]
    assert most_lore_tokens(part, path, NO_LORE, n_ctx) <= n_ctx // 2
    room = ContextRoom(engine, branch.script)
    LongScene(project, branch.script, playtest.id).perceive(part, path, PlaySettings(seed=5), room)
