"""Contradictions of character: traits against the five factors and each other, likes against dislikes."""

from collections.abc import Iterator
from itertools import pairwise

from core.characters.lint.finding import Finding, Fix, Place, Severity
from core.characters.words import meaning_words, split_words
from models.character import CharacterBase

_TRAITS = "layers.personal.traits"
_HIGH, _LOW = 60, 40
FACTOR_WORDS: dict[str, tuple[str, str]] = {
    "openness": (
        "curious imaginative creative inventive adventurous artistic dreamy",
        "unimaginative conventional incurious traditional",
    ),
    "conscientiousness": (
        "orderly dependable careful diligent organised organized disciplined punctual thorough tidy reliable",
        "careless lazy disorganised disorganized messy sloppy unreliable reckless",
    ),
    "extraversion": (
        "outgoing talkative sociable gregarious chatty extroverted extraverted lively",
        "shy reserved quiet withdrawn introverted taciturn solitary silent",
    ),
    "agreeableness": (
        "kind trusting gentle friendly generous compassionate warm forgiving polite",
        "cruel hostile suspicious rude selfish cold ruthless spiteful blunt",
    ),
    "neuroticism": (
        "nervous anxious moody jumpy worried insecure hot-tempered irritable",
        "calm unflappable serene steady relaxed composed even-tempered",
    ),
}
"""Factor -> single words that people use for much and for little of it. Source: ours."""
_SIDES = {
    word: (factor, side)
    for factor, words in FACTOR_WORDS.items()
    for side, line in ((1, words[0]), (-1, words[1]))
    for word in line.split()
}


def find_trait_contradictions(character: CharacterBase) -> Iterator[Finding]:
    """Finds traits that cannot all be meant."""
    personal = character.persona.personal
    said = _said_traits(character)
    for word, place in said:
        factor, side = _SIDES[word]
        degree = getattr(personal.big_five, factor)
        if degree is not None and (degree >= _HIGH if side < 0 else degree <= _LOW):
            sentence = f"“{word}” and {factor} {degree} pull in opposite directions."
            yield Finding("trait", Severity.WARNING, sentence, place, Place("layers.personal.big_five"))
    for at, (word, place) in enumerate(said):
        for other, elsewhere in said[at + 1 :]:
            if _SIDES[word][0] == _SIDES[other][0] and _SIDES[word][1] != _SIDES[other][1]:
                sentence = f"“{word}” and “{other}” pull in opposite directions."
                yield Finding("trait", Severity.NOTE, sentence, place, elsewhere)


def _said_traits(character: CharacterBase) -> list[tuple[str, Place]]:
    """The words for a factor among the traits, and in the prose on personality where nothing denies them."""
    found: dict[str, Place] = {}
    for item, trait in enumerate(character.persona.personal.traits):
        word = trait.name.strip().casefold()
        if word in _SIDES and trait.degree >= _HIGH:
            found.setdefault(word, Place(_TRAITS, item))
    words = split_words(character.personality)
    denied = {after for word, after in pairwise(words) if word in {"not", "never", "less", "isn't"}}
    for word in words:
        if word in _SIDES and word not in denied and word not in found:
            start = character.personality.casefold().find(word)
            found[word] = Place("personality", None, (start, start + len(word)))
    return list(found.items())


def find_repeated_traits(character: CharacterBase) -> Iterator[Finding]:
    """Finds traits that are named twice."""
    seen: dict[str, int] = {}
    for item, trait in enumerate(character.persona.personal.traits):
        name = " ".join(split_words(trait.name))
        if name and name in seen:
            place = Place(_TRAITS, item)
            sentence = f"“{trait.name.strip()[:60]}” is there twice."
            yield Finding(
                "repeated", Severity.NOTE, sentence, place, Place(_TRAITS, seen[name]), Fix("Remove it", place, None)
            )
        seen.setdefault(name, item)


def find_liked_and_disliked(character: CharacterBase) -> Iterator[Finding]:
    """Finds what somebody both likes and dislikes."""
    life = character.persona.life
    likes = {words: item for item, like in enumerate(life.likes) if (words := meaning_words(like))}
    for item, dislike in enumerate(life.dislikes):
        at = likes.get(meaning_words(dislike))
        if at is not None:
            sentence = f"“{dislike.strip()[:60]}” is both liked and disliked."
            place = Place("layers.life.dislikes", item)
            yield Finding("likes", Severity.WARNING, sentence, place, Place("layers.life.likes", at))
