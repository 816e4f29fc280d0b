"""Arithmetic on next-token distributions, exact over the whole vocabulary. Log-probabilities are in nats."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
"""(n_tokens, n_vocab): one distribution per row."""


class Divergence(NamedTuple):
    """How far each row of one set of distributions lies from the same row of another; (n_tokens,) each."""

    kl: NDArray[np.float64]
    js: NDArray[np.float64]
    argmax_differs: NDArray[np.bool_]


def log_softmax(logits: Rows) -> Rows:
    """Returns log-probabilities of rows of logits."""
    shifted: Rows = logits - logits.max(axis=-1, keepdims=True)
    total = np.exp(shifted).sum(axis=-1, keepdims=True, dtype=np.float64)
    shifted -= np.log(total).astype(np.float32)
    return shifted


def kl_per_token(logprobs: Rows, reference: Rows) -> NDArray[np.float64]:
    """Returns KL of `logprobs` from `reference` per row: sum q (log q - log p), q being the former. [0, inf)."""
    possible = np.isfinite(logprobs)
    with np.errstate(invalid="ignore"):
        terms = np.where(possible, np.exp(logprobs) * (logprobs - reference), 0)
    total: NDArray[np.float64] = terms.sum(axis=-1, dtype=np.float64)
    return np.maximum(total, 0.0)


def js_per_token(one: Rows, other: Rows) -> NDArray[np.float64]:
    """Returns the Jensen-Shannon divergence per row, [0, ln 2]."""
    middle = np.logaddexp(one, other) - np.float32(np.log(2))
    return np.minimum((kl_per_token(one, middle) + kl_per_token(other, middle)) / 2, np.log(2))


def divergence(logprobs: Rows, reference: Rows) -> Divergence:
    """Compares two sets of distributions row by row."""
    differs = logprobs.argmax(axis=-1) != reference.argmax(axis=-1)
    return Divergence(kl_per_token(logprobs, reference), js_per_token(logprobs, reference), differs)


def is_usable(logits: Rows) -> bool:
    """Tells whether logits can be drawn from: broken weights give NaN or infinity."""
    return bool(np.isfinite(logits.max()) and not np.isnan(logits.min()))
