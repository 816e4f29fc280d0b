"""Words of a persona's texts, for comparing them with each other. Pure."""

import re

_WORD = re.compile(r"\w+(?:['’]\w+)?")
_LITTLE = """
    a an the and or but so of to in on at for with from by as i me my mine we us our you your yours he him his she her
    hers it its they them their am is are was were be been being do does did have has had this that these those there
    here who whom whose which what when where while than then too very just also all any some
"""
_STOP_WORDS = frozenset(_LITTLE.split())
_NEGATIONS = frozenset({"not", "no", "never", "nobody", "nothing", "none", "neither", "nor", "without", "cannot"})


def split_words(text: str) -> list[str]:
    """Returns the words of a text in any alphabet, folded."""
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]


def meaning_words(text: str) -> frozenset[str]:
    """Returns the distinct words that carry a meaning, negations left out."""
    return frozenset(word for word in split_words(text) if word not in _STOP_WORDS and not _negates(word))


def is_negated(text: str) -> bool:
    """Returns whether a text denies something: an odd number of negations."""
    return sum(map(_negates, split_words(text))) % 2 == 1


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Returns the Jaccard similarity of two sets of words, in [0, 1]; 0 when both are empty."""
    return len(one & other) / len(one | other) if one or other else 0.0


def _negates(word: str) -> bool:
    return word in _NEGATIONS or word.endswith("n't")
