"""The catalogue of measures: what each is called, its unit and range, and how to read it. Measures nothing."""

from dataclasses import dataclass
from typing import Literal

from core.errors import UserError

Better = Literal["higher", "lower", "reference", "neither"]
Needs = Literal["nothing", "log-probabilities", "human reference"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure, as a user meets it."""

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


_CATALOGUE = (
    Metric(
        name="grounding",
        title="Grounding",
        unit="nats per token",
        low=None,
        high=None,
        better="higher",
        needs="log-probabilities",
        how_to_read="Above 0, the persona made these words likelier; near 0, anybody could have said them.",
        source="Tableread: mutual information of turn and persona per token",
    ),
    Metric(
        name="drift",
        title="Drift",
        unit="nats per token",
        low=0.0,
        high=None,
        better="lower",
        needs="log-probabilities",
        how_to_read="How far the conversation has pulled the character from its persona, read afresh; 0 is not at all.",
        source="Drift No More (turn-wise KL divergence)",
    ),
    Metric(
        name="echo",
        title="Echo",
        unit="share of words in common",
        low=0.0,
        high=1.0,
        better="lower",
        needs="nothing",
        how_to_read="How many words the turn takes from the one it answers; a line that climbs is a parrot.",
        source="SPASM (lexical echo), Jaccard (1912)",
    ),
    Metric(
        name="voice.mattr",
        title="Variety of words, nearby",
        unit="share of distinct words",
        low=0.0,
        high=1.0,
        better="reference",
        needs="nothing",
        how_to_read="How many of 50 words in a row are different; it starts high, then is best near the human mean.",
        source="Covington and McFall (2010), MATTR with a window of 50",
    ),
    Metric(
        name="voice.hdd",
        title="Variety of words, overall",
        unit="share of distinct words",
        low=0.0,
        high=1.0,
        better="reference",
        needs="nothing",
        how_to_read="How many of 42 words picked by chance are different; best near the human mean.",
        source="McCarthy and Jarvis (2007), HD-D with samples of 42",
    ),
    Metric(
        name="voice.yule_k",
        title="Repetition of words",
        unit="repeats in 10,000 pairs",
        low=0.0,
        high=10_000.0,
        better="reference",
        needs="nothing",
        how_to_read="How often two words picked by chance are the same; best near the human mean, high is repetitive.",
        source="Yule (1944), characteristic K",
    ),
    Metric(
        name="voice.z",
        title="Distance from human voice",
        unit="standard deviations",
        low=0.0,
        high=None,
        better="lower",
        needs="human reference",
        how_to_read="How unlike people's the choice of words is at this length; people are at 0.8, few are above 2.",
        source="MirrorBench (human-anchored z-scores), mean of the absolute values",
    ),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _CATALOGUE}


def parse_metric_names(text: str) -> tuple[str, ...]:
    """Parses names separated by commas, such as `grounding,voice`; the name of a group selects all its members.

    Returns each name once, in the order asked for. Raises UserError for an unknown name, and for none at all.
    """
    asked = [name.strip() for name in text.split(",") if name.strip()]
    if not asked:
        raise UserError("No metric is named.", _known_names())
    return tuple(dict.fromkeys(name for word in asked for name in _select(word)))


def _select(word: str) -> list[str]:
    names = [name for name in METRICS if name == word or name.startswith(f"{word}.")]
    if not names:
        raise UserError(f"There is no metric “{word}”.", _known_names())
    return names


def _known_names() -> str:
    return f"Choose from: {', '.join(METRICS)}."
