"""Adherence: how close what a character says comes to what is known of it, statement by statement."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.fidelity.conversation import About, Line
from core.fidelity.meaning.persona import NO_PERSONA, NO_WORDS, Facts, facts_of_cast
from core.fidelity.meaning.vectors import Vector, is_blank, vector_of
from core.fidelity.measuring import Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

METRIC = Metric(
    name="meaning.adherence",
    title="Adherence to the persona",
    unit="cosine",
    low=-1.0,
    high=1.0,
    better="higher",
    needs="embeddings",
    how_to_read="How close the turn comes to the nearest fact of its character; most turns of small talk are far.",
    source="Eval4Sim (adherence), with the house embedder in place of ColBERT",
    cost="light",
    inputs="the turns and the single facts of their speakers",
    formula="turn: max cos(turn, statement); speaker: root mean square of the best turn's over statements",
)


class Adherence:
    """Adherence on its way through a conversation."""

    def __init__(self, about: About) -> None:
        self._facts = facts_of_cast(about)
        self._best = {speaker: Best(facts) for speaker, facts in self._facts.items()}
        self._n_lines = 0

    def add(self, line: Line) -> list[ScoreValue]:
        """Scores a turn against the facts of its speaker."""
        self._n_lines += 1
        facts = self._facts.get(line.speaker)
        if facts is None:
            return [ScoreValue(METRIC.name, None, NO_PERSONA)]
        vector = vector_of(line.text)
        if is_blank(vector):
            return [ScoreValue(METRIC.name, None, NO_WORDS)]
        self._best[line.speaker].add(vector, self._n_lines)
        nearest = facts.nearest(vector)
        return [ScoreValue(METRIC.name, nearest.cosine, evidence=nearest.evidence())]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        """Scores whole personas, by the turn that comes closest to each statement."""
        return {speaker: [_sum_up(best)] for speaker, best in self._best.items() if best.n_turns}


class Best:
    """For each statement of a character the turn that came closest to it so far."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.n_turns = 0
        self._cosines = np.full(len(facts), -1.0, np.float32)
        self._turns = np.zeros(len(facts), np.intp)

    def add(self, vector: Vector, number: int) -> None:
        """Takes the vector of the next turn, and its number in the conversation."""
        cosines = self.facts.vectors @ vector
        better = cosines > self._cosines
        self._cosines[better] = cosines[better]
        self._turns[better] = number
        self.n_turns += 1

    @property
    def fit(self) -> float:
        """Root of the mean over the statements of the squared cosine of the best turn, in [0, 1]; below 0 counts as 0.

        A few statements that are clearly shown say more than all of them faintly.
        """
        return float(min(1.0, np.sqrt((np.maximum(self._cosines, 0) ** 2).mean())))

    def evidence(self) -> list[dict[str, Any]]:
        """Returns each statement with the turn that came closest to it, the best shown first."""
        order = np.argsort(-self._cosines, kind="stable")
        return [
            self.facts.at(int(place), float(self._cosines[place])).evidence() | {"turn": int(self._turns[place])}
            for place in order
        ]


def _sum_up(best: Best) -> ScoreValue:
    evidence = {"n_turns": best.n_turns, "statements": best.evidence()}
    return ScoreValue(METRIC.name, best.fit, evidence=evidence)


MEASURE = Measure((METRIC,), Adherence)
