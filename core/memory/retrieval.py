"""Which memories come back: one function a mode. Every candidate gets its score with all parts, best first.

Sources: Park et al. (2023), "Generative Agents", section 4.1; Huang et al. (2024), "Emotional RAG" (the four modes that
depend on mood). Where we differ is said at each function. Ties go to the newer memory.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.memory.clock import SECONDS_PER_HOUR
from core.memory.emotion import Emotion
from core.memory.entries import Entry
from core.memory.readings import Readings
from models.stage import MemoryRules, Recall

RECENCY_PER_HOUR = 0.995
FIRST_CUT = 20
"""Of the modes with two steps: so many are left after the first (Emotional RAG)."""
FAR = 1.0
"""Distance of mood from or to a text that feels nothing."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What is known of each memory that may come back, oldest first: arrays of shape (n,)."""

    hours: Numbers
    """Of the story since it was last recalled."""
    importance: Numbers
    relevance: Numbers
    """Cosine of the vectors of memory and situation, [-1, 1]."""
    meaning_distance: Numbers
    """Euclidean distance of the vectors, [0, 2]."""
    mood_distance: Numbers
    """1 - cosine of the emotions, [0, 1]; `FAR` where either feels nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Candidates in the order in which they come back, and why."""

    order: NDArray[np.intp]
    """Places of candidates, best first. A mode in two steps keeps those only that are left after the first."""
    parts: Mapping[str, Numbers]
    """Name of a part -> its number for each candidate; `total` is what the order follows."""

    def parts_of(self, place: int) -> dict[str, float]:
        """Returns the parts of one candidate, rounded as a record keeps them."""
        return {name: round(float(values[place]), 4) for name, values in self.parts.items()}


def weigh(
    entries: Sequence[Entry], query: str, emotion: Emotion | None, now_s: float, readings: Readings
) -> Candidates:
    """Returns what is known of memories in a situation.

    Args:
        query: The situation in words.
        emotion: How it feels; None: moods are not compared.
        now_s: Time of the story.
    """
    texts = [entry.text for entry in entries]
    accessed = np.array([entry.accessed_s for entry in entries], np.float64)
    compared = readings.compare(texts, query, with_emotions=emotion is not None)
    return Candidates(
        hours=np.maximum(now_s - accessed, 0.0) / SECONDS_PER_HOUR,
        importance=np.array([entry.importance for entry in entries], np.float64),
        relevance=compared.cosines,
        meaning_distance=compared.distances,
        mood_distance=np.full(len(texts), FAR) if emotion is None else mood_distances(compared.emotions, emotion),
    )


def mood_distances(emotions: Numbers, emotion: Emotion) -> Numbers:
    """Returns 1 - cosine of each row of emotions, (n, n_emotions), with one; `FAR` where either is all 0."""
    asked = np.array(emotion, np.float64)
    products = np.linalg.norm(emotions, axis=1) * np.linalg.norm(asked)
    cosines = np.divide(emotions @ asked, products, out=np.zeros(len(emotions)), where=products > 0)
    return np.where(products > 0, 1 - cosines, FAR)


def normalise(values: Numbers) -> Numbers:
    """Returns values brought to [0, 1] by the smallest and the largest; .5 each where all are equal."""
    if not len(values):
        return values
    low, high = values.min(), values.max()
    if high <= low:
        return np.full(len(values), 0.5)
    scaled: Numbers = (values - low) / (high - low)
    return scaled


def recall_generative(
    found: Candidates, recency_weight: float = 1.0, importance_weight: float = 1.0, relevance_weight: float = 1.0
) -> Ranking:
    """Adds up recency, importance and relevance, each brought to [0, 1]; the largest sum comes back first.

    Recency is 0.995^hours of the story since the memory was last recalled, as the paper has it. The released code ranks
    by place instead, and gives the oldest the most; we do not.
    """
    recency = normalise(RECENCY_PER_HOUR**found.hours)
    importance, relevance = normalise(found.importance), normalise(found.relevance)
    total = recency_weight * recency + importance_weight * importance + relevance_weight * relevance
    parts = {"recency": recency, "importance": importance, "relevance": relevance, "total": total}
    return Ranking(_largest_first(total), parts)


def recall_by_relevance(found: Candidates) -> Ranking:
    """The nearest in meaning first (plain retrieval)."""
    return _by_distances(found, found.meaning_distance)


def recall_by_emotion_sum(found: Candidates) -> Ranking:
    """The smallest sum of both distances first (C-A)."""
    return _by_distances(found, found.meaning_distance + found.mood_distance)


def recall_by_emotion_product(found: Candidates) -> Ranking:
    """The smallest product of both distances first (C-M)."""
    return _by_distances(found, found.meaning_distance * found.mood_distance)


def recall_meaning_first(found: Candidates, first_cut: int = FIRST_CUT) -> Ranking:
    """The nearest in meaning, and of those the nearest in mood first (S-C)."""
    return _in_two_steps(found, found.meaning_distance, found.mood_distance, first_cut)


def recall_mood_first(found: Candidates, first_cut: int = FIRST_CUT) -> Ranking:
    """The nearest in mood, and of those the nearest in meaning first (S-S)."""
    return _in_two_steps(found, found.mood_distance, found.meaning_distance, first_cut)


def recall(found: Candidates, rules: MemoryRules) -> Ranking:
    """Ranks candidates by the mode of some rules; where that is off, as Generative Agents do."""
    first_cut = max(FIRST_CUT, rules.n_recalled)
    modes: dict[Recall, Callable[[], Ranking]] = {
        Recall.RELEVANCE: lambda: recall_by_relevance(found),
        Recall.EMOTION_SUM: lambda: recall_by_emotion_sum(found),
        Recall.EMOTION_PRODUCT: lambda: recall_by_emotion_product(found),
        Recall.MEANING_FIRST: lambda: recall_meaning_first(found, first_cut),
        Recall.MOOD_FIRST: lambda: recall_mood_first(found, first_cut),
    }
    if rules.recall in modes:
        return modes[rules.recall]()
    return recall_generative(found, rules.recency_weight, rules.importance_weight, rules.relevance_weight)


def _by_distances(found: Candidates, total: Numbers) -> Ranking:
    return Ranking(_smallest_first(total), _distance_parts(found, total))


def _in_two_steps(found: Candidates, first: Numbers, then: Numbers, first_cut: int) -> Ranking:
    left = _smallest_first(first)[:first_cut]
    oldest_first = np.sort(left)
    return Ranking(oldest_first[_smallest_first(then[oldest_first])], _distance_parts(found, then))


def _distance_parts(found: Candidates, total: Numbers) -> dict[str, Numbers]:
    return {"meaning_distance": found.meaning_distance, "mood_distance": found.mood_distance, "total": total}


def _largest_first(values: Numbers) -> NDArray[np.intp]:
    return _smallest_first(-values)


def _smallest_first(values: Numbers) -> NDArray[np.intp]:
    """Places by value; of equal ones the later place, which is the newer memory, comes first."""
    newest_first = np.argsort(values[::-1], kind="stable")
    order: NDArray[np.intp] = len(values) - 1 - newest_first
    return order
