"""Think-act matching: whether what a character says goes with what it has just thought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.fidelity.conversation import About, Line
from core.fidelity.meaning.persona import NO_WORDS
from core.fidelity.meaning.vectors import Vector, is_blank, vector_of
from core.fidelity.measuring import Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

METRIC = Metric(
    name="meaning.think_act",
    title="Words that go with the thought",
    unit="cosine above other turns",
    low=-2.0,
    high=2.0,
    better="higher",
    needs="embeddings",
    how_to_read="How much closer a thought is to the words that follow it than to the character's other turns.",
    source="Beyond One World (think-act matching), less a control by other turns",
    cost="light",
    inputs="thoughts, and what their speakers said",
    formula="cos(thought, words of its turn) - mean cos(thought, words of own other turns so far)",
)
_NO_THOUGHT = "The turn has no thought."
_NO_OTHER = "There is no other turn of the character yet to compare the thought with."


@dataclass(slots=True)
class _Pairs:
    """Thoughts and acts of one speaker, summed up."""

    acts: Vector
    """Sum of the vectors of all turns."""
    n_acts: int = 0
    thoughts: Vector | float = 0.0
    """Sum of the vectors of all thoughts."""
    matches: list[tuple[float, int]] = field(default_factory=list)
    """Cosine of each thought with its own turn, and the number of the turn."""


class ThinkAct:
    """Think-act matching on its way through a conversation."""

    def __init__(self, _about: About) -> None:
        self._pairs: dict[str, _Pairs] = {}
        self._n_lines = 0

    def add(self, line: Line) -> list[ScoreValue]:
        """Compares the thought of a turn with its words, and with what its speaker said before."""
        self._n_lines += 1
        act = vector_of(line.text)
        if is_blank(act):
            return [ScoreValue(METRIC.name, None, NO_WORDS)]
        pairs = self._pairs.setdefault(line.speaker, _Pairs(np.zeros_like(act)))
        score = self._score(pairs, line.thought, act)
        pairs.acts = pairs.acts + act
        pairs.n_acts += 1
        return [score]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        """Scores speakers: the mean over their pairs, less the mean over all pairs of a thought and another turn.

        We differ from the authors' code, which keeps the best pair and gives 0 where there is none.
        """
        return {speaker: [_sum_up(pairs)] for speaker, pairs in self._pairs.items() if pairs.matches}

    def _score(self, pairs: _Pairs, text: str, act: Vector) -> ScoreValue:
        thought = vector_of(text) if text.strip() else np.zeros_like(act)
        if is_blank(thought):
            return ScoreValue(METRIC.name, None, _NO_THOUGHT)
        match = float(thought @ act)
        pairs.matches.append((match, self._n_lines))
        pairs.thoughts = pairs.thoughts + thought
        if not pairs.n_acts:
            return ScoreValue(METRIC.name, None, _NO_OTHER, {"cosine": match})
        control = float(thought @ pairs.acts) / pairs.n_acts
        evidence = {"cosine": match, "control": control, "n_other_turns": pairs.n_acts}
        return ScoreValue(METRIC.name, match - control, evidence=evidence)


def _sum_up(pairs: _Pairs) -> ScoreValue:
    matches = [match for match, _ in pairs.matches]
    mean, (best, turn) = sum(matches) / len(matches), max(pairs.matches)
    evidence: dict[str, Any] = {"mean": mean, "max": best, "turn": turn, "n_pairs": len(matches)}
    n_other = len(matches) * (pairs.n_acts - 1)
    if not n_other:
        return ScoreValue(METRIC.name, None, _NO_OTHER, evidence)
    control = (float(np.sum(pairs.thoughts * pairs.acts)) - sum(matches)) / n_other
    return ScoreValue(METRIC.name, mean - control, evidence=evidence | {"control": control})


MEASURE = Measure((METRIC,), ThinkAct)
