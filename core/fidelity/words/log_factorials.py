"""Logarithms of factorials, from a table that grows."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


def log_factorials(n: int) -> NDArray[np.float64]:
    """Returns ln 0!, ln 1!, … at least as far as ln n!; the same array for all n up to the next power of two."""
    return _table(max(n, 1023).bit_length())


@lru_cache(maxsize=32)
def _table(n_bits: int) -> NDArray[np.float64]:
    logs = np.zeros(1 << n_bits)
    logs[1:] = np.cumsum(np.log(np.arange(1, 1 << n_bits, dtype=np.longdouble))).astype(np.float64)
    logs.flags.writeable = False
    return logs
