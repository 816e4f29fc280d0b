"""The command line in a process of its own, as scripts start it, for the tests of what only a process can show."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def first_home(folder: Path) -> dict[str, str]:
    """Returns the environment of a user who starts the app for the first time, in some other folder."""
    (folder / "elsewhere").mkdir()
    return os.environ | {"TABLEREAD_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}


def start(home: dict[str, str], *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "core.cli", *map(str, arguments)],
        env=home,
        cwd=Path(home["TABLEREAD_HOME"]).parent / "elsewhere",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(home: dict[str, str], *arguments: object, status: int = 0) -> tuple[str, str]:
    """Runs a command to its end. Returns what it printed on standard output and on standard error."""
    process = start(home, *arguments)
    out, err = process.communicate(timeout=120)
    assert process.returncode == status, (out, err)
    assert "Traceback" not in err
    return out, err


def lines_of(out: str) -> list[dict]:
    return [json.loads(line) for line in out.splitlines()]


def read_until(process: subprocess.Popen[str], n_turns: int) -> list[dict]:
    """Reads the lines of a play that has been started until so many turns were printed."""
    turns: list[dict] = []
    for line in process.stdout:
        turns.append(json.loads(line))
        if len(turns) == n_turns:
            break
    return turns
