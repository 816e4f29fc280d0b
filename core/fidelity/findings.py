"""What stands out in the scores of a branch, as sentences with the turns that show it. Knows no rows.

Three questions are asked of each measure: does it change over the scene, does a turn stand apart from the speaker's
others, and do two speakers differ. Chance is counted by shuffling, for many turns by what shuffling comes to in the
limit, and trends and differences are held to all that were looked for: see `is_family_wise`.
Measures of all that was said so far change slowly by their nature: of them only the end is held against people's.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray

from core.fidelity.metric import Metric

MIN_TURNS = 9
"""Scored turns of a speaker under which nothing is said of a trend or a difference."""
ALPHA = 0.01
"""Up to `MAX_HELD` questions: the chance of any false trend or difference in a report, by Holm's correction. Beyond:
the share of those said that may be false, on average, by Benjamini and Hochberg's."""
MIN_TREND = 0.4
"""Rank correlation that is worth a sentence."""
MIN_TURNS_APART = 20
"""Scored turns of a speaker under which none is said to stand apart."""
APART = 0.001
"""Chance that one of a speaker's turns is said to stand apart by one measure where none does: at most, if values fall
off from their middle as fast as an exponential distribution or faster."""
_N_SHUFFLES = 4_000
_MAX_SHUFFLED = 500
"""Values from which on the normal limit of shuffling takes its place."""
_BLOCK = 500_000
"""Values that are shuffled at once."""
MAX_HELD = int(ALPHA * (_N_SHUFFLES + 1))
"""Questions that can be held to `ALPHA` together, as shuffling gives no chance under 1 / (shuffles + 1)."""
_AS_GOOD_AS_NOTHING = 1e-9
_MAX_APART = 2
"""Of one measure and speaker."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One value of one turn."""

    number: int
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A turn that shows what is said."""

    number: int
    speaker: str
    words: str
    value: float


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence, and the turns to look at."""

    metric: str
    sentence: str
    quotes: tuple[Quote, ...]


Series = Mapping[str, Mapping[str, Sequence[Scored]]]
"""Metric -> speaker -> its scored turns, in order."""


def find(
    series: Series, metrics: Mapping[str, Metric], people: Mapping[str, float] | None = None, seed: int = 0
) -> list[Finding]:
    """Returns what stands out, in the order of the measures; the same for the same scores and seed.

    Args:
        people: Metric -> the value that 95 of 100 people lie under.
    """
    random = np.random.default_rng(seed)
    so_far = {metric: by_speaker for metric, by_speaker in series.items() if metrics[metric].is_cumulative}
    series = {metric: by_speaker for metric, by_speaker in series.items() if metric not in so_far}
    tests = [*_trends(series, random), *_differences(series, random)]
    kept = _held([p for p, _metric, _key in tests])
    found = [_say_trend_or_difference(series, metrics, *tests[place][1:]) for place in kept]
    found += [finding for metric in series for finding in _find_apart(series[metric], metrics[metric])]
    for metric, highest in (people or {}).items():
        found += _find_unlike_people(so_far.get(metric, {}), metrics[metric], highest)
    order = list(metrics)
    return sorted(found, key=lambda finding: order.index(finding.metric))


_Test = tuple[float, str, tuple[str, ...]]
"""Chance, metric, and one speaker for a trend or two for a difference."""


def _trends(series: Series, random: np.random.Generator) -> Iterator[_Test]:
    for metric, by_speaker in series.items():
        for speaker, turns in by_speaker.items():
            if len(turns) >= MIN_TURNS and abs(trend_of([one.value for one in turns])) >= MIN_TREND:
                yield _trend_chance([one.value for one in turns], random), metric, (speaker,)
            elif len(turns) >= MIN_TURNS:
                yield 1.0, metric, (speaker,)


def _differences(series: Series, random: np.random.Generator) -> Iterator[_Test]:
    for metric, by_speaker in series.items():
        told = [speaker for speaker, turns in by_speaker.items() if len(turns) >= MIN_TURNS]
        for one, other in combinations(told, 2):
            first, second = ([turn.value for turn in by_speaker[speaker]] for speaker in (one, other))
            yield _difference_chance(first, second, random), metric, (one, other)


