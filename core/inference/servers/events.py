"""Server-sent events: bytes in pieces of any size to the data of each event, and back. Pure.

Source: WHATWG HTML, section 9.2 (event streams). Only `data` is kept: the OpenAI API uses nothing else.
"""

from core.errors import UserError

MAX_EVENT_BYTES = 16 * 2**20


class EventParser:
    """Takes bytes as they come off the line."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []
        self._n_bytes = 0

    def feed(self, piece: bytes) -> list[str]:
        """Returns the data of each event that these bytes complete.

        Raises:
            UserError: An event is larger than any answer needs.
        """
        lines = (self._rest + piece).replace(b"\r\n", b"\n").split(b"\n")
        self._rest = lines.pop()
        events = [event for line in lines if (event := self._take(line)) is not None]
        if self._n_bytes + len(self._rest) > MAX_EVENT_BYTES:
            raise UserError("The server sends more at once than an answer can be.", "Use another server.")
        return events

    def _take(self, line: bytes) -> str | None:
        if line.startswith(b"data:"):
            self._data.append(line[5:].removeprefix(b" "))
            self._n_bytes += len(line)
        if line or not self._data:
            return None
        data = b"\n".join(self._data).decode("utf-8", "replace")
        self._data, self._n_bytes = [], 0
        return data


def format_event(data: str) -> bytes:
    """Returns one event: the other half of `EventParser`."""
    return b"".join(b"data: " + line.encode() + b"\n" for line in data.split("\n")) + b"\n"
