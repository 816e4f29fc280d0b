"""Whether words were said in a turn: a phrase, or a fact in other words."""

import re

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
    said, wanted = _words(text), _words(phrase)
    n = len(wanted)
    return n > 0 and any(said[i : i + n] == wanted for i in range(len(said) - n + 1))


def speaks_fact(text: str, fact: str) -> bool:
    """Whether a turn has most of the telling words of a fact."""
    telling = {_stem(word) for word in _words(fact) if word not in _COMMON} or set(_words(fact))
    said = {_stem(word) for word in _words(text)}
    return bool(telling) and len(telling & said) >= ENOUGH * len(telling)


def _words(text: str) -> list[str]:
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]


def _stem(word: str) -> str:
    """Takes the commonest English endings off, so that `sells` is `sell`."""
    word = word.removesuffix("'s")
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
