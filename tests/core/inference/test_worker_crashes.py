"""A dying process costs the user nothing: the same turn goes on, and the app never dies with it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import psutil
import pytest

from core.app_settings import AppSettings, load_settings
from core.errors import UserError
from core.events import Event, WorkerRestarted
from core.inference import child_process
from core.inference.gguf_header import weights_sha256
from core.inference.request import Finish, Generate, Generated, Result, Sampling, Score
from core.inference.worker import Worker
from tests.core.inference.conftest import CHAT, MakeWorker

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals")
TURN = Generate("mila", CHAT, max_tokens=200, sampling=Sampling(seed=7))


class Turn:
    """A long answer whose process can be hit while it is written."""

    def __init__(self, worker: Worker, request: Generate = TURN) -> None:
        self.worker = worker
        self.shown: list[str] = []
        self.marks = [threading.Event() for _ in range(3)]
        self.future: Future[Result] = worker.submit(request, self._show)

    def _show(self, text: str) -> None:
        self.shown.append(text)
        for mark, length in zip(self.marks, (15, 60, 110), strict=True):
            if len(self.shown) >= length:
                mark.set()

    def hit(self, number: int, mark: int = 0) -> None:
        """Sends a signal to the process once a part of the answer was shown."""
        assert self.marks[mark].wait(60)
        process_id = self.worker.process_id
        assert process_id
        os.kill(process_id, number)

    def answer(self) -> Generated:
        result = self.future.result(timeout=60)
        assert isinstance(result, Generated)
        return result


@pytest.fixture
def endless(make_worker: MakeWorker, slow_weights: Path) -> Worker:
    return make_worker(slow_weights)


def restarts(events: list[Event]) -> list[WorkerRestarted]:
    return [event for event in events if isinstance(event, WorkerRestarted)]


def test_after_an_abort_the_same_turn_goes_on_in_safe_mode(
    endless: Worker, events: list[Event], slow_weights: Path
) -> None:
    turn = Turn(endless)
    turn.hit(signal.SIGABRT)
    answer = turn.answer()
    assert "".join(turn.shown) == answer.text
    assert (answer.finish, answer.usage.n_written_tokens) == (Finish.LENGTH, 200)
    (restart,) = restarts(events)
    assert restart.safe_mode
    assert "SIGABRT" in restart.why
    assert endless.info.safe_mode
    assert weights_sha256(slow_weights) in load_settings().safe_mode


def test_what_was_shown_before_the_crash_is_kept(endless: Worker) -> None:
    turn = Turn(endless)
    turn.hit(signal.SIGSEGV)
    before = "".join(turn.shown)
    assert turn.answer().text.startswith(before)
    scored = endless.submit(Score("mila", CHAT, turn.answer().token_ids)).result(timeout=60)
    assert "".join(scored.tokens) == turn.answer().text


def test_safe_mode_is_used_from_the_start_where_it_is_remembered(
    make_worker: MakeWorker, app_home: Path, weights: Path
) -> None:
    app_home.mkdir()
    remembered = AppSettings(safe_mode={weights_sha256(weights): "it crashed"})
    (app_home / "settings.json").write_text(remembered.model_dump_json(), encoding="utf-8")
    assert make_worker().info.safe_mode


def test_a_killed_process_is_replaced_without_safe_mode(endless: Worker, events: list[Event]) -> None:
    turn = Turn(endless)
    turn.hit(signal.SIGKILL)
    assert turn.answer().usage.n_written_tokens == 200
    (restart,) = restarts(events)
    assert not restart.safe_mode
    assert "memory" in restart.why
    assert not load_settings().safe_mode


def test_all_waiting_requests_survive_a_crash(endless: Worker) -> None:
    turn = Turn(endless)
    score = endless.submit(Score("x", CHAT, " kato mila"), background=True)
    later = endless.submit(Generate("vera", CHAT, max_tokens=5))
    turn.hit(signal.SIGABRT)
    assert turn.answer().finish is Finish.LENGTH
    assert score.result(timeout=60).logprobs
    assert later.result(timeout=60).usage.n_written_tokens == 5


def test_a_request_that_kills_twice_fails_and_the_next_works(endless: Worker, events: list[Event]) -> None:
    turn = Turn(endless)
    bystander = endless.submit(Generate("vera", CHAT, max_tokens=5))
    turn.hit(signal.SIGABRT, 0)
    turn.hit(signal.SIGABRT, 1)
    with pytest.raises(UserError, match="failed twice"):
        turn.answer()
    assert bystander.result(timeout=60).usage.n_written_tokens == 5
    assert Turn(endless, Generate("mila", CHAT, max_tokens=5)).answer().usage.n_written_tokens == 5
    assert len(restarts(events)) == 2


def test_a_turn_cancelled_while_the_process_is_down_keeps_its_text(endless: Worker) -> None:
    turn = Turn(endless)
    turn.hit(signal.SIGKILL)
    turn.future.cancel()
    assert turn.answer().finish is Finish.CANCELLED
    assert turn.answer().text == "".join(turn.shown)


def test_a_process_that_dies_at_rest_is_replaced_at_the_next_request(
    make_worker: MakeWorker, events: list[Event]
) -> None:
    worker = make_worker()
    process_id = worker.info and worker.process_id
    assert process_id
    os.kill(process_id, signal.SIGTERM)
    wait_until(lambda: not psutil.pid_exists(process_id))
    assert Turn(worker, Generate("mila", CHAT, max_tokens=5)).answer().usage.n_written_tokens == 5
    assert len(restarts(events)) == 1


def test_a_process_that_hangs_is_replaced(
    endless: Worker, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_process, "HANG_S", 1.0)
    turn = Turn(endless)
    turn.hit(signal.SIGSTOP)
    assert turn.answer().usage.n_written_tokens == 200
    assert "did not move" in restarts(events)[0].why


def test_weights_whose_process_dies_while_it_loads_are_refused(
    make_worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONSTARTUP", "")
    monkeypatch.setenv("LLAMA_CPP_LIB_PATH", "/nowhere")
    worker = make_worker()
    with pytest.raises(UserError, match="cannot be loaded"):
        worker.submit(TURN).result(timeout=60)
    monkeypatch.delenv("LLAMA_CPP_LIB_PATH")
    assert Turn(worker, Generate("mila", CHAT, max_tokens=5)).answer().usage.n_written_tokens == 5


def test_ctrl_c_does_not_reach_the_weights(make_worker: MakeWorker) -> None:
    worker = make_worker()
    process_id = worker.info and worker.process_id
    assert process_id
    os.kill(process_id, signal.SIGINT)
    assert Turn(worker, Generate("mila", CHAT, max_tokens=20)).answer().usage.n_written_tokens > 0
    assert worker.process_id == process_id


APP = """
import sys, time
from pathlib import Path
from core.inference.request import WeightsSettings
from core.inference.worker import Worker
worker = Worker(WeightsSettings(Path(sys.argv[1])))
worker.info
print(worker.process_id, flush=True)
time.sleep(60)
"""


def test_the_process_ends_when_the_app_is_killed(weights: Path) -> None:
    app = subprocess.Popen([sys.executable, "-c", APP, str(weights)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert app.stdout
    process_id = int(app.stdout.readline())
    assert psutil.pid_exists(process_id)
    app.kill()
    app.wait()
    app.stdout.close()
    wait_until(lambda: not psutil.pid_exists(process_id) or psutil.Process(process_id).status() == psutil.STATUS_ZOMBIE)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
