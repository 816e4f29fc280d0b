"""One worker process: its pipes, and how it died."""

import os
import pickle
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, cast

from core.inference.messages import FromWorker, Load, ToWorker

HANG_S = 30.0
SLOWEST_FLOPS = 20e9
"""A batch may take `HANG_S`, and what it takes at so few operations a second, before its process counts as hung."""
HANG_LOADING_S = 300.0
GRACE_S = 2.0

_NATIVE_FAULTS = {
    "SIGABRT": "llama.cpp gave up",
    "SIGILL": "llama.cpp used an instruction that this CPU lacks",
    "SIGSEGV": "llama.cpp touched memory that is not its own",
    "SIGBUS": "llama.cpp touched memory that is not there",
    "SIGFPE": "llama.cpp computed something impossible",
}
_WINDOWS_FAULTS = {
    3: "SIGABRT",
    0xC0000005: "SIGSEGV",
    0xC000001D: "SIGILL",
    0xC0000094: "SIGFPE",
    0xC0000409: "SIGABRT",
}
_OUT_OF_MEMORY = re.compile(r"bad_alloc|MemoryError|out of memory|(?:failed|unable) to allocate", re.IGNORECASE)
"""What a process says last when it was refused memory, before it gives up."""


class Cause(StrEnum):
    """Kinds of ends, told apart because each has another remedy."""

    NATIVE = "native"
    """A fault of native code, which safe mode may avoid."""
    MEMORY = "memory"
    HANG = "hang"
    OTHER = "other"


_NEXT_STEPS = {
    Cause.NATIVE: "If it happens again, choose other weights.",
    Cause.MEMORY: "Close other programs and try again, or choose a smaller context or smaller weights.",
    Cause.HANG: "Close other programs and try again, or choose smaller weights.",
    Cause.OTHER: "If it happens again, choose other weights.",
}
_GIVEN_UP = "Choose other weights."
"""The step after an end that was the weights' own fault and has happened again."""


@dataclass(frozen=True, slots=True)
class Death:
    """How a process ended. `why` is a sentence without its stop."""

    why: str
    cause: Cause
    at_work: int | None
    """The request it was at."""

    @property
    def next_step(self) -> str:
        """What a user can do about it."""
        return _NEXT_STEPS[self.cause]

    @property
    def next_step_again(self) -> str:
        """What a user can do about it once it has happened again."""
        return _NEXT_STEPS[self.cause] if self.cause in (Cause.MEMORY, Cause.HANG) else _GIVEN_UP


class ChildProcess:
    """A worker process that loads weights at once. Any thread may send; one receives."""

    def __init__(self, load: Load) -> None:
        """Starts the process; OSError when the system cannot."""
        self.load = load
        self.loading = True
        self.at_work: int | None = None
        self._last_sign = time.monotonic()
        self._hung = False
        self._lock = threading.Lock()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the process is buried
        self._process = start_process(self._stderr)
        self._input = cast(BinaryIO, self._process.stdin)
        self._output = cast(BinaryIO, self._process.stdout)
        self.process_id = self._process.pid
        self.send(load)

    def send(self, message: ToWorker) -> None:
        """Sends a message. One that a dying process does not take is lost: what is pending is sent to the next."""
        with self._lock, suppress(OSError, ValueError):
            pickle.dump(message, self._input)
            self._input.flush()

    def expect_signs(self) -> None:
        """Its silence counts from now on: it had nothing to do until now. More work later is no sign of life."""
        self._last_sign = time.monotonic()

    def receive(self) -> FromWorker | None:
        """Waits for the next message; None: the process has ended."""
        try:
            message = cast(FromWorker, pickle.load(self._output))
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            return None
        self._last_sign = time.monotonic()
        return message

    def kill_if_hung(self) -> None:
        """Ends a process that was silent for too long while it had something to do."""
        if time.monotonic() - self._last_sign > self._limit_s():
            self._hung = True
            self.kill()

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()

    def bury(self) -> Death:
        """Waits for its end, by force if need be, and says how it came."""
        try:
            code = self._process.wait(timeout=GRACE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait()
        with self._lock, suppress(OSError):  # what was still in the pipe has no reader
            self._input.close()
        self._output.close()
        last_words = _last_words(self._stderr)
        self._stderr.close()
        if self._hung:
            return Death(f"it did not move for {self._limit_s():.0f} seconds", Cause.HANG, self.at_work)
        return _explain(code, last_words, self.at_work)

    def _limit_s(self) -> float:
        if self.loading:
            return HANG_LOADING_S
        return HANG_S + 2 * self.load.n_params * self.load.n_batch / SLOWEST_FLOPS


def start_process(stderr: BinaryIO) -> subprocess.Popen[bytes]:
    """Starts the program of the worker, with pipes for messages and a file for its last words."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "core.inference.worker_main"],  # -P: nothing from the current folder
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=_environment(),
        start_new_session=os.name == "posix",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    root = str(Path(__file__).resolve().parents[2])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [root, environment.get("PYTHONPATH")]))
    # Threads that spin while they wait make an oversubscribed CPU many times slower than threads that sleep
    environment.setdefault("OMP_WAIT_POLICY", "passive")
    environment["GGML_NO_BACKTRACE"] = "1"
    return environment


def was_refused_memory(text: str) -> bool:
    """Tells whether what a process said last means that it was refused memory."""
    lines = text.strip().splitlines()
    return bool(lines) and _OUT_OF_MEMORY.search(lines[-1]) is not None


def _last_words(stderr: BinaryIO) -> str:
    """Returns the last line that the process wrote, without the folders of source files."""
    size = stderr.seek(0, os.SEEK_END)
    stderr.seek(max(0, size - 4096))
    lines = stderr.read().decode("utf-8", "replace").strip().splitlines()
    return re.sub(r"\S*/(?=[\w.-]+:\d+)", "", lines[-1])[:300] if lines else ""


def _explain(code: int, last_words: str, at_work: int | None) -> Death:
    name = _WINDOWS_FAULTS.get(code & 0xFFFFFFFF, "") if os.name == "nt" else _signal_name(-code)
    detail = f": {last_words}" if last_words else ""
    if was_refused_memory(last_words):
        return Death(f"the memory ran out ({name or f'code {code}'}){detail}", Cause.MEMORY, at_work)
    if name in _NATIVE_FAULTS:
        return Death(f"{_NATIVE_FAULTS[name]} ({name}){detail}", Cause.NATIVE, at_work)
    if name == "SIGKILL":
        return Death("the system ended it, as it does when memory runs out", Cause.MEMORY, at_work)
    return Death(f"it ended by itself ({name or f'code {code}'}){detail}", Cause.OTHER, at_work)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name if number > 0 else ""
    except ValueError:
        return f"signal {number}"
