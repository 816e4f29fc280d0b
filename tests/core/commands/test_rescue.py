"""`tableread rescue` in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

from core.library.characters import create_character
from core.project import Project
from models.character import CharacterBase

ROOT = Path(__file__).parents[3]


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "core.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_a_damaged_project_is_rescued_and_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path / "p.tableread")
    create_character(project, CharacterBase(name="Mara"))
    project.close()
    path = tmp_path / "p.tableread"
    path.write_bytes(b"\0" * 100 + path.read_bytes()[100:])
    done = run("rescue", path, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["saved"]["character"] == 1
    assert Path(report["project"]).name == "p rescued.tableread"
    again = run("rescue", path, tmp_path / "out.tableread")
    assert "Rescued: 1 character." in " ".join(again.stdout.split())
    other = tmp_path / "other.tableread"
    other.write_bytes(b"something else " * 500)
    refused = run("rescue", other)
    assert refused.returncode == 1
    assert "Nothing can be read" in refused.stderr + refused.stdout
