"""A dying process costs the user nothing: the same turn goes on, and the app never dies with it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from core.app_settings import AppSettings, load_settings
from core.errors import UserError
from core.events import Event, WorkerRestarted, WorkerStopped
from core.inference import child_process
from core.inference.request import CountTokens, Finish, Generate, Generated, Message, Result, Sampling, Score
from core.inference.weights.gguf_header import weights_sha256
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


def test_an_opening_that_was_shown_is_not_shown_again(make_worker: MakeWorker, slow_weights: Path) -> None:
    worker = make_worker(slow_weights)
    assert worker.info
    shown: list[str] = []
    opened = threading.Event()

    def show(text: str) -> None:
        shown.append(text)
        if not opened.is_set():
            opened.set()
            assert worker.process_id
            os.kill(worker.process_id, signal.SIGKILL)  # before a token was drawn: the chat is still being read

    long = (Message("system", "You are Mila."), Message("user", " kato mila" * 400))
    answer = worker.submit(Generate("mila", long, max_tokens=5, opening="<think>"), show).result(timeout=60)
    assert isinstance(answer, Generated)
    assert shown[0] == "<think>"
    assert "".join(shown) == answer.text
    assert answer.text.count("<think>") == 1


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


def test_each_cause_of_a_crash_has_a_retry_of_its_own(endless: Worker, events: list[Event]) -> None:
    turn = Turn(endless)
    turn.hit(signal.SIGABRT, 0)
    turn.hit(signal.SIGKILL, 1)
    turn.hit(signal.SIGTERM, 2)
    assert turn.answer().finish is Finish.LENGTH
    assert "".join(turn.shown) == turn.answer().text
    assert [event.safe_mode for event in restarts(events)] == [True, True, True]
    assert all(event.next_step.endswith(".") for event in restarts(events))
    assert len({event.why for event in restarts(events)}) == 3


def test_a_turn_that_is_given_up_says_why_and_what_to_do(endless: Worker) -> None:
    turn = Turn(endless)
    turn.hit(signal.SIGKILL, 0)
    turn.hit(signal.SIGKILL, 1)
    with pytest.raises(UserError) as raised:
        turn.answer()
    assert raised.value.message.count(". ") == 1
    assert "memory runs out" in raised.value.message
    assert "Close other programs" in raised.value.hint


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of another process")
def test_a_process_that_is_refused_memory_is_replaced(
    endless: Worker, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource

    monkeypatch.setattr(child_process, "HANG_S", 2.0)  # a Python without memory may wait for ever for its own threads
    turn = Turn(endless)
    assert turn.marks[0].wait(60)
    process_id = endless.process_id
    assert process_id
    resource.prlimit(process_id, resource.RLIMIT_AS, (1, 1))
    score = endless.submit(Score("vera", CHAT, " kato mila" * 200))
    assert turn.answer().usage.n_written_tokens == 200
    assert "".join(turn.shown) == turn.answer().text
    assert len(score.result(timeout=60).logprobs) >= 200
    assert all("memory" in event.why or "did not move" in event.why for event in restarts(events))
    assert restarts(events)


@pytest.fixture
def memory_group() -> Iterator[Path]:
    """A group of processes whose memory the kernel bounds."""
    group = Path("/sys/fs/cgroup/memory") / f"tableread-{os.getpid()}"
    try:
        group.mkdir()
    except OSError:
        pytest.skip("no groups of processes can be made here")
    yield group
    deadline = time.monotonic() + 5
    while group.exists() and time.monotonic() < deadline:
        with suppress(OSError):
            group.rmdir()


def test_a_process_that_the_kernel_ends_for_want_of_memory_is_replaced(
    make_worker: MakeWorker, weights: Path, slow_weights: Path, memory_group: Path, events: list[Event]
) -> None:
    turn = Turn(make_worker(slow_weights))
    assert turn.marks[0].wait(60)
    process_id = turn.worker.process_id
    assert process_id
    (memory_group / "memory.limit_in_bytes").write_text(str(2**18))
    (memory_group / "cgroup.procs").write_text(str(process_id))
    turn.worker.submit(CountTokens((" kato mila" * 100_000,)))
    assert turn.answer().usage.n_written_tokens == 200
    assert "memory runs out" in restarts(events)[0].why
    assert "oom_kill 1" in (memory_group / "memory.oom_control").read_text()


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
    wait_until(lambda: any(isinstance(event, WorkerStopped) for event in events))
    wait_until(lambda: not psutil.pid_exists(process_id))
    assert worker.process_id is None
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


def test_more_work_does_not_make_a_process_that_hangs_look_alive(
    endless: Worker, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_process, "HANG_S", 1.0)
    turn = Turn(endless)
    turn.hit(signal.SIGSTOP)
    counts = []
    deadline = time.monotonic() + 15
    while not restarts(events) and time.monotonic() < deadline:
        counts.append(endless.submit(CountTokens(("kato",))))
        time.sleep(0.1)
    assert turn.answer().usage.n_written_tokens == 200
    assert "did not move" in restarts(events)[0].why
    assert all(count.result(timeout=60).counts == (2,) for count in counts)


def test_weights_whose_process_dies_while_it_loads_are_refused(
    make_worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONSTARTUP", "")
    monkeypatch.setenv("LLAMA_CPP_LIB_PATH", "/nowhere")
    worker = make_worker()
    with pytest.raises(UserError, match="cannot be loaded") as raised:
        worker.submit(TURN).result(timeout=60)
    assert raised.value.hint == "Choose other weights."
    monkeypatch.delenv("LLAMA_CPP_LIB_PATH")
    assert Turn(worker, Generate("mila", CHAT, max_tokens=5)).answer().usage.n_written_tokens == 5


def test_a_system_that_ends_two_loads_is_no_fault_of_the_weights(make_worker: MakeWorker) -> None:
    worker = make_worker()
    turn = worker.submit(TURN)
    hit: set[int] = set()

    def hit_new() -> bool:
        if (process_id := worker.process_id) and process_id not in hit:
            hit.add(process_id)
            os.kill(process_id, signal.SIGKILL)
        return turn.done()

    wait_until(hit_new)
    with pytest.raises(UserError, match=r"cannot be loaded.*the system ended it") as raised:
        turn.result()
    assert len(hit) == 2
    assert raised.value.hint.startswith("Close other programs and try again")


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
