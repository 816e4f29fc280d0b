"""Measures the house embedder: `python assets/weights/measure_embedder.py [--minilm]`. Prints JSON lines.

Persona retrieval on the test split of Synthetic-Persona-Chat, with TF-IDF and, if asked for, the MiniLM encoder on
the same conversations; size and speed on one core. The encoder takes minutes, and the packages that training needs.
"""

import argparse
import json
import os
import random
import sys
import time
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from assets.weights.embedder.retrieval import (
    POOLS,
    Case,
    Encode,
    first_distinct,
    load_conversations,
    own_against_partner,
    own_against_stranger,
    rank,
    score_personas,
    tfidf_scores,
)
from core.fidelity.meaning.embedder import FILE_NAME, Embedder

_N_COMPARED = 3000
TEST_SPLIT = Path("../shared/cases/metrics/synthetic_persona_chat_test.csv.xz")


def main() -> None:
    """Runs all measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, default=Path(__file__).with_name(FILE_NAME))
    parser.add_argument("--test-split", type=Path, default=TEST_SPLIT)
    parser.add_argument("--minilm", action="store_true", help="measure the encoder too")
    arguments = parser.parse_args()
    conversations = load_conversations(arguments.test_split)
    started = time.perf_counter()
    embedder = Embedder(arguments.file)
    load_s = time.perf_counter() - started
    _print("tfidf", measure_tfidf(conversations))
    if arguments.minilm:
        from assets.weights.embedder.minilm import MiniLm, find_minilm

        encode = _once(conversations, MiniLm(find_minilm()).encode)
        _print("minilm", measure(conversations, encode))
        _print("house_with_minilm", measure_likeness(conversations, embedder.embed, encode))
    _print("house", measure(conversations, _once(conversations, embedder.embed)))
    texts = [text for pair in conversations for case in pair for text in case.turns]
    started = time.perf_counter()
    embedder.embed(texts)
    speed = {"load_ms": round(load_s * 1000, 1), "texts_per_s": round(len(texts) / (time.perf_counter() - started))}
    _print("house", {"mb": round(arguments.file.stat().st_size / 1e6, 2), **speed})


def _once(conversations: list[tuple[Case, Case]], encode: Encode) -> Encode:
    """Returns the same function, which looks up what it encoded before."""
    texts = sorted({text for pair in conversations for case in pair for text in (*case.persona, *case.turns)})
    rows = encode(texts)
    places = {text: place for place, text in enumerate(texts)}
    return lambda asked: rows[[places[text] for text in asked]]


def _print(what: str, values: dict[str, object]) -> None:
    print(json.dumps({"what": what, **values}), flush=True)


def measure(conversations: list[tuple[Case, Case]], encode: Encode) -> dict[str, object]:
    """Measures persona retrieval in pools, and own against swapped persona."""
    pool = first_distinct([first for first, _ in conversations], max(POOLS))
    scores = score_personas(pool, pool, encode)
    found: dict[str, object] = {}
    for k in POOLS:
        found |= _found(k, scores[:k, :k])
    spoken = [pair for pair in conversations if pair[0].turns]
    found["auc_stranger"] = round(own_against_stranger([first for first, _ in spoken], encode), 4)
    found["auc_partner"] = round(own_against_partner(spoken, encode), 4)
    return found


def measure_tfidf(conversations: list[tuple[Case, Case]]) -> dict[str, object]:
    """Measures the baseline; its idf is that of each pool."""
    found: dict[str, object] = {}
    for k in POOLS:
        pool = first_distinct([first for first, _ in conversations], k)
        found |= _found(k, tfidf_scores(pool))
    return found


def measure_likeness(conversations: list[tuple[Case, Case]], ours: Encode, theirs: Encode) -> dict[str, object]:
    """Compares cosines of turns with the encoder's: their correlation, and how many of the ten nearest are the same."""
    turns = sorted({turn for pair in conversations for case in pair for turn in case.turns if turn.count(" ") > 3})
    drawn = random.Random(0).sample(turns, _N_COMPARED)
    pair = [rows @ rows.T for rows in (ours(drawn), theirs(drawn))]
    above = np.triu_indices(_N_COMPARED, 1)
    correlation = np.corrcoef(pair[0][above], pair[1][above])[0, 1]
    nearest = [np.argsort(-(cosines - 2 * np.eye(_N_COMPARED)), axis=1)[:, :10] for cosines in pair]
    shared = [len({*one} & {*other}) for one, other in zip(*nearest, strict=True)]
    return {"correlation": round(float(correlation), 3), "nearest_10_shared": round(float(np.mean(shared)) / 10, 3)}


def _found(k: int, scores: NDArray[np.float32]) -> dict[str, object]:
    found = rank(scores)
    return {f"{name}_{k}": round(value, 4) for name, value in asdict(found).items()}


if __name__ == "__main__":
    main()
