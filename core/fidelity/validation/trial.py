"""The trial of the measures: every dialogue and its spoilt copies are measured, and the two kinds compared.

One value stands for a dialogue: of the one speaker who is looked at, so that the pairs are independent.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.fidelity.measuring import WHOLE, Measure, Measured, measure
from core.fidelity.metric import Metric
from core.fidelity.validation.auc import Separation, in_order, separate
from core.fidelity.validation.corruptions import CORRUPTIONS, Corruption, Spoilt, spoil
from core.fidelity.validation.dialogues import Dialogue, find_donor

MIN_PAIRS = 2
"""Fewer tell nothing, and are left out."""


class Scorer(Protocol):
    """Measures one dialogue, or at least its target."""

    def __call__(self, dialogue: Dialogue, places: Collection[int]) -> Measured:
        """Returns what was found; the lines at `places` (from 0) have to be among those that were scored."""


@dataclass(frozen=True, slots=True)
class Result:
    """How well a metric notices a corruption."""

    metric: str
    corruption: str
    separation: Separation

    def row(self) -> dict[str, str | float | int]:
        """Returns what the command line prints."""
        found = self.separation
        return {
            "metric": self.metric,
            "corruption": self.corruption,
            "auc": round(found.auc, 4),
            "low": round(found.low, 4),
            "high": round(found.high, 4),
            "n": found.n,
        }


@dataclass(slots=True)
class Trial:
    """What has been found so far: after any number of dialogues there are results."""

    metrics: Mapping[str, Metric]
    """The metrics tried, by name."""
    score: Scorer
    seed: int = 0
    _pairs: dict[tuple[str, str], list[tuple[float, float]]] = field(default_factory=dict)

    def run(self, dialogues: Sequence[Dialogue]) -> Iterator[Dialogue]:
        """Tries the metrics on dialogues; yields each when it is done."""
        for place, dialogue in enumerate(dialogues):
            donor = find_donor(place, dialogues)
            if donor is not None:
                self._try(dialogue, donor)
            yield dialogue

    def results(self) -> list[Result]:
        """Returns what is known so far, in the order of the metrics and corruptions."""
        return [
            Result(name, corruption.name, self._compare(metric, self._pairs[name, corruption.name]))
            for name, metric in self.metrics.items()
            for corruption in CORRUPTIONS
            if len(self._pairs.get((name, corruption.name), ())) >= MIN_PAIRS
        ]

    def _try(self, dialogue: Dialogue, donor: Dialogue) -> None:
        copies = {one: spoil(one, dialogue, donor, self.seed) for one in CORRUPTIONS}
        places = {copy.places[0] for one, copy in copies.items() if copy is not None and one.looked == "line"}
        clean = self.score(dialogue, places)
        for corruption, spoilt in copies.items():
            if spoilt is not None:
                self._keep(corruption, dialogue, spoilt, clean, self.score(spoilt.dialogue, places))

    def _keep(
        self, corruption: Corruption, dialogue: Dialogue, spoilt: Spoilt, clean: Measured, found: Measured
    ) -> None:
        for name, metric in self.metrics.items():
            before, after = (_value(metric, corruption, dialogue, spoilt, one) for one in (clean, found))
            if before is not None and after is not None:
                self._pairs.setdefault((name, corruption.name), []).append((before, after))

    @staticmethod
    def _compare(metric: Metric, pairs: Sequence[tuple[float, float]]) -> Separation:
        clean, spoilt = zip(*pairs, strict=True)
        return separate(*in_order(clean, spoilt, metric.better))


def measures_scorer(measures: Sequence[Measure]) -> Scorer:
    """Returns what measures a dialogue without any weights."""
    return lambda dialogue, _places: measure(dialogue.about, dialogue.lines, measures)


def _value(metric: Metric, corruption: Corruption, dialogue: Dialogue, spoilt: Spoilt, found: Measured) -> float | None:
    """The number that stands for a dialogue; None where the metric has none."""
    if corruption.looked == "line" and metric.scope == "turn":
        line = found.by_line[spoilt.places[0]]
        return next((score.value for score in line if score.metric == metric.name), None)
    own = _summary(found, dialogue.target, metric.name)
    whole = _summary(found, WHOLE, metric.name)
    if corruption.looked == "everybody":
        return whole if whole is not None else _mean_of_all(found, metric.name)
    return own if own is not None else whole


def _summary(found: Measured, speaker: str, metric: str) -> float | None:
    score = found.summaries.get(speaker, {}).get(metric)
    return None if score is None else score.value


def _mean_of_all(found: Measured, metric: str) -> float | None:
    values = [_summary(found, speaker, metric) for speaker in found.summaries]
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
