"""Whether words were said in a turn: a phrase, or a fact in other words."""

import re
from functools import lru_cache

ENOUGH = 0.6
"""Share of a fact's telling words that a turn must have."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_COMMON_TEXT = """
a an the and or but if of to in on at by for from with as is are was were be been being am do does did has have had it
its this that these those there here he she they them his her their him i you we us my your our not no so than then too
very will would can could shall should may might must who whom which what when where why how
"""
_COMMON = frozenset(_COMMON_TEXT.split())


def says_phrase(text: str, phrase: str) -> bool:
    """Whether the words of a phrase come one after the other, in any case."""
    said, wanted = words_of(text), words_of(phrase)
    n = len(wanted)
    return n > 0 and any(said[i : i + n] == wanted for i in range(len(said) - n + 1))


def speaks_fact(text: str, fact: str) -> bool:
    """Whether a turn has most of the telling words of a fact."""
    return has_most(frozenset(map(stem, words_of(text))), telling_stems(fact))


def has_most(said: frozenset[str], telling: frozenset[str]) -> bool:
    """Whether enough of the telling words of a fact are among those that were said; all of them are stems."""
    return bool(telling) and len(telling & said) >= ENOUGH * len(telling)


@lru_cache(maxsize=20_000)
def telling_stems(fact: str) -> frozenset[str]:
    """Returns the stems of the words that tell a fact from others: all of them where all are common."""
    words = words_of(fact)
    return frozenset(stem(word) for word in words if word not in _COMMON) or frozenset(words)


def words_of(text: str) -> list[str]:
    """Returns the words of a text in small letters."""
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]


def stem(word: str) -> str:
    """Takes the commonest English endings off, so that `sells` is `sell`."""
    word = "cannot" if word == "can't" else word.removesuffix("'s")
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
