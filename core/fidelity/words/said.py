"""The words of a turn, split once for all measures that read them."""

import re
from functools import lru_cache
from typing import NamedTuple

from core.fidelity.words.tokens import content_words, fold, split_words, tokenise

_N_KEPT = 512
_RUN = re.compile(r"\w+")
_WITHOUT_BLANKS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Letters of scripts that put no blanks between words: Thai, Lao, Burmese, Khmer, kana and Chinese signs."""
NO_WORDS = "This speaker has not said a word yet that can be counted (Latin letters and digits)."

Triple = tuple[str, str, str]


class Said(NamedTuple):
    """The words of one text."""

    tokens: tuple[str, ...]
    """See `split_words`."""
    content: frozenset[str]
    """See `content_words`."""
    triples: tuple[Triple, ...]
    """All three words in a row."""
    n_runs: int
    """Words as USI counts them: runs of letters, digits and underscores, in any alphabet with blanks."""
    is_latin: bool = True
    """Whether at least half of the letters are Latin ones."""
    has_blanks: bool = True
    """Whether runs are words: false where most letters are of a script without blanks between words."""


@lru_cache(maxsize=_N_KEPT)
def read_words(text: str) -> Said:
    """Returns the words of a text; kept for the last few hundred texts."""
    is_ascii = text.isascii()
    tokens = tuple(tokenise(text) if is_ascii else split_words(text))
    triples = tuple(zip(tokens, tokens[1:], tokens[2:], strict=False))
    said = Said(tokens, content_words(tokens), triples, len(_RUN.findall(text)))
    return said if is_ascii else _look_at_letters(text, said)


def _look_at_letters(text: str, said: Said) -> Said:
    """Adds what letters beside the Latin ones there are."""
    n_other = sum(sign > "\x7f" and sign.isalpha() for sign in fold(text))
    if not n_other:
        return said
    n_latin = sum(map(len, said.tokens))
    n_without_blanks = len(_WITHOUT_BLANKS.findall(text))
    return said._replace(is_latin=n_latin >= n_other, has_blanks=2 * n_without_blanks <= n_latin + n_other)
