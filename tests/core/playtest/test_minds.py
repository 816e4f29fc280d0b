"""The moment that a mind works from."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.inference.scripted import ScriptedEngine
from core.library.characters import create_character
from core.library.memories import edit_memory
from core.memory.entries import Entry
from core.minds.remembering import stream_of
from core.playtest.branch import Branch
from core.playtest.directing.director import Director
from core.playtest.directing.recasting import cast_at
from core.playtest.minds import Minds
from core.playtest.script import Script
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.project import Project
from models.character import CharacterBase
from models.playtest import Origin, SpeakerKind, Turn
from tests.fuzz.stage_scene import add_scene


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


def test_a_goal_that_is_reached_within_a_round_is_reached_when_the_round_is_over(project: Project) -> None:
    playtest = start_playtest(project, add_scene(project, 60).id, PlaySettings(seed=11))
    script = Script.model_validate(playtest.script)
    first, second = script.parts[:2]
    tested = second.model_copy(update={"role": second.role.model_copy(update={"goal_test": "tension >= 5"})})
    script = script.model_copy(update={"parts": (first, tested, *script.parts[2:])})
    said = Turn(
        id=1,
        playtest_id=playtest.id,
        number=1,
        speaker_id=first.role_id,
        speaker=first.character.name,
        kind=SpeakerKind.CHARACTER,
        text="I break the lamp.",
        origin=Origin.WEIGHTS,
        record={"round": 1, "world": {"set": "tension = 9"}},
    )
    minds = Minds(project, script, playtest.id)
    assert not minds.moment(tested, [said], in_round=1).goal_reached
    assert minds.moment(tested, [said]).goal_reached


def test_the_setting_brings_out_a_side_before_the_first_turn_whatever_else_the_rules_say(project: Project) -> None:
    playtest = start_playtest(project, add_scene(project, 60).id, PlaySettings(seed=11))
    script = Script.model_validate(playtest.script)
    side = {"name": "seasick", "situations": ["A boathouse in a storm."], "text": "You hold on to everything."}
    card = script.parts[0].character.model_copy(update={"layers": {"variants": [side]}})
    part = script.parts[0].model_copy(update={"character": card})
    for stage in ({}, {"ending": {"natural": False}}):
        plain = script.model_copy(update={"scenario": script.scenario.model_copy(update={"stage": stage})})
        inner = Minds(project, plain, playtest.id).prepare(part, [], None)
        assert [note.text for note in inner.notes] == ["You hold on to everything."]


def test_what_was_done_to_the_memories_of_a_persona_is_not_done_to_who_plays_the_part_afterwards(
    project: Project,
) -> None:
    scenario = add_scene(project, 60)
    before = {"memories": [{"text": "I signed the false log.", "importance": 5}]}
    other = create_character(project, CharacterBase(name="Anna Holm", layers=before))
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=11, max_tokens=8))
    role_id = Script.model_validate(playtest.script).parts[0].role_id

    def entry() -> Entry:
        branch = Branch(project, playtest.id)
        part = cast_at(branch.script, branch.path()).part(role_id)
        assert part is not None
        found = stream_of(Minds(project, branch.script, playtest.id).moment(part, branch.path())).get("p1")
        assert found is not None
        return found

    with closing(ScriptedEngine({})) as engine, closing(Director(project, engine, playtest.id, print)) as director:
        director.play(2)
        assert director.wait(60)
        edit_memory(project, Branch(project, playtest.id).head_id or 0, role_id, "p1", "I hid the second key.")
        assert entry().text == "I hid the second key."
        director.recast(role_id, other.id)
        assert director.wait(60)
        assert entry().text == "I signed the false log."
        edit_memory(project, Branch(project, playtest.id).head_id or 0, role_id, "p1", "I burned the log.")
        assert entry().text == "I burned the log."
