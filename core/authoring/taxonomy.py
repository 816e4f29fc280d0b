"""What one can know of a person, as a tree of attributes, and walks through it that make a persona deeper.

Greedy walks choose what lies nearest to what is known, and everybody becomes alike. A banded walk draws from near,
middling and far in turn.

Source: DeepPersona (progressive attribute sampling; bands about 5:3:2, diversity threshold cosine 0.7).
"""

import random
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from core.fidelity.meaning.embedder import house_embedder

BANDS = {"near": 5, "middling": 3, "far": 2}
"""How often each third of the paths, by similarity to what is known, is drawn from."""
MAX_COSINE = 0.7
"""A sentence closer than this to a known one says nothing new."""

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
"""Texts -> (n_texts, n_dimensions) rows of length 1 or 0."""
Choose = Callable[[Sequence[str], Sequence[str]], int]
"""What is known and sentences to choose from -> the place of the chosen one."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing to know: a path such as `food/breakfast`, a sentence with `{v}`, and values for it."""

    path: str
    say: str
    values: tuple[str, ...]

    def sentences(self) -> list[str]:
        """The sentence with each value."""
        return [self.say.replace("{v}", value) for value in self.values]


@dataclass(frozen=True, slots=True)
class Found:
    """Something new about a person."""

    path: str
    sentence: str
    band: str
    similarity: float
    """Cosine of the path to what was known before, in [-1, 1]."""


@cache
def load_taxonomy() -> tuple[Attribute, ...]:
    """Reads the tree that ships, in the order of its file."""
    table = tomllib.loads((files("assets") / "authoring" / "taxonomy.toml").read_text(encoding="utf-8"))
    return tuple(
        Attribute(f"{group}/{name}", entry["say"], tuple(entry["values"]))
        for group, entries in table.items()
        for name, entry in entries.items()
    )


def choose_by_chance(seed: int) -> Choose:
    """Returns a choice that knows nothing, for where no weights are at hand."""
    rng = random.Random(seed)
    return lambda _known, sentences: rng.randrange(len(sentences))


def walk_taxonomy(
    known: Sequence[str],
    n_new: int,
    seed: int,
    choose: Choose | None = None,
    embed: Embed | None = None,
) -> Iterator[Found]:
    """Yields up to `n_new` new sentences about a person, each chosen after all earlier ones.

    Args:
        known: The anchor: statements that are there already.
        choose: Which value fits; weights can say. By chance when None.
    """
    rng = random.Random(seed)
    choose, embed = choose or choose_by_chance(seed), embed or house_embedder().embed
    told = list(known) or ["A person."]
    open_paths = list(load_taxonomy())
    vectors = embed([f"{attribute.path.replace('/', ' ')} {attribute.say}" for attribute in open_paths])
    while open_paths and n_new > 0:
        similarities = vectors @ embed(told).mean(axis=0)
        place, band = _draw(similarities, rng)
        attribute = open_paths.pop(place)
        vectors = np.delete(vectors, place, axis=0)
        sentences = _new_ones(attribute.sentences(), told, embed)
        if sentences:
            sentence = sentences[choose(told, sentences)]
            told.append(sentence)
            n_new -= 1
            yield Found(attribute.path, sentence, band, float(similarities[place]))


def _draw(similarities: Vectors, rng: random.Random) -> tuple[int, str]:
    """Returns the place of the next path and its band."""
    order = np.argsort(-similarities, kind="stable")
    thirds = dict(zip(BANDS, np.array_split(order, len(BANDS)), strict=True))
    filled = [name for name in BANDS if len(thirds[name])]
    band = rng.choices(filled, [BANDS[name] for name in filled])[0]
    return int(rng.choice(list(thirds[band]))), band


def _new_ones(sentences: list[str], told: Sequence[str], embed: Embed) -> list[str]:
    """Leaves out sentences that nearly say what is known."""
    closest = (embed(sentences) @ embed(told).T).max(axis=1)
    return [sentence for sentence, cosine in zip(sentences, closest, strict=True) if cosine < MAX_COSINE]
