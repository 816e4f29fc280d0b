"""What a measure returns: a value or the reason why there is none, and the evidence. Knows no database."""

import math
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ScoreValue:
    """The score of one metric. Exactly one of `value` and `reason` is set; a value is finite."""

    metric: str
    """A name of `core.fidelity.catalogue.METRICS`."""
    value: float | None
    reason: str | None = None
    """Why there is no value, as a sentence for the user."""
    evidence: dict[str, Any] = field(default_factory=dict)
    """Which words, which tokens: plain JSON, the shape is the metric's own."""

    def __post_init__(self) -> None:
        """Raises ValueError where the invariant does not hold: that is a bug of the measure."""
        if (self.value is None) == (not self.reason):
            raise ValueError(
                f"{self.metric}: a score has either a value or a reason, not {self.value!r}, {self.reason!r}"
            )
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"{self.metric}: a score is finite, not {self.value!r}")
