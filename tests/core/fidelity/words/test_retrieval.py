"""Retrieval of personas: the figures of methods 3.4, and the laws of the similarity of curves."""

import csv
import lzma
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.words.retrieval import (
    curve,
    curve_similarity,
    pool_weights,
    ranks,
    retrieval_of,
    signed_offset,
)
from core.fidelity.words.tfidf import Tfidf, cosine, persona_retrieval

POOLS = (10, 50, 100, 500)
HUMAN, SIMULATED = (0.8, 0.6, 0.5, 0.3), (0.9, 0.8, 0.7, 0.5)
_FIRST_SPEAKER = re.compile(r"User 1: ?(.*)")
curves = st.lists(st.floats(0, 1), min_size=4, max_size=4)


@pytest.fixture(scope="module")
def said_by_persona(shared: Path) -> dict[str, str]:
    """Each distinct persona of the first speaker, with all that it said in its first dialogue."""
    said: dict[str, str] = {}
    path = shared / "cases" / "metrics" / "synthetic_persona_chat_test.csv.xz"
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            turns = map(_FIRST_SPEAKER.match, row["Best Generated Conversation"].split("\n"))
            said.setdefault(row["user 1 personas"], " ".join(turn[1] for turn in turns if turn))
    return said


@pytest.mark.parametrize(
    ("n", "mrr", "top_1"), [(10, 0.6287, 0.5), (50, 0.4869, 0.38), (100, 0.3891, 0.27), (500, 0.2028, 0.098)]
)
def test_acceptance_persona_chat(said_by_persona: dict[str, str], n: int, mrr: float, top_1: float):
    personas = list(said_by_persona)[:n]
    found = persona_retrieval([said_by_persona[persona] for persona in personas], personas)
    assert (found.mrr, found.top_1, found.n) == (pytest.approx(mrr, abs=1e-4), pytest.approx(top_1), n)


def test_acceptance_similarity_of_curves():
    assert pool_weights(POOLS) == pytest.approx((40, 40.5, 182.25, 291.6))
    assert curve_similarity(HUMAN, SIMULATED, POOLS) == pytest.approx(0.70636, abs=1e-5)
    assert curve_similarity(HUMAN, HUMAN, POOLS) == pytest.approx(1)
    assert curve_similarity((0,) * 4, (0,) * 4, POOLS) == 0
    assert curve_similarity((0.5,), (0.25,), (10,)) == pytest.approx(0.5)


@given(curves, curves)
def test_similarity_is_symmetric_and_a_share(one: list[float], other: list[float]):
    found = curve_similarity(one, other, POOLS)
    assert found == pytest.approx(curve_similarity(other, one, POOLS))
    assert 0 <= found <= 1 + 1e-12


def test_the_offset_has_a_sign():
    similarity = curve_similarity(HUMAN, SIMULATED, POOLS)
    assert signed_offset(similarity, HUMAN, SIMULATED, POOLS) == pytest.approx(29.364, abs=1e-3)
    assert signed_offset(similarity, SIMULATED, HUMAN, POOLS) == pytest.approx(-29.364, abs=1e-3)
    assert signed_offset(1, HUMAN, HUMAN, POOLS) == 0


def test_among_equals_the_lower_index_comes_first():
    equal = np.ones((3, 3))
    assert ranks(equal).tolist() == [1, 2, 3]
    assert retrieval_of(equal).mrr == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert curve(equal, (1, 2)) == pytest.approx((1, 0.75))
    with pytest.raises(ValueError, match="square"):
        retrieval_of(np.ones((2, 3)))


def test_words_that_many_documents_have_tell_less():
    tfidf = Tfidf([["sea", "lamp"], ["sea", "bread"], ["sea"]])
    assert tfidf.idf["sea"] == 1
    assert tfidf.idf["lamp"] == pytest.approx(np.log(4 / 2) + 1)
    found = tfidf.similarities([["lamp", "unknown"], [], ["sea"]])
    assert found[0, 0] == pytest.approx(cosine(tfidf.vectors[0], tfidf.vector(["lamp"])))
    assert found[1].tolist() == [0, 0, 0]
    assert found[2, 2] == pytest.approx(1)
