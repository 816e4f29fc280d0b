"""How far two next-token distributions lie apart, per token. Arrays in, arrays out; knows no weights.

All take natural log-probabilities of q and p, (n_tokens, n_vocab) float32, each row normalised, and compute in
log space. A token that q excludes (-inf) adds nothing; one that only p excludes makes KL infinite.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

LogProbs: TypeAlias = NDArray[np.floating[Any]]

LN_2 = float(np.log(2.0))


def kl_per_token(log_q: LogProbs, log_p: LogProbs) -> NDArray[np.float64]:
    """Returns KL(q || p) of each token, (n_tokens,) nats, in [0, inf); 0 where q = p.

    Rounding of float32 can make the sum a hair negative: those are 0.

    Source: Drift No More (methods 2.2), the summand of D_t.
    """
    _check_shapes(log_q, log_p)
    return np.array([max(_kl(q, p), 0.0) for q, p in zip(log_q, log_p, strict=True)], dtype=np.float64)


def js_per_token(log_q: LogProbs, log_p: LogProbs) -> NDArray[np.float64]:
    """Returns the Jensen-Shannon divergence of each token, (n_tokens,) nats, in [0, ln 2]; symmetric.

    Source: Lin (1991), equation 4.1 with equal weights.
    """
    _check_shapes(log_q, log_p)
    return np.array([_js(q, p) for q, p in zip(log_q, log_p, strict=True)], dtype=np.float64)


def argmax_mismatch(log_q: LogProbs, log_p: LogProbs) -> NDArray[np.bool_]:
    """Returns where q and p would not pick the same token, (n_tokens,) bool; its mean is a share in [0, 1]."""
    _check_shapes(log_q, log_p)
    mismatch: NDArray[np.bool_] = np.argmax(log_q, axis=1) != np.argmax(log_p, axis=1)
    return mismatch


def _kl(log_q: LogProbs, log_p: LogProbs) -> float:
    """One row at a time: a vocabulary is large, and a whole turn of them larger than the cache."""
    possible = log_q > -np.inf
    log_q, log_p = log_q[possible], log_p[possible]
    return float(np.sum(np.exp(log_q) * (log_q - log_p), dtype=np.float64))


def _js(log_q: LogProbs, log_p: LogProbs) -> float:
    log_middle = np.logaddexp(log_q, log_p) - log_q.dtype.type(LN_2)
    return min(max((_kl(log_q, log_middle) + _kl(log_p, log_middle)) / 2, 0.0), LN_2)


def _check_shapes(log_q: LogProbs, log_p: LogProbs) -> None:
    if log_q.ndim != 2 or log_q.shape != log_p.shape:
        raise ValueError(f"expected two arrays of one shape (n_tokens, n_vocab), got {log_q.shape} and {log_p.shape}")
