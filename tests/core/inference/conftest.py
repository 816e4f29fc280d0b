"""Real weights, real processes, and a home of the app's own for each test."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from core.app_settings import HOME_VARIABLE
from core.events import Event
from core.inference.request import Message, WeightsSettings
from core.inference.worker import Worker
from tests.random_weights import Shape, random_weights

CHAT = (
    Message("system", "You are Mila. katomi bagu lodi."),
    Message("user", "Vera: kato mila, dego ruza?"),
)
MakeWorker = Callable[..., Worker]


@pytest.fixture(autouse=True)
def app_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    return home


@pytest.fixture(autouse=True)
def no_process_left() -> Iterator[None]:
    before = set(psutil.Process().children(recursive=True))  # such as the tracker of Python's own
    yield
    deadline = time.monotonic() + 5
    while (left := set(psutil.Process().children(recursive=True)) - before) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left, "a worker process outlived its test"


@pytest.fixture(scope="session")
def weights() -> Path:
    return random_weights()


@pytest.fixture(scope="session")
def endless_weights() -> Path:
    return random_weights(Shape(ends=False), "endless")


@pytest.fixture(scope="session")
def slow_weights() -> Path:
    """A batch takes long enough to do something meanwhile."""
    return random_weights(
        Shape(
            n_vocab=4000,
            n_embd=256,
            n_layers=8,
            n_heads=8,
            n_heads_kv=2,
            n_ff=1024,
            n_ctx=8192,
            spread=0.08,
            ends=False,
        ),
        "slow",
    )


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def make_worker(weights: Path, events: list[Event]) -> Iterator[MakeWorker]:
    workers: list[Worker] = []

    def make(path: Path = weights, **settings: int) -> Worker:
        workers.append(Worker(WeightsSettings(path, **settings), events.append))
        return workers[-1]

    yield make
    for worker in workers:
        worker.close()


@pytest.fixture
def worker(make_worker: MakeWorker) -> Worker:
    return make_worker()
