"""What a text feels like: eight basic emotions, read from lists of words.

Eight emotions: Plutchik (1980). A list of words sees what is named, not what is meant: good enough to tell memories
apart by mood, and the same on every machine.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from core.memory import emotion_words

EMOTIONS = ("joy", "trust", "fear", "surprise", "sadness", "disgust", "anger", "anticipation")

Emotion = tuple[float, ...]
"""One number in [0, 1] for each of `EMOTIONS`; all 0: nothing is felt."""

CALM: Emotion = (0.0,) * len(EMOTIONS)

MAX_CHARS = 20_000
"""Of a text, what is read."""
_NEGATING = """
    no not never nothing nobody neither nor without hardly cannot can't don't won't isn't aren't wasn't weren't didn't
    doesn't wouldn't shouldn't couldn't haven't hasn't hadn't ain't
"""
_NEGATORS = frozenset(_NEGATING.split())
_NEGATED_WORDS = 3
"""Words after a negator that it takes the feeling from, within its clause."""
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[.,;:!?…]")
_ENDINGS = (
    ("iness", "y"),
    ("ness", ""),
    ("ies", "y"),
    ("ied", "y"),
    ("ily", "y"),
    ("ing", ""),
    ("ing", "e"),
    ("ed", ""),
    ("ed", "e"),
    ("es", ""),
    ("ly", ""),
    ("s", ""),
)
_MIN_STEM = 3


def read_emotion(text: str) -> Emotion:
    """Returns how much of each emotion the words of a text name.

    A word of an emotion halves what is missing to 1: one gives .5, two .75. A word that is negated gives nothing.

    Returns:
        One number in [0, 1) for each of `EMOTIONS`; all 0 when no word of feeling is met.
    """
    counts = [0] * len(EMOTIONS)
    n_negated = 0
    for match in _TOKEN.finditer(text[:MAX_CHARS].casefold().replace("’", "'")):
        token = match[0]
        if not token[0].isalpha():
            n_negated = 0
        elif token in _NEGATORS:
            n_negated = _NEGATED_WORDS
        elif n_negated:
            n_negated -= 1
        else:
            for place in _emotions_of(token):
                counts[place] += 1
    return tuple(1 - 0.5**count for count in counts)


def strength(emotion: Sequence[float]) -> float:
    """Returns how strongly anything is felt: the largest of the eight."""
    return max(emotion, default=0.0)


def name_emotion(emotion: Sequence[float]) -> str:
    """Returns the name of the strongest emotion, the first of equals; empty when nothing is felt."""
    largest = strength(emotion)
    return EMOTIONS[list(emotion).index(largest)] if largest > 0 else ""


@lru_cache(maxsize=50_000)
def _emotions_of(word: str) -> tuple[int, ...]:
    """Returns the places in `EMOTIONS` of what a word names, in this form or without its ending."""
    for form in _forms(word.removesuffix("'s")):
        if form in _PLACES:
            return _PLACES[form]
    return ()


def _forms(word: str) -> list[str]:
    forms = [word]
    for ending, instead in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _MIN_STEM:
            forms.append(stem + instead)
            if not instead and stem[-1] == stem[-2]:
                forms.append(stem[:-1])
    return forms


def _read_places() -> dict[str, tuple[int, ...]]:
    places: dict[str, tuple[int, ...]] = {}
    for place, name in enumerate(EMOTIONS):
        for word in getattr(emotion_words, name.upper()).split():
            places[word] = tuple(dict.fromkeys((*places.get(word, ()), place)))
    return places


_PLACES = _read_places()
