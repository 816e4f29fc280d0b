"""Messages from the app on their way to the loop of the worker."""

import queue
from collections.abc import Collection

from core.inference.messages import Cancel, Submit, ToWorker
from core.inference.request import CountTokens, Render, Tokenize

INSTANT = (CountTokens, Render, Tokenize)
"""Requests that need no batch: answered between two batches of whatever runs."""


class Inbox:
    """Messages on their way to the loop. Another thread puts them in, even while a batch runs."""

    def __init__(self) -> None:
        self._messages: queue.SimpleQueue[ToWorker | None] = queue.SimpleQueue()
        self._cancelled: set[int] = set()
        self._foreground_waits = False

    def put(self, message: ToWorker | None) -> None:
        """Adds a message; None ends the loop."""
        if isinstance(message, Cancel):
            self._cancelled.add(message.number)
        self._messages.put(message)
        if isinstance(message, Submit) and not message.background and not isinstance(message.request, INSTANT):
            self._foreground_waits = True  # only now: `get` takes it back when it finds nothing

    def get(self, *, block: bool) -> ToWorker | None:
        """Returns the next message; raises queue.Empty when there is none and it does not wait."""
        if self._messages.empty():
            self._foreground_waits = False
        return self._messages.get(block)

    def is_urgent(self, numbers: Collection[int], *, gives_way: bool) -> bool:
        """Tells whether a batch of these requests should stop: all were cancelled, or something goes before them."""
        return self._cancelled.issuperset(numbers) or (gives_way and self._foreground_waits)

    def forget(self, number: int) -> None:
        """A request has ended."""
        self._cancelled.discard(number)
