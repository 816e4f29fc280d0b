"""HTTP to one server: bounded, timed, cancellable, tried again where that may help.

A key goes into one header of requests to the server's own address and nowhere else: redirects are not followed.
"""

import json
import random
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx2

from core.inference.servers.address import host_of, is_near, origin_of
from core.inference.servers.events import EventParser
from core.inference.servers.exchange import Cancellation, Exchange, Head, TooMuch, TooSlow
from core.inference.servers.faults import (
    MAX_DETAIL_BYTES,
    ServerFault,
    clean,
    fault_of_connection,
    fault_of_status,
    not_understood,
)

T = TypeVar("T")

MAX_TRIES = 5
FIRST_DELAY_S = 0.5
MAX_DELAY_S = 8.0
MAX_RETRY_AFTER_S = 60.0
"""A server that asks for more patience is given up at once, and says so."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for a server, in seconds."""

    connect_s: float = 10.0
    first_token_s: float = 300.0
    """To the first words: it may have a long prompt to read, or weights to load."""
    between_tokens_s: float = 60.0


class HttpClient:
    """Speaks to one server. Any thread; several requests at once."""

    def __init__(self, base_url: str, key: str, timeouts: Timeouts) -> None:
        self.host = host_of(base_url)
        self._base_url = base_url
        self._key = key
        self._timeouts = timeouts
        self._was_reached = False
        self._client = httpx2.Client(
            timeout=httpx2.Timeout(30.0, connect=timeouts.connect_s, read=None),  # reads are timed by who waits
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=not is_near(base_url),  # a proxy is for what lies outside
        )

    def close(self) -> None:
        """Frees what the client holds."""
        self._client.close()

    def ask(self, path: str, body: object = None, cancellation: Cancellation | None = None) -> Any:
        """Returns the JSON that the server answers. Tried again where that may help.

        Args:
            path: Behind the root of its API; with a slash in front, behind its origin.
            body: Makes it a POST.

        Raises:
            ServerFault: It does not answer, refuses, or answers with something else.
            Cancelled: The request is not wanted any more.
        """
        cancelled = cancellation or Cancellation()
        return self.retry(lambda: self._ask_once(path, body, cancelled), cancelled)

    def find(self, path: str, cancellation: Cancellation) -> Any:
        """Returns the JSON at a path, or None where the server has none; raises ServerFault when it is not there."""
        try:
            return self._ask_once(path, None, cancellation)
        except ServerFault as fault:
            if fault.retry and not fault.status:
                raise
            return None

    def stream(
        self, path: str, body: object, cancellation: Cancellation, has_begun: Callable[[], bool]
    ) -> Generator[str]:
        """Yields the data of each event that the server answers. Tried once; raises as `ask` does.

        Args:
            has_begun: Whether words have come; before, more patience is in order.
        """
        parser = EventParser()

        def patience_s() -> float:
            return self._timeouts.between_tokens_s if has_begun() else self._timeouts.first_token_s

        with closing(self._pieces(path, body, cancellation, patience_s)) as pieces:
            for piece in pieces:
                yield from parser.feed(piece)

    def clean(self, detail: str) -> str:
        """Returns what the server says of itself as a line that may be shown; it does not hold the key."""
        return clean(detail, self._key)

    def retry(self, work: Callable[[], T], cancellation: Cancellation) -> T:
        """Does work again after a fault that may pass: later each time, or when the server said."""
        for n_tries in range(1, MAX_TRIES + 1):
            try:
                return work()
            except ServerFault as fault:
                hopeless = not fault.retry or (fault.after_s or 0) > MAX_RETRY_AFTER_S
                if hopeless or n_tries == MAX_TRIES or not self._was_reached:  # a wrong address is said at once
                    raise
                cancellation.sleep(_delay_s(n_tries) if fault.after_s is None else fault.after_s)
        raise AssertionError("the last try returns or raises")

    def _ask_once(self, path: str, body: object, cancellation: Cancellation) -> Any:
        patience_s = self._timeouts.between_tokens_s if body is None else self._timeouts.first_token_s
        with closing(self._pieces(path, body, cancellation, lambda: patience_s)) as pieces:
            data = b"".join(pieces)
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise not_understood(self.host) from error

    def _pieces(
        self, path: str, body: object, cancellation: Cancellation, patience_s: Callable[[], float]
    ) -> Generator[bytes]:
        """Yields the bytes of one answer as they come."""
        url = origin_of(self._base_url) + path if path.startswith("/") else f"{self._base_url}/{path}"
        content = None if body is None else json.dumps(body).encode()
        method = "GET" if body is None else "POST"
        with closing(Exchange(self._client, method, url, content, self._headers())) as exchange:
            try:
                cancellation.watch(exchange)
                head = exchange.head(patience_s())
                self._was_reached = True
                self._check(head, exchange)
                while (piece := exchange.read(patience_s())) is not None:
                    yield piece
            except TooSlow:
                message = f"{self.host} sent nothing for {patience_s():.3g} seconds."
                raise ServerFault(message, "Ask again, or see the server's own log.") from None
            except TooMuch:
                raise ServerFault(f"{self.host} sends without end.", "Use another server.") from None
            except httpx2.HTTPError as error:
                raise fault_of_connection(self.host, error) from error
            finally:
                cancellation.watch(None)

    def _headers(self) -> dict[str, str]:
        headers = {"Accept-Encoding": "identity", "Content-Type": "application/json", "User-Agent": "tableread"}
        return headers | ({"Authorization": f"Bearer {self._key}"} if self._key else {})

    def _check(self, head: Head, exchange: Exchange) -> None:
        """Raises ServerFault when an answer is not the one that was asked for."""
        if head.headers.get("content-encoding", "identity") != "identity":
            raise ServerFault(f"{self.host} packs its answer though it was asked not to.", "Use another server.")
        if head.status == 200:
            return
        body = b""
        while len(body) < MAX_DETAIL_BYTES and (piece := exchange.read(self._timeouts.connect_s)) is not None:
            body += piece
        raise fault_of_status(self.host, head.status, head.headers, body[:MAX_DETAIL_BYTES], self._key)


def _delay_s(n_tries: int) -> float:
    """Doubles from try to try; spread, so that many do not come back together."""
    return min(FIRST_DELAY_S * 2.0 ** (n_tries - 1), MAX_DELAY_S) * random.uniform(0.75, 1.25)
