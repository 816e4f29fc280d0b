"""An engine as one of several playtests sees it: its lanes are its own, whatever the others call theirs."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from core.inference.request import Choose, Diverge, Engine, Generate, Request, Result, Score, WeightsInfo


class LaneSpace:
    """An engine whose lanes all begin with a prefix. What is read there is still shared with other lanes."""

    def __init__(self, engine: Engine, prefix: str) -> None:
        self._engine = engine
        self._prefix = prefix

    def submit(
        self, request: Request, on_text: Callable[[str], None] | None = None, *, background: bool = False
    ) -> Future[Result]:
        """Queues a request; see `Engine.submit`."""
        return self._engine.submit(self._own(request), on_text, background=background)

    @property
    def info(self) -> WeightsInfo:
        """The weights in use."""
        return self._engine.info

    def close(self) -> None:
        """Ends the engine, for all."""
        self._engine.close()

    def _own(self, request: Request) -> Request:
        match request:
            case Generate():
                return replace(
                    request,
                    lane=self._prefix + request.lane,
                    listeners=tuple(replace(one, lane=self._prefix + one.lane) for one in request.listeners),
                    shadows=tuple(replace(one, lane=self._prefix + one.lane) for one in request.shadows),
                )
            case Diverge():
                return replace(
                    request, lane=self._prefix + request.lane, reference_lane=self._prefix + request.reference_lane
                )
            case Score() | Choose():
                return replace(request, lane=self._prefix + request.lane)
            case _:
                return request
