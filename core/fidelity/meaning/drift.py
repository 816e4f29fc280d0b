"""Anchor drift: how far from its persona a character has talked itself, by what its last turns mean."""

import math
from collections import deque
from collections.abc import Mapping, Sequence

import numpy as np

from core.fidelity.conversation import About, Line
from core.fidelity.meaning.persona import NO_PERSONA, NO_WORDS, facts_of_cast
from core.fidelity.meaning.vectors import Vector, cosine, is_blank, vector_of
from core.fidelity.measuring import Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

WINDOW = 4
"""Own turns, the last one included."""
MIN_TURNS = 6
"""Own turns that a trend is read from: two for each third."""

METRIC = Metric(
    name="meaning.drift",
    title="Distance from the persona",
    unit="1 - cosine",
    low=0.0,
    high=2.0,
    better="lower",
    needs="embeddings",
    how_to_read="How far the last four turns are from the persona in meaning; a line that climbs is a drift.",
    source="SPASM (anchor drift), window of 4 own turns",
    cost="light",
    inputs="the speaker's own turns and the single facts of the speaker",
    formula="d_t = 1 - cos(E(persona), mean of E(own turns t-3 to t))",
)
DELTA = Metric(
    name="meaning.drift.delta",
    title="Drift from first to last third",
    unit="difference of 1 - cosine",
    low=-2.0,
    high=2.0,
    better="lower",
    needs="embeddings",
    how_to_read="How much further from the persona the last third of the turns is than the first; 0 is steady.",
    source=METRIC.source,
    scope="speaker",
    cost="light",
    inputs=METRIC.inputs,
    formula="mean of d_t over the last third of own turns - mean over the first third",
)
SLOPE = Metric(
    name="meaning.drift.slope",
    title="Drift per turn",
    unit="1 - cosine per own turn",
    low=None,
    high=None,
    better="lower",
    needs="embeddings",
    how_to_read="How much the distance from the persona grows with each own turn; 0 is steady.",
    source=METRIC.source,
    scope="speaker",
    cost="light",
    inputs=METRIC.inputs,
    formula="least-squares slope of d_t over the own turns",
)
METRICS = (METRIC, DELTA, SLOPE)


class AnchorDrift:
    """Anchor drift on its way through a conversation."""

    def __init__(self, about: About) -> None:
        self._facts = facts_of_cast(about)
        self._recent: dict[str, deque[tuple[int, Vector]]] = {}
        self._values: dict[str, list[float]] = {}
        self._n_lines = 0

    def add(self, line: Line) -> list[ScoreValue]:
        """Scores the last turns of a speaker against all facts of that speaker as one text."""
        self._n_lines += 1
        facts = self._facts.get(line.speaker)
        if facts is None:
            return [ScoreValue(METRIC.name, None, NO_PERSONA)]
        vector = vector_of(line.text)
        if is_blank(vector):
            return [ScoreValue(METRIC.name, None, NO_WORDS)]
        recent = self._recent.setdefault(line.speaker, deque(maxlen=WINDOW))
        recent.append((self._n_lines, vector))
        mean: Vector = np.sum([one for _, one in recent], axis=0, dtype=np.float32)
        value = 1 - cosine(facts.whole, mean)
        self._values.setdefault(line.speaker, []).append(value)
        unit: Vector = mean / max(float(np.linalg.norm(mean)), 1e-12)
        evidence = {"turns": [number for number, _ in recent], **facts.nearest(unit).evidence()}
        return [ScoreValue(METRIC.name, value, evidence=evidence)]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        """Scores the trend of each speaker."""
        return {speaker: [_delta(values), _slope(values)] for speaker, values in self._values.items()}


def thirds(values: Sequence[float]) -> tuple[float, float]:
    """Returns the means of the first and of the last third of three values or more."""
    n = len(values) // 3
    return math.fsum(values[:n]) / n, math.fsum(values[-n:]) / n


def slope(values: Sequence[float]) -> float:
    """Returns the least-squares slope over places 0, 1, 2 … of two values or more."""
    middle = (len(values) - 1) / 2
    variation = math.fsum((place - middle) ** 2 for place in range(len(values)))
    return math.fsum((place - middle) * value for place, value in enumerate(values)) / variation


def cohens_d(ours: Sequence[float], others: Sequence[float]) -> float | None:
    """Returns by how many pooled standard deviations the mean of ours is above the others'.

    None with fewer than two values on a side, and where no side varies.

    Source: Cohen (1988), d with the pooled sample standard deviation.
    """
    if min(len(ours), len(others)) < 2:
        return None
    (mean, sum_of_squares), (other_mean, other_squares) = _moments(ours), _moments(others)
    pooled = math.sqrt((sum_of_squares + other_squares) / (len(ours) + len(others) - 2))
    return (mean - other_mean) / pooled if pooled else None


def _moments(values: Sequence[float]) -> tuple[float, float]:
    mean = math.fsum(values) / len(values)
    return mean, math.fsum((value - mean) ** 2 for value in values)


def _delta(values: Sequence[float]) -> ScoreValue:
    if (missing := _too_few(DELTA, values)) is not None:
        return missing
    first, last = thirds(values)
    return ScoreValue(DELTA.name, last - first, evidence={"first": first, "last": last, "n_turns": len(values)})


def _slope(values: Sequence[float]) -> ScoreValue:
    if (missing := _too_few(SLOPE, values)) is not None:
        return missing
    return ScoreValue(SLOPE.name, slope(values), evidence={"n_turns": len(values)})


def _too_few(metric: Metric, values: Sequence[float]) -> ScoreValue | None:
    if len(values) >= MIN_TURNS:
        return None
    return ScoreValue(metric.name, None, f"A trend needs {MIN_TURNS} turns of the character.")


MEASURE = Measure(METRICS, AnchorDrift)
