"""Who of k personas speaks here? The test that the embedder is held to, on the test split of Synthetic-Persona-Chat.

Source: Eval4Sim's adherence with another retriever (methods 2.4, 3.4). The split is for measuring, never for training.
"""

import csv
import io
import lzma
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

POOLS = (10, 50, 100, 500)
Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to (n, d) float32 unit rows."""
_WORD = re.compile(r"[a-z0-9']+")


@dataclass(frozen=True, slots=True)
class Case:
    """One speaker of one conversation."""

    persona: tuple[str, ...]
    turns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """How well a pool's personas are told apart."""

    mrr: float
    """Mean of 1 / rank of the right persona; of two with the same score the first of the pool ranks higher."""
    top_1: float
    """Part of the speakers whose persona ranks first."""
    mrr_shared: float
    """The same where equal scores share the higher rank: the split has personas twice, in another order."""


def load_conversations(path: Path) -> list[tuple[Case, Case]]:
    """Loads the split: both speakers of each conversation, in the order of the file."""
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(io.StringIO(file.read())))
    return [(_read_case(row, 1), _read_case(row, 2)) for row in rows]


def _read_case(row: dict[str, str], number: int) -> Case:
    facts = tuple(fact.strip() for fact in row[f"user {number} personas"].split("\n") if fact.strip())
    lines = re.split(r"\n(?=User [12]:)", row["Best Generated Conversation"])
    start = f"User {number}:"
    return Case(facts, tuple(line[len(start) :].strip() for line in lines if line.startswith(start)))


def first_distinct(cases: Sequence[Case], n: int) -> list[Case]:
    """Returns the first `n` cases whose personas differ."""
    kept: dict[tuple[str, ...], Case] = {}
    for case in cases:
        kept.setdefault(case.persona, case)
    return list(kept.values())[:n]


def score_personas(speakers: Sequence[Case], personas: Sequence[Case], encode: Encode) -> NDArray[np.float32]:
    """Scores each speaker's turns against each persona: (n_speakers, n_personas) float32, cosines, higher is closer.

    Mean over a persona's statements of the cosine with the turn that shows it best; 0 where nothing is said.
    """
    turns, turn_starts = _encode_all([speaker.turns for speaker in speakers], encode)
    facts, fact_starts = _encode_all([one.persona for one in personas], encode)
    silent = np.zeros((1, turns.shape[1]), np.float32)
    said = [part if len(part) else silent for part in np.split(turns, turn_starts[1:])]
    best = np.stack([(facts @ part.T).max(1) for part in said])
    counts = np.diff([*fact_starts, len(facts)])
    means: NDArray[np.float32] = np.add.reduceat(best, fact_starts, axis=1) / counts
    return means


def _encode_all(texts: Sequence[tuple[str, ...]], encode: Encode) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    starts = np.cumsum([0, *(len(each) for each in texts[:-1])])
    return encode([text for each in texts for text in each]), starts


def rank(scores: NDArray[np.float32]) -> Found:
    """Ranks the personas (columns) for each speaker (rows); the right ones are on the diagonal."""
    scores = scores.round(5)
    right = np.diag(scores)[:, None]
    shared = 1 + (scores > right).sum(1)
    ranks = shared + ((scores == right) & np.tri(len(scores), k=-1, dtype=bool)).sum(1)
    return Found(float((1 / ranks).mean()), float((ranks == 1).mean()), float((1 / shared).mean()))


def own_against_partner(pairs: Sequence[tuple[Case, Case]], encode: Encode) -> float:
    """AUC in [0, 1]: does a speaker's own persona score above its partner's? Hard: partners echo one another."""
    tables = [score_personas(pair, pair, encode) for pair in pairs]
    return auc(
        [one for each in tables for one in np.diag(each)], [one for each in tables for one in np.diag(each.T[::-1])]
    )


def own_against_stranger(cases: Sequence[Case], encode: Encode) -> float:
    """AUC in [0, 1]: does a speaker's own persona score above that of the next case in the list?"""
    scores = score_personas(cases, cases, encode)
    return auc(np.diag(scores), np.diag(np.roll(scores, -1, axis=1)))


def auc(high: ArrayLike, low: ArrayLike) -> float:
    """Probability that one of `high` is above one of `low`, ties half."""
    ordered, looked_up = np.sort(np.ravel(low)), np.ravel(high)
    below = np.searchsorted(ordered, looked_up, "left") + np.searchsorted(ordered, looked_up, "right")
    return float(below.mean() / 2 / len(ordered))


def tfidf_scores(pool: Sequence[Case]) -> NDArray[np.float32]:
    """The baseline without weights (methods 3.4): whole personas against all of a speaker's turns, as `rank` reads it.

    idf = ln((1 + N) / (1 + df)) + 1 over the pool's personas; cosine.
    """
    personas = [Counter(_WORD.findall(" ".join(case.persona).lower())) for case in pool]
    turns = [Counter(_WORD.findall(" ".join(case.turns).lower())) for case in pool]
    df = Counter(word for persona in personas for word in persona)
    places = {word: place for place, word in enumerate(df)}
    idf = np.array([math.log((1 + len(pool)) / (1 + n)) + 1 for n in df.values()])
    return _rows(turns, places, idf) @ _rows(personas, places, idf).T


def _rows(texts: Sequence[Counter[str]], places: dict[str, int], idf: NDArray[np.float64]) -> NDArray[np.float32]:
    rows = np.zeros((len(texts), len(places)), np.float32)
    for row, counts in zip(rows, texts, strict=True):
        for word, count in counts.items():
            if word in places:
                row[places[word]] = count * idf[places[word]]
    norms: NDArray[np.float32] = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.maximum(norms, 1e-9)
