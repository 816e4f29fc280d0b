"""Arithmetic on next-token distributions, exact over the whole vocabulary. Log-probabilities are in nats."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
"""(n_tokens, n_vocab): one distribution per row."""

N_ROWS_MAX = 64
"""Most positions of one batch whose logits are returned; bounds the memory that logits take."""


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


def token_logprobs(logits: Rows, tokens: Sequence[int]) -> NDArray[np.float64]:
    """Returns the log-probability of one token per row of logits, (n_tokens,)."""
    highest = logits.max(axis=-1)
    total = np.exp(logits - highest[:, None]).sum(axis=-1, dtype=np.float64)
    chosen: NDArray[np.float64] = logits[np.arange(len(tokens)), list(tokens)].astype(np.float64)
    weighed: NDArray[np.float64] = chosen - highest - np.log(total)
    return weighed


def kl_per_token(logprobs: Rows, reference: Rows) -> NDArray[np.float64]:
    """Returns KL of `logprobs` from `reference` per row: sum q (log q - log p), q being the former. [0, inf)."""
    with np.errstate(invalid="ignore"):
        terms = np.exp(logprobs) * (logprobs - reference)
    total: NDArray[np.float64] = terms.sum(axis=-1, dtype=np.float64)
    if np.isnan(total).any():  # an impossible token counts for nothing
        total = np.where(np.isneginf(logprobs), 0, terms).sum(axis=-1, dtype=np.float64)
    return np.maximum(total, 0.0)


def js_per_token(one: Rows, other: Rows) -> NDArray[np.float64]:
    """Returns the Jensen-Shannon divergence per row, [0, ln 2]."""
    with np.errstate(invalid="ignore"):
        distance = np.abs(one - other)
    # As np.logaddexp, which is many times slower; equal log-probabilities give exactly themselves
    middle = np.maximum(one, other) + np.log((1 + np.exp(-distance)) / 2)
    return np.minimum((kl_per_token(one, middle) + kl_per_token(other, middle)) / 2, np.log(2))


def divergence(logprobs: Rows, reference: Rows) -> Divergence:
    """Compares two sets of distributions row by row."""
    differs = logprobs.argmax(axis=-1) != reference.argmax(axis=-1)
    pairs = list(zip(logprobs[:, None], reference[:, None], strict=True))  # a row at a time stays in the CPU's cache
    kl = [kl_per_token(row, other) for row, other in pairs]
    js = [js_per_token(row, other) for row, other in pairs]
    return Divergence(np.concatenate(kl), np.concatenate(js), differs)


def is_usable(logits: Rows) -> bool:
    """Tells whether logits can be drawn from: broken weights give NaN or infinity."""
    return bool(np.isfinite(logits.max()) and not np.isnan(logits.min()))
