"""Checks the open story in the background: a moment after each change, in a process of its own."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QProcessEnvironment, QTimer, Signal

import gui
from gui.scenarios.open_story import OpenStory

DELAY_MS = 350
"""After the last change."""
N_STATES = 300_000
TIME_S = 12.0
"""Limits while one writes; the command line searches longer."""
MODULE = "gui.scenarios.checking.child"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: a sentence and what it is about."""

    message: str
    severity: str
    """error, warning or note."""
    rule: str
    kind: str
    """scenario, beat, link, role, variable, prop, place or fact."""
    id: str
    field: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found."""

    problems: tuple[Problem, ...] = ()
    n_states: int = 0
    n_events: int = 0
    n_reachable: int = 0
    shortest_win: int | None = None
    stopped: str = ""
    """Why the search stopped early: states or time; empty when it was through."""
    fault: str = ""
    """Why nothing could be checked."""

    @property
    def grave(self) -> tuple[Problem, ...]:
        """What counts: no notes, and not that the search was cut short."""
        return tuple(one for one in self.problems if one.severity != "note" and one.rule != "limit")


class Checker(QObject):
    """Keeps one process ready. A check that is overtaken by a change is ended."""

    started = Signal()
    finished = Signal(object)
    """A Verdict of the story as it is now."""

    def __init__(self, story: OpenStory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._story = story
        self._process: QProcess | None = None
        self._number = 0
        self._busy_with = 0
        """The number of the story that the process is at; 0: none."""
        self._pending = b""
        self._is_stopped = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self._check)
        story.opened.connect(self.restart)
        story.changed.connect(self.restart)

    @property
    def is_busy(self) -> bool:
        """Whether a story is being checked."""
        return self._busy_with != 0

    def restart(self) -> None:
        """The story has changed: what is being checked is void."""
        if self._is_stopped:
            return
        if self._busy_with:
            self._end_process()
        if self._story.scenario_id:
            self._timer.start()
        else:
            self._timer.stop()

    def check_now(self) -> None:
        """Checks without waiting for more changes."""
        self._timer.stop()
        self._check()

    def stop(self) -> None:
        """Checks nothing any more; the process ends."""
        self._is_stopped = True
        self._timer.stop()
        self._end_process()

    def _check(self) -> None:
        if not self._story.scenario_id or self._is_stopped:
            return
        self._number += 1
        request = {
            "number": self._number,
            "n_states": N_STATES,
            "time_s": TIME_S,
            "story": self._story.story.model_dump(mode="json"),
        }
        process = self._ready_process()
        self._busy_with = self._number
        self.started.emit()
        process.write(json.dumps(request).encode() + b"\n")

    def _ready_process(self) -> QProcess:
        if self._process is None:
            process = QProcess(self)
            environment = QProcessEnvironment.systemEnvironment()
            root = str(Path(gui.__file__).parents[1])
            known = environment.value("PYTHONPATH")
            environment.insert(
                "PYTHONPATH", f"{root}{':' if sys.platform != 'win32' else ';'}{known}" if known else root
            )
            process.setProcessEnvironment(environment)
            process.setProcessChannelMode(QProcess.ProcessChannelMode.SeparateChannels)
            process.setStandardErrorFile(QProcess.nullDevice())
            process.readyReadStandardOutput.connect(self._on_output)
            process.finished.connect(self._on_finished)
            process.errorOccurred.connect(self._on_error)
            self._pending = b""
            self._process = process
            process.start(sys.executable, ["-m", MODULE])
        return self._process

    def _end_process(self) -> None:
        process, self._process, self._busy_with = self._process, None, 0
        if process is not None:
            for signal in (process.readyReadStandardOutput, process.finished, process.errorOccurred):
                signal.disconnect()
            process.kill()
            process.waitForFinished(1000)
            process.deleteLater()

    def _on_output(self) -> None:
        if self._process is None:
            return
        self._pending += bytes(self._process.readAllStandardOutput().data())
        *lines, self._pending = self._pending.split(b"\n")
        for line in lines:
            answer = json.loads(line)
            if answer.get("number") == self._busy_with:
                self._busy_with = 0
                self.finished.emit(read_answer(answer))

    def _on_finished(self) -> None:
        """The process died: large worlds may want more memory than there is."""
        was_busy = self._busy_with
        self._end_process()
        if was_busy:
            self.finished.emit(Verdict(fault=self._cannot()))

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._end_process()
            self.finished.emit(Verdict(fault=self._cannot()))

    def _cannot(self) -> str:
        return QCoreApplication.translate(
            "Checker", "The checker ended without an answer. It tries again at the next change."
        )


def read_answer(answer: dict[str, Any]) -> Verdict:
    """Reads what the process said."""
    if "fault" in answer:
        return Verdict(fault=str(answer["fault"]))
    report = answer["report"]
    problems = tuple(
        Problem(one["message"], one["severity"], one["rule"], one["kind"], one["id"], one["field"])
        for one in report["findings"]
    )
    return Verdict(
        problems=problems,
        n_states=report["states"],
        n_events=report["events"],
        n_reachable=report["reachable"],
        shortest_win=report["shortest_win"],
        stopped=report["stopped"],
    )
