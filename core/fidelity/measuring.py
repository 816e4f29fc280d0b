"""How a measure goes through a conversation: line by line, so that a scene is measured while it is played.

What a line costs must hardly depend on how many came before.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.fidelity.conversation import About, Line
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

WHOLE = ""
"""Stands for the conversation where a speaker's id could stand."""


class Measuring(Protocol):
    """One measure on its way through one conversation. For one thread."""

    def add(self, line: Line) -> list[ScoreValue]:
        """Takes the next line; returns its scores, one for each of the measure's metrics whose scope is the turn."""

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        """Returns scores of all lines so far, by speaker; those of the whole conversation under `WHOLE`.

        A metric whose scope is the turn may have a summary as well; without one, the mean of its turns stands.
        """


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: what it yields, and how it begins with a conversation."""

    metrics: tuple[Metric, ...]
    begin: Callable[[About], Measuring]


@dataclass(frozen=True, slots=True)
class Measured:
    """What measures found in a conversation."""

    by_line: tuple[tuple[ScoreValue, ...], ...]
    summaries: Mapping[str, Mapping[str, ScoreValue]]
    """Speaker, or `WHOLE` -> metric -> score."""


def measure(about: About, lines: Iterable[Line], measures: Sequence[Measure]) -> Measured:
    """Measures a whole conversation."""
    running = [one.begin(about) for one in measures]
    by_line: list[tuple[ScoreValue, ...]] = []
    found: dict[str, dict[str, list[ScoreValue]]] = {}
    for line in lines:
        scores = tuple(score for one in running for score in one.add(line))
        by_line.append(scores)
        of_speaker = found.setdefault(line.speaker, {})
        for score in scores:
            of_speaker.setdefault(score.metric, []).append(score)
    summaries = {
        speaker: {metric: mean_score(metric, scores) for metric, scores in of_metric.items()}
        for speaker, of_metric in found.items()
    }
    for one in running:
        for speaker, summed in one.sum_up().items():
            summaries.setdefault(speaker, {}).update({score.metric: score for score in summed})
    return Measured(tuple(by_line), summaries)


def mean_score(metric: str, scores: Sequence[ScoreValue]) -> ScoreValue:
    """Returns the mean of the scores that have a value, or why there is none."""
    values = [score.value for score in scores if score.value is not None]
    if not values:
        return ScoreValue(
            metric, None, next((score.reason for score in reversed(scores)), None) or "No turn was scored."
        )
    return ScoreValue(metric, sum(values) / len(values), evidence={"n_turns": len(values)})
