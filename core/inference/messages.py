"""What the app and its worker process tell each other. Picklable; no tensors, no llama_cpp."""

from dataclasses import dataclass
from pathlib import Path

from core.errors import UserError
from core.inference.request import Layout, Request, Result, WeightsInfo


@dataclass(frozen=True, slots=True)
class Load:
    """App to worker, first of all: load these weights. All choices are made."""

    path: Path
    sha256: str
    size_bytes: int
    n_params: int
    n_ctx: int
    n_sequences: int
    n_batch: int
    n_threads: int
    n_gpu_layers: int
    safe_mode: bool
    layout: Layout = Layout.APART


@dataclass(frozen=True, slots=True)
class Submit:
    """App to worker: a request.

    `written` are tokens that a worker before this one wrote: go on behind them. So many characters have been shown.
    """

    number: int
    request: Request
    background: bool
    written: tuple[int, ...] = ()
    n_shown: int = 0


@dataclass(frozen=True, slots=True)
class Cancel:
    """App to worker: end this request within one batch."""

    number: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """Worker to app: the weights are in memory."""

    info: WeightsInfo


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """Worker to app: the weights cannot be used. The worker ends."""

    error: UserError


@dataclass(frozen=True, slots=True)
class Alive:
    """Worker to app: something moved. `number` is the request at work, None while weights load."""

    number: int | None


@dataclass(frozen=True, slots=True)
class Written:
    """Worker to app: a drawn token of an answer, if one was, and the text that may be shown now."""

    number: int
    token: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """Worker to app: the result of a request; None when it was cancelled before there was one."""

    number: int
    result: Result | None


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """Worker to app: a request cannot be answered. `bug` holds a traceback when it is not the world's fault."""

    number: int
    error: UserError | None
    bug: str = ""


ToWorker = Load | Submit | Cancel
FromWorker = Loaded | LoadFailed | Alive | Written | Done | RequestFailed
