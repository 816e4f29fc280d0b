"""Worker processes that are forked from one that has imported everything: the app's own worker in milliseconds.

Run as a program it is that one: it forks a worker for each set of pipes that it is handed, one at a time, and tells
its number and how it ended. POSIX only.
"""

import os
import resource
import signal
import socket
import subprocess
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).parents[2]
MEMORY_BYTES = 4 * 2**30
"""A worker is refused more, so that damaged weights cannot take the machine's memory from others."""


class WorkerNest:
    """Starts workers; its `start` stands in for `child_process.start_process`."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.forked_worker", str(theirs.fileno())],
            cwd=ROOT,
            pass_fds=[theirs.fileno()],
            env=os.environ | {"OMP_WAIT_POLICY": "passive", "GGML_NO_BACKTRACE": "1"},
        )
        theirs.close()

    def start(self, stderr: BinaryIO) -> "ForkedWorker":
        """Starts a worker with pipes for messages and a file for its last words."""
        (from_app, to_worker), (from_worker, to_app) = os.pipe(), os.pipe()
        socket.send_fds(self._socket, [b"x"], [from_app, to_app, stderr.fileno()])
        os.close(from_app)
        os.close(to_app)
        return ForkedWorker(self._socket, os.fdopen(to_worker, "wb"), os.fdopen(from_worker, "rb"))

    def close(self) -> None:
        """Ends the program that forks."""
        self._socket.close()
        self._process.wait(timeout=10)


class ForkedWorker:
    """The part of `subprocess.Popen` that the app uses."""

    def __init__(self, nest: socket.socket, stdin: BinaryIO, stdout: BinaryIO) -> None:
        self.stdin, self.stdout = stdin, stdout
        self._nest = nest
        self._status: int | None = None
        self.pid = int.from_bytes(nest.recv(8), "little")

    def kill(self) -> None:
        """Ends the worker at once."""
        if self._status is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Returns the exit status, negative for a signal, as `subprocess.Popen.wait` does."""
        if self._status is None:
            self._nest.settimeout(timeout)
            try:
                self._status = int.from_bytes(self._nest.recv(8), "little", signed=True)
            except TimeoutError as error:
                raise subprocess.TimeoutExpired("worker", timeout or 0) from error
            finally:
                self._nest.settimeout(None)
        return self._status


def main() -> None:
    """Forks workers until the other end of the socket is closed."""
    from core.inference import worker_main

    nest = socket.socket(fileno=int(sys.argv[1]))
    while True:
        _, pipes, _, _ = socket.recv_fds(nest, 1, 3)
        if not pipes:
            return
        process_id = os.fork()
        if process_id == 0:
            _become_worker(nest, pipes, worker_main.main)
        for pipe in pipes:
            os.close(pipe)
        nest.send(process_id.to_bytes(8, "little"))
        status = os.waitstatus_to_exitcode(os.waitpid(process_id, 0)[1])
        with suppress(BrokenPipeError):
            nest.send(status.to_bytes(8, "little", signed=True))


def _become_worker(nest: socket.socket, pipes: list[int], run: object) -> None:
    code = 1
    try:
        nest.close()
        for target, pipe in enumerate(pipes):
            os.dup2(pipe, target)
            os.close(pipe)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        run()  # type: ignore[operator]
        code = 0
    except BaseException:  # noqa: BLE001 - the top of the process
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
