"""Vectors of turns, thoughts and statements: each text is embedded once, however many measures ask."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.fidelity.meaning.embedder import house_embedder

Vector = NDArray[np.float32]
N_KEPT = 8192
"""Texts whose vectors are kept, 1 kB each."""


@lru_cache(N_KEPT)
def vector_of(text: str) -> Vector:
    """Returns (n_dimensions,) of length 1, not to be changed; zeros for a text without any letter or digit."""
    vector: Vector = house_embedder().embed([text])[0]
    vector.flags.writeable = False
    return vector


def vectors_of(texts: Sequence[str]) -> Vector:
    """Returns (n_texts, n_dimensions), a row for each text as `vector_of` gives it."""
    if not texts:
        return np.zeros((0, house_embedder().n_dimensions), np.float32)
    return np.stack([vector_of(text) for text in texts])


def is_blank(vector: Vector) -> bool:
    """Whether a vector is that of a text without words: it is like nothing, and unlike nothing."""
    return not vector.any()


def cosine(a: Vector, b: Vector) -> float:
    """Returns the cosine of two vectors of any length, in [-1, 1]; 0 where either is blank."""
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return max(-1.0, min(1.0, float(a @ b) / lengths)) if lengths else 0.0
