"""Walks through the taxonomy: banded ones cover more and are more alike to nobody."""

import math
import random
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from core.authoring.population.run import PopulationRun
from core.authoring.population.run_state import PopulationState
from core.authoring.population.words import read_population
from core.authoring.taxonomy import (
    BANDS,
    MAX_COSINE,
    Embed,
    load_taxonomy,
    walk_taxonomy,
)
from core.fidelity.meaning.embedder import house_embedder

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


Told = list[tuple[str, str]]
"""Paths and sentences of one walk."""


def walk_banded(known: list[str], seed: int, embed: Embed) -> Told:
    return [(found.path, found.sentence) for found in walk_taxonomy(known, N_NEW, seed, embed=embed)]


def walk_greedily(known: list[str], seed: int, embed: Embed) -> Told:
    """Takes what lies nearest to what is known, which is what the bands are there to avoid."""
    rng, told, walk = random.Random(seed), list(known), []
    left = {f"{one.path.replace('/', ' ')} {one.say}": one for one in load_taxonomy()}
    while len(walk) < N_NEW:
        texts = list(left)
        attribute = left.pop(texts[int(np.argmax(embed(texts) @ embed(told).mean(axis=0)))])
        closest = (embed(attribute.sentences()) @ embed(told).T).max(axis=1)
        new = [sentence for sentence, cosine in zip(attribute.sentences(), closest, strict=True) if cosine < MAX_COSINE]
        if new:
            told.append(rng.choice(new))
            walk.append((attribute.path, told[-1]))
    return walk


def coverage(walks: list[Told]) -> float:
    """Which part of the tree some walks have used, in [0, 1]."""
    return len({path for walk in walks for path, _sentence in walk}) / len(load_taxonomy())


def uniqueness(walks: list[Told], embed: Embed) -> float:
    """1 minus the mean cosine of all pairs of walks, each the mean of its sentences."""
    means = np.stack([embed([sentence for _path, sentence in walk]).mean(axis=0) for walk in walks])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return float(1 - (means @ means.T)[np.triu_indices(len(walks), 1)].mean())


@pytest.mark.parametrize("embed", [tf_idf(), house_embedder().embed], ids=["tf-idf", "house embedder"])
def test_banded_walks_cover_more_and_are_less_alike_than_greedy_ones(embed: Embed) -> None:
    people = list(enumerate(anchors(20)))
    banded = [walk_banded(known, seed, embed) for seed, known in people]
    greedy = [walk_greedily(known, seed, embed) for seed, known in people]
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


def test_a_walk_ends_when_nothing_new_is_left_to_tell() -> None:
    walk = list(walk_taxonomy([], 10_000, seed=1))
    told = [found.sentence for found in walk]
    left = {attribute.path: attribute.sentences() for attribute in load_taxonomy()}
    for found in walk:
        assert found.sentence in left.pop(found.path)
    assert len(walk) > len(load_taxonomy()) / 2
    embed = house_embedder().embed
    for sentences in left.values():
        assert (embed(sentences) @ embed(told).T).max(axis=1).min() >= MAX_COSINE


def test_every_attribute_can_be_said() -> None:
    for attribute in load_taxonomy():
        assert attribute.say.count("{v}") == 1
        assert len(set(attribute.values)) == len(attribute.values) >= 4
        assert all(sentence.endswith(".") for sentence in attribute.sentences())
