"""How much of one text stands in another, in order: what the loop guard and the echo ask."""

from collections.abc import Sequence

from core.fidelity.words.tokens import split_words

MAX_WORDS = 20_000
"""Of a longer text this beginning is compared: what is kept of each different word grows with the length."""
MAX_COMPARED = 4_000
"""Words of each text whose common words are told; their rows take 2 MB."""


def rouge_l(a: str, b: str) -> float:
    """Returns ROUGE-L of two texts: F1 of the longest common subsequence of their words, in [0, 1].

    Symmetric; 1 for the same words in the same order; 0 when either text has no words.

    Source: Lin (2004), section 3, equations 2-4 with beta = 1.
    """
    return rouge_l_of(split_words(a), split_words(b))


def rouge_l_of(a: Sequence[str], b: Sequence[str]) -> float:
    """Returns ROUGE-L of two texts that are split into words already; see `rouge_l`.

    Of longer texts the first `MAX_WORDS` words are compared.
    """
    a, b = a[:MAX_WORDS], b[:MAX_WORDS]
    if not a or not b:
        return 0.0
    row = everywhere = (1 << len(a)) - 1
    places = _places(a)
    for word in b:
        matches = row & places.get(word, 0)
        if matches:
            row = (row + matches | row - matches) & everywhere
    return 2 * (len(a) - row.bit_count()) / (len(a) + len(b))


def common_subsequence(a: Sequence[str], b: Sequence[str]) -> list[str]:
    """Returns a longest common subsequence: the words that both have, in an order that both keep.

    Of longer texts only the first `MAX_COMPARED` words are looked at, since every row is kept.
    """
    a, b = a[:MAX_COMPARED], b[:MAX_COMPARED]
    if not a or not b:
        return []
    rows = _rows(a, b)
    common: list[str] = []
    place, row = len(a), len(b)
    while place and row:
        bit = 1 << (place - 1)
        if rows[row] & bit:
            place -= 1
        elif row > 1 and not rows[row - 1] & bit:
            row -= 1
        else:
            place, row = place - 1, row - 1
            common.append(a[place])
    return common[::-1]


def _rows(a: Sequence[str], b: Sequence[str]) -> list[int]:
    """Returns a row for each beginning of `b`: a bit is 0 where one more word of `a` lengthens what is common.

    Source: Hyyrö (2004), "Bit-parallel LCS-length computation revisited": one big integer is one row.
    """
    everywhere = (1 << len(a)) - 1
    places = _places(a)
    rows = [everywhere]
    for word in b:
        row = rows[-1]
        matches = row & places.get(word, 0)
        rows.append((row + matches | row - matches) & everywhere if matches else row)
    return rows


def _places(words: Sequence[str]) -> dict[str, int]:
    """Returns for each word the bits of where it stands."""
    places: dict[str, int] = {}
    for place, word in enumerate(words):
        places[word] = places.get(word, 0) | 1 << place
    return places
