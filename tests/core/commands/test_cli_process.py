"""What only processes of their own can show of the commands: killed for real, in other folders, on a live output."""

import json
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from core.cli import main
from core.library.playtests import list_playtests, list_turns
from core.project import Project
from tests.core.commands.cli_process import lines_of, read_until, run, start


def test_nothing_in_the_current_folder_is_run(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "core").mkdir()
    for name in ("core/__init__.py", "jinja2.py", "numpy.py"):
        (tmp_path / "elsewhere" / name).write_text("import pathlib; pathlib.Path('run').touch()")
    assert len(lines_of(run(home, "play", "--turns", 2, "--json")[0])) == 3
    assert not (tmp_path / "elsewhere" / "run").exists()


def test_killed_at_any_moment_it_goes_on_from_the_last_turn(home: dict[str, str], tmp_path: Path) -> None:
    process = start(home, "play", "--turns", 40, "--seed", 3, "--json", "--out", tmp_path / "out")
    turns = read_until(process, 4)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    path = tmp_path / "out" / "Demo.tableread"
    project = Project(path)
    playtest = list_playtests(project)[0]
    kept = list_turns(project, playtest.id)
    project.close()
    assert [turn.text for turn in kept[:4]] == [turn["text"] for turn in turns]
    more = lines_of(run(home, "play", path, "--turns", 2, "--resume", "--json")[0])
    assert [turn["turn"] for turn in more[:-1]] == [len(kept) + 1, len(kept) + 2]
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGABRT])
def test_a_dead_worker_costs_nothing(
    home: dict[str, str], fault: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    process = start(home, "play", "--turns", 6, "--seed", 3, "--json")
    turns = read_until(process, 3)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) == 1
    os.kill(children[0].pid, fault)
    started = time.monotonic()
    out, err = process.communicate(timeout=120)
    *more, end = lines_of(out)
    assert process.returncode == 0, err
    assert [turn["turn"] for turn in turns + more] == list(range(1, 7))
    assert end["reason"] == "turns"
    assert time.monotonic() - started < 60
    assert main(["doctor", "--json"]) == 0
    remembered = json.loads(capsys.readouterr().out)["safe_mode"]
    assert bool(remembered) == (fault == signal.SIGABRT)


def test_live_output_has_every_word(home: dict[str, str], tmp_path: Path) -> None:
    out, _ = run(home, "play", "--turns", 4, "--seed", 3, "--out", tmp_path / "out")
    project = Project(tmp_path / "out" / "Demo.tableread")
    turns = list_turns(project, list_playtests(project)[0].id)
    project.close()
    assert len(turns) == 4
    assert all(turn.text in out for turn in turns)
    assert all(f"(thinks) {turn.thought}" in out for turn in turns if turn.thought)
