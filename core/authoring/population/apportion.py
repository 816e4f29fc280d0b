"""Exact counts from shares, by largest remainder."""

from collections.abc import Sequence
from fractions import Fraction


def apportion(total: int, shares: Sequence[Fraction]) -> list[int]:
    """Splits `total` by shares whose sum is 1, so that each count is its exact part rounded down or up.

    What rounding down leaves goes to the largest remainders, the earlier of equal ones first (Hamilton's method).

    Raises:
        ValueError: The shares do not add up to 1, or one is negative.
    """
    if sum(shares) != 1 or any(share < 0 for share in shares):
        raise ValueError("shares must add up to 1")
    exact = [share * total for share in shares]
    counts = [int(part) for part in exact]
    by_remainder = sorted(range(len(shares)), key=lambda place: (counts[place] - exact[place], place))
    for place in by_remainder[: total - sum(counts)]:
        counts[place] += 1
    return counts
