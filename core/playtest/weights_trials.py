"""Tries weights out in a process of their own, and remembers what came of it: speed, role check, memory."""

from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, wait
from contextlib import closing, contextmanager, suppress
from dataclasses import replace

import psutil

from core.errors import UserError
from core.inference.request import CountTokens, Layout, Result, WeightsInfo, WeightsSettings
from core.inference.weights.catalog import is_gpu_build
from core.inference.weights.fit import Measured
from core.inference.weights.notes import ROLE_CHECK, SPEED, open_notes, stamp_of
from core.inference.weights.speed import N_SEQUENCES, Speed, measure_speed
from core.inference.worker import Worker
from core.playtest.role_check import RoleCheck, check_role

TRIAL_N_CTX = 2048
POLL_S = 0.1
OnStep = Callable[[int, int], None]
IsCancelled = Callable[[], bool]


def try_speed(settings: WeightsSettings, on_step: OnStep, cancelled: IsCancelled) -> Speed:
    """Loads weights, measures their speed and remembers it. Raises UserError, or CancelledError when told to end."""
    wanted = replace(settings, n_ctx=TRIAL_N_CTX, n_sequences=max(N_SEQUENCES), layout=Layout.BATCHED)
    with _loaded(wanted, cancelled) as engine:
        speed = measure_speed(engine, on_step, cancelled)
        _remember(engine, wanted, SPEED, speed.to_note())
    return speed


def try_role(settings: WeightsSettings, on_step: OnStep, cancelled: IsCancelled) -> RoleCheck:
    """Loads weights, checks whether they hold a role and remembers that. Raises as `try_speed` does."""
    wanted = replace(settings, n_ctx=TRIAL_N_CTX, n_sequences=4)
    with _loaded(wanted, cancelled) as engine:
        check = check_role(engine, on_step, cancelled)
        _remember(engine, wanted, ROLE_CHECK, check.to_note())
    return check


def remember_memory(process_id: int | None, info: WeightsInfo, settings: WeightsSettings) -> int:
    """Remembers how much memory the process of loaded weights takes, in bytes, and returns it; 0: it is gone."""
    try:
        total_bytes = int(psutil.Process(process_id).memory_info().rss) if process_id else 0
    except psutil.Error:
        total_bytes = 0
    if total_bytes:
        n_gpu_layers = settings.n_gpu_layers if is_gpu_build() else 0
        with suppress(UserError, OSError), open_notes() as notes:
            notes.keep_measured(info.sha256, Measured(info.n_ctx, info.n_sequences, n_gpu_layers, total_bytes))
            notes.keep_sha256(settings.path, stamp_of(settings.path), info.sha256)
    return total_bytes


@contextmanager
def _loaded(settings: WeightsSettings, cancelled: IsCancelled) -> Iterator[Worker]:
    with closing(Worker(settings)) as engine:
        loaded: Future[Result] = engine.submit(CountTokens(("",)))
        while not wait([loaded], timeout=POLL_S).done:
            if cancelled():
                raise CancelledError
        loaded.result()
        yield engine


def _remember(engine: Worker, settings: WeightsSettings, what: str, note: dict[str, object]) -> None:
    remember_memory(engine.process_id, engine.info, settings)
    with suppress(UserError), open_notes() as notes:
        notes.keep_note(engine.info.sha256, what, note)
