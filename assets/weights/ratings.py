"""Interviews by numbers: somebody of known temper rates sentences about themselves from 1 to 5.

Source of the items that are not ours: IPIP-50 Big-Five markers (public domain). The second half of them is kept back.
"""

import random
from dataclasses import dataclass

from assets.weights.phrasebook import load_book

TRAITS = load_book("traits")
IPIP = tuple((item["key"][0], item["key"][1] == "+", item["text"]) for item in load_book("ipip")["items"])
"""Trait, whether agreeing means more of it, and text, in the order of the form."""
N_TAUGHT = 25
REQUESTS = (
    '"{item}" Rate from 1 to 5 how true that is of you.',
    "How true is this of you? {item} (1 = not at all, 5 = very much)",
    "{item} From 1 (no) to 5 (yes)?",
    "Answer with a number from 1 to 5: {item}",
    "Please rate, 1 to 5: {item}",
    "On a scale from 1 to 5, does this describe you? {item}",
)


@dataclass(frozen=True, slots=True)
class Temper:
    """Which traits somebody has, and how their persona says so."""

    levels: dict[str, bool]
    personality: str
    sentences: tuple[str, ...]


def draw_temper(rng: random.Random) -> Temper:
    """Draws one to five traits, each high or low."""
    levels = {trait: rng.random() < 0.5 for trait in rng.sample(list(TRAITS), rng.choice((1, 1, 2, 3, 5)))}
    words, sentences = [], []
    for trait, high in levels.items():
        end = _end(trait, high)
        if rng.random() < 0.7:
            words.append(rng.choice(("", "very ")) + rng.choice(end["words"]))
        if rng.random() < 0.5 or not words:
            sentences.append(rng.choice(end["sentences"]))
    personality = rng.choice(("{}.", "You are {}.", "I am {}.", "{}.")).format(" and ".join(words)) if words else ""
    return Temper(levels, personality[:1].upper() + personality[1:], tuple(sentences))


def draw_rating(temper: Temper, rng: random.Random) -> tuple[str, str, str]:
    """A request, the answer's digit, and the thought before it."""
    known = list(temper.levels)
    trait = rng.choice(known) if rng.random() < 0.85 else rng.choice(list(TRAITS))
    positive = rng.random() < 0.5
    taught = [text for of, plus, text in IPIP[:N_TAUGHT] if of == trait and plus == positive]
    item = rng.choice(taught) if rng.random() < 0.5 else rng.choice(_end(trait, positive)["items"])
    request = rng.choice(REQUESTS).format(item=item)
    if trait not in temper.levels:
        return request, "3", "That is neither true nor false of me."
    agrees = temper.levels[trait] == positive
    word = rng.choice(_end(trait, temper.levels[trait])["words"])
    thought = f"I am {word}. " + rng.choice(
        ("That is me.", "Yes, that is true.") if agrees else ("That is not me.", "No.")
    )
    return request, rng.choice("445555" if agrees else "221111"), thought


def _end(trait: str, high: bool) -> dict[str, list[str]]:
    end: dict[str, list[str]] = TRAITS[trait]["high" if high else "low"]
    return end
