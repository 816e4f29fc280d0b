"""Words of a text: the one tokeniser of all word-based measures. Knows no weights and no vocabulary of theirs."""

import re
import unicodedata
from collections.abc import Iterable

_APOSTROPHE = re.compile(r"(?<=\w)[’ʼ＇](?=\w)")
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
"""Those that Unicode takes for letters of their own."""
_WORD = re.compile(r"[a-z0-9']+")

_STOP_WORDS = """
    i me my we our you your he she it its they them a an the and or but if so of to in on at for with from as
    is am are was were be been being do does did have has had not no yes that this these those what which who
    how when where why there here then than too very just can could will would should may might must
    im i'm don't it's that's you're
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words that say nothing of what a turn is about.

Source: methods 3.4, which calls it a 100-word list and names these 79; they reproduce its corpus numbers.
"""


def tokenise(text: str) -> list[str]:
    """Splits a text into words: lower case, runs of `a-z`, `0-9` and the straight apostrophe (T1 of methods 3.1).

    Letters of other alphabets, accented ones too, are no words here: a text without Latin letters has none. Published
    figures are counted so; what is shown to somebody is counted by `split_words`.
    """
    return _WORD.findall(text.lower())


def split_words(text: str) -> list[str]:
    """Splits a text as `tokenise` does, but keeps `don’t` and `crème` whole, as `don't` and `creme`."""
    return _WORD.findall(fold(text))


def fold(text: str) -> str:
    """Returns a text in small letters, with straight apostrophes inside words and plain letters for accented ones."""
    low = text.lower()
    if low.isascii():
        return low
    low = _APOSTROPHE.sub("'", low).translate(_LETTERS)
    if low.isascii():
        return low
    return "".join(sign for sign in unicodedata.normalize("NFKD", low) if not unicodedata.combining(sign))


def content_words(tokens: Iterable[str]) -> frozenset[str]:
    """Returns the distinct words that are no stop words."""
    return frozenset(tokens) - STOP_WORDS
