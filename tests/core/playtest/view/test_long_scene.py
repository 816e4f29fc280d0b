"""Long scenes, played: turns leave a full context by policy, and the record says what stands for them."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from core.events import Failed, ScoresCommitted, ViewTrimmed
from core.inference.request import Diverge, Generate, Score, WeightsInfo
from core.inference.scripted import INFO, ScriptedEngine
from core.library.characters import create_character
from core.library.playtests import list_pins, set_pinned
from core.library.scenarios import create_scenario
from core.playtest.settings import PlaySettings, WhenFull
from core.playtest.start import start_playtest
from core.playtest.view.context_room import ContextRoom
from core.playtest.view.long_scene import LongScene
from core.playtest.view.summaries import MIN_PARAMS
from core.project import Project
from models.character import CharacterBase
from models.scenario import RoleBase, Scenario, ScenarioBase
from tests.core.playtest.directing.test_director import Stage, play

SMALL = replace(INFO, n_ctx=320)
ASKED = "The scene pauses."


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def scenario(project: Project) -> Scenario:
    cast = [
        create_character(project, CharacterBase(name=name, statements=[f"I am {name}, always."]))
        for name in ("Mara", "Theo")
    ]
    roles = [RoleBase(name="role", character_id=character.id) for character in cast]
    draft = ScenarioBase(name="Inquest", greeting="The tide bell rings.", thoughts=True, max_turns=500)
    return create_scenario(project, draft, roles)


class Cast(ScriptedEngine):
    """Says numbered lines, sums up when asked, and keeps what it was asked."""

    def __init__(self, info: WeightsInfo = SMALL, summary: Callable[[Generate], str] | None = None) -> None:
        self.asked: list[Generate] = []
        self.summed: list[Generate] = []
        self.scored: list[Score | Diverge] = []
        self._summary = summary or (lambda request: f"Summary {len(self.summed)}. They spoke.")
        super().__init__(self._speak, info=info)

    def _speak(self, request: Generate) -> str:
        if ASKED in request.messages[-1].content:
            self.summed.append(request)
            return self._summary(request)
        self.asked.append(request)
        return f"{request.opening}private</think>Line {len(self.asked)} of the tale. And so it goes on."

    def submit(self, request, on_text=None, *, background=False):
        if isinstance(request, Score | Diverge):
            self.scored.append(request)
        return super().submit(request, on_text, background=background)


@pytest.fixture
def perform(project: Project, scenario: Scenario) -> Iterator[Callable[..., tuple[Stage, Cast]]]:
    opened: list[tuple[Stage, Cast]] = []

    def perform(n_turns: int, info: WeightsInfo = SMALL, summary: object = None, **settings: object) -> tuple:
        engine = Cast(info, summary)  # type: ignore[arg-type]
        playtest = start_playtest(project, scenario.id, PlaySettings(seed=5, max_tokens=40, **settings))
        opened.append((Stage(project, playtest, engine), engine))
        play(opened[-1][0], n_turns)
        return opened[-1]

    yield perform
    for stage, engine in opened:
        stage.director.close()
        engine.close()


def read(request: Generate) -> str:
    return "\n".join(message.content for message in request.messages)


@pytest.mark.parametrize("when_full", [WhenFull.DROP, WhenFull.EXTRACT])
def test_turns_leave_and_what_stands_for_them_is_read_and_recorded(perform, when_full: WhenFull) -> None:
    stage, engine = perform(30, when_full=when_full)
    last, request = stage.path[-1], engine.asked[-1]
    earlier = last.record["earlier"]
    assert earlier["n_turns"] == last.record["n_turns_dropped"] > 5
    assert earlier["when_full"] == when_full
    trimmed = stage.of(ViewTrimmed)[-1]
    assert (trimmed.n_turns, trimmed.when_full, trimmed.n_pinned) == (earlier["n_turns"], when_full, 0)
    assert last.record["n_prompt_tokens"] + 40 <= 320
    assert request.messages[0].content == engine.asked[0].messages[0].content, "the persona stays whole"
    if when_full is WhenFull.EXTRACT:
        assert earlier["key_lines"]
        assert all(number <= earlier["n_turns"] for number in earlier["key_lines"])
        assert request.messages[1].content.startswith(earlier["text"])
        assert "And so it goes on" not in earlier["text"], "first sentences only"
    else:
        assert (earlier["text"], earlier["key_lines"]) == ("", [])
        assert "Earlier" not in read(request)


def test_turns_that_fit_leave_nothing_to_say(perform) -> None:
    stage, engine = perform(6)
    assert stage.path[-1].record["earlier"] == {}
    assert stage.of(ViewTrimmed) == []
    assert "Earlier" not in read(engine.asked[-1])


def test_the_prompt_begins_alike_until_turns_leave_again(perform) -> None:
    _, engine = perform(40)
    mine = [request for request in engine.asked if request.lane == engine.asked[-1].lane]
    starts = [request.messages[1].content.partition("\n\n")[0].partition(")")[0] for request in mine]
    changes = sum(one != other for one, other in pairwise(starts))
    assert 1 <= changes <= len(mine) / 2


def test_a_pinned_turn_stays_word_for_word_until_it_is_unpinned(perform, project: Project) -> None:
    stage, engine = perform(8)
    pinned = stage.path[2]
    set_pinned(project, pinned.id, True)
    play(stage, 30)
    earlier = stage.path[-1].record["earlier"]
    assert earlier["pinned"] == [pinned.number]
    assert pinned.number not in earlier["key_lines"]
    assert f"{pinned.speaker}: {pinned.text}" in read(engine.asked[-1])
    assert "private" not in engine.asked[-1].messages[1].content
    assert stage.of(ViewTrimmed)[-1].n_pinned == 1
    assert project.undo_label() != "Pin turn 3"  # turns came after it
    set_pinned(project, pinned.id, False)
    assert project.undo_label() == "Unpin turn 3"
    play(stage, 2)
    assert stage.path[-1].record["earlier"]["pinned"] == []
    project.undo()
    project.undo()
    project.undo()
    assert list_pins(project, stage.playtest.id) == {pinned.id}


def test_pins_that_fill_the_context_are_said_and_nothing_is_lost(perform, project: Project) -> None:
    stage, _ = perform(20)
    for turn in stage.path[:16]:
        set_pinned(project, turn.id, True)
    stage.director.play(2)
    stage.wait_for(Failed)
    assert "pinned turns take" in stage.of(Failed)[0].message
    assert len(stage.path) == 20
    for turn in stage.path[:14]:
        set_pinned(project, turn.id, False)
    play(stage, 2)
    assert len(stage.path) == 22


def test_weights_sum_up_what_leaves_and_the_summary_grows(perform) -> None:
    stage, engine = perform(40, when_full=WhenFull.SUMMARISE)
    earlier = stage.path[-1].record["earlier"]
    assert earlier["when_full"] == "summarise"
    assert earlier["summary"].startswith("Summary ")
    assert f"(Earlier in the scene:\n{earlier['summary']})" in read(engine.asked[-1])
    lane = engine.asked[-1].lane
    mine = [request for request in engine.summed if request.lane == lane]
    assert len(mine) >= 2
    assert "Summary" in mine[-1].messages[1].content, "the next is written from the one before"
    for request in mine:
        assert request.sampling.temperature == 0
        assert request.messages[0] == engine.asked[-1].messages[0] or request.lane != lane
    assert not any("Summary" in turn.text for turn in stage.path)


def test_another_branch_never_reads_this_ones_summary(perform, project: Project) -> None:
    stage, engine = perform(40, when_full=WhenFull.SUMMARISE)
    early = stage.path[3]
    stage.director.continue_from(early.id)
    stage.wait()
    n_summed, n_asked = len(engine.summed), len(engine.asked)
    play(stage, 2)
    assert all("Summary" not in read(request) for request in engine.asked[n_asked:])
    play(stage, 30)
    assert len(engine.summed) > n_summed, "it has summaries of its own"
    project.undo()
    stage.director.step()
    stage.wait()
    assert stage.path[-1].record["earlier"]["summary"]


def test_a_summary_is_written_once(perform) -> None:
    stage, engine = perform(40, when_full=WhenFull.SUMMARISE)
    n_summed = len(engine.summed)
    before = stage.path[-1].record["earlier"]
    stage.director.retry(stage.path[-1].id)
    stage.wait()
    assert len(engine.summed) == n_summed
    assert stage.path[-1].record["earlier"] == before


@pytest.mark.parametrize(
    ("info", "summary"),
    [(replace(SMALL, n_params=MIN_PARAMS - 1), None), (SMALL, lambda request: "")],
    ids=["too small", "says nothing"],
)
def test_weights_that_cannot_sum_up_leave_key_lines(perform, info: WeightsInfo, summary: object) -> None:
    stage, _ = perform(30, info, summary, when_full=WhenFull.SUMMARISE)
    earlier = stage.path[-1].record["earlier"]
    assert earlier["when_full"] == "extract"
    assert earlier["key_lines"]
    assert stage.of(Failed) == []


def test_a_turn_is_scored_in_the_view_that_it_was_written_from(perform, project: Project) -> None:
    stage, engine = perform(30)
    stage.wait_for(ScoresCommitted, 30)
    read_by_weights = engine.asked[-1].messages
    scored = [request for request in engine.scored if isinstance(request, Score) and request.lane.count("/") == 1]
    assert scored[-1].messages == read_by_weights
    scene = LongScene(project, stage.director._branch.script, stage.playtest.id)
    part = stage.director._branch.script.part(stage.path[-1].speaker_id)
    set_pinned(project, stage.path[1].id, True)
    room = ContextRoom(engine, stage.director._branch.script)
    recalled = scene.recall(part, stage.path[-1], stage.path[:-1], stage.director._branch.settings, room)
    assert scene.view(part, recalled).messages == read_by_weights, "later pins do not change what it was"
