"""Draws the next token from logits, the same token for the same seed. Knows no weights."""

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.inference.request import Sampling


class TokenSampler:
    """Draws tokens one after another; `n_drawn` are skipped, as when an answer goes on after a restart."""

    def __init__(self, sampling: Sampling, n_drawn: int = 0) -> None:
        self._sampling = sampling
        self._random = random.Random(sampling.seed)
        for _ in range(n_drawn):
            self._random.random()

    def draw(self, logits: NDArray[np.float32], written: Sequence[int]) -> int:
        """Returns the next token.

        Order as in llama.cpp: repeat penalty, top-k, top-p, min-p, temperature. The penalty looks at the tokens
        of this answer alone: a turn may well begin like the turn before it, and must be free to end.

        Args:
            logits: (n_vocab,); not changed.
            written: Tokens of the answer so far.
        """
        logits = _penalised(logits, written, self._sampling)
        if self._sampling.temperature <= 0:
            return int(logits.argmax())
        tokens = _likeliest(logits, self._sampling.top_k)
        probabilities = _softmax(logits[tokens])
        kept = _n_kept(probabilities, self._sampling)
        weights = _softmax(logits[tokens[:kept]] / self._sampling.temperature)
        place = int(np.searchsorted(np.cumsum(weights), self._random.random(), side="right"))
        return int(tokens[min(place, kept - 1)])


def _penalised(logits: NDArray[np.float32], written: Sequence[int], sampling: Sampling) -> NDArray[np.float32]:
    recent = sorted(set(written[-sampling.repeat_last_n :])) if sampling.repeat_last_n > 0 else []
    if not recent or sampling.repeat_penalty == 1:
        return logits
    changed = logits.copy()
    values = changed[recent]
    changed[recent] = np.where(values > 0, values / sampling.repeat_penalty, values * sampling.repeat_penalty)
    return changed


def _likeliest(logits: NDArray[np.float32], top_k: int) -> NDArray[np.intp]:
    """Returns token ids, likeliest first; equal ones by id, so that the order never depends on the machine."""
    n_vocab = logits.shape[0]
    tokens = np.arange(n_vocab)
    if 0 < top_k < n_vocab:
        tokens = np.argpartition(logits, n_vocab - top_k)[n_vocab - top_k :]
    return tokens[np.lexsort((tokens, -logits[tokens]))]


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    exponentials: NDArray[np.float64] = np.exp(logits.astype(np.float64) - float(logits[0]))
    exponentials /= exponentials.sum()
    return exponentials


def _n_kept(probabilities: NDArray[np.float64], sampling: Sampling) -> int:
    """Returns how many of the likeliest tokens stay; at least one."""
    by_mass = int(np.searchsorted(np.cumsum(probabilities), sampling.top_p)) + 1
    by_ratio = int((probabilities >= sampling.min_p * probabilities[0]).sum())
    return max(1, min(by_mass, by_ratio, len(probabilities)))
