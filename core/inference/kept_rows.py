"""Distributions that answers were drawn from, kept for a while, so that scoring an answer need not read it again."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.inference.logprobs import Rows
from core.inference.prefix_cache import common_prefix

LIMIT_BYTES = 128 * 2**20


@dataclass(slots=True)
class _Kept:
    tokens: list[int] = field(default_factory=list)
    rows: list[NDArray[np.float32]] = field(default_factory=list)


class KeptRows:
    """Log-probabilities of recent answers, by the tokens that were read before the answer; oldest are dropped first."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._n_bytes = 0
        self._kept: OrderedDict[tuple[int, ...], _Kept] = OrderedDict()

    def begin(self, context: Sequence[int]) -> tuple[int, ...]:
        """Makes room for a new answer behind this context; returns the key for `add`."""
        key = tuple(context)
        self._drop(key)
        self._kept[key] = _Kept()
        return key

    def add(self, key: tuple[int, ...], token: int, row: NDArray[np.float32]) -> None:
        """Keeps the distribution that a token was drawn from, (n_vocab,). An answer too long is dropped whole."""
        if key not in self._kept:
            return
        self._kept[key].tokens.append(token)
        self._kept[key].rows.append(row)
        self._n_bytes += row.nbytes
        while self._n_bytes > self._limit_bytes:
            self._drop(next(iter(self._kept)))

    def rows(self, context: Sequence[int], completion: Sequence[int], start: int, stop: int) -> Rows | None:
        """Returns the distributions of `completion[start:stop]`; None when they are not all kept."""
        kept = self._kept.get(tuple(context))
        if kept is None or common_prefix(kept.tokens, completion) < stop:
            return None
        return np.stack(kept.rows[start:stop])

    def _drop(self, key: tuple[int, ...]) -> None:
        kept = self._kept.pop(key, None)
        if kept:
            self._n_bytes -= sum(row.nbytes for row in kept.rows)
