"""How much of one text stands in another, in order: what the loop guard asks."""

from core.fidelity.words.tokens import tokenise


def rouge_l(a: str, b: str) -> float:
    """Returns ROUGE-L of two texts: F1 of the longest common subsequence of their words, in [0, 1].

    Symmetric; 1 for the same words in the same order; 0 when either text has no words.

    Source: Lin (2004), section 3, equations 2-4 with beta = 1.
    """
    words_a, words_b = tokenise(a), tokenise(b)
    if not words_a or not words_b:
        return 0.0
    return 2 * _common_subsequence_length(words_a, words_b) / (len(words_a) + len(words_b))


def _common_subsequence_length(a: list[str], b: list[str]) -> int:
    """Source: Hyyrö (2004), "Bit-parallel LCS-length computation revisited": one big integer is one row."""
    places: dict[str, int] = {}
    for place, word in enumerate(a):
        places[word] = places.get(word, 0) | 1 << place
    row = everywhere = (1 << len(a)) - 1
    for word in b:
        matches = row & places.get(word, 0)
        row = (row + matches | row - matches) & everywhere
    return len(a) - row.bit_count()
