"""A branch again from its record, "what if", and the X-ray of turns, with the house weights in a real worker."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict

import pytest

from core.errors import UserError
from core.inference.request import Sampling, WeightsSettings
from core.inference.weights.catalog import house_weights
from core.inference.worker import Worker
from core.library.characters import create_character
from core.library.playtests import get_playtest, list_playtests, list_scores, list_turns, set_pinned
from core.playtest.directing.director import Director
from core.playtest.looking_back.recorded import read_sampling
from core.playtest.looking_back.replaying import Replay
from core.playtest.looking_back.what_if import Change, Kind, start_what_if, turns_after
from core.playtest.looking_back.xray import take_xray
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.tree import path_to
from core.project import Project
from models.character import CharacterBase
from models.playtest import Playtest, SpeakerKind, Turn
from models.scenario import TurnPolicy
from tests.fuzz.stage_scene import add_scene

TIMEOUT_S = 240


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with closing(Worker(WeightsSettings(house_weights(), n_ctx=2048, n_threads=1))) as found:
        yield found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with closing(Project(tmp_path_factory.mktemp("replay") / "p.tableread")) as found:
        yield found


@pytest.fixture(scope="module")
def played(project: Project, worker: Worker) -> Playtest:
    """A scene with everything on: played, retried, held, directed, recast, and gone on with."""
    scenario = add_scene(project, 60, TurnPolicy.MENTION)
    bo = create_character(project, CharacterBase(name="Anna Holm", statements=["Anna mends nets."]))
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=11, max_tokens=32))
    roles = [part.role_id for part in Script.model_validate(playtest.script).parts]
    with closing(Director(project, worker, playtest.id, lambda _event: None)) as director:
        director.play(3)
        assert director.wait(TIMEOUT_S)
        director.whisper(roles[0], "Do not speak of the key.")
        director.set_mood(roles[1], "anger", 0.9)
        director.pass_time(7200)
        director.play(2)
        assert director.wait(TIMEOUT_S)
        last = next(turn for turn in reversed(path_of(project, playtest)) if turn.record.get("weights"))
        director.retry(last.id)
        director.speak(roles[2], "I have had enough of this.", [roles[0]])
        director.set_world("tension = 4")
        director.recast(roles[3], bo.id)
        director.play_as(roles[3])
        director.play(2)
        assert director.wait(TIMEOUT_S)
    return get_playtest(project, playtest.id)


def path_of(project: Project, playtest: Playtest) -> list[Turn]:
    return path_to(list_turns(project, playtest.id), get_playtest(project, playtest.id).head_id)


def words(turns: list[Turn]) -> list[tuple]:
    return [(turn.speaker, turn.thought, turn.text, turn.audience) for turn in turns]


def inner(turn: Turn) -> list[object]:
    """What a turn keeps of memory, mood, plan, world, knowledge and turn-taking."""
    keys = ("mind", "world", "learned", "overheard", "alarms", "lore", "turn_taking", "narrator", "seed", "why")
    return [turn.record.get(key) for key in keys]


def play_what_if(project: Project, worker: Worker, playtest: Playtest, turn: Turn, change: Change) -> list[Turn]:
    asked = start_what_if(project, playtest.id, turn.id, change)
    assert asked.what_if["number"] == turn.number
    with closing(Director(project, worker, asked.id, lambda _event: None)) as director:
        director.play(turns_after(asked))
        assert director.wait(TIMEOUT_S)
    return path_of(project, asked)


def test_every_turn_is_the_same_again(project: Project, worker: Worker, played: Playtest) -> None:
    replayed = list(Replay(project, worker, played.id).replay())
    assert [one.number for one in replayed] == [turn.number for turn in path_of(project, played)]
    assert [(one.number, one.why) for one in replayed if not one.is_equal] == []
    assert sum(one.is_written for one in replayed) >= 4
    assert not any("went_on" in turn.record for turn in path_of(project, played))
    kept = [one for one in replayed if not one.is_written]
    assert all(one.why for one in kept)


def test_what_differs_is_said(project: Project, worker: Worker, played: Playtest) -> None:
    path = path_of(project, played)
    place = next(i for i, turn in enumerate(path) if turn.record.get("weights") and turn.text)
    turn = path[place]
    replay = Replay(project, worker, played.id)

    def replayed(**changes: object) -> tuple[bool, str]:
        other = Turn.model_validate(turn.model_dump() | {"record": turn.record | changes})
        found = replay.replay_turn(other, path[:place])
        return found.is_equal, found.why

    assert replayed() == (True, "")
    assert replayed(weights={"name": "Big", "sha256": "ff"})[1].startswith("It was written by Big, and these are")
    assert "sad.gguf" in replayed(adapters=[{"name": "sad.gguf"}])[1]
    other = Turn.model_validate(turn.model_dump() | {"text": "Never said.", "record": turn.record | {"n_ctx": 512}})
    found = replay.replay_turn(other, path[:place])
    assert not found.is_equal
    assert "Context was 512" in found.why


def test_an_unchanged_what_if_is_word_for_word_the_same(project: Project, worker: Worker, played: Playtest) -> None:
    path = path_of(project, played)
    set_pinned(project, path[1].id, True)
    again = play_what_if(project, worker, played, path[2], Change(Kind.NOTHING))
    set_pinned(project, path[1].id, False)
    assert words(again) == words(path)
    assert [inner(turn) for turn in again] == [inner(turn) for turn in path]
    assert {turn.playtest_id for turn in again} != {played.id}
    scored = {score.turn_id: score.value for score in list_scores(project, played.id) if score.metric == "grounding"}
    copied = {
        score.turn_id: score.value
        for score in list_scores(project, again[0].playtest_id)
        if score.metric == "grounding"
    }
    pairs = [(one.id, two.id) for one, two in zip(path[:2], again[:2], strict=True) if one.id in scored]
    assert [scored[one] for one, _ in pairs] == [copied[two] for _, two in pairs]


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("character", "description", "I am a pirate who shouts at everybody, always."),
        ("character", "layers.social.age", 91),
        ("role", "secret", "You had the second key yourself."),
        ("scenario", "setting", "A hot desert at noon."),
        ("scenario", "stage.mind.mood", False),
        ("world", "", "tension = 8"),
    ],
)
def test_a_what_if_changes_one_thing_from_there_on(
    project: Project, played: Playtest, kind: str, field: str, value: object
) -> None:
    path = path_of(project, played)
    role_id = Script.model_validate(played.script).parts[0].role_id
    asked = start_what_if(project, played.id, path[4].id, Change(kind, field, value, role_id))
    assert words(path_of(project, asked)) == words(path[:4])
    change = asked.what_if["change"]
    assert change["after"] == value
    assert change["before"] != value
    before, after = played.script, asked.script
    assert before != after
    assert turns_after(asked) == len(path) - 4
    assert project.undo().startswith("What if: ")
    assert asked.id not in {one.id for one in list_playtests(project)}


@pytest.mark.parametrize(
    "change",
    [
        Change("character", "no_such_field", 1),
        Change("character", "layers.social.age", "old"),
        Change("character", "layers.social", 4),
        Change("scenario", "stage.memory.recall", "sometimes"),
        Change("scenario", "max_turns", -1),
        Change("role", "goal", ["a"]),
        Change("world", "", "no such thing = 4"),
        Change("nonsense", "", 4),
    ],
)
def test_what_cannot_be_changed_is_said(project: Project, played: Playtest, change: Change) -> None:
    role_id = Script.model_validate(played.script).parts[0].role_id
    n_playtests = len(list_playtests(project))
    change = Change(change.kind, change.field, change.value, role_id)
    with pytest.raises(UserError):
        start_what_if(project, played.id, path_of(project, played)[3].id, change)
    assert len(list_playtests(project)) == n_playtests


def test_a_what_if_of_the_setting_says_other_words(project: Project, worker: Worker, played: Playtest) -> None:
    path = path_of(project, played)
    change = Change("scenario", "setting", "A hot desert at noon, and a caravan that has lost its way.")
    again = play_what_if(project, worker, played, path[2], change)
    assert words(again[:2]) == words(path[:2])
    assert words(again) != words(path)
    said = [turn.text for turn in path if turn.kind == SpeakerKind.DIRECTOR]
    assert [turn.text for turn in again if turn.kind == SpeakerKind.DIRECTOR] == said


def test_the_xray_of_every_turn_is_the_request_it_was_written_from(
    project: Project, worker: Worker, played: Playtest
) -> None:
    for turn in path_of(project, played):
        xray = take_xray(project, played.id, turn.id, engine=worker)
        document = json.loads(json.dumps(xray.to_document()))
        assert document["turn"] == turn.number
        if turn.record.get("weights") and turn.kind == SpeakerKind.CHARACTER:
            assert xray.is_rebuilt
            assert not document["tokens_are_estimate"]
            assert document["messages"][0]["role"] == "system"
            assert xray.blocks[0].origin == "scene"
            assert abs(xray.n_tokens - turn.record["n_prompt_tokens"]) < 120
            assert document["mind"] == turn.record["mind"]
            assert {"echo", "grounding"} <= set(document["scores"])
        elif turn.kind == SpeakerKind.CHARACTER:
            assert not xray.is_rebuilt
            assert xray.messages


def test_another_characters_view_at_that_moment_holds_nothing_it_did_not_hear(
    project: Project, played: Playtest
) -> None:
    path = path_of(project, played)
    roles = [part.role_id for part in Script.model_validate(played.script).parts]
    last = path[-1]
    texts = {
        role_id: json.dumps(take_xray(project, played.id, last.id, role_id).to_document()["messages"])
        for role_id in roles
    }
    assert "Do not speak of the key." in texts[roles[0]]
    assert all("Do not speak of the key." not in texts[role_id] for role_id in roles[1:])
    assert "Anna mends nets." in texts[roles[3]]
    xray = take_xray(project, played.id, last.id, roles[1])
    assert xray.tokens_are_estimate
    with pytest.raises(UserError):
        take_xray(project, played.id, last.id, "nobody")
    with pytest.raises(UserError):
        take_xray(project, played.id, 10**9)


@pytest.mark.parametrize("record", [None, 4, {"temperature": "hot", "logit_bias": [[1, 2.0]], "dry_breakers": 4}])
def test_odd_sampling_is_read_as_usual(record: object) -> None:
    sampling = read_sampling(record)
    assert sampling.temperature == 0.8
    assert sampling.dry_breakers == ("\n", ":", '"', "*")


@pytest.mark.parametrize(
    "record",
    [
        {"min_p": 10**400, "temperature": 10**400, "seed": 10**400},
        {"logit_bias": [["x", 1]], "dry_breakers": [1, 2], "top_k": -3, "temperature": -1, "seed": -1},
        {"logit_bias": [1, 2], "dry_breakers": [{}], "seed": "1", "mirostat": 9},
    ],
)
def test_sampling_that_no_weights_could_use_is_read_as_usual(record: object) -> None:
    assert read_sampling(record) == Sampling()


def test_sampling_is_read_back_as_it_was_recorded() -> None:
    sampling = Sampling(0.3, 7, 0.5, logit_bias=((3, -100.0),), dry_breakers=("\n", "!"), mirostat=2, seed=12)
    assert read_sampling(json.loads(json.dumps(asdict(sampling)))) == sampling
