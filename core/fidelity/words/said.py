"""The words of a turn, split once for all measures that read them."""

import re
from functools import lru_cache
from typing import NamedTuple

from core.fidelity.words.tokens import content_words, tokenise

_N_KEPT = 512
_RUN = re.compile(r"\w+")

Triple = tuple[str, str, str]


class Said(NamedTuple):
    """The words of one text."""

    tokens: tuple[str, ...]
    """See `tokenise`."""
    content: frozenset[str]
    """See `content_words`."""
    triples: tuple[Triple, ...]
    """All three words in a row."""
    n_runs: int
    """Words as USI counts them: runs of letters, digits and underscores, in any alphabet."""


@lru_cache(maxsize=_N_KEPT)
def read_words(text: str) -> Said:
    """Returns the words of a text; kept for the last few hundred texts."""
    tokens = tuple(tokenise(text))
    triples = tuple(zip(tokens, tokens[1:], tokens[2:], strict=False))
    return Said(tokens, content_words(tokens), triples, len(_RUN.findall(text)))
