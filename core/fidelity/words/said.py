"""The words of a turn, split once for all measures that read them."""

from functools import lru_cache
from typing import NamedTuple

from core.fidelity.words.tokens import content_words, tokenise

_N_KEPT = 512


class Said(NamedTuple):
    """The words of one text."""

    tokens: tuple[str, ...]
    """See `tokenise`."""
    content: frozenset[str]
    """See `content_words`."""


@lru_cache(maxsize=_N_KEPT)
def read_words(text: str) -> Said:
    """Returns the words of a text; kept for the last few hundred texts."""
    tokens = tuple(tokenise(text))
    return Said(tokens, content_words(tokens))
