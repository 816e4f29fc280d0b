"""Takes texts apart into the pieces that the house embedder knows. Knows nothing of vectors."""

import re
import unicodedata
from collections.abc import Sequence

CONTINUES = "##"
"""Begins the name of a piece that goes on inside a word."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_CURLY = str.maketrans({"\u2019": "'", "\u02bc": "'"})
_MAX_WORD = 64
"""What comes after so many characters of one word is not read."""
_MAX_CACHED = 100_000


class WordPieces:
    """Words to numbers of pieces: a known word is one piece, any other is cut, longest known piece first.

    For any thread. Source: greedy word-piece, Devlin et al. (2018), arXiv 1810.04805. We differ:
    no punctuation, contractions may be pieces, and letters of alphabets without pieces share `n_buckets` numbers.
    """

    def __init__(self, pieces: Sequence[str], n_buckets: int) -> None:
        """Takes pieces in lower case without accents; bucket 0 is the number after the last piece's."""
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        self._n_buckets = n_buckets
        self._longest = max(map(len, pieces), default=0)
        self._known: dict[str, tuple[int, ...]] = {}

    def numbers(self, text: str) -> list[int]:
        """Returns the numbers of a text's pieces; none if there is no word in it. Takes any text."""
        known = self._known
        found: list[int] = []
        for word in _WORD.findall(text.lower() if text.isascii() else _plain(text)):
            numbers = known.get(word)
            if numbers is None:
                numbers = self._learn(word)
            found += numbers
        return found

    def _learn(self, word: str) -> tuple[int, ...]:
        if len(self._known) >= _MAX_CACHED:
            self._known.clear()
        number = self._numbers.get(word)
        parts = word[:_MAX_WORD].split("'")
        numbers = (number,) if number is not None else tuple(one for part in parts for one in self._cut(part))
        self._known[word] = numbers
        return numbers

    def _cut(self, part: str) -> list[int]:
        numbers, start = [], 0
        while start < len(part):
            prefix = CONTINUES if start else ""
            for end in range(min(len(part), start + self._longest), start, -1):
                number = self._numbers.get(prefix + part[start:end])
                if number is not None:
                    numbers.append(number)
                    start = end
                    break
            else:
                if self._n_buckets:
                    numbers.append(len(self._numbers) + ord(part[start]) % self._n_buckets)
                start += 1
        return numbers


def _plain(text: str) -> str:
    """Lower case, without accents, in compatible characters, with straight apostrophes."""
    letters = unicodedata.normalize("NFKD", text.translate(_CURLY)).lower()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
