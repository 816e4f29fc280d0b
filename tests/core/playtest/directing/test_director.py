"""The director: every act of a user, on real rows, with scripted weights."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import UserError
from core.events import (
    Event,
    Failed,
    PlaytestPaused,
    ScoresCommitted,
    TextStreamed,
    TurnCommitted,
    TurnDiscarded,
    TurnStarted,
    ViewTrimmed,
)
from core.inference.request import Engine, Generate, Sampling
from core.inference.scripted import INFO, ScriptedEngine
from core.library.characters import create_character, list_characters, update_character
from core.library.playtests import get_playtest, list_playtests, list_scores, list_turns
from core.library.scenarios import create_scenario, update_scenario
from core.playtest.directing.director import Director
from core.playtest.directing.stopping import Ending
from core.playtest.script import NARRATOR_ID, USER_ID
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.tree import path_to
from core.project import Project
from models.character import CharacterBase
from models.playtest import Origin, Playtest, Turn
from models.scenario import RoleBase, Scenario, ScenarioBase

TIMEOUT_S = 20


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def scenario(project: Project) -> Scenario:
    names = ("Mara", "Theo")
    cast = [create_character(project, CharacterBase(name=name, statements=[f"I am {name}."])) for name in names]
    roles = [RoleBase(name=f"role of {character.name}", character_id=character.id) for character in cast]
    return create_scenario(
        project, ScenarioBase(name="Inquest", greeting="The tide bell rings.", user_name="Ann", max_turns=50), roles
    )


class Stage:
    """A director with its events, for one playtest."""

    def __init__(self, project: Project, playtest: Playtest, engine: Engine) -> None:
        self.project = project
        self.playtest = playtest
        self.events: list[Event] = []
        self.seen = threading.Condition()
        self.director = Director(project, engine, playtest.id, self._on_event)

    def _on_event(self, event: Event) -> None:
        with self.seen:
            self.events.append(event)
            self.seen.notify_all()

    def wait_for(self, kind: type, count: int = 1) -> None:
        with self.seen:
            assert self.seen.wait_for(lambda: len(self.of(kind)) >= count, TIMEOUT_S), self.events

    def wait(self) -> None:
        assert self.director.wait(TIMEOUT_S)

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def row(self) -> Playtest:
        return get_playtest(self.project, self.playtest.id)

    @property
    def turns(self) -> list[Turn]:
        return list_turns(self.project, self.playtest.id)

    @property
    def path(self) -> list[Turn]:
        return path_to(self.turns, self.row.head_id)

    @property
    def texts(self) -> list[str]:
        return [turn.text for turn in self.path]


def say_count() -> Callable[[Generate], str]:
    counter = iter(range(10_000))
    return lambda request: f"{request.opening}thinking</think>line {next(counter)} of {request.sampling.seed % 7}"


@pytest.fixture
def stage(project: Project, scenario: Scenario) -> Iterator[Stage]:
    playtest = start_playtest(project, scenario.id, PlaySettings(seed=5))
    with closing(ScriptedEngine(say_count())) as engine:
        stage = Stage(project, playtest, engine)
        yield stage
        stage.director.close()


def play(stage: Stage, n_turns: int) -> None:
    stage.director.play(n_turns)
    stage.wait()


def test_the_greeting_is_the_first_turn_and_each_turn_is_scored(stage: Stage) -> None:
    play(stage, 4)
    assert [turn.speaker for turn in stage.path] == ["Narrator", "Mara", "Theo", "Mara"]
    assert stage.texts[0] == "The tide bell rings."
    assert [turn.number for turn in stage.path] == [1, 2, 3, 4]
    assert stage.path[1].thought == "thinking"
    assert len(stage.of(TurnCommitted)) == len(stage.of(ScoresCommitted)) == 4
    scores = {(score.turn_id, score.metric): score for score in list_scores(stage.project, stage.playtest.id)}
    last = stage.path[-1].id
    assert scores[last, "grounding"].value is not None
    assert scores[last, "drift"].value is not None
    assert scores[stage.path[1].id, "drift"].reason.startswith("Drift compares")
    assert scores[last, "echo"].evidence["partner"] == "Theo"
    assert stage.row.weights["name"] == "Scripted"
    record = stage.path[-1].record
    assert record["seed"] > 0
    assert record["n_reused_tokens"] > 0
    assert stage.row.ended is None


def test_streamed_text_is_the_committed_text(stage: Stage) -> None:
    play(stage, 2)
    speech = "".join(event.text for event in stage.of(TextStreamed) if not event.private)
    thought = "".join(event.text for event in stage.of(TextStreamed) if event.private)
    assert (thought, speech) == (stage.path[1].thought, stage.path[1].text)
    started = stage.of(TurnStarted)
    assert [(event.speaker, event.why) for event in started] == [("Narrator", "greeting"), ("Mara", "first in order")]


def test_play_runs_to_an_ending_and_says_which(project: Project, scenario: Scenario) -> None:
    update_scenario(project, scenario.id, max_turns=5)
    with closing(ScriptedEngine(say_count())) as engine:
        stage = Stage(project, start_playtest(project, scenario.id, PlaySettings(seed=5)), engine)
        stage.director.play()
        stage.wait_for(PlaytestPaused)
        assert stage.of(PlaytestPaused)[-1].ended == stage.row.ended == Ending.CAP
        assert len(stage.path) == 5
        play(stage, 2)
        assert len(stage.path) == 7
        stage.events.clear()
        stage.director.play()
        stage.wait_for(TurnCommitted, 3)
        stage.director.stop()
        stage.wait()
        assert len(stage.path) >= 10
        stage.director.close()


def test_stop_discards_the_half_spoken_turn(project: Project, scenario: Scenario) -> None:
    with closing(ScriptedEngine(lambda _: "word " * 500, delay_s=0.01)) as engine:
        stage = Stage(project, start_playtest(project, scenario.id, PlaySettings(seed=5, max_tokens=500)), engine)
        stage.director.play()
        stage.wait_for(TextStreamed, 3)
        stage.director.stop()
        stage.wait()
        assert len(stage.of(TurnDiscarded)) == 1
        assert stage.texts == ["The tide bell rings."]
        assert not stage.director.is_playing
        stage.director.close()


def test_a_stop_between_two_turns_is_said(stage: Stage) -> None:
    for _ in range(30):
        stage.events.clear()
        stage.director.play(1)
        stage.director.stop()  # at times before the thread has woken
        stage.wait_for(PlaytestPaused)
        assert not stage.director.is_playing


def test_pause_lets_the_turn_end(project: Project, scenario: Scenario) -> None:
    with closing(ScriptedEngine(lambda _: "<think>a</think>" + "word " * 30, delay_s=0.005)) as engine:
        stage = Stage(project, start_playtest(project, scenario.id, PlaySettings(seed=5)), engine)
        stage.director.play()
        stage.wait_for(TextStreamed, 3)
        stage.director.pause()
        stage.wait()
        assert len(stage.path) == 2
        assert len(stage.path[-1].text.split()) == 30
        stage.director.close()


def test_retry_makes_an_alternative_with_another_seed_and_arrows_go_back(stage: Stage) -> None:
    play(stage, 3)
    first = stage.path[-1]
    stage.director.retry(first.id)
    stage.wait()
    second = stage.path[-1]
    assert second.parent_id == first.parent_id
    assert second.record["seed"] != first.record["seed"]
    stage.director.choose_alternative(second.id, -1)
    stage.wait()
    assert stage.path[-1].id == first.id
    stage.director.choose_alternative(first.id, -1)
    stage.wait()
    assert stage.path[-1].id == first.id


def test_a_retry_that_is_stopped_leaves_the_branch_as_it_was(project: Project, scenario: Scenario) -> None:
    lines = iter(["<think>a</think>First.", "<think>a</think>" + "word " * 300])
    with closing(ScriptedEngine(lambda _: next(lines), delay_s=0.01)) as engine:
        stage = Stage(project, start_playtest(project, scenario.id, PlaySettings(seed=5, max_tokens=400)), engine)
        play(stage, 2)
        stage.events.clear()
        stage.director.retry(stage.path[-1].id)
        stage.wait_for(TextStreamed, 3)
        stage.director.stop()
        stage.wait()
        assert stage.texts == ["The tide bell rings.", "First."]
        assert stage.project.undo_label() == "Turn 2 · Mara"
        stage.director.close()


def test_an_edit_is_a_sibling_and_keeps_the_speaker(stage: Stage) -> None:
    play(stage, 3)
    stage.director.edit(stage.path[1].id, "Other words.")
    stage.wait()
    assert stage.texts == ["The tide bell rings.", "Other words."]
    assert (stage.path[1].speaker, stage.path[1].origin) == ("Mara", Origin.EDITED)
    assert len(stage.turns) == 4
    play(stage, 1)
    assert stage.path[-1].speaker == "Theo"


def test_anybody_can_speak_and_the_next_in_order_answers(stage: Stage) -> None:
    stage.director.speak(USER_ID, "Who goes there?")
    stage.director.speak(NARRATOR_ID, "The lamp goes out.")
    mara = stage.director._branch.script.parts[0].role_id
    stage.director.speak(mara, "Nobody.")
    stage.wait()
    assert [turn.speaker for turn in stage.path] == ["Narrator", "Ann", "Narrator", "Mara"]
    assert stage.path[-1].origin == Origin.HUMAN
    assert stage.director.next_speaker()[1:] == ("Theo", "next in order")
    stage.director.speak("nobody", "Boo.")
    stage.wait_for(Failed)


def test_continue_from_begins_a_branch_and_undo_goes_back(stage: Stage) -> None:
    play(stage, 4)
    before = stage.texts
    stage.director.continue_from(stage.path[1].id)
    play(stage, 1)
    assert stage.texts[:2] == before[:2]
    assert len(stage.path) == 3
    assert stage.project.undo() == "Turn 3 · Theo"
    assert stage.project.undo() == "Continue from turn 2"
    assert stage.texts == before
    play(stage, 1)
    assert len(stage.path) == 5


def test_undo_of_a_new_playtest_keeps_its_turns(stage: Stage) -> None:
    play(stage, 2)
    while stage.project.undo_label() != "New playtest of Inquest":
        stage.project.undo()
    stage.project.undo()
    assert list_playtests(stage.project) == []
    while stage.project.redo():
        pass
    assert len(stage.path) == 2


def test_an_empty_answer_is_asked_for_once_more_and_ends_the_run(project: Project, scenario: Scenario) -> None:
    asked: list[int] = []

    def say_nothing(request: Generate) -> str:
        asked.append(request.sampling.seed)
        return f"{request.opening}</think>"

    with closing(ScriptedEngine(say_nothing)) as engine:
        stage = Stage(project, start_playtest(project, scenario.id, PlaySettings(seed=5)), engine)
        stage.director.play()
        stage.wait_for(PlaytestPaused)
        assert stage.row.ended == Ending.EMPTY
        assert [turn.finish for turn in stage.path[1:]] == ["empty", "empty"]
        assert len(asked) == len(set(asked)) == 4
        assert len(stage.of(TurnStarted)) == 1 + len(asked)
        stage.director.close()


AGAIN = "I have kept the light for eleven winters. Ask somebody else."


@pytest.mark.parametrize(
    ("settings", "n_asked", "temperature"),
    [
        (PlaySettings(seed=5, temperature=0.5), 3, 0.9),
        (PlaySettings(seed=5, temperature=0.5, redraws=1), 2, 0.7),
        (PlaySettings(seed=5, temperature=0.5, redraws=0), 1, 0.5),
        (PlaySettings(seed=5, temperature=0), 1, 0),
    ],
)
def test_who_says_the_same_again_is_asked_anew_a_little_warmer(
    project: Project, scenario: Scenario, settings: PlaySettings, n_asked: int, temperature: float
) -> None:
    asked: list[Sampling] = []

    def say(request: Generate) -> str:
        asked.append(request.sampling)
        return f"{request.opening}So.</think>{AGAIN if len(asked) != 2 else 'Well. ' + AGAIN}"

    with closing(ScriptedEngine(say)) as engine:
        stage = Stage(project, start_playtest(project, scenario.id, settings), engine)
        play(stage, 3)
        asked.clear()
        play(stage, 1)
        assert [turn.speaker for turn in stage.path[1:]] == ["Mara", "Theo", "Mara"]
        assert [one.temperature for one in asked] == pytest.approx(
            [settings.temperature + 0.2 * n for n in range(n_asked)]
        )
        assert len({one.seed for one in asked}) == n_asked
        drawn = stage.path[-1].record
        assert drawn["seed"] == asked[-1].seed
        assert drawn.get("redrawn", 0) == n_asked - 1
        assert drawn["sampling"]["temperature"] == pytest.approx(temperature)
        stage.director.close()


def test_an_answer_that_never_ends_is_cut_by_length(project: Project, scenario: Scenario) -> None:
    with closing(ScriptedEngine(lambda _: "<think>a</think>" + "and " * 5000)) as engine:
        stage = Stage(project, start_playtest(project, scenario.id, PlaySettings(seed=5, max_tokens=20)), engine)
        play(stage, 2)
        assert stage.path[-1].finish == "length"
        stage.director.close()


def test_a_full_context_drops_the_oldest_turns_and_says_so(project: Project, scenario: Scenario) -> None:
    with closing(ScriptedEngine(say_count(), info=replace(INFO, n_ctx=320))) as engine:
        stage = Stage(project, start_playtest(project, scenario.id, PlaySettings(seed=5, max_tokens=40)), engine)
        play(stage, 30)
        trimmed = stage.of(ViewTrimmed)
        assert trimmed
        assert trimmed[-1].n_turns == stage.path[-1].record["n_turns_dropped"] > 0
        assert stage.path[-1].record["n_prompt_tokens"] < 320
        stage.director.close()


def test_a_persona_that_fills_the_context_is_said(project: Project, scenario: Scenario) -> None:
    mara = list_characters(project)[0]
    update_character(project, mara.id, description="word " * 400)
    with closing(ScriptedEngine(say_count(), info=replace(INFO, n_ctx=320))) as engine:
        stage = Stage(project, start_playtest(project, scenario.id, PlaySettings(seed=5)), engine)
        stage.director.play(3)
        stage.wait_for(Failed)
        assert "persona of Mara" in stage.of(Failed)[0].message
        assert len(stage.path) == 1
        stage.director.close()


@pytest.mark.parametrize(("every", "scored"), [(2, [2, 4]), (0, [2, 3, 4])])
def test_scoring_can_be_thinned_or_put_off(project: Project, scenario: Scenario, every: int, scored: list[int]) -> None:
    with closing(ScriptedEngine(say_count())) as engine:
        playtest = start_playtest(project, scenario.id, PlaySettings(seed=5, score_every=every))
        stage = Stage(project, playtest, engine)
        play(stage, 4)
        stage.wait_for(ScoresCommitted, 4)
        rows = {score.turn_id: score for score in list_scores(project, playtest.id) if score.metric == "grounding"}
        assert [turn.number for turn in stage.path if turn.id in rows and rows[turn.id].value is not None] == scored
        stage.director.close()


def test_a_later_edit_of_a_character_does_not_change_a_playtest(stage: Stage) -> None:
    play(stage, 2)
    mara = list_characters(stage.project)[0]
    update_character(stage.project, mara.id, name="Marta")
    play(stage, 2)
    assert stage.path[-1].speaker == "Mara"


def test_a_scenario_without_cast_cannot_begin(project: Project) -> None:
    empty = create_scenario(project, ScenarioBase(name="Empty"), [RoleBase(name="keeper")])
    with pytest.raises(UserError, match="has no cast"):
        start_playtest(project, empty.id, PlaySettings())


def test_one_name_in_two_roles_cannot_begin(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    roles = [RoleBase(character_id=mara.id), RoleBase(character_id=mara.id)]
    scenario = create_scenario(project, ScenarioBase(name="Twins"), roles)
    with pytest.raises(UserError, match="two roles"):
        start_playtest(project, scenario.id, PlaySettings())


def test_a_character_alone_waits_for_the_user_and_answers(project: Project) -> None:
    flux = create_character(project, CharacterBase(name="Flux", greeting="Meow?"))
    scenario = create_scenario(project, ScenarioBase(name="S", user_name="Ann"), [RoleBase(character_id=flux.id)])
    with closing(ScriptedEngine(say_count())) as engine:
        stage = Stage(project, start_playtest(project, scenario.id, PlaySettings(seed=1)), engine)
        stage.director.play()
        stage.wait_for(PlaytestPaused)
        assert stage.texts == ["Meow?"]
        stage.director.speak(USER_ID, "Good cat.")
        stage.wait_for(TurnCommitted, 3)
        stage.wait()
        assert [turn.speaker for turn in stage.path] == ["Flux", "Ann", "Flux"]
        stage.director.close()


def test_a_cards_greeting_opens_a_scene_without_one(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara", greeting="I am {{char}}, {{user}}."))
    scenario = create_scenario(project, ScenarioBase(name="S", user_name="Ann"), [RoleBase(character_id=mara.id)])
    with closing(ScriptedEngine(say_count())) as engine:
        stage = Stage(project, start_playtest(project, scenario.id, PlaySettings(seed=1)), engine)
        play(stage, 2)
        assert (stage.path[0].speaker, stage.texts[0]) == ("Mara", "I am Mara, Ann.")
        assert stage.path[1].speaker == "Mara"
        stage.director.close()


def test_a_bug_ends_the_run_but_not_the_thread(
    project: Project, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    monkeypatch.setattr("sys.excepthook", lambda *error: told.append(error[1]))
    with closing(ScriptedEngine(say_count())) as engine:
        stage = Stage(project, start_playtest(project, scenario.id, PlaySettings(seed=1)), engine)
        monkeypatch.setattr(stage.director._writer, "write", lambda *_: 1 / 0)
        stage.director.play()
        stage.wait_for(Failed)
        stage.wait()
        assert isinstance(told[0], ZeroDivisionError)
        monkeypatch.undo()
        play(stage, 1)
        assert len(stage.path) == 2
        stage.director.close()
