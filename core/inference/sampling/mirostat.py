"""Mirostat: keeps the surprise of each drawn token near a target, in place of all cuts.

Source: Basu et al. (2021), Mirostat, arXiv 2007.14966; the constants and version 2 are llama.cpp's.
"""

import math

import numpy as np
from numpy.typing import NDArray

from core.inference.sampling.truncation import Candidates, at_least, likeliest

_N_TOKENS_FITTED = 100
"""Likeliest tokens that version 1 estimates the distribution's shape from."""


def within_surprise(logits: NDArray[np.float32], mu: float) -> Candidates:
    """Version 2: keeps the tokens whose surprise is at most `mu` bits; at least one.

    Args:
        logits: (n_vocab,), divided by the temperature.
    """
    top = float(logits.max())
    log_total = math.log(float(np.exp(logits - np.float32(top)).sum(dtype=np.float64)))
    return at_least(logits, top + log_total - mu * math.log(2))


def within_fitted_rank(logits: NDArray[np.float32], mu: float) -> Candidates:
    """Version 1: keeps as many tokens as a Zipf distribution of the same slope needs for `mu` bits; at least one."""
    head = likeliest(logits, _N_TOKENS_FITTED).logits.astype(np.float64)
    n_kept = _fitted_rank(_slope(head), mu, len(logits)) if len(head) > 1 else 1
    return likeliest(logits, n_kept)


def _slope(head: NDArray[np.float64]) -> float:
    ranks = np.arange(1, len(head))
    steps = np.log((ranks + 1) / ranks)
    return float(steps @ (head[:-1] - head[1:]) / (steps @ steps))


def _fitted_rank(slope: float, mu: float, n_vocab: int) -> int:
    """Returns the rank, in [1, n_vocab]. Flat distributions, for which the formula has no value, keep all."""
    beyond = slope - 1
    try:
        rank = (beyond * 2**mu / (1 - n_vocab**-beyond)) ** (1 / slope)
    except (ZeroDivisionError, OverflowError):
        return n_vocab
    return max(1, min(int(rank), n_vocab))
