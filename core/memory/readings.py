"""What is worked out of a text once, however often it is remembered: its vector, its emotion, its importance."""

import threading
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.fidelity.meaning.embedder import house_embedder
from core.memory.emotion import EMOTIONS, Emotion, read_emotion
from core.memory.importance import importance_of

_FIRST_ROWS = 256
Number = TypeVar("Number", bound=np.generic)


class Felt(NamedTuple):
    """What the words of a text say of it."""

    emotion: Emotion
    importance: float


class Compared(NamedTuple):
    """Texts beside one text: arrays of shape (n_texts,), or (n_texts, n_emotions)."""

    cosines: NDArray[np.float64]
    distances: NDArray[np.float64]
    """Euclidean, of the vectors."""
    emotions: NDArray[np.float64]


class Readings:
    """Lives as long as a playtest is open. Everything in it follows from the texts. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._felt: dict[str, Felt] = {}
        self._rows: dict[str, int] = {}
        self._vectors: NDArray[np.float32] = np.empty((0, house_embedder().n_dimensions), np.float32)
        self._lengths: NDArray[np.float64] = np.empty(0, np.float64)
        self._emotions: NDArray[np.float64] = np.empty((0, len(EMOTIONS)), np.float64)

    def felt(self, text: str) -> Felt:
        """Returns the emotion and the importance of a text, by its words."""
        found = self._felt.get(text)
        if found is None:
            emotion = read_emotion(text)
            found = self._felt[text] = Felt(emotion, importance_of(text, emotion))
        return found

    def compare(self, texts: Sequence[str], asked: str, *, with_emotions: bool = True) -> Compared:
        """Compares texts with one text. A text without words has cosine 0 and distance 1 to any that has some.

        Args:
            with_emotions: Otherwise there are none in the answer.
        """
        vector = house_embedder().embed([asked])[0]
        with self._lock:
            rows = self._rows_of(texts)
            n_rows = len(self._rows)
            # row by row: a product of matrices may round a row otherwise when there are more of them
            cosines = np.einsum("ij,j->i", self._vectors[:n_rows], vector)[rows].astype(np.float64)
            lengths = self._lengths[rows]
            emotions = self._emotions[rows if with_emotions else rows[:0]]
        squared = lengths + float(np.any(vector)) - 2 * cosines
        return Compared(cosines, np.sqrt(np.maximum(squared, 0.0)), emotions)

    def _rows_of(self, texts: Sequence[str]) -> NDArray[np.intp]:
        rows = self._rows
        new = list(dict.fromkeys(text for text in texts if text not in rows))
        if new:
            self._add(new)
        return np.fromiter(map(rows.__getitem__, texts), np.intp, len(texts))

    def _add(self, texts: list[str]) -> None:
        n_before, n_after = len(self._rows), len(self._rows) + len(texts)
        if n_after > len(self._vectors):
            n_rows = max(2 * n_after, _FIRST_ROWS)
            self._vectors = _grown(self._vectors, n_rows)
            self._lengths = _grown(self._lengths, n_rows)
            self._emotions = _grown(self._emotions, n_rows)
        vectors = house_embedder().embed(texts)
        self._vectors[n_before:n_after] = vectors
        self._lengths[n_before:n_after] = np.any(vectors, axis=1)
        self._emotions[n_before:n_after] = [self.felt(text).emotion for text in texts]
        self._rows.update(zip(texts, range(n_before, n_after), strict=True))


def _grown(array: NDArray[Number], n_rows: int) -> NDArray[Number]:
    grown = np.zeros((n_rows, *array.shape[1:]), array.dtype)
    grown[: len(array)] = array
    return grown