def count_questions(series: Series, metrics: Mapping[str, Metric]) -> int:
    """Returns how many trends and differences `find` looks for."""
    n_told = [
        sum(len(turns) >= MIN_TURNS for turns in by_speaker.values())
        for metric, by_speaker in series.items()
        if not metrics[metric].is_cumulative
    ]
    return sum(n + math.comb(n, 2) for n in n_told)


def is_family_wise(n_questions: int) -> bool:
    """Whether so many questions hold together: any false answer among them has a chance of at most `ALPHA`."""
    return n_questions <= MAX_HELD


def trend_of(values: Sequence[float]) -> float:
    """Returns Spearman's rho of values with their order, in [-1, 1]; 0 where they are all the same."""
    ranks = _ranks(np.asarray(values, dtype=np.float64))
    order = np.arange(len(values), dtype=np.float64)
    return _correlate(ranks - ranks.mean(), order - order.mean())


def _trend_chance(values: Sequence[float], random: np.random.Generator) -> float:
    ranks = _ranks(np.asarray(values, dtype=np.float64))
    ranks -= ranks.mean()
    order = np.arange(len(ranks), dtype=np.float64)
    order -= order.mean()
    return _chance(ranks, order, random)


def _difference_chance(first: Sequence[float], second: Sequence[float], random: np.random.Generator) -> float:
    """Returns the chance of so great a difference of mean ranks, if it did not matter who spoke."""
    ranks = _ranks(np.asarray([*first, *second], dtype=np.float64))
    ranks -= ranks.mean()
    is_first = (np.arange(len(ranks)) < len(first)).astype(np.float64)
    return _chance(ranks, is_first - is_first.mean(), random)


