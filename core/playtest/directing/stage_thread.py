"""The thread of one playtest: does what it is told, one thing after the other, and plays turns while any are wanted."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from enum import Enum, auto


class Played(Enum):
    """What came of playing one of the turns that are wanted."""

    KEPT = auto()
    """A turn was committed."""
    NOT_KEPT = auto()
    """None was: it was stopped, or was not due."""
    RESTS = auto()
    """There is nothing to be played: the scene has ended, or waits for somebody to be chosen."""


class StageThread:
    """Runs commands, and plays what remains between them. Every method is safe on any thread."""

    def __init__(
        self,
        name: str,
        play_next: Callable[[], Played],
        on_begin: Callable[[], None],
        on_fault: Callable[[Exception], None],
        on_rest: Callable[[], None],
    ) -> None:
        """Takes what to do for each wanted turn; before anything is done; with a fault; and when it comes to rest."""
        self._play_next = play_next
        self._on_begin, self._on_fault, self._on_rest = on_begin, on_fault, on_rest
        self._commands: deque[Callable[[], None]] = deque()
        self.wake = threading.Condition()
        self.remaining: float = 0
        """Turns still to be played; infinite until an ending or a pause."""
        self._halted = False
        """Play was stopped or paused, and that it has come to rest was not said yet."""
        self._waits_until: float | None = None
        """When the next turn may be played, where it waits for a person; infinite: not before they have spoken."""
        self._busy = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begins to work."""
        self._thread.start()

    @property
    def is_playing(self) -> bool:
        """Whether turns are being written, or are about to be."""
        return self.remaining > 0 or self._busy

    def want(self, n_turns: float) -> None:
        """Sets how many turns are to be played from now on; 0 lets the one that is being played end."""
        with self.wake:
            self._halted = (self._halted or self.remaining > 0) and n_turns <= 0
            self.remaining = n_turns
            self.wake.notify_all()

    def halt(self, cancel: Callable[[], None]) -> None:
        """Plays no more turns; `cancel` ends what is being written."""
        with self.wake:
            self._halted = self._halted or self.remaining > 0
            self.remaining = 0
            cancel()
            self.wake.notify_all()

    def enqueue(self, command: Callable[[], None]) -> None:
        """Has something done after all that is waiting already."""
        with self.wake:
            self._commands.append(command)
            self.wake.notify_all()

    def wait_for_person(self, seconds: float) -> None:
        """Plays no turn before so many seconds have passed; 0: before `go_on`."""
        self._waits_until = time.monotonic() + seconds if seconds > 0 else math.inf

    def go_on(self) -> None:
        """Ends `wait_for_person`."""
        with self.wake:
            self._waits_until = None
            self.wake.notify_all()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Blocks until nothing is being done, or only a person can go on; returns whether that came in time."""
        with self.wake:
            return self.wake.wait_for(self._is_idle, timeout_s)

    def close(self, *endings: Callable[[], None]) -> None:
        """Ends the thread. `endings` cancel what it is doing."""
        with self.wake:
            self._closed = True
            self.wake.notify_all()
        for end in endings:
            end()
        self._thread.join()

    def _is_idle(self) -> bool:
        waits = self._waits_until == math.inf and not self._busy
        return self._closed or (not self._commands and (waits or not self.is_playing))

    def _run(self) -> None:
        while not self._closed:
            with self.wake:
                while not self._has_work():
                    self.wake.notify_all()
                    self.wake.wait(self._patience_s())
                command = self._next_command()
                self._busy = True
                self._on_begin()
            try:
                if not self._closed:
                    command()
            except Exception as error:  # noqa: BLE001 - the top of the thread: a bug ends the run, not the app
                self.remaining = 0
                self._on_fault(error)
            finally:
                with self.wake:
                    self._busy = False
                    idle = self.remaining <= 0 and not self._commands
                    self._halted = self._halted and not idle
                    self.wake.notify_all()
            if idle:
                self._on_rest()

    def _has_work(self) -> bool:
        if self._closed or self._commands or self._halted:
            return True
        return self.remaining > 0 and (self._waits_until is None or time.monotonic() >= self._waits_until)

    def _patience_s(self) -> float | None:
        if self.remaining <= 0 or self._waits_until is None or math.isinf(self._waits_until):
            return None
        return max(0.0, self._waits_until - time.monotonic())

    def _next_command(self) -> Callable[[], None]:
        if self._commands:
            return self._commands.popleft()
        return self._play_one if self.remaining > 0 else lambda: None  # halted between two turns: only to say so

    def _play_one(self) -> None:
        match self._play_next():
            case Played.KEPT:
                self.remaining = max(0, self.remaining - 1)
            case Played.RESTS:
                self.remaining = 0
            case Played.NOT_KEPT:
                pass
