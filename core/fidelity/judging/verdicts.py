"""What a judge answered, or why that is no verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

How = Literal["probabilities", "samples"]


@dataclass(frozen=True, slots=True)
class NotJudged:
    """Why there is no verdict, as a sentence for the user."""

    reason: str


@dataclass(frozen=True, slots=True)
class Choice:
    """How likely a judge takes each of some options."""

    options: tuple[str, ...]
    probabilities: tuple[float, ...]
    """In the order of the options; they sum to 1."""
    how: How
    """From option probabilities, or from how often each was written."""
    position_bias: float | None = None
    """Half the sum of how far the places' mean probabilities are from equal, [0, 1 - 1/n]; None: one order only."""
    self_agreement: float | None = None
    """Share of pairs of samples or orders that choose alike, [0, 1]; None: there was one only."""
    rationale: str = ""
    n_failed: int = 0
    """Samples that could not be read."""
    votes: tuple[int, ...] = ()
    """Place of the option that each order of the list, or each sample, chose."""
    mass: float | None = None
    """Probability that the judge answers with any of the options, [0, 1]; of a low one, samples were taken."""

    @property
    def best(self) -> int:
        """The place of the likeliest option; of equals the first."""
        return max(range(len(self.options)), key=lambda place: (self.probabilities[place], -place))


@dataclass(frozen=True, slots=True)
class Rating:
    """A number on a scale."""

    value: float
    """Expected value over the scale's points, or the mean of the samples."""
    probabilities: Mapping[int, float]
    """Point of the scale -> share; they sum to 1."""
    how: How
    self_agreement: float | None = None
    rationale: str = ""
    n_failed: int = 0
    votes: tuple[int, ...] = ()
    """The point that each sample gave."""
    mass: float | None = None
    """Probability that the judge answers with any point at all, [0, 1]; of a low one, samples were taken."""


@dataclass(frozen=True, slots=True)
class Preference:
    """Which of two is better, asked in both orders."""

    p_first: float
    """Probability that the first is better, a tie counted half, both orders averaged, [0, 1]."""
    p_tie: float
    is_consistent: bool
    """Whether both orders name the same winner."""
    how: How
    rationale: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)
