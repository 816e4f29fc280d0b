"""Turns that were drawn anew: played, held, played again, printed."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.commands.play import LivePrinter, PlayRequest, settings_for
from core.events import Event, TextStreamed, TurnStarted
from core.inference.request import Generate
from core.inference.scripted import ScriptedEngine
from core.library.characters import create_character
from core.library.playtests import get_playtest, list_turns
from core.library.scenarios import create_scenario
from core.playtest.directing.director import Director
from core.playtest.looking_back.replaying import Replay
from core.playtest.looking_back.what_if import Change, Kind, start_what_if, turns_after
from core.playtest.settings import PlaySettings
from core.playtest.start import start_playtest
from core.playtest.tree import path_to
from core.project import Project
from models.character import CharacterBase
from models.playtest import Playtest, Turn
from models.scenario import RoleBase, ScenarioBase

AGAIN = "I have kept the light for eleven winters."
SETTINGS = PlaySettings(seed=5, score_every=0)
WAIT_S = 60


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "scene.tableread")) as project:
        yield project


def say_by_seed(request: Generate) -> str:
    """Says the same again two times of three, else something that shows all that reaches the weights."""
    sampling = request.sampling
    return AGAIN if sampling.seed % 3 else f"Seed {sampling.seed} at {sampling.temperature:.1f}."


def begin(project: Project, settings: PlaySettings = SETTINGS) -> str:
    cast = [create_character(project, CharacterBase(name=name)) for name in ("Mara", "Theo")]
    roles = [RoleBase(name=one.name, character_id=one.id) for one in cast]
    draft = ScenarioBase(name="Inquest", greeting="The tide bell rings.", max_turns=90, thoughts=False)
    return start_playtest(project, create_scenario(project, draft, roles).id, settings).id


def path_of(project: Project, playtest_id: str) -> list[Turn]:
    playtest = get_playtest(project, playtest_id)
    assert playtest is not None
    return path_to(list_turns(project, playtest_id), playtest.head_id)


def play(
    project: Project,
    say: Callable[[Generate], str],
    playtest_id: str,
    n_turns: int = 8,
    on_event: Callable[[Event], None] = lambda _: None,
) -> list[Turn]:
    engine = ScriptedEngine(say)
    with closing(engine), closing(Director(project, engine, playtest_id, on_event)) as director:
        director.play(n_turns)
        assert director.wait(WAIT_S)
    return path_of(project, playtest_id)


def play_again(project: Project, playtest_id: str, turn_id: int | None) -> list[Turn]:
    asked = start_what_if(project, playtest_id, turn_id, Change(Kind.NOTHING))
    return play(project, say_by_seed, asked.id, turns_after(asked))


def texts(path: list[Turn]) -> list[str]:
    return [turn.text for turn in path]


def in_order(answers: list[str]) -> Callable[[Generate], str]:
    left = iter(answers)
    return lambda _: next(left, answers[-1])


def test_an_attempt_that_says_something_new_is_kept(project: Project) -> None:
    path = play(project, in_order([AGAIN, "So you say.", AGAIN, "Ask somebody else then.", "Well."]), begin(project), 5)
    assert texts(path[1:4]) == [AGAIN, "So you say.", "Ask somebody else then."]
    assert [turn.record.get("redrawn") for turn in path[1:4]] == [None, None, 1]
    assert path[3].record["base_temperature"] == 0.5
    n_words = len((AGAIN + " Ask somebody else then.").split())
    assert path[3].record["n_written_tokens"] >= n_words  # of both attempts
    assert path[3].record["sampling"]["temperature"] == pytest.approx(0.7)


def test_a_line_is_not_given_up_for_an_empty_one(project: Project) -> None:
    path = play(project, in_order([AGAIN, "So you say.", AGAIN, "", "", "Well."]), begin(project), 5)
    assert texts(path[1:4]) == [AGAIN, "So you say.", AGAIN]
    assert path[3].finish != "empty"
    assert path[3].record["sampling"]["temperature"] == 0.5


def test_nothing_changed_gives_the_same_words(project: Project) -> None:
    playtest_id = begin(project)
    path = play(project, say_by_seed, playtest_id)
    assert any(turn.record.get("redrawn") for turn in path)
    assert texts(play_again(project, playtest_id, path[1].id)) == texts(path)
    engine = ScriptedEngine(say_by_seed)
    with closing(engine):
        assert all(one.is_equal for one in Replay(project, engine, playtest_id).replay())


def test_a_playtest_of_before_is_played_again_as_it_was(project: Project) -> None:
    playtest_id = begin(project, SETTINGS.model_copy(update={"redraws": 0}))
    path = play(project, say_by_seed, playtest_id)
    with project.act("as an older version wrote it") as session:
        row = session.get(Playtest, playtest_id)
        assert row is not None
        row.settings = {name: value for name, value in row.settings.items() if name != "redraws"}
        session.add(row)
        for turn in list_turns(project, playtest_id):
            stored = session.get(Turn, turn.id)
            assert stored is not None
            stored.record = {name: value for name, value in stored.record.items() if name != "redraws"}
            session.add(stored)
    assert texts(play_again(project, playtest_id, path[1].id)) == texts(path)


def test_held_in_the_middle_of_another_attempt_it_goes_on_alike(project: Project) -> None:
    whole = texts(play(project, say_by_seed, begin(project)))
    started: list[int] = []
    held: list[bool] = []
    engine = ScriptedEngine(say_by_seed, delay_s=0.02)
    playtest_id = begin(project)

    def hold_once(event: Event) -> None:
        started.extend([event.number] if isinstance(event, TurnStarted) else [])
        if isinstance(event, TextStreamed) and len(started) > len(set(started)) and not held:
            held.append(True)
            director.hold()

    with closing(engine), closing(Director(project, engine, playtest_id, hold_once)) as director:
        director.play(8)
        assert director.wait(WAIT_S)
        assert held
        assert len(path_of(project, playtest_id)) < len(whole)
        director.play(8 - len(path_of(project, playtest_id)))
        assert director.wait(WAIT_S)
        found = texts(path_of(project, playtest_id))
    assert found == whole[: len(found)]
    assert len(found) >= 8


def test_the_terminal_says_what_was_drawn_anew(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    printer = LivePrinter(project)
    say = in_order([AGAIN, "So you say.", AGAIN, "Ask somebody else then.", "Well."])
    play(project, say, begin(project), 4, printer.show)
    shown = capsys.readouterr().out
    assert shown.count(AGAIN) == 2
    assert shown.count("(drawn anew)") == 1
    assert f"{AGAIN} … (drawn anew)" in shown


def test_the_command_line_says_how_often() -> None:
    assert settings_for(SETTINGS, PlayRequest(redraws=0)).redraws == 0
    assert settings_for(SETTINGS, PlayRequest()) == SETTINGS
