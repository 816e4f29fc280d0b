"""What went wrong with a server, in a sentence. Pure; what a server says of itself is cleaned before it is shown."""

import json
import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from time import time

import httpx2

from core.errors import UserError

MAX_DETAIL_BYTES = 64 * 2**10
MAX_DETAIL_CHARS = 200
RETRIED_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504, 529})


class ServerFault(UserError):
    """A server is at fault."""

    def __init__(
        self, message: str, hint: str = "", *, status: int = 0, retry: bool = False, after_s: float | None = None
    ) -> None:
        """Takes also the HTTP status (0: none came), whether it may help to try again, and when the server said to."""
        super().__init__(message, hint)
        self.status = status
        self.retry = retry
        self.after_s = after_s


def fault_of_status(host: str, status: int, headers: Mapping[str, str], body: bytes, key: str) -> ServerFault:
    """Returns the fault that an answer with another status than 200 is.

    Args:
        headers: Their names in small letters.
        key: Never shown, should the server repeat it.
    """
    if 300 <= status < 400:
        return ServerFault(
            f"{host} sends on to {_target(headers)}, and Tableread does not follow.",
            "Use that address itself if you trust it.",
            status=status,
        )
    detail = clean(_find_detail(body), key)
    says = f" It says: {detail}." if detail else ""
    after_s = _retry_after_s(headers.get("retry-after", ""))
    message, hint = f"{host} refused the request ({status}).{says}", "See the server's own log."
    if status in {401, 403}:
        message, hint = f"{host} wants a key, or another one.{says}", "Add the server again, with its key."
    elif status == 404:
        message, hint = f"{host} does not know what was asked for.{says}", "Check its address and its model."
    elif status == 429:
        message = f"{host} has too much to do.{says}"
        hint = f"It asks to wait {after_s:.0f} seconds." if after_s else "Wait, or use another server."
    elif status >= 500:
        message = f"{host} failed ({status}).{says}"
    return ServerFault(message, hint, status=status, retry=status in RETRIED_STATUS, after_s=after_s)


def fault_of_connection(host: str, error: httpx2.HTTPError) -> ServerFault:
    """Returns the fault that a failed connection is."""
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return ServerFault(f"{host} does not answer.", "Start the server, or check its address.", retry=True)
    return ServerFault(f"{host} broke off.", "Ask again, or see the server's own log.", retry=True)


def not_understood(host: str) -> ServerFault:
    """Returns the fault of an answer that is not what the API says."""
    return ServerFault(f"What {host} answers is not the OpenAI API.", "Check the address of the server.")


def clean(detail: str, key: str) -> str:
    """Returns a line that may be shown: servers put keys, colours and whole pages into what they say."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in detail).split())
    return (plain.replace(key, "…") if key else plain)[:MAX_DETAIL_CHARS].rstrip(". ")


def _target(headers: Mapping[str, str]) -> str:
    try:
        return httpx2.URL(headers.get("location", "")).host or "another page"
    except httpx2.InvalidURL:
        return "another page"


def _retry_after_s(value: str) -> float | None:
    """Reads a Retry-After header: seconds, or a date."""
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time()
        except (ValueError, OverflowError):
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _find_detail(body: bytes) -> str:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    error = found.get("error", found.get("detail", found.get("message"))) if isinstance(found, dict) else None
    if isinstance(error, dict):
        error = error.get("message")
    return error if isinstance(error, str) else ""
