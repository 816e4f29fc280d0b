"""Coherence: whether a turn takes up the turn before it, rather than any other of the conversation."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.fidelity.conversation import About, Line
from core.fidelity.meaning.persona import NO_WORDS
from core.fidelity.meaning.vectors import Vector, is_blank, vector_of
from core.fidelity.measuring import WHOLE, Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

METRIC = Metric(
    name="meaning.coherence",
    title="Coherence with the turn before",
    unit="difference of cosines",
    low=-2.0,
    high=2.0,
    better="higher",
    needs="embeddings",
    how_to_read="Above 0 the turn takes up what was said last; at 0 it might as well answer any other turn.",
    source="Tableread; the alternatives stand for chance, as shuffled pairs do in SPASM",
    cost="light",
    inputs="a turn, the last turn by anybody else, and the turns around them",
    formula="turn: cos(turn, last) - mean cos(turn, the others' turns before that); speaker and conversation: mean of "
    "cos(turn, last) - 1/2 mean cos(turn, others' turns near it) - 1/2 mean cos(last, others' turns near it)",
)
LOOK_BACK = 12
"""Lines before a turn among which it may have its answer."""
NEAR = 24
"""Lines to each side that count as alternatives, once they are known."""
COPY = 0.97
"""From this cosine on a turn takes nothing up: it says the same again, which is the matter of echo."""
_SAME_AGAIN = "The turn says the last one again: that is echo, and no answer."
_NOTHING_BEFORE = "Nobody else has spoken yet."
_NOTHING_TO_COMPARE = "Too little has been said before to compare with."


class Said(NamedTuple):
    """A line: who said it, and what it means."""

    speaker: str
    vector: Vector


class Coherence:
    """Coherence on its way through a conversation.

    Source: ours. A turn's likeness to the last turn says little by itself: short turns are like nothing, and a
    conversation about one thing is like itself throughout. Against the other turns of the same conversation it is 0
    by chance, whoever talks about whatever. The alternatives of a turn in play are those before it; of a finished
    conversation those after it as well, and both ways, which tells orders apart better (`tableread validate`).
    """

    def __init__(self, _about: About) -> None:
        self._said: list[Said] = []
        self._last: dict[int, int] = {}
        """Line -> the last line by anybody else before it, of those that can be compared; from 0."""

    def add(self, line: Line) -> list[ScoreValue]:
        """Compares a turn with the last one by anybody else, and with those before that one."""
        now = len(self._said)
        said = Said(line.speaker, vector_of(line.text))
        self._said.append(said)
        last = next((place for place in self._back(now) if self._said[place].speaker != line.speaker), None)
        if last is None:
            return [ScoreValue(METRIC.name, None, _NOTHING_BEFORE)]
        if is_blank(said.vector) or is_blank(self._said[last].vector):
            return [ScoreValue(METRIC.name, None, NO_WORDS)]
        if float(said.vector @ self._said[last].vector) >= COPY:
            return [ScoreValue(METRIC.name, None, _SAME_AGAIN, {"turn": last + 1})]
        self._last[now] = last
        return [self._score(now, last)]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        """Scores each speaker's turns and the whole conversation against all alternatives near them."""
        contrasts = _contrasts(self._said, self._last)
        by_speaker: dict[str, list[float]] = {WHOLE: list(contrasts.values())}
        for place, contrast in contrasts.items():
            by_speaker.setdefault(self._said[place].speaker, []).append(contrast)
        return {speaker: [_mean(values)] for speaker, values in by_speaker.items()}

    def _back(self, now: int) -> range:
        return range(now - 1, max(now - 1 - LOOK_BACK, -1), -1)

    def _score(self, now: int, last: int) -> ScoreValue:
        speaker, vector = self._said[now]
        others = [
            self._said[place].vector
            for place in self._back(now)
            if place < last and self._said[place].speaker != speaker and not is_blank(self._said[place].vector)
        ]
        if not others:
            return ScoreValue(METRIC.name, None, _NOTHING_TO_COMPARE)
        own, chance = float(self._said[last].vector @ vector), float((np.stack(others) @ vector).mean())
        evidence = {"turn": last + 1, "cosine": own, "others": chance, "n_others": len(others)}
        return ScoreValue(METRIC.name, own - chance, evidence=evidence)


def _contrasts(said: Sequence[Said], last: Mapping[int, int]) -> dict[int, float]:
    """Returns line -> how much closer it is to its last than both are to the others' turns near them."""
    if not last:
        return {}
    vectors = np.stack([one.vector for one in said])
    totals, counts = _near(said, vectors)
    found = {}
    for now, before in last.items():
        alike = float(vectors[now] @ vectors[before])
        if counts[now] > 1 and counts[before] > 1 and now - before <= NEAR:
            chances = ((totals[place] - alike) / (counts[place] - 1) for place in (now, before))
            found[now] = alike - float(sum(chances)) / 2
    return found


def _near(said: Sequence[Said], vectors: Vector) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Returns for each line the sum of its cosines with others' lines near it, and how many these are."""
    numbers = {speaker: number for number, speaker in enumerate(dict.fromkeys(one.speaker for one in said))}
    speakers = np.array([numbers[one.speaker] for one in said])
    spoken: NDArray[np.bool_] = np.any(vectors, axis=1)
    totals, counts = np.zeros(len(said)), np.zeros(len(said), np.intp)
    for gap in range(1, min(NEAR, len(said) - 1) + 1):
        pairs = (speakers[:-gap] != speakers[gap:]) & spoken[:-gap] & spoken[gap:]
        cosines = np.einsum("ij,ij->i", vectors[:-gap], vectors[gap:]) * pairs
        totals[:-gap] += cosines
        totals[gap:] += cosines
        counts[:-gap] += pairs
        counts[gap:] += pairs
    return totals, counts


def _mean(values: Sequence[float]) -> ScoreValue:
    if not values:
        return ScoreValue(METRIC.name, None, _NOTHING_TO_COMPARE)
    return ScoreValue(METRIC.name, sum(values) / len(values), evidence={"n_turns": len(values)})


MEASURE = Measure((METRIC,), Coherence)
