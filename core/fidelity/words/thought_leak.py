"""Thoughts that leak into speech: whether a turn says aloud what its speaker had just thought in private.

Source: ToMATO (methods 2.21), leak rate.
"""

from collections.abc import Mapping, Sequence

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue
from core.fidelity.words.overlap import rouge_l

METRIC = Metric(
    name="thought-leak",
    title="Thoughts said aloud",
    unit="share",
    low=0.0,
    high=1.0,
    better="lower",
    needs="nothing",
    how_to_read="Share of turns whose speech repeats the private thought behind it.",
    source="ToMATO (leak rate)",
    inputs="the thought and the words of each turn",
    formula="1 where ROUGE-L of thought and speech is above 0.7, else 0",
)
LEAK_ABOVE = 0.7


def score_leak(line: Line) -> ScoreValue:
    """Scores whether a turn says its own thought aloud."""
    if not line.thought.strip():
        return ScoreValue(METRIC.name, None, "The turn has no private thought.")
    if not line.text.strip():
        return ScoreValue(METRIC.name, None, "The turn has no words.")
    overlap = rouge_l(line.thought, line.text)
    return ScoreValue(METRIC.name, float(overlap > LEAK_ABOVE), evidence={"rouge_l": overlap, "thought": line.thought})


class _Leaks:
    """Looks at each turn by itself."""

    def __init__(self, _about: About) -> None:
        pass

    def add(self, line: Line) -> list[ScoreValue]:
        return [score_leak(line)]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        return {}


MEASURE = Measure((METRIC,), _Leaks)
