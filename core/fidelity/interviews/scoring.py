"""From answers to scales: sums by key, how sure they are, and whether the answers hang together. Pure arithmetic."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.fidelity.interviews.answer import Answer
from core.fidelity.interviews.questionnaire import Questionnaire, Scale

MIN_ANSWERED = 0.5
"""Of the items of a scale, the share that must be answered for a sum."""


@dataclass(frozen=True, slots=True)
class ScaleScore:
    """The sum of a scale's items, reversed ones turned round."""

    scale: Scale
    value: float | None
    low: float
    high: float
    spread: float | None
    """Standard deviation of the sum, were each answer drawn from its probabilities; None: they are not known."""
    n_items: int
    n_answered: int
    reason: str | None = None

    @property
    def percent(self) -> float | None:
        """The value between the least (0) and the greatest (100) that can be."""
        return None if self.value is None else 100 * (self.value - self.low) / (self.high - self.low)

    @property
    def percent_spread(self) -> float | None:
        """The spread in the same unit."""
        return None if self.spread is None else 100 * self.spread / (self.high - self.low)

    def to_document(self) -> dict[str, Any]:
        """Returns what a row keeps. JSON."""
        return {
            "title": self.scale.title,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "spread": self.spread,
            "n_items": self.n_items,
            "n_answered": self.n_answered,
            "reason": self.reason,
        }


def keyed(questionnaire: Questionnaire, value: float, is_reversed: bool) -> float:
    """Returns an answer as it counts: x, or max + min - x for a reversed item.

    Source: InCharacter (methods 2.16).
    """
    return questionnaire.low + questionnaire.high - value if is_reversed else value


def score_scales(questionnaire: Questionnaire, answers: Sequence[Answer]) -> dict[str, ScaleScore]:
    """Sums up each scale. An item without an answer counts as the middle, as long as half of the scale is answered.

    Source: IPIP-50 key and InCharacter's middle for what cannot be read (methods 2.16). We differ: where more than half
    is missing there is no sum.
    """
    return {scale.name: _score(questionnaire, scale, answers) for scale in questionnaire.scales}


def _score(questionnaire: Questionnaire, scale: Scale, answers: Sequence[Answer]) -> ScaleScore:
    items = questionnaire.items_of(scale.name)
    found = {answer.item.number: answer for answer in answers if answer.item.scale == scale.name}
    given = [answer for answer in found.values() if answer.value is not None]
    low, high = len(items) * questionnaire.low, len(items) * questionnaire.high
    if len(given) < MIN_ANSWERED * len(items) or not given:
        reason = f"Only {len(given)} of {len(items)} items were answered."
        return ScaleScore(scale, None, low, high, None, len(items), len(given), reason)
    total = math.fsum(keyed(questionnaire, answer.value or 0.0, answer.item.is_reversed) for answer in given)
    total += (len(items) - len(given)) * questionnaire.middle
    known = [answer.variance for answer in given if answer.probabilities]
    spread = math.sqrt(math.fsum(known)) if len(known) == len(given) else None
    return ScaleScore(scale, total, low, high, spread, len(items), len(given))


def acquiescence(questionnaire: Questionnaire, answers: Sequence[Answer]) -> float | None:
    """Returns the mean raw answer less the middle: above 0, whoever answers says yes to everything. None: no answers.

    Source: methods 2.16.
    """
    values = [answer.value for answer in answers if answer.value is not None]
    return math.fsum(values) / len(values) - questionnaire.middle if values else None


def stability(values: Sequence[float | None]) -> float | None:
    """Returns the sample standard deviation of a scale over several points of a scene; None for fewer than two.

    Source: methods 2.16 (turns 0, 10 and 20).
    """
    known = [value for value in values if value is not None]
    return statistics.stdev(known) if len(known) > 1 else None


def cronbach_alpha(rows: Sequence[Sequence[float]]) -> float | None:
    """Returns k / (k - 1) (1 - sum of the items' variances / variance of the sums).

    Args:
        rows: One a form that was filled in, each with the keyed answers to the same k items.

    Returns:
        At most 1; None for fewer than two forms or items, and where all forms have the same sum.

    Source: Cronbach (1951); sample variances.
    """
    n_items = len(rows[0]) if rows else 0
    if len(rows) < 2 or n_items < 2:
        return None
    of_sums = statistics.variance([math.fsum(row) for row in rows])
    if of_sums <= 1e-12:
        return None
    of_items = math.fsum(statistics.variance(column) for column in zip(*rows, strict=True))
    return n_items / (n_items - 1) * (1 - of_items / of_sums)


def keyed_rows(
    questionnaire: Questionnaire, scale: str, forms: Sequence[Mapping[int, float | None]]
) -> list[list[float]]:
    """Returns the keyed answers of several forms for `cronbach_alpha`; what is missing is the middle.

    Args:
        forms: Number of the item -> raw answer.
    """
    rows = []
    for form in forms:
        values = [(item, form.get(item.number)) for item in questionnaire.items_of(scale)]
        rows.append(
            [
                questionnaire.middle if value is None else keyed(questionnaire, value, item.is_reversed)
                for item, value in values
            ]
        )
    return rows
