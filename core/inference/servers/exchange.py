"""One request to a server and its answer, read on a thread of its own, so that a wait can be ended at any moment.

Knows bytes and sockets; not what they mean.
"""

import queue
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx2

MAX_ANSWER_BYTES = 256 * 2**20
JOIN_S = 0.5


class Cancelled(Exception):
    """Whoever waited does not want the answer any more."""


class TooSlow(Exception):
    """Nothing came within the time that was given."""


class TooMuch(Exception):
    """The answer is longer than any may be."""


class Cancellation:
    """Tells the work for one request that nobody wants it any more. Any thread."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._exchange: Exchange | None = None

    @property
    def is_set(self) -> bool:
        """Whether the request is not wanted any more."""
        return self._event.is_set()

    def set(self) -> None:
        """Ends every wait for the request, now and later."""
        with self._lock:
            self._event.set()
            if self._exchange is not None:
                self._exchange.cancel()

    def check(self) -> None:
        """Raises Cancelled when the request is not wanted any more."""
        if self._event.is_set():
            raise Cancelled

    def sleep(self, delay_s: float) -> None:
        """Waits; raises Cancelled."""
        if self._event.wait(delay_s):
            raise Cancelled

    def watch(self, exchange: "Exchange | None") -> None:
        """From now on `set` ends this exchange."""
        with self._lock:
            self._exchange = exchange
            if exchange is not None and self._event.is_set():
                exchange.cancel()


@dataclass(frozen=True, slots=True)
class Head:
    """How an answer begins."""

    status: int
    headers: Mapping[str, str]
    """Their names in small letters."""


_Item = Head | bytes | Exception | None


class Exchange:
    """Begins at once. `head` comes first, then `read` until it returns None; `close` in any case."""

    def __init__(self, client: httpx2.Client, method: str, url: str, content: bytes | None, headers: Mapping[str, str]):
        """Takes a client that keeps no connections alive: this one's own is cut to end a wait."""
        self._client = client
        self._request = client.build_request(
            method, url, content=content, headers=dict(headers), extensions={"trace": self._trace}
        )
        self._items: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="server-exchange", daemon=True)
        self._thread.start()

    def head(self, timeout_s: float) -> Head:
        """Waits for the head of the answer; raises as `read` does."""
        head = self._next(timeout_s)
        assert isinstance(head, Head)
        return head

    def read(self, timeout_s: float) -> bytes | None:
        """Waits for the next bytes of the answer; None behind the last.

        Raises:
            Cancelled: `cancel` was called.
            TooSlow: They did not come in time.
            TooMuch: There are too many.
            httpx2.HTTPError: The connection failed.
        """
        piece = self._next(timeout_s)
        assert not isinstance(piece, Head)
        return piece

    def cancel(self) -> None:
        """Ends the wait at once. Any thread."""
        self._items.put(Cancelled())

    def close(self) -> None:
        """Cuts the connection and ends the thread."""
        with self._lock:
            self._ended = True
            if self._socket is not None:
                with suppress(OSError):  # it is closed already
                    self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(JOIN_S)  # longer only while a connection is being made: it then ends by itself

    def _next(self, timeout_s: float) -> Head | bytes | None:
        try:
            item = self._items.get(timeout=timeout_s)
        except queue.Empty:
            raise TooSlow from None
        if isinstance(item, Exception):
            raise item
        return item

    def _run(self) -> None:
        try:
            response = self._client.send(self._request, stream=True)
            try:
                self._items.put(Head(response.status_code, dict(response.headers)))
                n_bytes = 0
                for piece in response.iter_raw():
                    n_bytes += len(piece)
                    if n_bytes > MAX_ANSWER_BYTES:
                        raise TooMuch
                    self._items.put(piece)
            finally:
                self._forget_socket()
                response.close()
            self._items.put(None)
        except Exception as error:  # noqa: BLE001 - the top of this thread: whoever waits gets the fault or the bug
            self._items.put(error)

    def _forget_socket(self) -> None:
        with self._lock:
            self._socket = None

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Learns the socket of the connection as soon as there is one."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket")
                if self._ended:
                    raise Cancelled
