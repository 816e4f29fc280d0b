"""Finds out what the status bar says: read back from the weights, the last turn, the system and the project file."""

from datetime import datetime

import psutil
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from core.errors import UserError
from core.events import PlaytestPaused, ScoresCommitted, TurnCommitted, TurnStarted
from core.library.playtests import get_turn
from gui.weights.figures import describe_bytes, describe_device, describe_weights
from gui.weights.reader import WeightsReader
from gui.widgets.status_bar import StatusBar
from gui.workspace import Workspace
from models.playtest import Turn

MEMORY_MS = 4000
_PLAYING = "playing"


class VitalSigns(QObject):
    """Keeps a status bar true."""

    stop_requested = Signal()
    """The playtest that is said to go on is to end."""

    def __init__(self, workspace: Workspace, reader: WeightsReader, bar: StatusBar, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace, self._reader, self._bar = workspace, reader, bar
        self._measuring = False
        self._timer = QTimer(self)
        self._timer.setInterval(MEMORY_MS)
        self._timer.timeout.connect(self._measure_memory)
        reader.changed.connect(self._show_weights)
        workspace.event_received.connect(self._on_event)
        workspace.project_opened.connect(self._on_project_opened)
        workspace.rows_changed.connect(self._on_rows_changed)
        self._show_weights()

    def start(self) -> None:
        """Begins to measure."""
        self._timer.start()
        self._measure_memory()

    def stop(self) -> None:
        """Measures no more."""
        self._timer.stop()

    def _show_weights(self) -> None:
        info, error, stopped = self._reader.info, self._reader.error, self._reader.stopped
        if info is not None:
            text = f"{info.name} · {describe_device(info)}"
            self._bar.show_weights(text, describe_weights(info), "warning" if info.safe_mode else "good")
        elif error is not None:
            name = self._workspace.engine_name
            self._bar.show_weights(self.tr("%1 not loaded").replace("%1", name), str(error), "fault")
        elif stopped is not None:
            name = self._workspace.engine_name
            details = "\n".join([stopped.why, self.tr("They start again when they are needed."), stopped.next_step])
            self._bar.show_weights(self.tr("%1 stopped").replace("%1", name), details, "warning")
        else:
            name = self._workspace.engine_name if self._reader.loading else ""
            self._bar.show_weights(self.tr("%1 loading …").replace("%1", name) if name else "", "", "dim")

    def _on_event(self, event: object) -> None:
        if isinstance(event, TurnStarted):
            text = self.tr("turn %1, %2").replace("%1", str(event.number)).replace("%2", event.speaker)
            self._bar.start_job(_PLAYING, text, self.stop_requested.emit)
        elif isinstance(event, PlaytestPaused):
            self._bar.end_job(_PLAYING)
        elif isinstance(event, TurnCommitted | ScoresCommitted):
            self._show_turn(event.turn_id)

    def _show_turn(self, turn_id: int) -> None:
        try:
            turn = get_turn(self._workspace.project, turn_id)
        except UserError:
            return
        if turn is not None and turn.record.get("n_written_tokens"):
            self._bar.show_speed(describe_speed(turn))
            self._bar.show_context(describe_context(turn))

    def _on_project_opened(self) -> None:
        self._bar.end_job(_PLAYING)
        self._bar.show_speed("")
        self._bar.show_context("")
        self._bar.show_saved(self.tr("saved"))

    def _on_rows_changed(self, _what: str, _entity_id: str) -> None:
        self._bar.show_saved(self.tr("saved %1").replace("%1", f"{datetime.now():%H:%M}"))

    def _measure_memory(self) -> None:
        if not self._measuring:
            self._measuring = True
            self._workspace.jobs.run(_measure, self._show_memory, lambda _error: None)

    def _show_memory(self, measured: tuple[int, int]) -> None:
        self._measuring = False
        window, others = measured
        details = self.tr("%1 the window, %2 the process that runs the weights")
        details = details.replace("%1", describe_bytes(window)).replace("%2", describe_bytes(others))
        self._bar.show_memory(describe_bytes(window + others), details)


def describe_speed(turn: Turn) -> str:
    """Returns the tokens per second of a turn, from its first token to its last."""
    record = turn.record
    n_written = int(record.get("n_written_tokens", 0))
    seconds = float(record.get("total_s", 0)) - float(record.get("first_token_s", 0))
    if n_written < 2 or seconds <= 0:
        return ""
    return QCoreApplication.translate("VitalSigns", "%1 tok/s").replace("%1", f"{(n_written - 1) / seconds:.0f}")


def describe_context(turn: Turn) -> str:
    """Returns how full a turn made its sequence."""
    record = turn.record
    n_ctx = int(record.get("n_ctx", 0))
    n_used = int(record.get("n_prompt_tokens", 0)) + int(record.get("n_written_tokens", 0))
    if not n_ctx:
        return ""
    text = QCoreApplication.translate("VitalSigns", "context %1 of %2")
    return text.replace("%1", f"{100 * n_used / n_ctx:.0f} %").replace("%2", f"{n_ctx:,}")


def _measure() -> tuple[int, int]:
    """Returns resident bytes of this process and of its children. Runs as a job: reading takes milliseconds."""
    me = psutil.Process()
    others = 0
    for child in me.children(recursive=True):
        try:
            others += child.memory_info().rss
        except psutil.Error:
            continue
    return me.memory_info().rss, others
