"""What somebody answered to one item, or why that is no answer."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.fidelity.interviews.questionnaire import Item


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one item, raw: not turned round where the item is reversed."""

    item: Item
    value: float | None
    """On the scale of the form; an expected value where there are probabilities."""
    reason: str | None = None
    """Why there is no value, as a sentence; None when there is one."""
    probabilities: Mapping[int, float] = field(default_factory=dict)
    """Point of the form -> share; empty where nothing is known of it."""
    mass: float | None = None
    """Probability that the answer is any point of the form: where it is low, the weights would say something else."""
    words: str = ""
    """What was said, where it was asked for in words."""

    @property
    def variance(self) -> float:
        """Of the value over its probabilities; 0 where nothing is known of them."""
        mean = sum(point * share for point, share in self.probabilities.items())
        return sum(share * (point - mean) ** 2 for point, share in self.probabilities.items())

    @property
    def entropy_bits(self) -> float | None:
        """How undecided the answer is; None where there are no probabilities."""
        if not self.probabilities:
            return None
        return -sum(share * math.log2(share) for share in self.probabilities.values() if share > 0)

    def to_document(self) -> dict[str, Any]:
        """Returns what a row keeps. JSON."""
        found: dict[str, Any] = {
            "number": self.item.number,
            "text": self.item.text,
            "scale": self.item.scale,
            "reversed": self.item.is_reversed,
            "value": self.value,
            "reason": self.reason,
        }
        if self.probabilities:
            found["probabilities"] = [self.probabilities[point] for point in sorted(self.probabilities)]
            found["entropy_bits"] = self.entropy_bits
        if self.mass is not None:
            found["mass"] = self.mass
        if self.words:
            found["open"] = self.item.open
            found["words"] = self.words
        return found
