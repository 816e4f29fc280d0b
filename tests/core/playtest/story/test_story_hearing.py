"""Who knows what while a scene is played: whispers, comings and goings, facts learnt by hearing, alarms, old runs."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.hearing.knowledge import How
from core.hearing.learning import Knowing
from core.hearing.whispers import as_written, whispered_to
from core.inference.request import Generate
from core.inference.scripted import ScriptedEngine
from core.library.beats import insert_parts, update_world
from core.library.characters import create_character
from core.library.playtests import get_playtest, list_turns
from core.library.scenarios import create_scenario, list_roles, update_scenario
from core.playtest.directing.consequences import Consequences
from core.playtest.directing.director import Director
from core.playtest.script import Script
from core.playtest.settings import PlaySettings, WhenFull
from core.playtest.start import start_playtest
from core.playtest.story.story_play import StoryPlay
from core.playtest.tree import path_to
from core.project import Project
from models.beat import BeatBase, BeatKind, BeatLinkBase
from models.character import CharacterBase
from models.playtest import Origin, SpeakerKind, Turn, TurnBase
from models.scenario import RoleBase, Scenario, ScenarioBase
from models.world import World

TIMEOUT_S = 20
NAMES = ("Mara Voss", "Theo Brand", "Ilse Ruud")
BOAT = "Mara sold the boat to a stranger."


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def scenario(project: Project) -> Scenario:
    cast = [create_character(project, CharacterBase(name=name)) for name in NAMES]
    secrets = ["I owe the harbour master two hundred crowns.", "", ""]
    roles = [RoleBase(character_id=one.id, secret=secret) for one, secret in zip(cast, secrets, strict=True)]
    return create_scenario(project, ScenarioBase(name="Inquest", thoughts=False, max_turns=200), roles)


def give_world(project: Project, scenario: Scenario, **more: Any) -> list[str]:
    ids = [role.id for role in list_roles(project, scenario.id)]
    facts = [{"id": "boat", "text": BOAT, "is_secret": True, "known_by": {ids[0]: "knows"}}]
    update_world(project, scenario.id, World.model_validate({"facts": facts} | more))
    return ids


class Stage:
    """A director whose weights say the lines of a test."""

    def __init__(self, project: Project, scenario: Scenario, lines: Callable[[Generate], str] | list[str], **settings):
        self.project, self.requests = project, []
        self._lines = lines
        self.playtest = start_playtest(project, scenario.id, PlaySettings(seed=5, score_every=0, **settings))
        self.script = Script.model_validate(self.playtest.script)
        self.ids = [part.role_id for part in self.script.parts]
        self.engine = ScriptedEngine(self._say)
        self.director = Director(project, self.engine, self.playtest.id, lambda _event: None)

    def _say(self, request: Generate) -> str:
        self.requests.append(request)
        if callable(self._lines):
            return self._lines(request)
        return self._lines[min(len(self.requests), len(self._lines)) - 1]

    def do(self, act: Callable[..., None], *values: Any) -> None:
        act(*values)
        assert self.director.wait(TIMEOUT_S)

    @property
    def path(self) -> list[Turn]:
        row = get_playtest(self.project, self.playtest.id)
        return path_to(list_turns(self.project, self.playtest.id), row.head_id)

    def knows(self, role: int) -> Knowing:
        cell = StoryPlay(self.script).knowledge(self.path).cell("boat", self.ids[role])
        return cell.knowing if cell is not None else Knowing.UNKNOWN

    def prompt(self, place: int = -1) -> str:
        return "\n".join(message.content for message in self.requests[place].messages)

    def close(self) -> None:
        self.director.close()
        self.engine.close()


@pytest.fixture
def stage_of(project: Project, scenario: Scenario) -> Iterator[Callable[..., Stage]]:
    made: list[Stage] = []

    def make(lines: Callable[[Generate], str] | list[str], **settings: Any) -> Stage:
        made.append(Stage(project, scenario, lines, **settings))
        return made[-1]

    yield make
    for stage in made:
        stage.close()


def test_a_reply_that_begins_as_a_whisper_is_one(stage_of: Callable[..., Stage]) -> None:
    stage = stage_of(["*leans to Theo and whispers* The log is gone.", "Well.", "What did she say?"])
    stage.do(stage.director.play, 3)
    first = stage.path[0]
    assert (first.text, first.audience) == ("The log is gone.", [stage.ids[1]])
    assert whispered_to(first) == {stage.ids[1]: "Theo Brand"}
    assert as_written(first) == "*leans to Theo and whispers* The log is gone."
    assert "Mara Voss (whispers to you): The log is gone." in stage.prompt(1)
    assert "log is gone" not in stage.prompt(2)
    assert "Theo Brand: Well." in stage.prompt(2)


def test_an_edited_whisper_stays_one_and_an_edited_line_is_aloud(stage_of: Callable[..., Stage]) -> None:
    stage = stage_of(["(whispers to Theo) The log is gone."])
    stage.do(stage.director.step)
    stage.do(stage.director.edit, stage.path[0].id, "The lamp is out.")
    assert (stage.path[0].text, stage.path[0].audience) == ("The lamp is out.", [stage.ids[1]])
    stage.do(stage.director.set_world, "Ilse leaves")
    stage.do(stage.director.speak, stage.ids[0], "Good evening.")
    assert (stage.path[-1].audience, whispered_to(stage.path[-1])) == ([stage.ids[1]], None)
    stage.do(stage.director.set_world, "Ilse enters")
    stage.do(stage.director.edit, stage.path[-2].id, "Good night.")
    assert whispered_to(stage.path[-1]) is None, "who was not there makes no whisper of it"
    stage.do(stage.director.edit, stage.path[-1].id, "[to Ilse] Good night.")
    assert (stage.path[-1].text, whispered_to(stage.path[-1])) == ("Good night.", {stage.ids[2]: "Ilse Ruud"})
    assert stage.path[-1].audience == [], "and she is away on this branch"


def test_whoever_comes_back_has_not_heard_what_was_said_meanwhile(stage_of: Callable[..., Stage]) -> None:
    stage = stage_of(["Hm."])
    stage.do(stage.director.set_world, "Ilse leaves")
    stage.do(stage.director.speak, stage.ids[0], "The log is gone.")
    stage.do(stage.director.set_world, "Ilse enters")
    stage.do(stage.director.speak, stage.ids[1], "Good evening.")
    stage.do(stage.director.play_as, stage.ids[2])
    assert "Good evening." in stage.prompt()
    assert "log is gone" not in stage.prompt()
    stage.do(stage.director.play_as, stage.ids[1])
    assert "log is gone" in stage.prompt()


def test_a_fact_is_known_to_those_who_hear_it(
    stage_of: Callable[..., Stage], project: Project, scenario: Scenario
) -> None:
    ids = give_world(project, scenario)
    stage = stage_of(["(whispers to Theo) I sold the boat to a stranger.", "Mara sold the boat to a stranger!", "Hm."])
    stage.do(stage.director.step)
    assert [stage.knows(role) for role in range(3)] == [Knowing.KNOWS, Knowing.KNOWS, Knowing.UNKNOWN]
    record = stage.path[0].record
    assert record["learned"] == {ids[1]: ["boat"]}
    assert record["alarms"] == [{"kind": "secret_out", "fact": "boat", "roles": [ids[1]]}]
    assert record["world"]["changes"] == {"Theo Brand knows boat": "yes"}
    stage.do(stage.director.step)
    assert f"You know: {BOAT}" in stage.prompt(), "the world tells it from then on"
    assert stage.knows(2) == Knowing.KNOWS
    knowledge = StoryPlay(stage.script).knowledge(stage.path)
    changes = [(one.role_id, one.how, one.number, one.source) for one in knowledge.changes]
    assert changes == [
        (ids[0], How.START, 0, ""),
        (ids[1], How.HEARD, 1, "Mara Voss"),
        (ids[2], How.HEARD, 2, "Theo Brand"),
    ]
    stage.do(stage.director.continue_from, stage.path[0].id)
    assert stage.knows(2) == Knowing.UNKNOWN, "not on this branch"


def test_who_cannot_know_raises_the_alarm_and_is_half_believed(
    stage_of: Callable[..., Stage], project: Project, scenario: Scenario
) -> None:
    ids = give_world(project, scenario)
    stage = stage_of(["Hm."])
    stage.do(stage.director.speak, ids[1], BOAT)
    record = stage.path[0].record
    assert (record["learned"], record["suspected"]) == ({}, {ids[2]: ["boat"]})
    assert record["alarms"][0] == {"kind": "cannot_know", "fact": "boat", "role": ids[1]}
    assert [stage.knows(role) for role in range(3)] == [Knowing.KNOWS, Knowing.UNKNOWN, Knowing.SUSPECTS]
    stage.do(stage.director.speak, ids[2], "Mara owes the harbour master two hundred crowns.")
    assert stage.path[1].record["alarms"] == [
        {"kind": "cannot_know", "fact": "", "secret_of": ids[0], "role": ids[2]},
        {"kind": "secret_out", "fact": "", "secret_of": ids[0], "roles": [ids[1]]},
    ]
    stage.do(stage.director.speak, ids[0], "[to Theo] I owe the harbour master two hundred crowns.")
    assert "alarms" not in stage.path[2].record, "he has heard it from Ilse"
    stage.do(stage.director.speak, ids[1], "Mara owes the harbour master two hundred crowns.")
    assert stage.path[3].record["alarms"] == [
        {"kind": "secret_out", "fact": "", "secret_of": ids[0], "roles": [ids[2]]}
    ], "Ilse only guessed it before"


def test_what_the_director_whispers_is_known_and_no_leak(
    stage_of: Callable[..., Stage], project: Project, scenario: Scenario
) -> None:
    ids = give_world(project, scenario)
    stage = stage_of(["Hm."])
    stage.do(stage.director.whisper, ids[2], f"You saw it: {BOAT}")
    assert stage.knows(2) == Knowing.KNOWS
    assert "alarms" not in stage.path[-1].record
    cell = StoryPlay(stage.script).knowledge(stage.path).cell("boat", ids[2])
    assert cell.how == How.DIRECTOR
    stage.do(stage.director.play_as, ids[1])
    assert "sold the boat" not in stage.prompt()


def test_a_way_opens_as_soon_as_somebody_has_heard(
    stage_of: Callable[..., Stage], project: Project, scenario: Scenario
) -> None:
    give_world(project, scenario)
    beats = [
        BeatBase(name="Talk", kind=BeatKind.START),
        BeatBase(name="Out", kind=BeatKind.LOSE, condition="Theo knows boat"),
    ]
    insert_parts(project, scenario.id, beats, [(0, 1, BeatLinkBase())])
    stage = stage_of(["Good evening.", "Evening.", "Hm.", "I sold the boat to a stranger."])
    stage.do(stage.director.play)
    assert len(stage.path) == 4
    assert get_playtest(project, stage.playtest.id).ended == "lost"


def test_rules_can_forbid_learning_and_places(
    stage_of: Callable[..., Stage], project: Project, scenario: Scenario
) -> None:
    ids = [role.id for role in list_roles(project, scenario.id)]
    places = {"places": [{"id": "p1", "name": "hall"}, {"id": "p2", "name": "attic"}]}
    give_world(project, scenario, role_places={ids[0]: "p1", ids[1]: "p2"}, **places)
    stage = stage_of(["Hm."])
    stage.do(stage.director.speak, ids[0], BOAT)
    assert (stage.path[0].audience, stage.knows(1), stage.knows(2)) == ([ids[2]], Knowing.UNKNOWN, Knowing.KNOWS)
    rules = {"hearing": {"learns": False, "by_place": False}}
    update_scenario(project, scenario.id, stage=rules)
    stage = stage_of(["Hm."])
    stage.do(stage.director.speak, ids[0], BOAT)
    assert (stage.path[0].audience, stage.knows(2)) == (None, Knowing.UNKNOWN)
    assert "learned" not in stage.path[0].record


def test_a_run_of_an_older_version_means_what_it_meant(
    stage_of: Callable[..., Stage], project: Project, scenario: Scenario
) -> None:
    give_world(project, scenario)
    stage = stage_of(["I sold the boat to a stranger."])
    stage.do(stage.director.step)
    first, (mara, theo, _) = stage.path[0], stage.ids
    story = StoryPlay(stage.script)

    def who_knows(number: int, learned: dict[str, Any]) -> set[str]:
        values = first.model_dump() | {"id": number, "audience": None, "record": learned}
        return set(story.knowledge([Turn(**values)]).at()["boat"])

    assert who_knows(999, {}) == {mara}
    assert who_knows(998, {"learned": {"x": ["boat"], theo: "boat", "y": 3}, "suspected": []}) == {mara}
    assert who_knows(997, {"learned": {theo: ["boat", "gone", 7]}}) == {mara, theo}


def test_nobody_reads_along_who_will_not_hear(
    stage_of: Callable[..., Stage], project: Project, scenario: Scenario
) -> None:
    ids = [role.id for role in list_roles(project, scenario.id)]
    places = {"places": [{"id": "p1", "name": "hall"}, {"id": "p2", "name": "attic"}]}
    give_world(project, scenario, role_places={ids[0]: "p1", ids[1]: "p2"}, **places)
    stage = stage_of(["Hm."])
    stage.do(stage.director.play_as, ids[0])
    assert {listener.lane.split("/")[-1] for listener in stage.requests[-1].listeners} == {ids[2]}
    stage.do(stage.director.set_world, "Ilse leaves")
    stage.do(stage.director.play_as, ids[0])
    assert stage.requests[-1].listeners == ()


def test_in_a_round_nobody_knows_yet_what_is_said_in_it(
    stage_of: Callable[..., Stage], project: Project, scenario: Scenario
) -> None:
    ids = give_world(project, scenario)
    script = stage_of(["Hm."]).script
    story = StoryPlay(script)
    consequences = Consequences(script, story)
    path: list[Turn] = []
    for speaker in ids[:2]:
        name = script.part(speaker).character.name
        draft = TurnBase(speaker_id=speaker, speaker=name, kind=SpeakerKind.CHARACTER, text=BOAT, origin=Origin.WEIGHTS)
        done = consequences.of(draft.model_copy(update={"record": {"round": 1}}), path)
        path.append(Turn(**done.model_dump(), id=len(path) + 1, playtest_id="p", number=len(path) + 1))
    assert path[0].record["learned"] == {ids[1]: ["boat"], ids[2]: ["boat"]}
    assert path[1].record["alarms"] == [{"kind": "cannot_know", "fact": "boat", "role": ids[1]}], "he spoke too early"


def test_summaries_are_of_what_was_heard(stage_of: Callable[..., Stage]) -> None:
    def say(request: Generate) -> str:
        text = "\n".join(message.content for message in request.messages)
        if "The scene pauses." in text:
            return f"Summary. {'A log was mentioned.' if 'log is gone' in text else 'Nothing happened.'}"
        is_mara = "You are Mara" in text
        return f"{'(whispers to Theo) The log is gone' if is_mara else 'It rains on the roof'} {'and on ' * 20}."

    stage = stage_of(say, when_full=WhenFull.SUMMARISE, max_tokens=40)
    stage.engine._info = type(stage.engine.info)(**{**_fields(stage.engine.info), "n_ctx": 420})
    stage.do(stage.director.play, 24)
    summed = [request for request in stage.requests if "The scene pauses." in request.messages[-1].content]
    assert summed
    mine = [request for request in summed if stage.ids[2] in request.lane]
    assert mine
    assert all("log" not in message.content for request in mine for message in request.messages)
    theirs = [request for request in summed if stage.ids[1] in request.lane]
    assert any("log is gone" in message.content for request in theirs for message in request.messages)


def _fields(info: Any) -> dict[str, Any]:
    return {name: getattr(info, name) for name in info.__dataclass_fields__}


def test_who_would_talk_to_nobody_is_passed_over_and_acts_now_and_then(
    project: Project, scenario: Scenario, stage_of: Callable[..., Stage]
) -> None:
    ids = [role.id for role in list_roles(project, scenario.id)]
    places = [{"id": "hall", "name": "the hall", "adjacent": ["cellar"]}, {"id": "cellar", "name": "the cellar"}]
    where = {ids[0]: "hall", ids[1]: "hall", ids[2]: "cellar"}
    give_world(project, scenario, places=places, role_places=where)
    stage = stage_of(["Well."])
    stage.do(stage.director.play, 4)
    assert [turn.speaker for turn in stage.path] == ["Mara Voss", "Theo Brand"] * 2
    update_scenario(project, scenario.id, stage={"narrator": {"mode": "rules"}})
    acting = stage_of(["Well."])
    acting.do(acting.director.play, 11)
    assert 1 <= [turn.speaker for turn in acting.path].count("Ilse Ruud") <= 2
    update_world(
        project,
        scenario.id,
        World.model_validate(
            {"places": places, "role_places": {ids[0]: "hall", ids[1]: "cellar", ids[2]: "yard"}}
            | {"places": [*places, {"id": "yard", "name": "the yard"}]}
        ),
    )
    apart = stage_of(["Well."])
    apart.do(apart.director.play, 3)
    assert [turn.speaker for turn in apart.path] == list(NAMES)
