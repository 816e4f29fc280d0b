"""Traits in words: how much of something is said by degrees that people and weights know. Pure."""

from collections.abc import Sequence

from models.persona import BigFive, Trait

FACTORS = {
    "openness": ("curious and imaginative", "practical and set in your ways"),
    "conscientiousness": ("orderly and dependable", "careless and easily distracted"),
    "extraversion": ("outgoing and talkative", "reserved and quiet"),
    "agreeableness": ("kind and trusting", "blunt and suspicious"),
    "neuroticism": ("nervous and easily upset", "calm and hard to upset"),
}
"""Factor -> words for much of it and for little of it."""
LIKE_MOST = range(40, 61)
"""Degrees that are like most people's: nothing is said of such a factor."""


def describe_factor(factor: str, degree: int | None) -> str:
    """Returns a degree of one of the five factors in words, such as `rather reserved and quiet`; empty when unset."""
    if degree is None or degree in LIKE_MOST:
        return ""
    much, little = FACTORS[factor]
    distance = abs(degree - 50)
    adverb = "rather " if distance <= 25 else "" if distance <= 40 else "very "
    return adverb + (much if degree > 50 else little)


def describe_degree(degree: int) -> str:
    """Returns the degree of a free trait in words that stand before it, such as `rather`; empty for plainly so."""
    bounds = (
        (5, "not at all"),
        (20, "hardly"),
        (39, "a little"),
        (60, "no more than others"),
        (80, "rather"),
        (94, ""),
    )
    return next((words for bound, words in bounds if degree <= bound), "very")


def big_five_sentences(big_five: BigFive) -> list[str]:
    """Returns a sentence for each factor that sets somebody apart from most people."""
    said = [describe_factor(factor, getattr(big_five, factor)) for factor in FACTORS]
    return [f"You are {words}." for words in said if words]


def trait_sentences(traits: Sequence[Trait]) -> list[str]:
    """Returns a sentence for each free trait. A name that is a sentence already is said as it stands."""
    return [_trait_sentence(trait.name.strip(), trait.degree) for trait in traits if trait.name.strip()]


def _trait_sentence(name: str, degree: int) -> str:
    if name[-1] in ".!?" or name.casefold().startswith("you "):
        return name
    words = describe_degree(degree)
    if words == "not at all":
        return f"You are not {name} at all."
    if words == "no more than others":
        return f"You are as {name} as most people."
    return f"You are {words} {name}." if words else f"You are {name}."