def _chance(ranks: NDArray[np.float64], pattern: NDArray[np.float64], random: np.random.Generator) -> float:
    """Returns the chance that shuffled ranks go with a pattern at least as much, either way; both have a mean of 0.

    Source: the normal limit of linear rank statistics: their variance is sum r^2 sum x^2 / (n - 1) (Hájek, 1961).
    """
    seen = abs(float(ranks @ pattern))
    if len(ranks) > _MAX_SHUFFLED:
        spread = math.sqrt(float(ranks @ ranks) * float(pattern @ pattern) / (len(ranks) - 1))
        return math.erfc(seen / spread / math.sqrt(2)) if spread else 1.0
    at_once = max(1, _BLOCK // len(ranks))
    n_as_far = 0
    for begin in range(0, _N_SHUFFLES, at_once):
        n_rows = min(at_once, _N_SHUFFLES - begin)
        shuffled = random.permuted(np.tile(ranks, (n_rows, 1)), axis=1) @ pattern
        n_as_far += int(np.count_nonzero(np.abs(shuffled) >= seen - 1e-9))
    return (1 + n_as_far) / (_N_SHUFFLES + 1)


def _held(chances: Sequence[float]) -> list[int]:
    """Returns the places of what may be said, in order.

    Source: Holm (1979) where `is_family_wise`, and beyond a false-discovery rate of `ALPHA` (Benjamini and Hochberg,
    1995).
    """
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    n = len(order)
    if is_family_wise(n):
        kept: list[int] = []
        for rank, place in enumerate(order):
            if chances[place] > ALPHA / (n - rank):
                break
            kept.append(place)
        return sorted(kept)
    last = max((rank for rank, place in enumerate(order, 1) if chances[place] <= ALPHA * rank / n), default=0)
    return sorted(order[:last])


def _say_trend_or_difference(
    series: Series, metrics: Mapping[str, Metric], metric: str, who: tuple[str, ...]
) -> Finding:
    if len(who) == 1:
        return _say_trend(metrics[metric], who[0], series[metric][who[0]])
    return _say_difference(metrics[metric], who, series[metric])


def _say_trend(metric: Metric, speaker: str, turns: Sequence[Scored]) -> Finding:
    third = len(turns) // 3
    first, last = (fmean(one.value for one in part) for part in (turns[:third], turns[-third:]))
    rises = trend_of([one.value for one in turns]) > 0
    direction = "rises" if rises else "falls"
    sentence = (
        f"{metric.title} of {speaker} {direction} over the scene: {_number(first)} on the mean of the "
        f"first {third} scored turns, {_number(last)} of the last {third} ({metric.unit}){_judge(metric, rises)}."
    )
    end = max(turns[-third:], key=lambda one: one.value if rises else -one.value)
    return Finding(metric.name, sentence, (Quote(end.number, speaker, end.words, end.value),))


def _say_difference(metric: Metric, who: tuple[str, ...], by_speaker: Mapping[str, Sequence[Scored]]) -> Finding:
    means = {speaker: fmean(one.value for one in by_speaker[speaker]) for speaker in who}
    high, low = sorted(who, key=lambda speaker: -means[speaker])
    better = {"higher": f"; {high} does better", "lower": f"; {low} does better"}.get(metric.better, "")
    sentence = (
        f"{metric.title} of {high} is higher than that of {low}: {_number(means[high])} against {_number(means[low])} "
        f"on the mean ({metric.unit}){better}."
    )
    most = max(by_speaker[high], key=lambda one: one.value)
    least = min(by_speaker[low], key=lambda one: one.value)
    quotes = (Quote(most.number, high, most.words, most.value), Quote(least.number, low, least.words, least.value))
    return Finding(metric.name, sentence, quotes)


def _find_apart(by_speaker: Mapping[str, Sequence[Scored]], metric: Metric) -> Iterator[Finding]:
    """Yields the turns that stand apart for the worse; where no way is the worse one, both."""
    for speaker, turns in by_speaker.items():
        if len(turns) < MIN_TURNS_APART:
            continue
        middle = median(one.value for one in turns)
        signs = {"higher": (-1,), "lower": (1,)}.get(metric.better, (-1, 1))
        for one in (one for sign in signs for one in _apart(turns, middle, sign, APART / len(signs))):
            sentence = (
                f"In turn {one.number}, {metric.title.lower()} of {speaker} is {_number(one.value)} ({metric.unit}), "
                f"where {_number(middle)} is usual for {speaker}{_judge(metric, one.value > middle)}."
            )
            yield Finding(metric.name, sentence, (Quote(one.number, speaker, one.words, one.value),))


def _apart(turns: Sequence[Scored], middle: float, sign: int, chance: float) -> list[Scored]:
    """Returns up to `_MAX_APART` turns that lie too far off on one side of the middle, the furthest first.

    How far values lie beyond their middle is held against those that lie less far, and where all of these are at the
    middle, against those on the other side: of m + 1 exponential ones, one is more than x times the sum of the others
    with a chance of (1 + x)^-m. Any of the turns could be the one.
    """
    beyond = sorted((one for one in turns if sign * (one.value - middle) > 0), key=lambda one: -abs(one.value - middle))
    short = [abs(one.value - middle) for one in turns if sign * (one.value - middle) < 0]
    found = 0
    for place, one in enumerate(beyond[:_MAX_APART]):
        others = [abs(other.value - middle) for other in beyond[place + 1 :]]
        if math.fsum(others) <= _AS_GOOD_AS_NOTHING:
            others = short
        size = math.fsum(others)
        if size <= _AS_GOOD_AS_NOTHING:
            continue
        if -len(others) * math.log1p(abs(one.value - middle) / size) < math.log(chance / len(turns)):
            found = place + 1
    return beyond[:found]


def _find_unlike_people(
    by_speaker: Mapping[str, Sequence[Scored]], metric: Metric, highest: float
) -> Iterator[Finding]:
    for speaker, turns in by_speaker.items():
        if len(turns) >= MIN_TURNS and turns[-1].value > highest:
            last = turns[-1]
            sentence = (
                f"Over all that {speaker} said, {metric.title.lower()} is {_number(last.value)} ({metric.unit}), where "
                f"95 of 100 people lie under {_number(highest)}."
            )
            yield Finding(metric.name, sentence, (Quote(last.number, speaker, last.words, last.value),))


def _judge(metric: Metric, is_up: bool) -> str:
    if metric.better not in {"higher", "lower"}:
        return ""
    return "; that is for the better" if (metric.better == "higher") == is_up else "; that is for the worse"


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns ranks from 0, equal values sharing the mean of theirs."""
    _distinct, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    shared: NDArray[np.float64] = (ends - (counts + 1) / 2).astype(np.float64)
    return shared[places]


def _correlate(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    size = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / size if size else 0.0


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{round(value, 2) + 0.0:.2f}"
