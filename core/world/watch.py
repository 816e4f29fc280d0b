"""When a check must stop: its time is over, or nobody wants it any more."""

import time
from collections.abc import Callable

Look = Callable[[], None]
"""Raises Stopped when it is time to stop; cheap enough to be asked often."""


class Stopped(Exception):
    """A check stopped before it was through: `time` or `cancelled`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Watch:
    """Knows how much time is left, from when it is made."""

    def __init__(self, time_s: float, is_cancelled: Callable[[], bool]) -> None:
        self._deadline = time.monotonic() + time_s
        self._is_cancelled = is_cancelled

    @property
    def left_s(self) -> float:
        """Seconds that are left; 0 when there are none."""
        return max(0.0, self._deadline - time.monotonic())

    def look(self) -> None:
        """Raises Stopped when the time is over or the check is cancelled."""
        if self._is_cancelled():
            raise Stopped("cancelled")
        if time.monotonic() > self._deadline:
            raise Stopped("time")
