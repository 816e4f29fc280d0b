"""How far two or more agree: people with people, judges with people, measures with people. Pure, small samples.

None stands for "cannot be said": too few values, or no variation where the formula divides by it.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from itertools import product
from typing import Literal

Level = Literal["nominal", "ordinal", "interval"]
Weights = Literal["none", "linear", "quadratic"]


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Returns Cohen's kappa of two who labelled the same things, [-1, 1]; None where both always say the same one.

    Source: Cohen (1960), A coefficient of agreement for nominal scales.
    """
    n = _same_length(first, second)
    if not n:
        return None
    seen = sum(a == b for a, b in zip(first, second, strict=True)) / n
    of_first, of_second = Counter(first), Counter(second)
    by_chance = sum(of_first[label] * of_second[label] for label in of_first) / n**2
    return None if math.isclose(by_chance, 1) else (seen - by_chance) / (1 - by_chance)


def weighted_kappa(first: Sequence[int], second: Sequence[int], weights: Weights = "quadratic") -> float | None:
    """Returns weighted kappa of points of a scale: near misses count for something.

    Source: Cohen (1968), Weighted kappa. Points count by their value, so also points that nobody gave lie between.
    """
    n = _same_length(first, second)
    if not n:
        return None
    power = {"none": 0, "linear": 1, "quadratic": 2}[weights]

    def cost(a: int, b: int) -> float:
        return 0.0 if a == b else float(abs(a - b) ** power)

    seen = sum(cost(a, b) for a, b in zip(first, second, strict=True)) / n
    of_first, of_second = Counter(first), Counter(second)
    pairs = product(of_first.items(), of_second.items())
    by_chance = sum(cost(a, b) * n_a * n_b for (a, n_a), (b, n_b) in pairs) / n**2
    return None if by_chance == 0 else 1 - seen / by_chance


def krippendorff_alpha(units: Sequence[Sequence[float | None]], level: Level = "nominal") -> float | None:
    """Returns Krippendorff's alpha: 1 is full agreement, 0 is chance.

    Source: Krippendorff (2011), Computing Krippendorff's alpha-reliability.

    Args:
        units: For each thing that was judged, what each said; None is missing. Their order does not matter.
    """
    kept = [[value for value in unit if value is not None] for unit in units]
    pairable = [unit for unit in kept if len(unit) > 1]
    totals = Counter(value for unit in pairable for value in unit)
    n = sum(totals.values())
    if len(totals) < 2:
        return None
    distance = _distance(level, totals)
    seen = sum(
        sum(distance(a, b) for a in unit for b in unit) / (len(unit) - 1)  # a value with itself adds 0
        for unit in pairable
    )
    by_chance = sum(distance(a, b) * totals[a] * totals[b] for a in totals for b in totals) / (n - 1)
    return 1 - seen / by_chance


def pearson(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Returns the product-moment correlation, [-1, 1]; None where either does not vary."""
    n = _same_length(first, second)
    if n < 2:
        return None
    mean_first, mean_second = math.fsum(first) / n, math.fsum(second) / n
    off_first = [value - mean_first for value in first]
    off_second = [value - mean_second for value in second]
    scale = math.sqrt(math.fsum(a * a for a in off_first)) * math.sqrt(math.fsum(b * b for b in off_second))
    if len(set(first)) < 2 or len(set(second)) < 2 or not scale:
        return None
    found = math.fsum(a * b for a, b in zip(off_first, off_second, strict=True)) / scale
    return min(1.0, max(-1.0, found))


def spearman(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Returns the correlation of ranks, equals sharing theirs, [-1, 1]; None where either does not vary."""
    _same_length(first, second)
    return pearson(mean_ranks(first), mean_ranks(second))


def kendall_tau_b(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Returns Kendall's tau-b, which allows for ties, [-1, 1]; None where either does not vary.

    Source: Kendall (1945), The treatment of ties in ranking problems. All pairs are looked at: O(n^2).
    """
    n = _same_length(first, second)
    score = tied_first = tied_second = 0
    for place in range(n):
        for other in range(place):
            a, b = _sign(first[place] - first[other]), _sign(second[place] - second[other])
            score += a * b
            tied_first += a == 0
            tied_second += b == 0
    n_pairs = n * (n - 1) // 2
    scale = math.sqrt((n_pairs - tied_first) * (n_pairs - tied_second))
    return score / scale if scale else None


def auc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Returns how likely a positive lies above a negative, equals counted half, [0, 1]; None where either lacks."""
    if not positives or not negatives:
        return None
    ranks = mean_ranks([*positives, *negatives])
    n_pos, n_neg = len(positives), len(negatives)
    return (math.fsum(ranks[:n_pos]) - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg)


def mean_ranks(values: Sequence[float]) -> list[float]:
    """Returns ranks from 1; equals share the mean of theirs."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = (start + end + 1) / 2
        start = end
    return ranks


def _distance(level: Level, totals: Counter[float]) -> Callable[[float, float], float]:
    """Returns how far two values are apart, squared."""
    if level == "nominal":
        return lambda a, b: float(a != b)
    if level == "interval":
        return lambda a, b: (a - b) ** 2
    below: dict[float, float] = {}
    n = 0.0
    for value in sorted(totals):
        below[value] = n + totals[value] / 2  # up to the middle of its own
        n += totals[value]
    return lambda a, b: (below[a] - below[b]) ** 2


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _same_length(first: Sequence[object], second: Sequence[object]) -> int:
    if len(first) != len(second):
        raise ValueError(f"{len(first)} values are held against {len(second)}.")
    return len(first)
