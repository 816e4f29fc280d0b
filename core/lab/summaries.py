"""Means with intervals, cells of a heat map, and what is worst: sums over the columns of a frame. Knows no Qt."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.fidelity.metric import Metric
from core.fidelity.reference import Norm
from core.lab.frame import Mask, Rows, ScoreFrame

_T_975 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""The 97.5 % quantile of Student's t with 1, 2, ... 30 degrees of freedom. Source: Student (1908), as tabulated."""
_Z_975 = 1.96


@dataclass(frozen=True, slots=True)
class MeanInterval:
    """The mean of some values, and where it lies with 95 % confidence if turns are taken for independent."""

    mean: float
    low: float
    high: float
    n: int


def mean_interval(values: NDArray[np.float64]) -> MeanInterval | None:
    """Returns the mean with its interval; None where nothing is scored. NaN is left out.

    The interval is Student's, mean -+ t * sd / sqrt(n); of a single value it has no width.
    """
    real = values[~np.isnan(values)]
    n = len(real)
    if not n:
        return None
    mean = float(real.mean())
    if n == 1:
        return MeanInterval(mean, mean, mean, 1)
    half = _t(n - 1) * float(real.std(ddof=1)) / math.sqrt(n)
    return MeanInterval(mean, mean - half, mean + half, n)


def difference(one: MeanInterval, other: MeanInterval) -> MeanInterval | None:
    """Returns how far one mean is above another, with its interval; None where a mean is of a single value.

    Both must be of different turns. Source: Welch (1947): t with (va + vb)^2 / (va^2 / (na - 1) + vb^2 / (nb - 1))
    degrees of freedom, v being the square of a mean's standard error; rounded down.
    """
    if min(one.n, other.n) < 2:
        return None
    (va, vb), mean = (_squared_error(one), _squared_error(other)), one.mean - other.mean
    if not va + vb:
        return MeanInterval(mean, mean, mean, min(one.n, other.n))
    freedom = (va + vb) ** 2 / (va**2 / (one.n - 1) + vb**2 / (other.n - 1))
    half = _t(int(freedom)) * math.sqrt(va + vb)
    return MeanInterval(mean, mean - half, mean + half, min(one.n, other.n))


def _squared_error(mean: MeanInterval) -> float:
    """Returns the square of the standard error of a mean, from the width of its interval."""
    return ((mean.high - mean.low) / 2 / _t(mean.n - 1)) ** 2


def _t(freedom: int) -> float:
    return _T_975[max(freedom, 1) - 1] if freedom <= len(_T_975) else _Z_975


def badness(metric: Metric, values: NDArray[np.float64], norm: Norm | None) -> NDArray[np.float64]:
    """Returns how bad each value is, in standard deviations above what is usual here; NaN stays.

    Where people are the reference, both sides of their mean are bad. A measure without a direction has no bad side:
    what is far from the others comes first.
    """
    real = values[~np.isnan(values)]
    if not len(real):
        return np.full(len(values), np.nan)
    mean, sd = float(real.mean()), float(real.std()) or 1.0
    match metric.better:
        case "higher":
            return (mean - values) / sd
        case "lower":
            return (values - mean) / sd
        case "reference" if norm is not None and norm.sd > 0:
            return np.abs(values - norm.mean) / norm.sd
        case _:
            return np.abs(values - mean) / sd


def worst_rows(bad: NDArray[np.float64], mask: Mask, n: int) -> Rows:
    """Returns the rows of the highest badness within a mask, the worst first; of equals the earlier one first."""
    rows = np.flatnonzero(mask & ~np.isnan(bad))
    if len(rows) > n:
        least = np.partition(bad[rows], len(rows) - n)[len(rows) - n]
        rows = rows[bad[rows] >= least]
    return rows[np.argsort(-bad[rows], kind="stable")][:n]


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual: a mean and the standard deviation around it, 0 where all are alike."""

    mean: float
    sd: float


def usual_of(values: NDArray[np.float64], norm: Norm | None) -> Usual:
    """Returns what is usual for people, where that is known; else among these values. NaN is left out."""
    if norm is not None and norm.sd > 0:
        return Usual(norm.mean, norm.sd)
    real = values[~np.isnan(values)]
    return Usual(float(real.mean()), float(real.std())) if len(real) else Usual(0.0, 0.0)


def goodness_z(metric: Metric, cell: float, usual: Usual) -> float:
    """Returns how good a mean is, in standard deviations from what is usual: above 0 is good."""
    z = (cell - usual.mean) / usual.sd if usual.sd > 0 else 0.0
    match metric.better:
        case "higher":
            return z
        case "lower":
            return -z
        case "reference":
            return -abs(z)
        case _:
            return 0.0


def means_by_speaker(frame: ScoreFrame, key: str, mask: Mask) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Returns the mean of a column for each speaker, NaN for nobody's, and how many turns it is over."""
    values = frame.values(key)
    real = mask & ~np.isnan(values)
    n_speakers = len(frame.speakers)
    counts = np.bincount(frame.speaker[real], minlength=n_speakers)
    sums = np.bincount(frame.speaker[real], weights=values[real], minlength=n_speakers)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(counts > 0, sums / counts, np.nan), counts
