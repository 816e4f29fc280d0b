"""A window that is killed while somebody types: at most the last second of typing is lost.

A real window in a process of its own, on a real project. Real key events go into a field of a character, one field
after the other; at a random moment the process gets SIGKILL. The project is opened again and compared with the keys.

    python -m tests.fuzz.typing_kills --kills 20 --seed 1
"""

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from core.library.characters import create_character, get_character
from core.project import Project
from models.character import CharacterBase

ROOT = Path(__file__).parents[2]
FIELDS = ("description", "voice", "summary", "greeting")
ALPHABET = "abc de fghij klm nop qrstu vwxyz. "
MAY_LOSE_S = 1.0
PATIENCE_S = 60.0
KEYS_A_FIELD = 60
"""Then the next field is typed into."""


@dataclass(frozen=True)
class Key:
    """One key that the window has taken."""

    field: str
    character: str
    at: float
    """Monotonic clock of the machine."""


@dataclass(frozen=True)
class Verdict:
    """What one kill cost."""

    n_keys: int
    n_lost: int
    lost_s: float
    """Age of the oldest key that was lost, at the kill; 0 when none was."""
    is_beginning: bool
    """What is in the project is what was typed, up to some key."""
    is_whole: bool
    """The file passes SQLite's own check."""
    is_undone: bool
    """Undo goes back to before the first key, in few steps."""
    n_steps: int

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost that should not be."""
        return self.is_beginning and self.is_whole and self.is_undone and self.lost_s <= MAY_LOSE_S


def kill_once(folder: Path, seed: int, longest_s: float = 6.0) -> Verdict:
    """Types into a new project, kills the window after a random time of typing, and looks at what is left."""
    random = Random(seed)
    path = folder / f"typed {seed}.tableread"
    with closing(Project(path)) as project:
        character_id = create_character(project, CharacterBase(name="Mara")).id
    environment = os.environ | {"TABLEREAD_HOME": str(folder / f"home {seed}"), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.fuzz.typing_kills", "--type-into", str(path), "--seed", str(seed)]
    child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    keys, killed_at = _listen_and_kill(child, random.uniform(0.2, longest_s))
    return _judge(path, character_id, keys, killed_at)


def _listen_and_kill(child: "subprocess.Popen[str]", after_s: float) -> tuple[list[Key], float]:
    """Reads keys until the process is dead; it is killed some time after its first key."""
    assert child.stdout is not None
    keys: list[Key] = []
    killed: list[float] = []

    def kill() -> None:
        killed.append(time.monotonic())
        child.send_signal(signal.SIGKILL)

    patience = threading.Timer(PATIENCE_S, child.kill)
    timer = threading.Timer(after_s, kill)
    patience.start()
    for line in child.stdout:
        if not line.endswith("\n"):
            break  # killed in the middle of a word to us
        field, character, at = json.loads(line)
        keys.append(Key(field, character, at))
        if len(keys) == 1:
            timer.start()
    child.wait()
    child.stdout.close()
    patience.cancel()
    if not killed:
        timer.cancel()
        raise TimeoutError("the window did not type")
    return keys, killed[0]


def _judge(path: Path, character_id: str, keys: list[Key], killed_at: float) -> Verdict:
    with closing(Project(path)) as project:
        row = get_character(project, character_id)
        assert row is not None
        saved = {field: str(getattr(row, field)) for field in FIELDS}
        n_steps = 0
        while project.undo_label() not in (None, "New Mara"):
            project.undo()
            n_steps += 1
        undone = get_character(project, character_id)
    typed = {field: [key for key in keys if key.field == field] for field in FIELDS}
    is_beginning = True
    lost: list[Key] = []
    for field, pressed in typed.items():
        text = "".join(key.character for key in pressed)
        # The last key may have been kept before we were told of it.
        is_beginning &= text.startswith(saved[field]) or saved[field][:-1] == text
        lost += pressed[len(saved[field]) :]
    with closing(sqlite3.connect(path)) as connection:
        is_whole = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return Verdict(
        n_keys=len(keys),
        n_lost=len(lost),
        lost_s=round(killed_at - min(key.at for key in lost), 3) if lost else 0.0,
        is_beginning=is_beginning,
        is_whole=is_whole,
        is_undone=undone is not None and all(getattr(undone, field) == "" for field in FIELDS),
        n_steps=n_steps,
    )


def type_forever(path: Path, seed: int) -> None:
    """What the child does: opens the window and types until it is killed, a line on stdout for each key."""
    from PySide6.QtCore import QTimer
    from PySide6.QtTest import QTest

    from core.inference.scripted import ScriptedEngine
    from gui import app, theme
    from gui.main_window import MainWindow
    from gui.workspace import Workspace

    qt = app.make_application()
    workspace = Workspace(lambda _settings, _emit: ScriptedEngine(lambda _request: ""))
    theme.apply_settings(workspace.settings)
    window = MainWindow(workspace)
    assert window.projects.open(path)
    place = window.show_place("characters")
    window.show()
    window.start()
    random = Random(seed)
    timer = QTimer()
    state = {"n": 0, "field": ""}

    def press() -> None:
        if state["n"] % KEYS_A_FIELD == 0:
            state["field"] = FIELDS[state["n"] // KEYS_A_FIELD % len(FIELDS)]
            place.form.fields[state["field"]].focus_editor()  # type: ignore[attr-defined]
        editor = qt.focusWidget()
        character = random.choice(ALPHABET)
        QTest.keyClick(editor, character)
        state["n"] = int(state["n"]) + 1
        print(json.dumps([state["field"], character, time.monotonic()]), flush=True)
        timer.start(random.choice((8, 15, 30, 60, 90)))

    timer.setSingleShot(True)
    timer.timeout.connect(press)
    timer.start(500)
    qt.exec()


def main() -> int:
    """Prints a line for each kill; returns 1 when more than a second was lost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--type-into", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.type_into is not None:
        type_forever(arguments.type_into, arguments.seed)
        return 0
    verdicts = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(arguments.seed, arguments.seed + arguments.kills):
            verdicts.append(kill_once(Path(folder), seed))
            print(json.dumps(asdict(verdicts[-1])), flush=True)
    worst = max(verdict.lost_s for verdict in verdicts)
    n_good = sum(verdict.is_good for verdict in verdicts)
    print(f"{n_good} of {len(verdicts)} kills lost at most {MAY_LOSE_S} s of typing; the most that was lost: {worst} s")
    return 0 if n_good == len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
