"""What a measure says of itself: what it is called, its unit and range, what it needs, and how to read it."""

from dataclasses import dataclass
from typing import Literal

Better = Literal["higher", "lower", "reference", "neither"]
Needs = Literal["nothing", "embeddings", "log-probabilities", "judge", "human reference"]
Scope = Literal["turn", "speaker", "conversation"]
Cost = Literal["free", "light", "weights", "judge"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure, as a user meets it. It stands in the file of its formula."""

    name: str
    """Stable: it is stored with every score. A dot separates a group from its members."""
    title: str
    unit: str
    low: float | None
    """Least value that can occur; None when there is no such bound."""
    high: float | None
    """Greatest value that can occur; None when there is no such bound."""
    better: Better
    """Which way is better; `reference` means near to the human mean."""
    needs: Needs
    """What must be there besides the text."""
    how_to_read: str
    """One sentence for the user."""
    source: str
    scope: Scope = "turn"
    """What one value is about: a turn, all that one speaker said, or the whole conversation."""
    cost: Cost = "free"
    """Of one turn. `free`: under 0.2 ms; `light`: under 5 ms; `weights`: some readings of the turn by the weights;
    `judge`: questions to a judge, which take as long as writing does."""
    is_cumulative: bool = False
    """Whether a turn's value is about all that its speaker has said so far, so that it changes slowly by its nature."""
    inputs: str = "the words of the turns"
    """What it reads, in words."""
    formula: str = ""
    """The formula in one line; empty where `how_to_read` says it all."""
