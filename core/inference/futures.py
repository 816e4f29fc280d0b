"""The future of a request to an engine."""

from collections.abc import Callable
from concurrent.futures import Future

from core.inference.request import Finish, Generate, Generated, Request, Result, Usage


class RequestFuture(Future[Result]):
    """A future whose cancel is a wish: the engine ends the request within one batch and still answers."""

    def __init__(self, ask_to_cancel: Callable[[], None]) -> None:
        super().__init__()
        self._ask_to_cancel = ask_to_cancel

    def cancel(self) -> bool:
        """Asks the engine to stop. True: it was asked; a result may come all the same."""
        if self.done():
            return self.cancelled()
        self._ask_to_cancel()
        return True

    def end_cancelled(self, request: Request, text: str = "") -> None:
        """Ends a request that has no result: an answer with the text so far, anything else without one."""
        if isinstance(request, Generate):
            self.set_result(Generated(text, (), Finish.CANCELLED, Usage(0, 0, 0, 0.0, 0.0)))
        elif super().cancel():
            self.set_running_or_notify_cancel()
