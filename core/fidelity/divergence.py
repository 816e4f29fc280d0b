"""How far two next-token distributions lie apart, per token. Arrays in, arrays out; knows no weights.

All take natural log-probabilities of q and p, (n_tokens, n_vocab) float32, each row normalised, and compute in
log space. A token that q excludes (-inf) adds nothing; one that only p excludes makes KL infinite.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

type LogProbs = NDArray[np.floating[Any]]

LN_2 = float(np.log(2.0))


def kl_per_token(log_q: LogProbs, log_p: LogProbs) -> NDArray[np.float64]:
    """Returns KL(q || p) of each token, (n_tokens,) nats, in [0, inf); 0 where q = p.

    Rounding of float32 can make the sum a hair negative: those are 0.

    Source: Drift No More (methods 2.2), the summand of D_t.
    """
    _check_shapes(log_q, log_p)
    return np.maximum(_kl_rows(log_q, log_p), 0.0)


def js_per_token(log_q: LogProbs, log_p: LogProbs) -> NDArray[np.float64]:
    """Returns the Jensen-Shannon divergence of each token, (n_tokens,) nats, in [0, ln 2]; symmetric.

    Source: Lin (1991), equation 4.1 with equal weights.
    """
    _check_shapes(log_q, log_p)
    log_middle = np.logaddexp(log_q, log_p) - np.asarray(LN_2, dtype=log_q.dtype)
    half_sum = (_kl_rows(log_q, log_middle) + _kl_rows(log_p, log_middle)) / 2
    return np.clip(half_sum, 0.0, LN_2)


def argmax_mismatch(log_q: LogProbs, log_p: LogProbs) -> NDArray[np.bool_]:
    """Returns where q and p would not pick the same token, (n_tokens,) bool; its mean is a share in [0, 1]."""
    _check_shapes(log_q, log_p)
    return np.argmax(log_q, axis=1) != np.argmax(log_p, axis=1)


def _kl_rows(log_q: LogProbs, log_p: LogProbs) -> NDArray[np.float64]:
    q = np.exp(log_q)
    with np.errstate(invalid="ignore"):
        ratio = log_q - log_p
    return np.sum(np.where(q > 0, q * np.where(q > 0, ratio, 0), 0), axis=1, dtype=np.float64)


def _check_shapes(log_q: LogProbs, log_p: LogProbs) -> None:
    if log_q.ndim != 2 or log_q.shape != log_p.shape:
        raise ValueError(f"expected two arrays of one shape (n_tokens, n_vocab), got {log_q.shape} and {log_p.shape}")
