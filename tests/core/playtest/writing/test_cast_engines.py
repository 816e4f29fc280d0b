"""Parts of one scene played by different weights and by servers: real rows, and a real server on this machine."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.app_settings import Server
from core.errors import UserError
from core.events import Event, Failed
from core.inference.request import Engine
from core.inference.scripted import INFO, ScriptedEngine
from core.inference.servers.remote import RemoteEngine
from core.interchange.packs import build_pack, import_pack, read_pack
from core.library.characters import create_character
from core.library.playtests import get_playtest, list_playtests, list_turns, scores_of_turn
from core.library.scenarios import create_scenario
from core.playtest.directing.director import Director
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.view.context_room import ContextRoom
from core.project import Project
from models.character import CharacterBase
from models.playtest import Playtest, Turn
from models.scenario import RoleBase, Scenario, ScenarioBase
from models.score import Score
from tests.core.inference.chat_server import ChatServer, chat_server

TIMEOUT_S = 20
HERE = "server:Here"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def scenario(project: Project) -> Scenario:
    cast = [
        create_character(project, CharacterBase(name=name, statements=[f"I am {name}."])) for name in ("Mara", "Theo")
    ]
    roles = [RoleBase(name=f"role of {character.name}", character_id=character.id) for character in cast]
    return create_scenario(project, ScenarioBase(name="Inquest", max_turns=50), roles)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        running.on_chat(lambda to: to.say("Only", " the", " wind."))
        yield running


@pytest.fixture
def remote(server: ChatServer) -> Iterator[RemoteEngine]:
    engine = RemoteEngine(Server(name="Here", base_url=server.url))
    yield engine
    engine.close()


@pytest.fixture
def make_scripted() -> Iterator[Callable[[str], Engine]]:
    engines: list[ScriptedEngine] = []

    def make(name: str) -> Engine:
        engines.append(
            ScriptedEngine(lambda _request: f"<think>So.</think>I am played by {name}.", info=replace(INFO, name=name))
        )
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()


def play(
    project: Project,
    playtest: Playtest,
    engine: Engine,
    n_turns: int,
    find_engine: Callable[[str], Engine] | None = None,
) -> tuple[list[Turn], list[Event]]:
    events: list[Event] = []
    with closing(Director(project, engine, playtest.id, events.append, find_engine=find_engine)) as director:
        director.play(n_turns)
        assert director.wait(TIMEOUT_S)
    return list_turns(project, playtest.id), events


def cast_of(playtest: Playtest) -> dict[str, str]:
    """Returns role ids by character."""
    return {part.character.name: part.role_id for part in Script.model_validate(playtest.script).parts}


def begin(project: Project, scenario: Scenario, **cast_weights: str) -> Playtest:
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=5))
    roles = cast_of(playtest)
    settings = PlaySettings(seed=5, cast_weights={roles[name]: wanted for name, wanted in cast_weights.items()})
    with project.append() as session:
        session.get_one(Playtest, playtest.id).settings = settings.model_dump(mode="json")
    found = get_playtest(project, playtest.id)
    assert found is not None
    return found


def scores_of(project: Project, turn: Turn) -> dict[str, Score]:
    return {score.metric: score for score in scores_of_turn(project, turn.id or 0)}


def test_each_part_is_played_by_its_own_weights(
    project: Project, scenario: Scenario, make_scripted: Callable[[str], Engine]
) -> None:
    playtest = begin(project, scenario, Theo="other.gguf")
    other = make_scripted("other")
    turns, _ = play(project, playtest, make_scripted("first"), 4, {"other.gguf": other}.__getitem__)
    assert [(turn.speaker, turn.text) for turn in turns[:2]] == [
        ("Mara", "I am played by first."),
        ("Theo", "I am played by other."),
    ]
    assert [turn.record["weights"]["name"] for turn in turns] == ["first", "other"] * 2
    assert all(scores_of(project, turn)["grounding"].value is not None for turn in turns)


def test_weights_that_are_gone_stop_play_with_a_sentence(
    project: Project, scenario: Scenario, make_scripted: Callable[[str], Engine]
) -> None:
    playtest = begin(project, scenario, Theo="gone.gguf")

    def find(_wanted: str) -> Engine:
        raise UserError("gone.gguf is not there.", "Choose others.")

    turns, events = play(project, playtest, make_scripted("first"), 4, find)
    assert len(turns) == 1
    assert [event.message for event in events if isinstance(event, Failed)] == ["gone.gguf is not there."]
    _, events = play(project, playtest, make_scripted("first"), 1)
    assert [event.message for event in events if isinstance(event, Failed)] == [
        "A part of this playtest is played by other weights."
    ]


def test_a_scene_is_played_on_a_server_that_can_do_little(
    project: Project, scenario: Scenario, remote: RemoteEngine, server: ChatServer
) -> None:
    """It cannot begin with a thought, count tokens, or score; the scene is played, and each gap is said."""
    turns, events = play(project, begin(project, scenario), remote, 4)
    assert [turn.text for turn in turns] == ["Only the wind."] * 4
    assert not [event for event in events if isinstance(event, Failed)]
    record = turns[0].record
    assert record["weights"] == {"name": "small", "sha256": "", "size_bytes": 0, "server": "OpenAI API"}
    assert "top_k" not in record["sampling"], "the server draws as it likes there"
    assert record["engine"] == {}, "nothing is known of how it came to the turn"
    assert record["room_is_estimate"]
    assert record["sampling"]["temperature"] == 0.5
    scores = scores_of(project, turns[3])
    for metric in ("grounding", "drift"):
        assert scores[metric].value is None
        assert (scores[metric].reason or "").startswith("This server cannot")
    assert scores["echo"].value is not None
    assert server.chats[0].body["messages"][0]["role"] == "system"


def test_a_part_is_played_by_a_server_and_the_others_here(
    project: Project, scenario: Scenario, make_scripted: Callable[[str], Engine], remote: RemoteEngine
) -> None:
    playtest = begin(project, scenario, Mara=HERE)
    turns, _ = play(project, playtest, make_scripted("first"), 3, {HERE: remote}.__getitem__)
    assert [turn.text for turn in turns] == ["Only the wind.", "I am played by first.", "Only the wind."]
    assert [turn.record["weights"].get("server") for turn in turns] == ["OpenAI API", None, "OpenAI API"]


def test_a_view_is_kept_short_by_an_estimate_that_is_known_as_one(
    project: Project, scenario: Scenario, remote: RemoteEngine, make_scripted: Callable[[str], Engine]
) -> None:
    script = Script.model_validate(begin(project, scenario).script)
    guessed, counted = ContextRoom(remote, script), ContextRoom(make_scripted("first"), script)
    assert guessed.count("The lamp was dark at nine.") == 9
    assert guessed.is_estimate
    counted.count("The lamp was dark at nine.")
    assert not counted.is_estimate


def test_no_place_on_this_machine_goes_into_a_pack_and_none_comes_out(
    project: Project, scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    playtest = begin(project, scenario, Theo="/home/ann/secret-weights.gguf")
    path = tmp_path / "a.trpack"
    build_pack(project, scenario.id, path, (playtest.id,), "CC BY 4.0", ["Ann"])
    with zipfile.ZipFile(path) as pack:
        assert not any(b"secret-weights" in pack.read(name) for name in pack.namelist())
    monkeypatch.setattr("core.interchange.pack_rows.portable_settings", lambda settings: settings)
    path = tmp_path / "b.trpack"
    build_pack(project, scenario.id, path, (playtest.id,), "CC BY 4.0", ["Mallory"])
    with zipfile.ZipFile(path) as pack:
        assert any(b"secret-weights" in pack.read(name) for name in pack.namelist()), "a hostile pack"
    with closing(Project(tmp_path / "q.tableread")) as other:
        import_pack(other, read_pack(path))
        (imported,) = list_playtests(other)
        assert imported.settings["seed"] == 5
        assert "cast_weights" not in imported.settings
