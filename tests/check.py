"""Runs everything that a change must pass: format, lint, types, import contracts, tests. Stops at the first fault."""

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
    "tests": ["pytest", *sys.argv[1:]],
}


def main() -> int:
    """Runs the steps in order; returns the exit status of the first that fails."""
    bin_dir = Path(sys.executable).parent
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    for name, (tool, *arguments) in STEPS.items():
        print(f"== {name}", flush=True)
        status = subprocess.run([bin_dir / tool, *arguments], cwd=ROOT, env=environment, check=False).returncode
        if status:
            print(f"{name} failed.", flush=True)
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
