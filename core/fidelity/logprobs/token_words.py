"""What weights make of each token, told by words: people read words, not pieces of them. Pure."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

_N_EXAMPLES = 5


_APOSTROPHES = ("'", "’")
_FIRST_WITHOUT_SPACES = "\u2e80"
"""From here on scripts write no spaces between words, such as Chinese and Japanese: there a token is told by itself."""


def sum_by_word(tokens: Sequence[str], nats: Sequence[float], first: int = 0) -> list[tuple[int, str, float]]:
    """Sums what the tokens of each word add up to.

    A word begins at a token that opens with a space or has no letter or digit, and behind one that has none or closes
    with a space. An apostrophe goes with the letters before it.

    Args:
        first: Place of the first token that counts.

    Returns:
        Place of the word's first token, the word, and its sum in nats, in the order of the text.
    """
    found: list[tuple[int, str, float]] = []
    goes_on = False
    for place in range(first, len(tokens)):
        token = tokens[place]
        is_piece = any(map(str.isalnum, token)) or (goes_on and token in _APOSTROPHES)
        if found and goes_on and is_piece and not token[:1].isspace() and token[:1] < _FIRST_WITHOUT_SPACES:
            begun, word, total = found[-1]
            found[-1] = (begun, word + token, total + nats[place])
        else:
            found.append((place, token, nats[place]))
        goes_on = is_piece and not token[-1:].isspace()
    return found


def examples(words: Iterable[tuple[int, str, float]]) -> list[dict[str, Any]]:
    """Returns the first few words as evidence keeps them; `token` is the word."""
    return [{"place": place, "token": word, "nats": nats} for place, word, nats in islice(words, _N_EXAMPLES)]
