"""How well what somebody says leads back to their persona, and how near that is to people's: adherence.

Pure arithmetic on similarities, whatever they are made with: words or embeddings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_DISCOUNT = 0.9
Similarities = NDArray[np.floating]
"""(n, n): of the n-th text with each persona; its own is the n-th."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How often, and how early, the right persona was found."""

    mrr: float
    """Mean of 1 / rank, in (0, 1]."""
    top_1: float
    """Share of texts whose own persona came first."""
    n: int


def ranks(similarities: Similarities) -> NDArray[np.int64]:
    """Returns the rank of each text's own persona, from 1; among equals the lower index comes first."""
    n = len(similarities)
    own = np.diagonal(similarities)[:, None]
    before = np.arange(n)[None, :] < np.arange(n)[:, None]
    better: NDArray[np.int64] = ((similarities > own) | ((similarities == own) & before)).sum(axis=1) + 1
    return better


def retrieval_of(similarities: Similarities) -> Retrieval:
    """Returns the figures of a square of similarities. Raises ValueError for an empty one, or one that is no square."""
    if not len(similarities) or similarities.shape != (len(similarities), len(similarities)):
        raise ValueError(f"similarities are a square, not {similarities.shape}")
    found = ranks(similarities)
    return Retrieval(float((1 / found).mean()), float((found == 1).mean()), len(found))


def curve(similarities: Similarities, pools: Sequence[int]) -> tuple[float, ...]:
    """Returns the MRR among the first n personas, for each n."""
    return tuple(retrieval_of(similarities[:n, :n]).mrr for n in pools)


def pool_weights(pools: Sequence[int]) -> tuple[float, ...]:
    """Returns how much each pool size counts: the span it stands for, times 0.9 for each one before it.

    Source: Eval4Sim (methods 2.4). One pool alone counts 1.
    """
    if len(pools) < 2:
        return (1.0,) * len(pools)
    gaps = [after - before for before, after in pairwise(pools)]
    spans = [gaps[0], *((one + other) / 2 for one, other in pairwise(gaps)), gaps[-1]]
    return tuple(span * _DISCOUNT**place for place, span in enumerate(spans))


def curve_similarity(human: Sequence[float], simulated: Sequence[float], pools: Sequence[int]) -> float:
    """Returns how near one curve is to the other, in [0, 1]: sum w h m / max(sum w h^2, sum w m^2); 0 if both are 0.

    Symmetric; both a weaker and a stronger curve than people's are further off. Source: Eval4Sim (methods 2.4).
    """
    weights = pool_weights(pools)
    both = list(zip(weights, human, simulated, strict=True))
    greatest = max(sum(w * h * h for w, h, _ in both), sum(w * m * m for w, _, m in both))
    return sum(w * h * m for w, h, m in both) / greatest if greatest else 0.0


def signed_offset(similarity: float, human: Sequence[float], simulated: Sequence[float], pools: Sequence[int]) -> float:
    """Returns how far off a curve is in percent: below 0 weaker than people's, above 0 stronger.

    We differ from Eval4Sim, whose offset is never above 0: it shows "too good" and "too bad" alike.
    """
    weights = pool_weights(pools)
    more = sum(weight * (m - h) for weight, h, m in zip(weights, human, simulated, strict=True))
    return (1 - similarity) * 100 * (1 if more > 0 else -1)
