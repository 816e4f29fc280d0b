"""One-way analysis of variance: do the means of several groups differ by more than chance?"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Anova(NamedTuple):
    """Whether groups differ."""

    f: float | None
    """Variance between groups by that within; None where nothing varies within and the means differ: without bound."""
    df_between: int
    df_within: int
    p: float
    """Share of shuffles whose F is at least as large, itself counted, (0, 1]."""


def one_way_anova(groups: Sequence[Sequence[float]], *, n_shuffles: int = 2_000, seed: int = 0) -> Anova | None:
    """Returns F and the p of a permutation test; None for fewer than two groups or no value to spare.

    Source: Fisher (1925) for F; the p is that of shuffled labels, (1 + n at least as large) / (1 + n).
    """
    filled = [np.asarray(group, dtype=np.float64) for group in groups if len(group)]
    values = np.concatenate(filled) if filled else np.zeros(0)
    df_between, df_within = len(filled) - 1, len(values) - len(filled)
    if df_between < 1 or df_within < 1:
        return None
    sizes = np.array([len(group) for group in filled])
    between = _between(values[None, :], sizes)[0]
    total = float(((values - values.mean()) ** 2).sum())
    within = max(0.0, total - between)
    rng = np.random.default_rng(seed)
    shuffled = rng.permuted(np.tile(values, (n_shuffles, 1)), axis=1)
    n_as_large = int((_between(shuffled, sizes) >= between - 1e-9 * max(1.0, total)).sum())
    p = (1 + n_as_large) / (1 + n_shuffles)
    return Anova(_f(between, within, df_between, df_within, total), df_between, df_within, p)


def _between(rows: NDArray[np.float64], sizes: NDArray[np.int_]) -> NDArray[np.float64]:
    """Returns the sum of squares between groups of each row; F rises with it, since the total stays the same."""
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    means = np.add.reduceat(rows, starts, axis=1) / sizes
    squares: NDArray[np.float64] = (sizes * (means - rows.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return squares


def _f(between: float, within: float, df_between: int, df_within: int, total: float) -> float | None:
    nothing = 1e-12 * max(1.0, total)
    if within <= nothing:
        return None if between > nothing else 0.0
    return float((between / df_between) / (within / df_within))
