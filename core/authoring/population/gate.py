"""A gate against near-duplicates: 64-bit SimHash, compared within a few bits, in about constant time.

Source: Charikar's SimHash as HACHIMI uses it: reject within a Hamming distance of 3.
"""

import hashlib
import re
from itertools import pairwise

N_BITS = 64
MAX_DISTANCE = 3
_N_BANDS = MAX_DISTANCE + 1
_BAND_BITS = N_BITS // _N_BANDS
_WORD = re.compile(r"\w+")


def simhash(text: str) -> int:
    """Returns the 64-bit SimHash of the words of a text and of their neighbours, in any case."""
    words = _WORD.findall(text.casefold())
    features = [*words, *(" ".join(pair) for pair in pairwise(words))]
    totals = [0] * N_BITS
    for feature in features:
        bits = int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest(), "big")
        for place in range(N_BITS):
            totals[place] += 1 if bits >> place & 1 else -1
    return sum(1 << place for place, total in enumerate(totals) if total > 0)


class DuplicateGate:
    """Texts that were let through. Two within 3 bits share one of four bands of 16, so only those are compared."""

    def __init__(self) -> None:
        self._bands: list[dict[int, list[tuple[int, str]]]] = [{} for _ in range(_N_BANDS)]

    def find_near(self, text: str) -> str | None:
        """Returns the name of what this text nearly repeats, or None."""
        return self.find_near_hash(simhash(text))

    def add(self, text: str, name: str) -> None:
        """Lets a text through."""
        self.add_hash(simhash(text), name)

    def find_near_hash(self, value: int) -> str | None:
        """Returns the name of what has a SimHash within 3 bits of this one, or None."""
        for place, band in enumerate(self._bands):
            for other, name in band.get(_band(value, place), ()):
                if (value ^ other).bit_count() <= MAX_DISTANCE:
                    return name
        return None

    def add_hash(self, value: int, name: str) -> None:
        """Keeps a SimHash to compare others with."""
        for place, band in enumerate(self._bands):
            band.setdefault(_band(value, place), []).append((value, name))


def _band(value: int, place: int) -> int:
    return value >> place * _BAND_BITS & (1 << _BAND_BITS) - 1
