"""A few labels as answers to a question, and how likely weights take each: a classifier out of log-probabilities."""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field

from core.inference.request import Ask, Message, Score, Scored
from core.inference.unsupported import Unsupported

YES_NO = ("yes", "no")
STANDINGS = ("entailed", "neutral", "contradicted")
MIN_TEMPERATURE, MAX_TEMPERATURE = 0.05, 20.0
_N_STEPS = 80


@dataclass(frozen=True, slots=True)
class Verbaliser:
    """Weights that say which of some labels fits."""

    ask: Ask
    lane: str = "verbaliser"
    temperatures: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    """For some sets of labels, found by `calibrate`; above 1 they take sureness away. Others: as the weights say."""

    def weigh(self, messages: tuple[Message, ...], labels: tuple[str, ...]) -> tuple[float, ...]:
        """Returns the share of each label, which sum to 1.

        The log-probability of a label is that of its whole text; shares are among the labels alone.

        Raises:
            CancelledError: The user stopped.
            UserError: The weights cannot be run, or tell no probabilities.
        """
        return shares(self.logprobs(messages, labels), self.temperatures.get(labels, 1.0))

    def logprobs(self, messages: tuple[Message, ...], labels: Sequence[str]) -> list[float]:
        """Returns the log-probability of each label in nats; raises as `weigh` does."""
        found = []
        for label in labels:
            scored = self.ask(Score(self.lane, messages, label))
            if not isinstance(scored, Scored):
                raise CancelledError
            found.append(math.fsum(scored.logprobs))
        return found


def shares(logprobs: Sequence[float], temperature: float = 1.0) -> tuple[float, ...]:
    """Returns the softmax of log-probabilities over a temperature.

    Raises:
        Unsupported: The weights give none of the answers a probability, or one that is no number.
    """
    highest = max(logprobs, default=-math.inf)
    if not math.isfinite(highest) or any(map(math.isnan, logprobs)):
        raise Unsupported("The weights gave none of the answers a probability that can be compared.")
    weights = [math.exp((one - highest) / temperature) for one in logprobs]
    return tuple(weight / math.fsum(weights) for weight in weights)


def calibrate(labelled: Sequence[tuple[Sequence[float], int]]) -> float:
    """Returns the temperature at which labelled questions are least surprising, 1 where there are none.

    Args:
        labelled: For each question the log-probabilities of its labels, and the place of the right one.

    The mean of the surprise is convex in 1 / temperature, so that a ternary search finds the least.

    Source: methods 2.3 (a temperature calibrated on hand labels); Guo et al. (2017), temperature scaling.
    """
    if not labelled:
        return 1.0
    low, high = 1 / MAX_TEMPERATURE, 1 / MIN_TEMPERATURE
    for _ in range(_N_STEPS):
        third = (high - low) / 3
        if _surprise(labelled, 1 / (low + third)) <= _surprise(labelled, 1 / (high - third)):
            high -= third
        else:
            low += third
    return 2 / (low + high)


def _surprise(labelled: Sequence[tuple[Sequence[float], int]], temperature: float) -> float:
    return math.fsum(_log_sum(row, temperature) - row[right] / temperature for row, right in labelled)


def _log_sum(row: Sequence[float], temperature: float) -> float:
    highest = max(row) / temperature
    return highest + math.log(math.fsum(math.exp(one / temperature - highest) for one in row))
