"""Ending a draft before it is done: whoever reads asks now and then."""

from collections.abc import Callable
from concurrent.futures import CancelledError

IsCancelled = Callable[[], bool]


def never() -> bool:
    """Says that nobody wants the draft to end."""
    return False


def stop_if(cancelled: IsCancelled) -> None:
    """Ends the draft when told to. Raises concurrent.futures.CancelledError."""
    if cancelled():
        raise CancelledError
