"""Judges behind a playtest: they wait for who writes, follow what is played, resume, and can be cancelled."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import UserError
from core.events import (
    Event,
    JudgingEnded,
    JudgingProgressed,
    PlaytestPaused,
    ScoresCommitted,
    TurnCommitted,
    TurnStarted,
)
from core.inference.request import Request
from core.lab.judge_queue import JudgeQueue, JudgingJob, Progress
from core.lab.judging import read_so_far
from core.library.judges import list_judges
from core.library.playtests import delete_playtest, list_scores
from core.project import Project
from models.playtest import Playtest
from tests.core.lab.judged_scene import TIMEOUT_S, TURN, WHOLE, JudgingEngine, play_on, play_scene, spoken
from tests.scripted_judge import scripted_judge, weigh_by

FIVES = scripted_judge(weigh_by({"": {"5": 1.0}}, otherwise=0.0)).ask


class Desk:
    """A queue with its events."""

    def __init__(self, project: Project) -> None:
        self.events: list[Event] = []
        self.seen = threading.Condition()
        self.queue = JudgeQueue(project, self._on_event, settle_s=0.0)

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    def wait_for(self, kind: type, count: int = 1) -> list:
        with self.seen:
            assert self.seen.wait_for(lambda: len(self.of(kind)) >= count, TIMEOUT_S), self.events
        return self.of(kind)

    def _on_event(self, event: Event) -> None:
        with self.seen:
            self.events.append(event)
            self.seen.notify_all()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "p.tableread")) as project:
        yield project


@pytest.fixture
def playtest(project: Project) -> Playtest:
    return play_scene(project)


@pytest.fixture
def desk(project: Project) -> Iterator[Desk]:
    desk = Desk(project)
    yield desk
    desk.queue.close()


def n_judged(project: Project, playtest: Playtest) -> int:
    return sum(row.judge_id is not None for row in list_scores(project, playtest.id))


def test_all_is_judged_in_the_background_and_reported(project: Project, playtest: Playtest, desk: Desk) -> None:
    engine = JudgingEngine(FIVES)
    job_id = desk.queue.submit(JudgingJob(playtest.id, engine, [TURN, WHOLE]))
    assert desk.queue.wait(TIMEOUT_S)
    progress = desk.queue.progress(job_id)
    assert (progress.n_done, progress.n_total, progress.state) == (5, 5, "done")
    assert n_judged(project, playtest) == 4
    assert all(background for _, background in engine.asked)
    assert [event.turn_id for event in desk.of(ScoresCommitted)] == [turn.id for turn in spoken(project, playtest)]
    assert [(event.n_done, event.n_total) for event in desk.of(JudgingProgressed)] == [(n, 5) for n in range(1, 6)]
    assert desk.wait_for(JudgingEnded) == [JudgingEnded(playtest.id, job_id, 5)]
    assert desk.queue.jobs == ()


def test_it_follows_a_playtest_that_goes_on(project: Project, playtest: Playtest, desk: Desk) -> None:
    job_id = desk.queue.submit(JudgingJob(playtest.id, JudgingEngine(FIVES), [TURN], follow=True))
    assert desk.queue.wait(TIMEOUT_S)
    assert desk.queue.progress(job_id).state == "following"
    (new,) = play_on(project, playtest, 1)
    desk.queue.notice(TurnCommitted(playtest.id, new))
    assert desk.queue.wait(TIMEOUT_S)
    assert n_judged(project, playtest) == 5
    desk.queue.cancel(job_id)
    assert desk.queue.wait(TIMEOUT_S)


def test_a_judge_is_interrupted_when_words_are_written(project: Project, playtest: Playtest, desk: Desk) -> None:
    engine = JudgingEngine(FIVES)
    engine.is_held = True
    desk.queue.submit(JudgingJob(playtest.id, engine, [TURN]))
    assert engine.began.wait(TIMEOUT_S)
    desk.queue.notice(TurnStarted(playtest.id, 6, "r", "Mara", "It is her turn."))
    assert not desk.queue.wait(0.3)
    assert engine.n_cancelled
    asked = len(engine.asked)
    engine.is_held = False
    assert not desk.queue.wait(0.2)
    assert len(engine.asked) == asked
    desk.queue.notice(TurnCommitted(playtest.id, 6))
    assert not desk.queue.wait(0.1)
    assert len(engine.asked) == asked
    desk.queue.notice(PlaytestPaused(playtest.id, None))
    assert desk.queue.wait(TIMEOUT_S)
    assert n_judged(project, playtest) == 4


def test_a_server_that_does_not_play_is_asked_meanwhile(project: Project, playtest: Playtest, desk: Desk) -> None:
    desk.queue.notice(TurnStarted(playtest.id, 6, "r", "Mara", "It is her turn."))
    desk.queue.submit(JudgingJob(playtest.id, JudgingEngine(FIVES), [TURN], gives_way=True))
    assert desk.queue.wait(TIMEOUT_S)
    assert n_judged(project, playtest) == 4


def test_a_cancelled_job_is_resumed_by_the_same_job(project: Project, playtest: Playtest, desk: Desk) -> None:
    engine = JudgingEngine(FIVES)
    engine.is_held = True
    job_id = desk.queue.submit(JudgingJob(playtest.id, engine, [TURN]))
    assert engine.began.wait(TIMEOUT_S)
    desk.queue.cancel(job_id)
    assert desk.queue.wait(TIMEOUT_S)
    assert (desk.queue.progress(job_id).state, n_judged(project, playtest)) == ("cancelled", 0)
    for _ in range(2):
        desk.queue.submit(JudgingJob(playtest.id, JudgingEngine(FIVES), [TURN]))
        assert desk.queue.wait(TIMEOUT_S)
        assert n_judged(project, playtest) == 4


def test_a_job_that_goes_on_says_how_far_its_judge_came_before(
    project: Project, playtest: Playtest, desk: Desk
) -> None:
    first, *others = [turn.id or 0 for turn in spoken(project, playtest)]
    head_id = others[-1]
    alone = desk.queue.submit(JudgingJob(playtest.id, JudgingEngine(FIVES), [TURN], turn_ids=(first,)))
    assert desk.queue.wait(TIMEOUT_S)
    assert desk.queue.progress(alone).n_before == 0
    (judge,) = list_judges(project)
    (so_far,) = read_so_far(project, playtest.id, judge.id, [TURN, WHOLE], head_id)
    assert (so_far.judged, so_far.n_done, so_far.n_total) == (TURN, 1, 4)
    job_id = desk.queue.submit(JudgingJob(playtest.id, JudgingEngine(FIVES), [TURN, WHOLE]))
    assert desk.queue.wait(TIMEOUT_S)
    assert desk.queue.progress(job_id) == Progress(4, 4, "done", n_before=1)
    assert read_so_far(project, playtest.id, judge.id, [TURN, WHOLE], head_id) == []
    nothing_left = desk.queue.submit(JudgingJob(playtest.id, JudgingEngine(FIVES), [TURN]))
    assert desk.queue.wait(TIMEOUT_S)
    assert desk.queue.progress(nothing_left) == Progress(0, 0, "done", n_before=4)


def test_what_was_judged_before_counts_on_its_branch_and_by_its_judge(project: Project, playtest: Playtest) -> None:
    first, *_others, last = [turn.id or 0 for turn in spoken(project, playtest)]
    with closing(Desk(project).queue) as queue:
        queue.submit(JudgingJob(playtest.id, JudgingEngine(FIVES), [TURN], turn_ids=(first,)))
        assert queue.wait(TIMEOUT_S)
    (judge,) = list_judges(project)
    assert read_so_far(project, playtest.id, "somebody else", [TURN], last) == []
    assert read_so_far(project, playtest.id, judge.id, [replace(TURN, prompt_version="v2")], last) == []
    assert read_so_far(project, playtest.id, judge.id, [TURN], first) == []
    (so_far,) = read_so_far(project, playtest.id, judge.id, [TURN], play_on(project, playtest, 2)[-1])
    assert (so_far.n_done, so_far.n_total) == (1, 6)


def test_a_judge_that_cannot_be_run_ends_its_job_alone(project: Project, playtest: Playtest, desk: Desk) -> None:
    def fail(_request: Request) -> None:
        raise UserError("The server is down.", "Start it.")

    broken = desk.queue.submit(JudgingJob(playtest.id, JudgingEngine(fail), [TURN]))
    desk.queue.submit(JudgingJob(playtest.id, JudgingEngine(FIVES), [TURN]))
    assert desk.queue.wait(TIMEOUT_S)
    assert desk.queue.progress(broken).state == "failed"
    ended = next(event for event in desk.wait_for(JudgingEnded) if event.job_id == broken)
    assert (ended.why, ended.hint) == ("The server is down.", "Start it.")
    assert sum(row.value is not None for row in list_scores(project, playtest.id)) == 4


def test_closing_ends_what_is_being_asked(project: Project, playtest: Playtest) -> None:
    desk, engine = Desk(project), JudgingEngine(FIVES)
    engine.is_held = True
    desk.queue.submit(JudgingJob(playtest.id, engine, [TURN], gives_way=True))
    assert engine.began.wait(TIMEOUT_S)
    desk.queue.close()
    assert (engine.n_cancelled, n_judged(project, playtest)) == (1, 0)


def test_a_listener_that_fails_ends_nothing(
    project: Project, playtest: Playtest, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    monkeypatch.setattr(threading, "excepthook", told.append)

    def fail(_event: Event) -> None:
        raise ValueError("I do not listen.")

    queue = JudgeQueue(project, fail, settle_s=0.0)
    for _ in range(2):
        queue.submit(JudgingJob(playtest.id, JudgingEngine(FIVES), [TURN], again=True))
        assert queue.wait(TIMEOUT_S)
    queue.close()
    assert n_judged(project, playtest) == 8
    assert told


def test_a_job_after_closing_has_ended(project: Project, playtest: Playtest, desk: Desk) -> None:
    desk.queue.close()
    job_id = desk.queue.submit(JudgingJob(playtest.id, JudgingEngine(FIVES), [TURN]))
    assert desk.queue.progress(job_id).state == "cancelled"
    assert desk.queue.jobs == ()


def test_a_server_does_not_wait_behind_who_waits_for_quiet(project: Project, playtest: Playtest, desk: Desk) -> None:
    desk.queue.notice(TurnStarted(playtest.id, 6, "r", "Mara", "It is her turn."))
    waiting = desk.queue.submit(JudgingJob(playtest.id, JudgingEngine(FIVES), [TURN]))
    served = desk.queue.submit(JudgingJob(playtest.id, JudgingEngine(FIVES), [TURN], gives_way=True))
    assert desk.wait_for(JudgingEnded)[0].job_id == served
    assert desk.queue.progress(waiting).state == "waiting"
    desk.queue.notice(PlaytestPaused(playtest.id, None))
    assert desk.queue.wait(TIMEOUT_S)


def test_a_playtest_in_the_trash_is_not_judged_on(project: Project, playtest: Playtest, desk: Desk) -> None:
    engine = JudgingEngine(FIVES)
    engine.is_held = True
    desk.queue.submit(JudgingJob(playtest.id, engine, [TURN], gives_way=True))
    assert engine.began.wait(TIMEOUT_S)
    delete_playtest(project, playtest.id)
    engine.let_go()
    (ended,) = desk.wait_for(JudgingEnded)
    assert ended.why == "The playtest is gone, so judging it ended."
    assert n_judged(project, playtest) == 0
