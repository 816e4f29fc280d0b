"""An own measure that is a function in Python: run in a child process, and only if the user has allowed its text.

One process for a conversation. It is given time and memory; what it does beside that, it does with the user's rights.
"""

import json
import math
import os
import queue
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from core.errors import UserError
from core.fidelity.conversation import About, Line
from core.fidelity.own.definition import OwnDefinition
from core.fidelity.score import ScoreValue
from core.programs import read_program

START_S = 20.0
"""Until the file has been run once: what it imports may be large."""
TURN_S = 2.0
"""A function that takes longer for one turn is ended, and the other turns of the conversation are not scored."""
MAX_MEMORY_BYTES = 512 * 2**20
END_S = 1.0
"""How long the threads of an ended process are waited for: what it has started may hold its pipes open."""
_MAX_ANSWER_CHARS = 10_000
_KEPT_VARIABLES = ("SYSTEMROOT", "PATH", "TEMP", "TMP", "TMPDIR", "LANG")
_NOT_ALLOWED = "This program was not allowed on this machine yet. Read it, and allow it if you trust it."
_ENDED = "The program has ended by itself, or was refused memory."


class Running:
    """Goes through one conversation. The process begins with the first turn, and ends with this object."""

    def __init__(
        self, about: About, metric: str, name: str, text: str, reason: str, turn_s: float, start_s: float
    ) -> None:
        """Takes a text that may be run, or the reason why there is none."""
        self._about = about
        self._metric = metric
        self._name, self._text, self._reason = name, text, reason
        self._turn_s, self._start_s = turn_s, start_s
        self._child: _Child | None = None

    def add(self, line: Line) -> list[ScoreValue]:
        """Scores a turn; see `Measuring.add`."""
        if self._reason:
            return [ScoreValue(self._metric, None, self._reason)]
        answer = self._ask(line)
        value, reason = answer.get("value"), answer.get("reason")
        if isinstance(value, float) and math.isfinite(value):
            return [ScoreValue(self._metric, value)]
        if isinstance(value, float):
            reason = f"The function returned {value}, which is no number to draw."
        return [ScoreValue(self._metric, None, str(reason or "The program gave no answer that can be read."))]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        """Leaves the mean of the turns."""
        return {}

    def _ask(self, line: Line) -> Mapping[str, Any]:
        too_slow = f"The function took longer than {self._turn_s:g} s for one turn, and was ended."
        try:
            if self._child is None:
                too_slow = f"The program took longer than {self._start_s:g} s to begin, and was ended."
                self._child = _Child()
                first = {"text": self._text, "name": self._name, "max_bytes": MAX_MEMORY_BYTES}
                self._child.ask(first, self._start_s)
                return self._ask(line)
            return self._child.ask(self._turn_of(line), self._turn_s)
        except TimeoutError:
            self._give_up(too_slow)
        except (OSError, EOFError):
            self._give_up(_ENDED)
        return {"reason": self._reason}

    def _turn_of(self, line: Line) -> Mapping[str, Any]:
        return {
            "speaker": self._about.name(line.speaker),
            "text": line.text,
            "thought": line.thought,
            "persona": list(self._about.personas.get(line.speaker, ())),
        }

    def _give_up(self, reason: str) -> None:
        self._reason = reason
        if self._child is not None:
            self._child.close()


class _Child:
    """The process, and the threads that write to it and read what it says, so that a limit holds for both."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(Path(__file__).with_name("child.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
            encoding="utf-8",
            start_new_session=True,  # a group of its own, so that what it starts ends with it
        )
        self._rows: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        writer = _begin_thread(_write, self._process.stdin, self._rows, self._answers)
        reader = _begin_thread(_read, self._process.stdout, self._answers)
        self.close = weakref.finalize(self, _end, self._process, self._rows, writer, reader)
        """Ends the process; at the latest when nobody needs it."""

    def ask(self, turn: Mapping[str, Any], timeout_s: float) -> Mapping[str, Any]:
        """Returns the answer to a row. Raises TimeoutError, and EOFError when the process has ended."""
        self._rows.put(json.dumps(turn) + "\n")
        try:
            answer = self._answers.get(timeout=timeout_s)
        except queue.Empty:
            raise TimeoutError from None
        if not answer:
            raise EOFError
        try:
            found = json.loads(answer)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def _begin_thread(work: Callable[..., None], *given: object) -> threading.Thread:
    thread = threading.Thread(target=work, args=given, name="own-measure", daemon=True)
    thread.start()
    return thread


def _write(pipe: IO[str] | None, rows: "queue.SimpleQueue[str]", answers: "queue.SimpleQueue[str]") -> None:
    """Writes rows until an empty one comes; puts an empty answer into the queue when nobody reads them any more."""
    try:
        while pipe is not None and (row := rows.get()):
            pipe.write(row)
            pipe.flush()
    except (OSError, ValueError):
        answers.put("")


def _read(pipe: IO[str] | None, answers: "queue.SimpleQueue[str]") -> None:
    """Puts each line into the queue, and an empty text at the end."""
    with suppress(OSError, ValueError):
        while pipe is not None and (line := pipe.readline(_MAX_ANSWER_CHARS)):
            answers.put(line)
    answers.put("")


def _end(
    process: "subprocess.Popen[str]",
    rows: "queue.SimpleQueue[str]",
    writer: threading.Thread,
    reader: threading.Thread,
) -> None:
    """Ends the process and all that it has started; what has left its group is left alone, with the pipes it holds."""
    rows.put("")
    _kill(process)
    process.wait()
    for pipe, thread in ((process.stdin, writer), (process.stdout, reader)):
        thread.join(END_S)
        with suppress(OSError, ValueError):
            if pipe is not None and not thread.is_alive():  # closing would wait for the thread
                pipe.close()


def _kill(process: "subprocess.Popen[str]") -> None:
    """Kills the process and its group; on Windows the process alone."""
    if sys.platform != "win32":
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def begin_running(
    definition: OwnDefinition,
    folder: Path | None,
    is_allowed: Callable[[str], bool],
    turn_s: float = TURN_S,
    start_s: float = START_S,
) -> Callable[[About], Running]:
    """Returns what begins with a conversation. The file is read once: what runs is the text that was asked about."""
    name = definition.body.strip()
    text, reason = _allowed_text(name, folder, is_allowed)
    return lambda about: Running(about, definition.metric_name, name, text, reason, turn_s, start_s)


def _allowed_text(name: str, folder: Path | None, is_allowed: Callable[[str], bool]) -> tuple[str, str]:
    """Returns the text, or why it is not run."""
    if folder is None:
        return "", "Python files are run only for chats of a project."
    try:
        text = read_program(folder, name)
    except UserError as error:
        return "", str(error)
    return (text, "") if is_allowed(text) else ("", _NOT_ALLOWED)
