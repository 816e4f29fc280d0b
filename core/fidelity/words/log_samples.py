"""Logarithms of how many samples can be drawn, from a table that grows."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


def log_samples(n: int, sample: int) -> NDArray[np.float64]:
    """Returns ln(k! / (k - sample)!) for k = 0, 1, … at least as far as n; -inf where k < sample.

    Differences of two are those of ln C(k, sample). The same array for all n up to the next power of two.
    """
    return _table(max(n, 1023).bit_length(), sample)


@lru_cache(maxsize=64)
def _table(n_bits: int, sample: int) -> NDArray[np.float64]:
    logs = np.zeros(1 << n_bits, dtype=np.longdouble)
    logs[1:] = np.cumsum(np.log(np.arange(1, 1 << n_bits, dtype=np.longdouble)))
    drawn = np.full(1 << n_bits, -np.inf)
    drawn[sample:] = (logs[sample:] - logs[: len(logs) - sample]).astype(np.float64)
    drawn.flags.writeable = False
    return drawn
