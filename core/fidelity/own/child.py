"""Runs a user's function in a process of its own: JSON lines in, JSON lines out. Imports nothing of Tableread.

It is started with `python -I`, as a file. Its first line is {"text", "name", "max_bytes"}, which it answers when the
text has been run; each other one is a turn.
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

Turn = dict[str, Any]
Function = Callable[[Turn, list[Turn], list[str]], Any]
SECONDS_OF_CPU = 600


def limit(max_bytes: int) -> None:
    """Limits memory and time where the system can (not on Windows; memory not on macOS)."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_OF_CPU, SECONDS_OF_CPU))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))


def explain(error: Exception, name: str) -> str:
    """Returns what went wrong, and in which line of the user's file."""
    place: int | None = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == name:
            place = trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, SyntaxError):
        place = error.lineno
    where = f" in line {place} of {name}" if place else f" in {name}"
    return f"{type(error).__name__}{where}: {error}"[:500]


def score(function: Function, line: Turn, history: list[Turn], persona: list[str]) -> Turn:
    """Returns the answer to one turn."""
    value = function(line, history, persona)
    if value is None:
        return {"reason": "The function says that this turn has no score."}
    try:
        return {"value": float(value)}
    except (TypeError, ValueError, OverflowError):
        return {"reason": f"The function returned no number but {value!r}"[:200] + "."}


def main() -> None:
    """Reads and answers until the other side closes the pipe."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", buffering=1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    lines = os.fdopen(os.dup(sys.stdin.fileno()), "r", encoding="utf-8")
    first = json.loads(lines.readline())
    name, fault = first["name"], ""
    limit(first["max_bytes"])
    scope: dict[str, Any] = {"__name__": "own_measure"}
    try:
        exec(compile(first["text"], name, "exec"), scope)  # the user has read and allowed just this text
        if not callable(scope.get("score")):
            fault = f"{name} has no function `score(line, history, persona)`."
    except Exception as error:  # noqa: BLE001 - whatever the file does
        fault = explain(error, name)
    answers.write(json.dumps({"ready": True}) + "\n")
    history: list[Turn] = []
    for row in lines:
        turn = json.loads(row)
        persona = turn.pop("persona")
        try:
            answer = {"reason": fault} if fault else score(scope["score"], turn, history, persona)
        except Exception as error:  # noqa: BLE001 - whatever the function does
            answer = {"reason": explain(error, name)}
        history.append(turn)
        answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
