"""How well one number tells sound dialogues from spoilt ones: the area under the ROC curve, with its interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.fidelity.metric import Better

_Z = 1.959964
_TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Separation:
    """How well two groups are told apart."""

    auc: float
    """Chance that the sound one of a sound and a spoilt one is the better; ties half. 0.5: not at all."""
    low: float
    high: float
    """The 95 % interval of `auc`."""
    n: int
    """Pairs: a sound value and the value of its spoilt copy."""


def area(better: ArrayLike, worse: ArrayLike) -> float:
    """Returns the chance that one of `better` is above one of `worse`, ties half. Neither may be empty."""
    return float(_share_below(np.ravel(better), np.ravel(worse)).mean())


def separate(better: Sequence[float], worse: Sequence[float]) -> Separation:
    """Compares pairs: `worse[i]` is the spoilt copy of `better[i]`. Raises ValueError without any pair.

    The AUC is over all n² combinations. Its variance takes the pairing into account: the two placements of a pair are
    added up before their spread is taken, which is at least a rank. The interval is symmetric in log-odds. Where all is
    on one side, its open end is the exact binomial bound of n out of n; where the copies are scored as what they are
    copies of, it is 0.5 and nothing else.

    Source: DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44, for the placements; Pepe (2003), The Statistical
    Evaluation of Medical Tests, 5.2, for the log-odds.
    """
    n = len(better)
    if not n or len(worse) != n:
        raise ValueError(f"{n} and {len(worse)} values make no pairs")
    high, low = np.asarray(better, np.float64), np.asarray(worse, np.float64)
    above = _share_below(high, low)
    below = 1 - _share_below(low, high)
    found = float(above.mean())
    if np.array_equal(high, low):
        return Separation(found, found, found, n)
    spread = float(np.std(above + below, ddof=1)) if n > 1 else 1.0
    return Separation(found, *_interval(found, max(spread, 1 / n) / math.sqrt(n), n), n)


def _share_below(values: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each value, the part of the others that lies below it; ties half."""
    ordered = np.sort(others)
    twice = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")
    shares: NDArray[np.float64] = twice / (2 * len(ordered))
    return shares


def _interval(found: float, error: float, n: int) -> tuple[float, float]:
    if found in (0.0, 1.0):
        bound = _TAIL ** (1 / n)
        return (bound, 1.0) if found else (0.0, 1 - bound)
    odds = math.log(found / (1 - found))
    margin = _Z * error / (found * (1 - found))
    return _chance(odds - margin), _chance(odds + margin)


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0


def in_order(clean: Sequence[float], spoilt: Sequence[float], better: Better) -> tuple[list[float], list[float]]:
    """Turns values so that the higher is the better one, whatever the metric calls better.

    Where a metric has no better end (`reference`, `neither`), what lies nearer to the median of the sound ones counts
    as better: the test is two-sided.
    """
    if better == "higher":
        return list(clean), list(spoilt)
    middle = 0.0 if better == "lower" else float(np.median(clean))
    if better == "lower":
        return [-value for value in clean], [-value for value in spoilt]
    return [-abs(value - middle) for value in clean], [-abs(value - middle) for value in spoilt]
