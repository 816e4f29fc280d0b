"""Records of turns come from strangers' packs: whatever stands in them, nothing that reads them fails."""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from core.errors import UserError
from core.events import Event, Failed
from core.inference.request import Generate
from core.inference.scripted import ScriptedEngine
from core.library.playtests import get_playtest, list_turns
from core.lore.records import parse_verdict
from core.lore.verdicts import Rule
from core.memory.clock import MAX_SECONDS, passed_by
from core.memory.records import asked_importance
from core.minds.plan import MAX_TRIES, read_plan
from core.narrator.acts import read_act
from core.playtest.directing.acts import describe_act, mood, time
from core.playtest.directing.director import Director
from core.playtest.looking_back.mind_reading import read_mind
from core.playtest.looking_back.replaying import Replay
from core.playtest.looking_back.what_if import Change, Kind, start_what_if
from core.playtest.looking_back.xray import take_xray
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.tree import path_to
from core.playtest.view.pinned_lore import PinnedBooks
from core.project import Project
from models.playtest import Playtest, Turn, TurnBase
from models.scenario import TurnPolicy
from tests.fuzz.stage_scene import add_scene

HUGE = 10**400
"""An integer of JSON that no float can hold."""
ODD: list[Any] = [[], {}, [[]], {"kind": []}, HUGE, "x", True]
KEYS = ("round", "again", "adapters", "sampling", "think_tokens", "turn_taking", "why", "seed", "n_turns_dropped")
TABLES = ("mind", "lore", "world", "narrator", "act", "whisper", "earlier", "learned", "alarms", "overheard")


def with_act(turn: TurnBase, **act: Any) -> TurnBase:
    return turn.model_copy(update={"record": {"act": turn.record["act"] | act}})


def test_numbers_that_no_float_can_hold_are_bounded() -> None:
    assert passed_by(with_act(time(1, []), seconds=HUGE)) == MAX_SECONDS
    assert asked_importance({"importance": {"t1": HUGE}}) == {"t1": 10.0}
    assert describe_act(with_act(mood("a", "anger", 1), strength=HUGE), {"a": "Mara"}) == "Mara feels anger."
    steps = [{"text": "Find the key.", "status": "now", "n_tries": HUGE}]
    plan = read_plan({"goal": "Find the key.", "steps": steps, "n_since": 0})
    assert plan is not None
    assert plan.steps[0].n_tries == MAX_TRIES


@pytest.mark.parametrize("odd", [[], {}, None, 3])
def test_what_should_be_a_word_may_be_anything(odd: object) -> None:
    assert read_act({"kind": odd, "role_id": "a"}) is None
    assert parse_verdict({"rule": odd}).rule == Rule.NO_KEY
    assert PinnedBooks({"books": [{"entries": [odd]}, {"entries": [{}]}]}).books == []


def say(request: Generate) -> str:
    thought = "I fear them.</think>" if request.opening.startswith("<think>") else ""
    lines = ["I take the key.", "Mara had the second key.", "(whispers to Theo) I am furious.", "What was it in 1950?"]
    return f"{request.opening}{thought}{lines[len(request.messages[-1].content) % len(lines)]}"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def played(project: Project) -> Playtest:
    """A few turns with everything on, and acts of the director."""
    scenario = add_scene(project, 60, TurnPolicy.MENTION)
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=11, max_tokens=24))
    role = Script.model_validate(playtest.script).parts[0].role_id
    with closing(ScriptedEngine(say)) as engine, closing(Director(project, engine, playtest.id, print)) as director:
        director.play(4)
        director.pass_time(7200)
        director.set_mood(role, "anger", 0.9)
        director.play(3)
        assert director.wait(60)
    return get_playtest(project, playtest.id)


def change_records(project: Project, playtest_id: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    with project.append() as session:
        for turn in list_turns(project, playtest_id):
            row = session.get_one(Turn, turn.id)
            row.record = change(row.record)


def odd_within(record: Any, odd: Any) -> Any:
    """Puts something odd in place of each single value, however deep."""
    if isinstance(record, dict):
        return {key: odd_within(value, odd) for key, value in record.items()}
    if isinstance(record, list):
        return [odd_within(value, odd) for value in record]
    return odd


@pytest.mark.parametrize("odd", ODD, ids=[str(odd)[:12] for odd in ODD])
@pytest.mark.parametrize("is_deep", [False, True])
def test_a_playtest_with_odd_records_is_read_replayed_and_played_on(
    project: Project, played: Playtest, odd: object, is_deep: bool
) -> None:
    path = path_to(list_turns(project, played.id), played.head_id)
    again = start_what_if(project, played.id, path[4].id, Change(Kind.NOTHING))
    for playtest in (played, again):
        change_records(
            project,
            playtest.id,
            lambda record: (
                record | {key: odd_within(record[key], odd) for key in TABLES if key in record}
                if is_deep
                else record | dict.fromkeys((*KEYS, *TABLES), odd)
            ),
        )
        read_all(project, playtest.id)
        faults: list[Event] = []
        with closing(ScriptedEngine(say)) as engine:
            assert list(Replay(project, engine, playtest.id).replay())
            with closing(Director(project, engine, playtest.id, faults.append)) as director:
                director.next_speaker()
                director.play(2)
                assert director.wait(60)
        assert not [fault for fault in faults if isinstance(fault, Failed) and "inside Tableread" in fault.message]


def read_all(project: Project, playtest_id: str) -> None:
    roles = [part.role_id for part in Script.model_validate(get_playtest(project, playtest_id).script).parts]
    for turn in list_turns(project, playtest_id):
        describe_act(turn, {})
        for role_id in (None, roles[1]):
            with suppress(UserError):
                take_xray(project, playtest_id, turn.id, role_id).to_document()
    for role_id in roles:
        read_mind(project, playtest_id, None, role_id)
