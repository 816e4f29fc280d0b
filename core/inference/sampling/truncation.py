"""Cuts of the next token's candidates: top-k, typical, top-p, min-p, XTC. Knows no weights and draws nothing.

Each does what llama.cpp's sampler of that name does, and keeps at least one token. Two differences, both where
llama.cpp leaves it to chance: equal tokens are ordered by id, and a token that cannot come (-inf) is no candidate.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_N_GROUPS_PER_TOKEN = 16
"""Groups whose maxima are looked at, for each token that is wanted: more are slower, fewer find less."""

_NUCLEUS_FIRST = 256
"""Tokens that a nucleus is first looked for in; it rarely is larger."""

_N_KEYS_PAY = 1024
"""Tokens from which on sorting by keys is faster."""


class Candidates(NamedTuple):
    """Tokens that may come next, likeliest first, equal ones by id, and their logits (float32)."""

    tokens: NDArray[np.intp]
    logits: NDArray[np.float32]

    def first(self, count: int) -> "Candidates":
        """Returns the likeliest of them; at least one."""
        return Candidates(self.tokens[: max(1, count)], self.logits[: max(1, count)])


def softmax(logits: NDArray[np.float32], temperature: float = 1.0) -> NDArray[np.float64]:
    """Returns probabilities of logits whose first is the greatest."""
    scaled: NDArray[np.float64] = (logits - logits[0]).astype(np.float64)
    if temperature != 1:
        scaled /= temperature
    np.exp(scaled, out=scaled)
    scaled /= scaled.sum()
    return scaled


def likeliest(logits: NDArray[np.float32], count: int = 0) -> Candidates:
    """Returns the `count` likeliest tokens of a vocabulary; 0: all that can come.

    Args:
        logits: (n_vocab,); at least one is finite.
    """
    floor = _floor(logits, count) if 0 < count < len(logits) else -np.inf
    tokens = np.flatnonzero(logits >= floor) if floor > -np.inf else np.flatnonzero(logits > -np.inf)
    found = _sorted(tokens, logits[tokens])
    return found.first(count) if count > 0 else found


def at_least(logits: NDArray[np.float32], floor: float) -> Candidates:
    """Returns all tokens of a vocabulary whose logit reaches `floor`; at least the likeliest."""
    tokens = np.flatnonzero(logits >= min(np.float32(floor), logits.max()))
    return _sorted(tokens, logits[tokens])


def min_p_floor(greatest: np.float32, p: float) -> np.float32:
    """Returns the logit of a token `p` times as likely as the likeliest; p is above 0."""
    return np.float32(greatest + np.log(np.float32(p)))


def nucleus(logits: NDArray[np.float32], p: float, least: float) -> Candidates:
    """Returns what top-p and then min-p leave of a whole vocabulary, without sorting all of it.

    Args:
        p: Probability that the likeliest tokens are to reach, below 1.
        least: The p of min-p; 0: off.
    """
    greatest = logits.max()
    total = float(np.exp(logits - greatest).sum(dtype=np.float64))
    for count in (_NUCLEUS_FIRST, 16 * _NUCLEUS_FIRST, 0):
        found = at_least(logits, float(min_p_floor(greatest, least))) if least > 0 else likeliest(logits, count)
        mass = np.exp((found.logits - greatest).astype(np.float64)).cumsum()
        if least > 0 or mass[-1] >= p * total:
            break
    return found.first(int(np.searchsorted(mass, p * total)) + 1)


def top_p(candidates: Candidates, p: float) -> Candidates:
    """Keeps the smallest set of likeliest tokens whose probabilities reach `p`; 1: all."""
    if p >= 1:
        return candidates
    return candidates.first(int(np.searchsorted(softmax(candidates.logits).cumsum(), p)) + 1)


def min_p(candidates: Candidates, p: float) -> Candidates:
    """Keeps tokens at least `p` times as likely as the likeliest; 0: all."""
    if p <= 0:
        return candidates
    return candidates.first(int(np.count_nonzero(candidates.logits >= min_p_floor(candidates.logits[0], p))))


def typical(candidates: Candidates, p: float) -> Candidates:
    """Keeps the tokens whose surprise is nearest to the entropy, until their probabilities exceed `p`; 1: all.

    Source: Meister et al. (2022), Locally Typical Sampling, arXiv 2202.00666.
    """
    if p >= 1:
        return candidates
    probabilities = softmax(candidates.logits)
    possible = np.flatnonzero(probabilities > 0)
    probabilities = probabilities[possible]
    surprise = -np.log(probabilities)
    strangeness = np.abs(surprise - probabilities @ surprise)
    order = np.argsort(strangeness, kind="stable")
    n_kept = int(np.searchsorted(probabilities[order].cumsum(), p, side="right")) + 1
    kept = np.sort(possible[order[:n_kept]])
    return Candidates(candidates.tokens[kept], candidates.logits[kept])


def exclude_top(candidates: Candidates, threshold: float) -> Candidates:
    """Takes away every token that reaches `threshold` but the least likely of these; above 0.5: none.

    This is XTC; whether it acts on a token at all is drawn by the caller.
    """
    if threshold > 0.5 or len(candidates.tokens) < 2:
        return candidates
    n_reaching = int(np.count_nonzero(softmax(candidates.logits) >= threshold))
    start = max(0, n_reaching - 1)
    return Candidates(candidates.tokens[start:], candidates.logits[start:])


def _floor(logits: NDArray[np.float32], count: int) -> float:
    """Returns a bound that at least `count` logits reach, and few more, without sorting them all.

    `count` groups whose greatest reaches it hold `count` tokens that do.
    """
    n_rows = len(logits) // (_N_GROUPS_PER_TOKEN * count)
    maxima = logits
    if n_rows > 1:
        maxima = logits[: len(logits) // n_rows * n_rows].reshape(n_rows, -1).max(axis=0)
    return float(np.partition(maxima, len(maxima) - count)[len(maxima) - count])


def _sorted(tokens: NDArray[np.intp], logits: NDArray[np.float32]) -> Candidates:
    """Takes tokens in the order of their ids."""
    order = np.argsort(-logits, kind="stable") if len(logits) < _N_KEYS_PAY else _order_by_keys(logits)
    return Candidates(tokens[order], logits[order])


def _order_by_keys(logits: NDArray[np.float32]) -> NDArray[np.intp]:
    """Returns what a stable descending argsort does, several times faster: each key is a logit's bits and a place."""
    bits = (np.float32(0) - logits).view(np.uint32)  # 0 - x has no negative zero, which would sort apart
    ascending = np.where(bits >> 31, ~bits, bits | np.uint32(1 << 31)).astype(np.uint64)
    keys = (ascending << np.uint64(32)) | np.arange(len(logits), dtype=np.uint64)
    keys.sort()
    return (keys & np.uint64(0xFFFFFFFF)).astype(np.intp)
