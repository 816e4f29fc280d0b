"""Reads tokens into lanes: only what a lane does not hold yet, batch by batch. Owns the sequences of the weights."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.inference.llama import Weights
from core.inference.logprobs import Rows, is_usable
from core.inference.prefix_cache import Lane, PrefixCache


@dataclass(slots=True)
class Reading:
    """What one request reads."""

    should_stop: Callable[[], bool]
    """Asked while a batch runs: something is more urgent."""
    n_tokens: int = 0
    """Tokens decoded so far."""


class LaneReader:
    """Lanes of tokens on the sequences of weights."""

    def __init__(self, weights: Weights, n_sequences: int) -> None:
        self._weights = weights
        self._cache = PrefixCache(n_sequences)

    def begin_request(self, *, background: bool) -> None:
        """Notes that a request begins to read."""
        self._cache.begin_request(background=background)

    def read(self, reading: Reading, lane: Lane, tokens: Sequence[int], n_rows: int) -> Generator[None, None, Rows]:
        """Makes a lane hold `tokens`, reading only what it does not hold yet. Yields before each batch.

        Background work may lose its sequence while it waits: it then reads again what it still needs.

        Returns:
            Logits after each of the last `n_rows` tokens, (n_rows, n_vocab).
        """
        rows: list[Rows] = []
        next_row = len(tokens) - n_rows
        while next_row < len(tokens):
            yield
            start = self._hold(lane, tokens, next_row)
            end = min(start + self._weights.n_batch, len(tokens))
            found = self._decode(reading, lane, tokens[start:end], start, max(0, end - max(start, next_row)))
            if found is not None:
                rows.append(found)
                next_row = max(next_row, end)
        return np.concatenate(rows)

    def _hold(self, lane: Lane, tokens: Sequence[int], limit: int) -> int:
        """Trims a lane to what it shares with `tokens`, at most `limit`; returns how many tokens it holds."""
        sequence = self._cache.acquire(lane)
        wanted = min(self._cache.n_common(lane, tokens), limit)
        if wanted < len(self._cache.tokens(lane)) or wanted == 0:
            wanted = self._weights.trim(sequence, wanted)
            self._cache.trim(lane, wanted)
        return wanted

    def _decode(self, reading: Reading, lane: Lane, tokens: Sequence[int], start: int, n_rows: int) -> Rows | None:
        """Returns logits; None when something more urgent stopped the batch, which then read nothing."""
        try:
            rows = self._weights.decode(tokens, self._cache.acquire(lane), start, n_rows, reading.should_stop)
        except UserError:
            self._cache.forget(lane)
            raise
        if rows is None:
            return None
        self._cache.extend(lane, tokens)
        reading.n_tokens += len(tokens)
        if n_rows and not is_usable(rows):
            raise UserError(
                f"{self._weights.path.name} computes numbers that are not numbers.",
                "The file is damaged or the weights are broken. Choose other weights.",
            )
        return rows
