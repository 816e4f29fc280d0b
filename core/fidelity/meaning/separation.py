"""Separation: whether the members of a cast say different things, and each what its own persona would."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.fidelity.conversation import About, Line
from core.fidelity.meaning.persona import Facts, facts_of_cast
from core.fidelity.meaning.vectors import Vector, cosine, is_blank, vector_of
from core.fidelity.measuring import WHOLE, Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

METRIC = Metric(
    name="meaning.separation",
    title="Separation of the speakers",
    unit="silhouette",
    low=-1.0,
    high=1.0,
    better="higher",
    needs="embeddings",
    how_to_read="Above 0 each speaker's turns lie nearer to its own than to another's; near 0 all sound alike.",
    source="SPASM (separation); Rousseeuw (1987), silhouettes, by cosine",
    scope="conversation",
    cost="light",
    formula="mean of (b - a) / max(a, b) over turns; a, b: mean 1 - cos to own turns, to the nearest other speaker's",
)
FOUND = Metric(
    name="meaning.separation.found",
    title="Personas told from what is said",
    unit="share of speakers",
    low=0.0,
    high=1.0,
    better="higher",
    needs="embeddings",
    how_to_read="Share of the cast whose turns, taken together, lie nearest to their own persona.",
    source="SPASM (retrieval of the persona by the centroid, top 1)",
    scope="conversation",
    cost="light",
    inputs="the turns and the single facts of the whole cast",
    formula="share of speakers with argmax over personas cos(mean of turns, E(persona)) = the own one",
)
METRICS = (METRIC, FOUND)
N_WORST = 5
Floats = NDArray[np.float64]


class Separation:
    """Separation on its way through a conversation: all is worked out in the end."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._vectors: list[Vector] = []
        self._speakers: list[str] = []
        self._numbers: list[int] = []
        self._n_lines = 0

    def add(self, line: Line) -> list[ScoreValue]:
        """Takes a turn; one without words belongs to nobody's."""
        self._n_lines += 1
        vector = vector_of(line.text)
        if not is_blank(vector):
            self._vectors.append(vector)
            self._speakers.append(line.speaker)
            self._numbers.append(self._n_lines)
        return []

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        """Scores the conversation."""
        return {WHOLE: [self._silhouette(), self._found()]}

    def _silhouette(self) -> ScoreValue:
        if len(set(self._speakers)) < 2 or len(self._speakers) == len(set(self._speakers)):
            return ScoreValue(METRIC.name, None, "It takes two speakers, one of whom has said two things.")
        values = silhouettes(np.stack(self._vectors), self._speakers)
        return ScoreValue(METRIC.name, float(values.mean()), evidence=self._evidence(values))

    def _evidence(self, values: Floats) -> dict[str, Any]:
        owners = np.array(self._speakers)
        by_speaker = {self._about.name(one): float(values[owners == one].mean()) for one in dict.fromkeys(owners)}
        worst = [
            {"turn": self._numbers[place], "value": float(values[place])} for place in np.argsort(values)[:N_WORST]
        ]
        return {"speakers": by_speaker, "worst": worst, "n_turns": len(values)}

    def _found(self) -> ScoreValue:
        facts = facts_of_cast(self._about)
        speakers = [speaker for speaker in dict.fromkeys(self._speakers) if speaker in facts]
        if not speakers or len(facts) < 2:
            return ScoreValue(FOUND.name, None, "It takes two personas, and a turn by one of them.")
        found = {speaker: find_persona(self._of(speaker), facts) for speaker in speakers}
        evidence = [
            {"speaker": self._about.name(speaker), "persona": self._about.name(persona), "right": persona == speaker}
            for speaker, persona in found.items()
        ]
        n_right = sum(speaker == persona for speaker, persona in found.items())
        return ScoreValue(FOUND.name, n_right / len(found), evidence={"found": evidence})

    def _of(self, speaker: str) -> Vector:
        own = [vector for vector, name in zip(self._vectors, self._speakers, strict=True) if name == speaker]
        centroid: Vector = np.mean(own, axis=0, dtype=np.float32)
        return centroid


def find_persona(centroid: Vector, facts: Mapping[str, Facts]) -> str:
    """Returns whose persona lies nearest to a centroid; of equals the first."""
    return max(facts, key=lambda whose: cosine(centroid, facts[whose].whole))


def silhouettes(vectors: Vector, owners: Sequence[Hashable]) -> Floats:
    """Returns the silhouette of each row by cosine distance, in [-1, 1].

    Args:
        vectors: (n, n_dimensions), rows of length 1.
        owners: Whose each row is: two different ones or more. Who has one row only gets 0 for it.

    Source: Rousseeuw (1987). The mean cosine distance to a group is 1 - v · (mean of the group), as rows have length 1.
    """
    names = list(dict.fromkeys(owners))
    owner = np.array([names.index(one) for one in owners])
    counts = np.bincount(owner, minlength=len(names)).astype(np.float64)
    sums = np.zeros((len(names), vectors.shape[1]))
    np.add.at(sums, owner, vectors)
    likeness = vectors.astype(np.float64) @ sums.T
    rows = np.arange(len(owner))
    own = likeness[rows, owner] - np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
    alone = counts[owner] == 1
    a = 1 - own / np.maximum(counts[owner] - 1, 1)
    distances = 1 - likeness / counts
    distances[rows, owner] = np.inf
    b = distances.min(axis=1)
    larger = np.maximum(a, b)
    values = np.divide(b - a, larger, out=np.zeros_like(a), where=larger > 1e-9)
    return np.where(alone, 0.0, np.clip(values, -1, 1))


MEASURE = Measure(METRICS, Separation)
