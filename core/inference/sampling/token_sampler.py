"""Draws the next token from logits, the same token for the same seed. Knows no weights."""

import math
import random
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError
from core.inference.request import Sampling
from core.inference.sampling.mirostat import within_fitted_rank, within_surprise
from core.inference.sampling.penalties import Breakers, penalised
from core.inference.sampling.truncation import (
    Candidates,
    at_least,
    exclude_top,
    likeliest,
    min_p,
    min_p_floor,
    nucleus,
    softmax,
    top_p,
    typical,
)

Logits = NDArray[np.float32]

_N_ASKED_ABOUT = 6
"""Times top-k: so many of the likeliest tokens are asked about one by one."""


class TokenSampler:
    """Draws the tokens of one answer, one after another.

    The chain is llama.cpp's: bias, penalties, DRY, top-k, typical, top-p, min-p, XTC, temperature. Mirostat takes the
    place of everything from top-k to XTC; unlike llama.cpp's it leaves the penalties on.

    Args:
        sampling: How to draw.
        n_drawn: Tokens that were drawn before, as when an answer goes on after a restart: the random numbers of these
            are skipped. What mirostat had learned from them is gone with their logits; it begins at its target again.
        breakers: Where DRY's repetitions end, from `find_breakers`.
    """

    def __init__(self, sampling: Sampling, n_drawn: int = 0, breakers: Breakers | None = None) -> None:
        self._sampling = sampling
        self._breakers = breakers or {}
        self._random = random.Random(sampling.seed)
        self._uses_xtc = sampling.xtc_probability > 0 and not sampling.mirostat
        for _ in range(n_drawn):
            self._throw(self._random)
        self._mu = self._mu_before = 2 * sampling.mirostat_tau

    def draw(self, logits: Logits, written: Sequence[int]) -> int:
        """Returns the next token.

        Args:
            logits: (n_vocab,); not changed.
            written: Tokens of the answer so far; the penalties look at these alone.
        """
        return self._draw(logits, written, self._throw(self._random))

    def draw_again(self, logits: Logits, written: Sequence[int], allowed: NDArray[np.bool_]) -> int:
        """Returns the next token in place of the one just drawn, out of those allowed.

        The random numbers are this place's own, so that how often tokens are refused changes no other place.
        """
        self._mu = self._mu_before
        source = random.Random(f"{self._sampling.seed} {len(written)}")
        return self._draw(np.where(allowed, logits, np.float32(-np.inf)), written, self._throw(source))

    def likeliest_allowed(
        self, logits: Logits, written: Sequence[int], allows: Callable[[int], bool]
    ) -> NDArray[np.bool_] | None:
        """Returns which of the likeliest tokens are allowed, if these are all that top-k can keep; else None.

        In the middle of a free text nearly all are: a few questions then spare one about the whole vocabulary.
        """
        top_k = self._sampling.top_k
        if top_k <= 0 or self._sampling.mirostat:
            return None
        changed = penalised(logits, written, self._sampling, self._breakers)
        asked: list[int] = likeliest(changed, _N_ASKED_ABOUT * top_k).tokens.tolist()
        allowed = [token for token in asked if allows(token)]
        if len(allowed) < top_k:
            return None
        mask = np.zeros(len(logits), np.bool_)
        mask[allowed] = True
        return mask

    def distribution(
        self, logits: Logits, written: Sequence[int], *, exclude: bool = False
    ) -> tuple[Candidates, NDArray[np.float64]]:
        """Returns what a token is drawn from: the tokens that are left, and their probabilities.

        Args:
            exclude: XTC acts; it does so by chance.
        """
        sampling = self._sampling
        logits = penalised(logits, written, sampling, self._breakers)
        if logits.max() == -np.inf:
            raise UserError("No token is left that may come next.", "Forbid fewer tokens, or loosen the grammar.")
        if sampling.mirostat and sampling.temperature > 0:
            left = self._within_mirostat(logits / np.float32(sampling.temperature))
            return left, softmax(left.logits)
        left = _cut(logits, sampling)
        if exclude:
            left = exclude_top(left, sampling.xtc_threshold)
        if sampling.temperature <= 0:
            left = left.first(1)
        return left, softmax(left.logits, sampling.temperature or 1)

    def _throw(self, source: random.Random) -> tuple[float, float]:
        """Returns the random numbers of one token: which one it is, and whether XTC acts."""
        return source.random(), source.random() if self._uses_xtc else 1.0

    def _draw(self, logits: Logits, written: Sequence[int], thrown: tuple[float, float]) -> int:
        place_of, exclude_of = thrown
        exclude = self._uses_xtc and exclude_of <= self._sampling.xtc_probability
        left, probabilities = self.distribution(logits, written, exclude=exclude)
        place = int(np.searchsorted(probabilities.cumsum(), place_of, side="right"))
        place = min(place, len(probabilities) - 1)
        self._learn(float(probabilities[place]))
        return int(left.tokens[place])

    def _within_mirostat(self, logits: Logits) -> Candidates:
        return (within_fitted_rank if self._sampling.mirostat == 1 else within_surprise)(logits, self._mu)

    def _learn(self, probability: float) -> None:
        if self._sampling.mirostat:
            self._mu_before = self._mu
            surprise = -math.log2(max(probability, 1e-300))
            self._mu -= self._sampling.mirostat_eta * (surprise - self._sampling.mirostat_tau)


def _cut(logits: Logits, sampling: Sampling) -> Candidates:
    """Returns what the cuts leave; sorts no more of the vocabulary than they need."""
    if sampling.temperature <= 0 and sampling.typical_p >= 1 and not sampling.xtc_probability:
        return at_least(logits, math.inf).first(1)
    if sampling.top_k > 0 or sampling.typical_p < 1:
        left = typical(likeliest(logits, max(0, sampling.top_k)), sampling.typical_p)
        return min_p(top_p(left, sampling.top_p), sampling.min_p)
    if sampling.top_p < 1:
        return nucleus(logits, sampling.top_p, sampling.min_p)
    if sampling.min_p > 0:
        return at_least(logits, float(min_p_floor(logits.max(), sampling.min_p)))
    return likeliest(logits)
