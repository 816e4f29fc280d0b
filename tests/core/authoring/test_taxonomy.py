"""Walks through the taxonomy: banded ones cover more and are more alike to nobody."""

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from core.authoring.population.run import PopulationRun, PopulationState
from core.authoring.population.words import read_population
from core.authoring.taxonomy import (
    BANDS,
    MAX_COSINE,
    Embed,
    Found,
    coverage,
    load_taxonomy,
    uniqueness,
    walk_taxonomy,
)
from core.fidelity.embedder import house_embedder

N_NEW = 8


def tf_idf() -> Embed:
    """Vectors of words weighted by how rare they are in the taxonomy."""
    sentences = [sentence for attribute in load_taxonomy() for sentence in attribute.sentences()]
    documents = [set(re.findall(r"\w+", sentence.lower())) for sentence in sentences]
    counts = Counter(word for document in documents for word in document)
    columns = {word: place for place, word in enumerate(sorted(counts))}

    def embed(texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), len(columns)), np.float32)
        for row, text in enumerate(texts):
            for word, count in Counter(re.findall(r"\w+", text.lower())).items():
                if word in columns:
                    rows[row, columns[word]] = count * math.log(len(documents) / counts[word])
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.divide(rows, lengths, out=rows, where=lengths > 0)

    return embed


def anchors(n_people: int) -> list[list[str]]:
    run = PopulationRun(PopulationState(plan=read_population(f"{n_people} villagers").plan, seed=5))
    list(run)
    return [character.statements for character in run.state.characters()]


@pytest.mark.parametrize("embed", [tf_idf(), house_embedder().embed], ids=["tf-idf", "house embedder"])
def test_banded_walks_cover_more_and_are_less_alike_than_greedy_ones(embed: Embed) -> None:
    def walk_all(bands: dict[str, int]) -> list[list[Found]]:
        return [
            list(walk_taxonomy(known, N_NEW, seed, embed=embed, bands=bands)) for seed, known in enumerate(anchors(20))
        ]

    banded, greedy = walk_all(BANDS), walk_all({"nearest": 1})
    assert coverage(banded) > coverage(greedy)
    assert uniqueness(banded, embed) > uniqueness(greedy, embed)


def test_a_walk_is_repeatable_and_says_nothing_twice() -> None:
    known = ["I am a ferryman.", "For breakfast I have black tea and an egg."]
    walk = list(walk_taxonomy(known, 30, seed=4))
    assert walk == list(walk_taxonomy(known, 30, seed=4))
    assert walk != list(walk_taxonomy(known, 30, seed=5))
    assert len({found.path for found in walk}) == len(walk) == 30
    assert {found.band for found in walk} == set(BANDS)
    rows = house_embedder().embed([*known, *(found.sentence for found in walk)])
    cosines = rows @ rows.T - np.eye(len(rows))
    assert cosines[len(known) :].max() < MAX_COSINE + 1e-6


def test_the_choice_hears_everything_that_was_said_before() -> None:
    heard: list[int] = []

    def choose(known: Sequence[str], sentences: Sequence[str]) -> int:
        heard.append(len(known))
        return len(sentences) - 1

    walk = list(walk_taxonomy(["I am old."], 5, seed=1, choose=choose))
    assert heard == [1, 2, 3, 4, 5]
    values = {attribute.path: attribute.sentences() for attribute in load_taxonomy()}
    assert all(found.sentence == values[found.path][-1] for found in walk)


def test_a_walk_ends_when_the_tree_is_told() -> None:
    assert len(list(walk_taxonomy([], 10_000, seed=1))) <= len(load_taxonomy())


def test_every_attribute_can_be_said() -> None:
    for attribute in load_taxonomy():
        assert attribute.say.count("{v}") == 1
        assert len(set(attribute.values)) == len(attribute.values) >= 4
        assert all(sentence.endswith(".") for sentence in attribute.sentences())
