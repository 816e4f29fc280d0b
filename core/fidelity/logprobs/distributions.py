"""Distances between distributions over the same outcomes. Pure arithmetic."""

import math
from collections.abc import Sequence
from itertools import accumulate


def normalised(weights: Sequence[float]) -> list[float]:
    """Returns shares that sum to 1. Raises ValueError where a weight is negative or all are 0."""
    total = math.fsum(weights)
    if total <= 0 or any(weight < 0 or not math.isfinite(weight) for weight in weights):
        raise ValueError(f"no distribution: {weights!r}")
    return [weight / total for weight in weights]


def total_variation(p: Sequence[float], q: Sequence[float]) -> float:
    """Returns half the sum of |p - q| after normalising, [0, 1]."""
    return 0.5 * math.fsum(abs(a - b) for a, b in zip(normalised(p), normalised(q), strict=True))


def wasserstein(p: Sequence[float], q: Sequence[float]) -> float:
    """Returns the earth mover's distance of distributions over 0, 1, 2 …, in steps."""
    gaps = accumulate(a - b for a, b in zip(normalised(p), normalised(q), strict=True))
    return math.fsum(map(abs, gaps))


def entropy(p: Sequence[float]) -> float:
    """Returns the entropy in nats."""
    return -math.fsum(share * math.log(share) for share in normalised(p) if share > 0)
