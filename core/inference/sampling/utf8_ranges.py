"""Sets of characters as ranges, and how UTF-8 spells them byte by byte."""

from collections.abc import Iterator, Sequence

Range = tuple[int, int]
"""First and last."""

LAST_CHARACTER = 0x10FFFF
_SAME_LENGTH = ((0, 0x7F), (0x80, 0x7FF), (0x800, 0xD7FF), (0xE000, 0xFFFF), (0x10000, LAST_CHARACTER))
"""Characters of as many bytes in UTF-8, surrogates left out."""


def merged(ranges: Sequence[Range]) -> Iterator[Range]:
    """Yields the same characters as ranges in order that do not touch; empty ranges are left out."""
    ordered = sorted(span for span in ranges if span[0] <= span[1])
    while ordered:
        first, last = ordered.pop(0)
        while ordered and ordered[0][0] <= last + 1:
            last = max(last, ordered.pop(0)[1])
        yield first, last


def all_but(ranges: Sequence[Range]) -> list[Range]:
    """Returns what is in none of the ranges; never NUL, which no text holds."""
    gaps = []
    start = 1
    for first, last in merged(ranges):
        gaps.append((start, first - 1))
        start = last + 1
    return [*gaps, (start, LAST_CHARACTER)]


def utf8_sequences(first: int, last: int) -> Iterator[list[Range]]:
    """Yields sequences of byte ranges that together spell exactly the characters from first to last."""
    for low, high in _SAME_LENGTH:
        if max(first, low) <= min(last, high):
            yield from _split(max(first, low), min(last, high))


def _split(first: int, last: int) -> Iterator[list[Range]]:
    """Splits characters of as many bytes where a leading byte changes while those after it do not span all."""
    for tail in (0x3F, 0xFFF, 0x3FFFF):
        if first | tail == last | tail:
            continue
        if first & tail:
            yield from _split(first, first | tail)
            yield from _split((first | tail) + 1, last)
            return
        if last & tail != tail:
            yield from _split(first, (last & ~tail) - 1)
            yield from _split(last & ~tail, last)
            return
    yield list(zip(chr(first).encode(), chr(last).encode(), strict=True))
