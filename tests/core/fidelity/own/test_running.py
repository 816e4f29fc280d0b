"""Own measures in Python: never run unless allowed, and unable to harm the app when they fail."""

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import Measure, measure
from core.fidelity.own import OwnDefinition, own_measure
from core.fidelity.own.definition import metric_of
from core.fidelity.own.running import begin_running
from core.fidelity.score import ScoreValue

ABOUT = About({"m": ("Mara keeps the light.", "She is 40.")}, names={"m": "Mara"})
LINES = [Line("m", "one two"), Line("t", "three", thought="hm"), Line("m", "four five six")]
MINE = OwnDefinition("p", "Mine", "python", "mine.py")


def score(folder: Path, text: str, *, turn_s: float = 20.0, start_s: float = 20.0) -> list[ScoreValue]:
    (folder / "mine.py").write_text(text, encoding="utf-8")
    one = Measure((metric_of(MINE),), begin_running(MINE, folder, lambda _text: True, turn_s, start_s))
    return [scores[0] for scores in measure(ABOUT, LINES, [one]).by_line]


def wait_until(is_so: Callable[[], bool]) -> bool:
    """Waits at most 20 s, and far less where all is well."""
    for _ in range(2_000):
        if is_so():
            return True
        time.sleep(0.01)
    return False


def test_a_function_reads_line_history_and_persona(tmp_path: Path):
    text = (
        "def score(line, history, persona):\n"
        "    print('not heard')\n"
        "    if line['speaker'] == 't':\n"
        "        return None\n"
        "    return len(line['text'].split()) + 10 * len(history) + 100 * len(persona)\n"
    )
    found = score(tmp_path, text)
    assert [one.value for one in found] == [202.0, None, 223.0]
    assert "no score" in found[1].reason
    assert not any(thread.name == "own-measure" for thread in threading.enumerate())


def test_a_text_that_was_not_allowed_is_not_run(tmp_path: Path):
    touched = tmp_path / "touched"
    (tmp_path / "mine.py").write_text(f"open({str(touched)!r}, 'w')\ndef score(*a): return 1\n")
    asked = []
    one = own_measure(MINE, tmp_path, lambda text: bool(asked.append(text)))
    found = measure(ABOUT, LINES, [one])
    assert [scores[0].value for scores in found.by_line] == [None] * 3
    assert "allow" in found.by_line[0][0].reason
    assert len(asked) == 1
    assert not touched.exists()


def test_what_is_wrong_with_an_answer_is_its_reason(tmp_path: Path):
    text = (
        "def score(line, history, persona):\n"
        "    if not history:\n"
        "        return float('nan')\n"
        "    if len(history) == 1:\n"
        "        return 'many'\n"
        "    return 1 / 0\n"
    )
    nan, words, fault = score(tmp_path, text)
    assert [one.value for one in (nan, words, fault)] == [None] * 3
    assert "nan" in nan.reason
    assert "many" in words.reason
    assert "ZeroDivisionError in line 6 of mine.py" in fault.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import os\ndef score(*a):\n    os._exit(3)\n", "ended by itself"),
        ("def score(:\n", "SyntaxError in line 1"),
        ("x = 1\n", "no function"),
        ("def score(*a):\n    return len(bytearray(2**31))\n", "MemoryError"),
    ],
)
def test_a_program_that_fails_scores_nothing(tmp_path: Path, text: str, reason: str):
    found = score(tmp_path, text)
    assert all(one.value is None and reason in one.reason for one in found)


def test_a_program_that_takes_for_ever_is_ended(tmp_path: Path):
    text = "def score(line, history, persona):\n    while history:\n        pass\n    return 1\n"
    found = score(tmp_path, text, turn_s=0.3)
    assert found[0].value == 1
    assert "took longer than 0.3 s" in found[1].reason
    assert found[2].reason == found[1].reason


def test_a_program_that_never_begins_is_ended_though_nobody_reads_its_pipe(tmp_path: Path):
    (tmp_path / "mine.py").write_text("while True:\n    pass\n", encoding="utf-8")
    one = Measure((metric_of(MINE),), begin_running(MINE, tmp_path, lambda _text: True, 0.3, 0.3))
    (found,) = measure(ABOUT, [Line("m", "word " * 400_000)], [one]).by_line
    assert "longer than 0.3 s to begin" in found[0].reason


def test_a_program_that_reads_no_more_is_ended(tmp_path: Path):
    text = "import time\ndef score(line, history, persona):\n    if history:\n        time.sleep(60)\n    return 1\n"
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    one = Measure((metric_of(MINE),), begin_running(MINE, tmp_path, lambda _text: True, 0.3, 20.0))
    long = Line("m", "word " * 400_000)
    found = [scores[0] for scores in measure(ABOUT, [LINES[0], LINES[1], long, long], [one]).by_line]
    assert found[0].value == 1
    assert all("longer than 0.3 s for one turn" in one.reason for one in found[1:])


posix_only = pytest.mark.skipif(sys.platform == "win32", reason="no forks and groups")
FORKS = """
import fcntl, os, time

def score(line, history, persona):
    if not history and not os.fork():
        {first}
        held = open({lock!r}, "w")
        fcntl.flock(held, fcntl.LOCK_EX)
        open({begun!r}, "w").close()
        for _ in range(3000):
            if os.path.exists({leave!r}):
                break
            time.sleep(0.01)
        os._exit(0)
    while not os.path.exists({begun!r}):
        time.sleep(0.01)
    return 1
"""


def fork(folder: Path, first: str) -> tuple[list[ScoreValue], Callable[[], bool]]:
    """Scores with a program that leaves a process behind, and returns whether that one is gone."""
    import fcntl

    names = {name: str(folder / name) for name in ("lock", "begun", "leave")}
    found = score(folder, FORKS.format(first=first, **names))

    def is_gone() -> bool:
        with open(names["lock"], "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return False
        return True

    return found, is_gone


@posix_only
def test_what_a_program_has_started_ends_with_it(tmp_path: Path):
    found, is_gone = fork(tmp_path, "pass")
    assert [one.value for one in found] == [1.0] * 3
    assert wait_until(is_gone)
    assert not (tmp_path / "leave").exists()


@posix_only
def test_what_has_left_the_group_is_not_waited_for(tmp_path: Path):
    found, is_gone = fork(tmp_path, "os.setsid()")
    assert [one.value for one in found] == [1.0] * 3
    assert not is_gone()
    (tmp_path / "leave").touch()
    assert wait_until(is_gone)
    assert wait_until(lambda: not any(thread.name == "own-measure" for thread in threading.enumerate()))


@pytest.mark.parametrize("name", ["", "../mine.py", "/etc/passwd", "mine.txt", ".py", "a/b.py", "a\\b.py", "nobody.py"])
def test_only_files_of_the_folder_are_read(tmp_path: Path, name: str):
    one = own_measure(OwnDefinition("p", "Mine", "python", name), tmp_path, lambda _text: True)
    (found, *_rest) = measure(ABOUT, LINES, [one]).by_line
    assert found[0].value is None
    assert found[0].reason


def test_without_a_project_nothing_is_run():
    (found, *_rest) = measure(ABOUT, LINES, [own_measure(MINE, None, lambda _text: True)]).by_line
    assert "project" in found[0].reason
