"""The command `tableread`: which arguments go where, and what happens where no window can be opened."""

import faulthandler
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from core.errors import UserError
from gui import __main__ as start
from gui import app

ROOT = Path(__file__).parents[2]


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in _DISPLAYS}
    return subprocess.run(
        [sys.executable, "-c", code], env=kept | environment, cwd=ROOT, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


_DISPLAYS = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
_ASK = "from gui.__main__ import why_no_window; print(why_no_window())"


@pytest.mark.skipif(sys.platform != "linux", reason="only there a display may be missing")
def test_without_a_display_the_reason_is_one_sentence() -> None:
    assert run(_ASK).stdout.startswith("There is no display here")
    assert "The display :987 cannot be reached." in run(_ASK, DISPLAY=":987").stdout
    assert run(_ASK, QT_QPA_PLATFORM="offscreen").stdout.strip() == "None"


def test_without_a_display_the_demo_is_played_in_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    from core import cli

    reasons: list[str] = []
    monkeypatch.setattr(cli, "play_demo_in_terminal", lambda reason: reasons.append(reason) or 0)
    monkeypatch.setattr(start, "why_no_window", lambda: "No display.")
    monkeypatch.setattr(sys, "argv", ["tableread"])
    assert start.main() == 0
    assert reasons == ["No display."]


@pytest.mark.parametrize("arguments", [["doctor", "--json"], ["--version"], ["play", "x.trpack"], ["nonsense"]])
def test_commands_go_to_the_terminal(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    from core import cli

    seen: list[list[str]] = []
    monkeypatch.setattr(cli, "main", lambda given: seen.append(given) or 0)
    monkeypatch.setattr(sys, "argv", ["tableread", *arguments])
    assert start.main() == 0
    assert seen == [arguments]


@pytest.mark.parametrize("name", ["a.tableread", "scene.trpack", "card.PNG", "card.json", "big.gguf"])
def test_files_go_to_the_window(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    seen: list[list[Path]] = []
    monkeypatch.setattr(app, "run", lambda paths: seen.append(paths) or 0)
    monkeypatch.setattr(start, "why_no_window", lambda: None)
    monkeypatch.setattr(sys, "argv", ["tableread", name])
    assert start.main() == 0
    assert seen == [[Path(name)]]


@pytest.mark.parametrize(
    ("error", "package"),
    [
        ("libxcb-cursor.so.0: cannot open shared object file: No such file or directory", "libxcb-cursor0"),
        ("libEGL.so.1: cannot open shared object file", "libegl1"),
        ("libxkbcommon-x11.so.0: cannot open", "libxkbcommon-x11-0"),
        ("libdbus-1.so.3: cannot open", "libdbus-1-3"),
        ("libglib-2.0.so.0: cannot open", "libglib2.0-0"),
    ],
)
def test_a_missing_library_is_named_with_its_package(error: str, package: str) -> None:
    sentence = start._explain_missing(error)
    assert error.partition(":")[0] in sentence
    assert f"apt install {package})" in sentence


def test_an_unknown_fault_of_qt_is_passed_on() -> None:
    assert "No module named 'PySide6'" in start._explain_missing("No module named 'PySide6'")


@pytest.mark.parametrize("error", [UserError("The folder cannot be made.", "Make room."), ZeroDivisionError("bug")])
def test_a_start_that_fails_is_a_sentence(
    home: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(_paths: list[Path], _crash: object) -> None:
        raise error

    said: list[tuple[str, str]] = []
    monkeypatch.setattr(app, "open_window", fail)
    monkeypatch.setattr(app, "_show_fatal", lambda message, hint: said.append((message, hint)) or 1)
    hooks = sys.excepthook, threading.excepthook
    try:
        assert app.run([]) == 1
    finally:
        sys.excepthook, threading.excepthook = hooks
        faulthandler.disable()
    message, hint = said[0]
    assert message in {"The folder cannot be made.", "Tableread could not start."}
    assert hint


def test_the_command_line_starts_without_qt() -> None:
    code = "import sys; import gui.__main__, core.cli; print([name for name in sys.modules if 'PySide6' in name])"
    assert run(code).stdout.strip() == "[]"
