"""An engine that runs nothing: for whoever reads what was played where no weights are at hand."""

from collections.abc import Callable
from concurrent.futures import Future

from core.inference.request import Request, Result, WeightsInfo
from core.inference.unsupported import Unsupported
from models.playtest import TurnBase

N_CTX = 8192
"""Taken where no turn says how large the context was."""
MAX_CTX = 2**31
"""More is no context, whatever a record says."""


class PaperEngine:
    """Knows how large the context was when a turn was written; tokens are then guessed from the length of texts."""

    def __init__(self, turn: TurnBase | None = None) -> None:
        record = turn.record if turn is not None else {}
        n_ctx, weights = record.get("n_ctx"), record.get("weights")
        name = weights.get("name") if isinstance(weights, dict) else None
        self.info = WeightsInfo(
            path="",
            name=name if isinstance(name, str) else "none",
            sha256="",
            size_bytes=0,
            n_params=0,
            n_vocab=0,
            n_ctx=n_ctx if isinstance(n_ctx, int) and 0 < n_ctx <= MAX_CTX else N_CTX,
            n_sequences=1,
            n_threads=1,
            n_gpu_layers=0,
            gpu="",
            chat_format="plain: no weights are loaded",
            kv_bytes=0,
            safe_mode=False,
            writes=False,
        )

    def submit(
        self, request: Request, on_text: Callable[[str], None] | None = None, *, background: bool = False
    ) -> Future[Result]:
        """Returns a future that raises Unsupported."""
        future: Future[Result] = Future()
        future.set_exception(Unsupported("No weights are loaded."))
        return future

    def close(self) -> None:
        """There is nothing to end."""
