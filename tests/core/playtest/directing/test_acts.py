"""Acts of the director on a scene: holding, whispers, moods, the world, time, casting, roles that people take."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.events import (
    Event,
    Failed,
    LineAwaited,
    LineSettled,
    PlaytestPaused,
    TextStreamed,
    TurnCommitted,
    TurnDiscarded,
    TurnHeld,
    TurnResumed,
    TurnStarted,
)
from core.inference.request import Generate, WeightsInfo
from core.inference.scripted import INFO, ScriptedEngine
from core.interchange.transcript import format_text, read_transcript
from core.library.branches import cut_branch, name_branch, read_marks
from core.library.characters import create_character
from core.library.playtests import get_playtest, list_turns
from core.library.scenarios import create_scenario, update_scenario
from core.playtest.directing.acts import act_of, describe_seconds
from core.playtest.directing.director import Director
from core.playtest.directing.recasting import cast_at
from core.playtest.script import NARRATOR_ID
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.tree import branches, living, path_to
from core.project import Project
from models.character import CharacterBase
from models.playtest import Origin, Playtest, SpeakerKind, Turn
from models.scenario import RoleBase, Scenario, ScenarioBase, TurnPolicy

TIMEOUT_S = 20
WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def scenario(project: Project) -> Scenario:
    cast = [create_character(project, CharacterBase(name=name)) for name in ("Mara", "Theo", "Ilse")]
    roles = [RoleBase(name=character.name.lower(), character_id=character.id) for character in cast]
    world = {"variables": [{"name": "tension", "low": 0, "high": 9, "start": 1}]}
    scene = ScenarioBase(name="Inquest", greeting="The tide bell rings.", max_turns=90, thoughts=False, world=world)
    return create_scenario(project, scene, roles)


class Stage:
    """A director with its events, for one playtest on a scripted engine that keeps what it was asked."""

    def __init__(self, project: Project, scenario: Scenario, delay_s: float = 0.0, info: WeightsInfo = INFO) -> None:
        self.project = project
        self.prefix = ""
        self.asked: list[Generate] = []
        self.events: list[Event] = []
        self.seen = threading.Condition()
        self.engine = ScriptedEngine(self._say, delay_s=delay_s, info=info)
        self.playtest: Playtest = start_playtest(project, scenario.id, PlaySettings(seed=5, score_every=0))
        self.director = Director(project, self.engine, self.playtest.id, self._on_event)

    def _say(self, request: Generate) -> str:
        self.asked.append(request)
        return f"{request.opening}{self.prefix}{request.sampling.seed % 97} {WORDS}"

    def _on_event(self, event: Event) -> None:
        with self.seen:
            self.events.append(event)
            self.seen.notify_all()

    def wait_for(self, kind: type, count: int = 1) -> None:
        with self.seen:
            assert self.seen.wait_for(lambda: len(self.of(kind)) >= count, TIMEOUT_S), self.events

    def wait(self) -> None:
        assert self.director.wait(TIMEOUT_S)

    def play(self, n_turns: int) -> None:
        self.director.play(n_turns)
        self.wait()

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    def role(self, name: str) -> str:
        return next(part.role_id for part in self.director._branch.script.parts if part.character.name == name)

    @property
    def path(self) -> list[Turn]:
        row = get_playtest(self.project, self.playtest.id)
        return path_to(list_turns(self.project, self.playtest.id), row.head_id)

    def heard(self, name: str) -> str:
        """What the weights of somebody read when they last spoke."""
        request = next(one for one in reversed(self.asked) if one.lane.endswith(self.role(name)))
        return "\n".join(message.content for message in request.messages)

    def close(self) -> None:
        self.director.close()
        self.engine.close()


@pytest.fixture
def stage(project: Project, scenario: Scenario) -> Iterator[Stage]:
    with closing(Stage(project, scenario)) as stage:
        yield stage


@pytest.fixture
def slow(project: Project, scenario: Scenario) -> Iterator[Stage]:
    with closing(Stage(project, scenario, delay_s=0.01)) as stage:
        yield stage


def hold_in_the_middle(stage: Stage) -> tuple[str, str]:
    stage.play(1)
    stage.events.clear()
    stage.director.play()
    stage.wait_for(TextStreamed, 3)
    stage.director.hold()
    stage.wait()
    held = stage.director.held
    assert held is not None
    return held


def test_a_held_turn_goes_on_with_the_same_words_and_shows_none_twice(slow: Stage) -> None:
    speaker_id, said = hold_in_the_middle(slow)
    assert speaker_id == slow.role("Mara")
    assert [event.text for event in slow.of(TurnHeld)] == [said]
    assert len(slow.path) == 1
    assert not slow.of(TurnDiscarded)
    slow.director.step()
    slow.wait()
    assert slow.director.held is None
    assert "".join(event.text for event in slow.of(TextStreamed)) == slow.path[-1].text
    assert slow.path[-1].text.startswith(said)
    assert slow.path[-1].text.endswith(WORDS)
    assert len(slow.of(TurnResumed)) == len(slow.of(TurnStarted)) == 1
    assert slow.asked[-1].sampling.seed == slow.asked[-2].sampling.seed
    assert len(slow.path) == 2


def test_a_server_goes_on_behind_what_it_has_said(project: Project, scenario: Scenario) -> None:
    info = replace(INFO, chat_format="server: vLLM")
    with closing(Stage(project, scenario, delay_s=0.01, info=info)) as stage:
        hold_in_the_middle(stage)
        stage.director.step()
        stage.wait()
        assert stage.asked[-1].opening
        assert stage.path[-1].text.startswith(stage.asked[-1].opening.strip())
        assert stage.asked[-2].opening == ""


def test_other_words_than_before_begin_the_turn_anew(project: Project, scenario: Scenario) -> None:
    with closing(Stage(project, scenario, delay_s=0.01)) as stage:
        hold_in_the_middle(stage)
        stage.prefix = "Quite other words. "
        stage.director.step()
        stage.wait()
        assert stage.path[-1].text.startswith("Quite other words.")
        last = max(place for place, event in enumerate(stage.events) if isinstance(event, TurnStarted))
        shown = [event.text for event in stage.events[last:] if isinstance(event, TextStreamed)]
        assert "".join(shown) == stage.path[-1].text


def test_whatever_happens_meanwhile_makes_a_held_turn_void(slow: Stage) -> None:
    hold_in_the_middle(slow)
    slow.director.whisper(slow.role("Mara"), "You are afraid.")
    slow.wait()
    assert slow.director.held is None
    assert len(slow.of(TurnDiscarded)) == 1
    slow.play(1)
    assert [turn.speaker for turn in slow.path] == ["Narrator", "Director", "Mara"]
    assert "(You are afraid.)" in slow.heard("Mara")


def test_stop_throws_a_held_turn_away(slow: Stage) -> None:
    hold_in_the_middle(slow)
    slow.director.stop()
    slow.wait()
    assert slow.director.held is None
    assert len(slow.of(TurnDiscarded)) == 1


def test_only_one_hears_a_whisper_and_it_is_no_line(stage: Stage) -> None:
    stage.play(1)
    stage.director.whisper(stage.role("Theo"), "Somebody lies.")
    stage.play(3)
    assert [turn.kind for turn in stage.path[:3]] == [
        SpeakerKind.NARRATOR,
        SpeakerKind.DIRECTOR,
        SpeakerKind.CHARACTER,
    ]
    assert "Somebody lies" in stage.heard("Theo")
    assert "Somebody lies" not in stage.heard("Mara") + stage.heard("Ilse")
    assert [turn.speaker for turn in stage.path[2:]] == ["Mara", "Theo", "Ilse"]


def test_a_line_is_heard_by_its_audience(stage: Stage) -> None:
    stage.play(1)
    stage.director.speak(NARRATOR_ID, "A door creaks behind you.", [stage.role("Theo")])
    stage.play(3)
    assert stage.path[1].audience == [stage.role("Theo")]
    assert "creaks" in stage.heard("Theo")
    assert "creaks" not in stage.heard("Mara") + stage.heard("Ilse")


def test_acts_are_turns_that_say_what_was_done(stage: Stage) -> None:
    stage.play(1)
    mara = stage.role("Mara")
    stage.director.set_mood(mara, "fear", 7.0)
    stage.director.set_world("tension = 4")
    stage.director.pass_time(9000)
    stage.wait()
    mood, world, time = stage.path[1:]
    assert act_of(mood) == {"kind": "mood", "role": mara, "emotion": "fear", "strength": 1.0}
    assert mood.audience == [mara]
    assert act_of(world)["effects"] == "tension = 4"
    assert act_of(time) == {"kind": "time", "seconds": 9000}
    assert time.text == "2 hours 30 minutes pass."
    stage.director.continue_from(stage.path[0].id)
    stage.director.set_world("no such thing = 4")
    stage.wait()
    assert len(stage.of(Failed)) == 1
    assert len(stage.path) == 1


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 seconds"), (1, "1 second"), (7200, "2 hours"), (90061, "1 day 1 hour")]
)
def test_seconds_are_said_in_two_units(seconds: float, said: str) -> None:
    assert describe_seconds(seconds) == said


def test_a_recast_role_is_played_by_the_other_on_that_branch_only(stage: Stage) -> None:
    stage.play(2)
    before = stage.path[-1]
    bo = create_character(stage.project, CharacterBase(name="Bo", description="I sell fish."))
    stage.director.recast(stage.role("Theo"), bo.id)
    stage.play(2)
    assert [turn.speaker for turn in stage.path[-2:]] == ["Bo", "Ilse"]
    assert "I sell fish." in stage.asked[-2].messages[0].content
    assert "Bo" in stage.asked[-1].messages[0].content
    assert "Theo" not in stage.asked[-1].messages[0].content
    script = stage.director._branch.script
    assert cast_at(script, stage.path[:2]) is script
    stage.director.continue_from(before.id)
    stage.play(1)
    assert stage.path[-1].speaker == "Theo"


def test_nobody_plays_two_roles(stage: Stage, project: Project) -> None:
    twin = create_character(project, CharacterBase(name="mara"))
    stage.play(1)
    stage.director.recast(stage.role("Theo"), twin.id)
    stage.director.recast(stage.role("Theo"), "nobody")
    stage.wait()
    assert len(stage.of(Failed)) == 2
    assert len(stage.path) == 1


def test_other_weights_are_named_on_the_path_and_used(stage: Stage) -> None:
    stage.play(1)
    stage.director.swap_weights(stage.role("Mara"), "/secret/place/big.gguf", "Big")
    stage.wait()
    assert act_of(stage.path[-1]) == {"kind": "weights", "role": stage.role("Mara"), "weights": "Big"}
    assert stage.director._branch.settings.cast_weights == {stage.role("Mara"): "/secret/place/big.gguf"}
    assert stage.project.undo() == "Change weights"
    assert stage.director._branch.settings.cast_weights == {}


def test_a_taken_role_waits_for_its_line_and_the_play_goes_on(stage: Stage) -> None:
    theo = stage.role("Theo")
    stage.director.take_role(theo)
    stage.director.play(4)
    stage.wait_for(LineAwaited)
    stage.wait()
    assert [turn.speaker for turn in stage.path] == ["Narrator", "Mara"]
    assert stage.of(LineAwaited)[0] == LineAwaited(stage.playtest.id, 3, theo, "Theo", 0)
    stage.director.speak(theo, "I was asleep.")
    stage.wait()
    assert [turn.speaker for turn in stage.path] == ["Narrator", "Mara", "Theo", "Ilse"]
    assert stage.path[2].origin == Origin.HUMAN
    assert stage.path[2].record["turn_taking"]["policy"] == "round_robin"
    assert len(stage.of(LineSettled)) == 1


def test_a_line_can_be_passed_handed_back_or_given_up(stage: Stage) -> None:
    theo = stage.role("Theo")
    stage.director.take_role(theo)
    stage.director.play(3)
    stage.wait_for(LineAwaited)
    stage.director.let_pass()
    stage.wait()
    assert (stage.path[-1].speaker, stage.path[-1].origin) == ("Theo", Origin.WEIGHTS)
    stage.director.play(3)
    stage.wait_for(LineAwaited, 2)
    stage.director.hand_back(theo)
    stage.wait()
    assert [turn.speaker for turn in stage.path[-3:]] == ["Ilse", "Mara", "Theo"]
    stage.director.take_role(theo)
    stage.director.play()
    stage.wait_for(LineAwaited, 3)
    stage.director.pause()
    stage.wait_for(LineSettled, 3)
    stage.wait()
    assert not stage.director.is_playing


def test_when_the_time_is_over_the_weights_speak(stage: Stage) -> None:
    stage.director.take_role(stage.role("Mara"), 0.05)
    stage.director.play(2)
    stage.wait_for(LineAwaited)
    stage.wait_for(TurnCommitted, 2)
    assert (stage.path[-1].speaker, stage.path[-1].origin) == ("Mara", Origin.WEIGHTS)


def test_the_director_chooses_who_speaks(project: Project, scenario: Scenario) -> None:
    update_scenario(project, scenario.id, turn_policy=TurnPolicy.DIRECTOR)
    with closing(Stage(project, scenario)) as stage:
        stage.director.play()
        stage.wait_for(PlaytestPaused)
        assert [turn.speaker for turn in stage.path] == ["Narrator"]
        stage.director.play_as(stage.role("Ilse"))
        stage.director.play_as(stage.role("Ilse"))
        stage.wait()
        assert [turn.speaker for turn in stage.path] == ["Narrator", "Ilse", "Ilse"]
        assert stage.path[-1].record["why"] == "chosen by the director"


def test_a_retried_turn_comes_as_the_first_one_did(stage: Stage) -> None:
    stage.play(3)
    first = stage.path[-1]
    stage.director.retry(first.id)
    stage.wait()
    second = stage.path[-1]
    assert second.text != first.text
    assert second.record["why"] == first.record["why"]
    assert (first.record["alternative"], second.record["alternative"]) == (0, 1)


def test_a_deleted_branch_is_out_of_sight_until_undone(stage: Stage) -> None:
    stage.play(3)
    first = stage.path
    stage.director.continue_from(first[1].id)
    stage.play(2)
    second = stage.path
    name_branch(stage.project, second[2].id, "  The  other way ")
    cut_branch(stage.project, stage.playtest.id, second[2].id)
    assert stage.director._branch.head_id == first[1].id
    marks = read_marks(stage.project, stage.playtest.id)
    assert (marks[second[2].id].name, marks[second[2].id].is_cut) == ("The other way", True)
    turns = list_turns(stage.project, stage.playtest.id)
    assert [turn.id for turn in branches(living(turns, {second[2].id}))] == [first[2].id]
    stage.director.choose_alternative(first[2].id, 1)
    stage.wait()
    assert stage.director._branch.head_id == first[1].id
    assert stage.project.undo() == f"Delete branch from turn {second[2].number}"
    assert stage.director._branch.head_id == second[-1].id
    stage.play(1)
    assert len(stage.path) == len(second) + 1


def test_why_a_branch_ended_is_forgotten_when_it_goes_on(stage: Stage, project: Project) -> None:
    def ended() -> tuple[str | None, str]:
        row = get_playtest(project, stage.playtest.id)
        return row.ended, row.ended_why

    stage.play(3)
    for go_on in (
        lambda: stage.play(1),
        lambda: stage.director.continue_from(stage.path[1].id),
        lambda: cut_branch(project, stage.playtest.id, stage.path[-1].id),
    ):
        stage.director.end_scene()
        stage.wait()
        assert ended() == ("user", "You ended the scene.")
        go_on()
        stage.wait()
        assert ended() == (None, "")


def test_a_head_inside_a_deleted_branch_is_the_last_turn_before_it(stage: Stage) -> None:
    stage.play(4)
    path = stage.path
    cut_branch(stage.project, stage.playtest.id, path[2].id)
    with stage.project.append() as session:
        session.get_one(Playtest, stage.playtest.id).head_id = path[3].id
    assert [turn.id for turn in stage.director._branch.path()] == [turn.id for turn in path[:2]]
    assert path_to(path, path[3].id, {path[2].id}) == path[:2]


def test_a_transcript_says_what_was_done(stage: Stage) -> None:
    stage.play(1)
    bo = create_character(stage.project, CharacterBase(name="Bo"))
    stage.director.whisper(stage.role("Mara"), "Run.")
    stage.director.set_mood(stage.role("Mara"), "fear", 0.5)
    stage.director.recast(stage.role("Theo"), bo.id)
    stage.director.swap_weights(stage.role("Ilse"), "/x.gguf", "Big")
    stage.wait()
    text = format_text(read_transcript(stage.project, stage.playtest.id))
    for said in ("(to Mara) Run.", "Mara feels fear (50%).", "Bo plays in place of Theo", "Ilse is played by Big"):
        assert said in text
    assert "/x.gguf" not in text
