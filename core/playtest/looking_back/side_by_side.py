"""Two branches side by side: the same number beside the same number, and what became of the scores. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.playtest import SpeakerKind


@dataclass(frozen=True, slots=True)
class SideTurn:
    """A turn as it is compared."""

    number: int
    """Place in its branch, from 1."""
    speaker_id: str
    speaker: str
    kind: SpeakerKind
    text: str
    thought: str | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    """Metric -> value; one that was not scored is missing."""
    turn_id: int = 0

    def says_as(self, other: "SideTurn") -> bool:
        """Whether another turn says the same: who, and every word, the thought too."""
        mine = (self.speaker_id, self.kind, self.text, self.thought or "")
        return mine == (other.speaker_id, other.kind, other.text, other.thought or "")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two branches."""

    name: str
    turns: Sequence[SideTurn]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two turns of the same number; one is missing where its branch is over."""

    left: SideTurn | None
    right: SideTurn | None
    is_same: bool
    """Both say the same."""

    @property
    def number(self) -> int:
        """The number of both."""
        return (self.left or self.right).number  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class Means:
    """What a metric is on average after the common beginning, on both sides; None where nothing was scored."""

    metric: str
    left: float | None
    right: float | None
    n_fewest: int = 0
    """Turns that were scored, on the side with fewer of them."""

    @property
    def change(self) -> float | None:
        """Right minus left."""
        return self.right - self.left if self.left is not None and self.right is not None else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two branches, aligned."""

    left: Side
    right: Side
    pairs: tuple[Pair, ...]
    n_common: int
    """Turns at the beginning that say the same on both sides."""

    @property
    def n_same_later(self) -> int:
        """Turns after the common beginning that say the same all the same."""
        return sum(pair.is_same for pair in self.pairs[self.n_common :])

    def means(self, metrics: Sequence[str]) -> list[Means]:
        """Returns the average of each metric after the common beginning; of those scored on either side."""
        found = [self._means_of(metric) for metric in metrics]
        return [one for one in found if one.left is not None or one.right is not None]

    def _means_of(self, metric: str) -> Means:
        left, right = (_values(side, metric, self.n_common) for side in (self.left, self.right))
        return Means(metric, _mean(left), _mean(right), min(len(left), len(right)))


def compare_sides(left: Side, right: Side) -> Comparison:
    """Lays two branches side by side by the numbers of their turns."""
    longest = max(len(left.turns), len(right.turns))
    pairs = []
    for place in range(longest):
        one = left.turns[place] if place < len(left.turns) else None
        other = right.turns[place] if place < len(right.turns) else None
        pairs.append(Pair(one, other, one is not None and other is not None and one.says_as(other)))
    n_common = next((place for place, pair in enumerate(pairs) if not pair.is_same), longest)
    return Comparison(left, right, tuple(pairs), n_common)


def _values(side: Side, metric: str, first: int) -> list[float]:
    values = [turn.scores[metric] for turn in side.turns[first:] if metric in turn.scores]
    return [value for value in values if math.isfinite(value)]


def _mean(values: list[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
