"""From the core's callback on any thread to one signal per frame on the window's thread."""

import queue

from PySide6.QtCore import QObject, QTimer, Signal

from core.events import Event, TextStreamed

FRAME_MS = 33


class EventPump(QObject):
    """Collects events and hands them over in batches. Streamed text of one turn is joined."""

    pumped = Signal(list)
    """The events since the last frame, in order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self.drain)
        self._timer.start()

    def put(self, event: Event) -> None:
        """Takes an event. Any thread."""
        self._queue.put(event)

    def drain(self) -> None:
        """Hands over what has come, if anything."""
        events: list[Event] = []
        while not self._queue.empty():
            _append_joined(events, self._queue.get())
        if events:
            self.pumped.emit(events)

    def close(self) -> None:
        """Stops the timer."""
        self._timer.stop()


def _append_joined(events: list[Event], event: Event) -> None:
    last = events[-1] if events else None
    if (
        isinstance(event, TextStreamed)
        and isinstance(last, TextStreamed)
        and (last.playtest_id, last.private) == (event.playtest_id, event.private)
    ):
        events[-1] = TextStreamed(event.playtest_id, last.text + event.text, event.private)
    else:
        events.append(event)
