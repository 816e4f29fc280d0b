"""Opinions over time: whether a group draws together, and too soon. Pure arithmetic on numbers.

Source: DEBATE (methods 2.30). People's spread stays (t(30) = 0.65) while that of weights falls.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

PREMATURE = 0.7
"""A spread at the end below this part of the first one is flagged."""


@dataclass(frozen=True, slots=True)
class OpinionSpread:
    """How the opinions of a group moved."""

    sd: tuple[float, ...]
    """Population standard deviation at each time."""
    mean: tuple[float, ...]
    mean_shift: float
    """Mean at the end less mean at the beginning."""
    regression: float | None
    """Correlation of each one's change with where they began; people: -0.45. None where one of them does not vary."""
    pull: float | None
    """Correlation of change with how far the partner was; people: 0.41. None without partners, or no variation."""
    is_premature: bool
    """Whether the spread at the end is below 0.7 of that at the beginning."""


def opinion_spread(
    opinions: Mapping[str, Sequence[float]], partners: Sequence[Mapping[str, str]] | None = None
) -> OpinionSpread:
    """Returns how the opinions of two people or more moved.

    Args:
        opinions: Who -> its opinion at each time, at least two times, as many for all.
        partners: For each step from one time to the next, who talked to whom; those who did not may be missing.

    Raises:
        ValueError: Fewer than two people or times, or not as many times for all.
    """
    n_times = {len(values) for values in opinions.values()}
    if len(opinions) < 2 or len(n_times) != 1 or min(n_times) < 2:
        raise ValueError("opinions of two people or more are needed, at the same two times or more")
    times = list(zip(*opinions.values(), strict=True))
    sd = tuple(map(pstdev, times))
    mean = tuple(map(fmean, times))
    first, changes = times[0], [values[-1] - values[0] for values in opinions.values()]
    return OpinionSpread(
        sd,
        mean,
        mean[-1] - mean[0],
        correlation(first, changes),
        _pull(opinions, partners or ()),
        sd[-1] < PREMATURE * sd[0],
    )


def correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Returns Pearson's correlation, in [-1, 1]; None where either does not vary."""
    mean_one, mean_other = fmean(one), fmean(other)
    a, b = [x - mean_one for x in one], [y - mean_other for y in other]
    if not (_varies(one) and _varies(other)):
        return None
    scale = math.sqrt(math.fsum(x * x for x in a) * math.fsum(y * y for y in b))
    if not scale:
        return None
    return max(-1.0, min(1.0, math.fsum(x * y for x, y in zip(a, b, strict=True)) / scale))


def _varies(values: Sequence[float]) -> bool:
    """Whether values differ by more than what sums and differences of floating-point numbers do."""
    return max(values) - min(values) > 1e-12 * max(map(abs, values))


def _pull(opinions: Mapping[str, Sequence[float]], partners: Sequence[Mapping[str, str]]) -> float | None:
    distances, changes = [], []
    for step, pairs in enumerate(partners):
        for one, other in pairs.items():
            distances.append(opinions[other][step] - opinions[one][step])
            changes.append(opinions[one][step + 1] - opinions[one][step])
    return correlation(distances, changes) if len(changes) > 1 else None
