"""Runs everything that a change must pass: format, lint, types, import contracts, tests. Stops at the first fault.

Arguments go to pytest.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
STEPS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "imports": ["lint-imports", "--no-cache"],
}

TWO_AT_ONCE = ["-n", "2", "--dist", "loadfile"]
"""Files of tests beside each other, in two processes: each runs weights in processes of its own."""


def main() -> int:
    """Runs the steps in order; returns the exit status of the first that fails."""
    tests = ["pytest", *TWO_AT_ONCE, *without_window(), *sys.argv[1:]]
    for name, command in (STEPS | {"tests": tests}).items():
        print(f"== {name}", flush=True)
        status = run(command)
        if status:
            print(f"{name} failed.", flush=True)
            return status
    return 0


def run(command: list[str]) -> int:
    """Runs a tool of this environment in the root of the repository; returns its exit status."""
    tool, *arguments = command
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [Path(sys.executable).parent / tool, *arguments], cwd=ROOT, env=environment, check=False
    ).returncode


def without_window() -> list[str]:
    """Returns what leaves out the tests of the window, and says so, where Qt misses a system library."""
    probe = subprocess.run(
        [sys.executable, "-c", "import PySide6.QtWidgets"], capture_output=True, text=True, check=False
    )
    if probe.returncode == 0:
        return []
    print(f"The tests of the window are skipped, as Qt cannot be loaded here: {probe.stderr.strip().splitlines()[-1]}")
    return ["-p", "no:pytest-qt", "--ignore=tests/gui"]


if __name__ == "__main__":
    sys.exit(main())
