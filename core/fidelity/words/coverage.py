"""Whether some fingerprints cover the variety of people's: neither far from any of them, nor leaving some out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""(n, n_features)"""


def coverage(humans: Points, found: Points, d_ref: float | None = None) -> float:
    """Returns Chamfer coverage, in [0, 1]: max(0, 1 - min(1, err / (2 d_ref))).

    err is the mean distance from each human to the nearest found point, plus that from each found to the nearest human.
    0 where either side is empty, or where people do not differ.

    Args:
        d_ref: The mean distance of two people; None: of these.

    Source: PPol (methods 2.10).
    """
    if not len(humans) or not len(found):
        return 0.0
    reference = mean_distance(humans) if d_ref is None else d_ref
    if reference <= 0:
        return 0.0
    apart = distances(humans, found)
    error = float(apart.min(axis=1).mean() + apart.min(axis=0).mean())
    return max(0.0, 1 - min(1.0, error / (2 * reference)))


def standardise(points: Points, mean: Points, sd: Points) -> Points:
    """Returns points in standard deviations of people; a feature in which they do not vary is left out (0)."""
    result: Points = np.where(sd > 0, (points - mean) / np.where(sd > 0, sd, 1), 0.0)
    return result


def mean_distance(points: Points) -> float:
    """Returns the mean distance of two different points; 0 for fewer than two."""
    n = len(points)
    return float(distances(points, points).sum() / (n * (n - 1))) if n > 1 else 0.0


def distances(one: Points, other: Points) -> Points:
    """Returns Euclidean distances (n_one, n_other)."""
    result: Points = np.sqrt(((one[:, None, :] - other[None, :, :]) ** 2).sum(axis=2))
    return result


def as_points(fingerprints: Sequence[dict[str, float]]) -> Points:
    """Returns fingerprints as points, one row each."""
    return np.array([list(one.values()) for one in fingerprints], dtype=np.float64).reshape(len(fingerprints), -1)
