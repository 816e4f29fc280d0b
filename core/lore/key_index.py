"""Finds which of many plain keys occur in a text, in one pass over it.

Every key hangs under its first three characters, sorted by length: each place of the text costs one look-up, and more
only where a key begins like it. What a text holds is remembered, as the same messages are searched turn after turn.
"""

from collections.abc import Iterable
from typing import TypeAlias

ANCHOR_CHARS = 3
MAX_REMEMBERED = 4_096
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


Hit: TypeAlias = tuple[int, int]
"""Where a key first occurs in a text, and where it first stands by itself; -1: nowhere.

A bare tuple of numbers, which Python's collector of garbage lets be: thousands are remembered from turn to turn.
"""


class KeyIndex:
    """The keys of one book, all searched with or all without regard to case. Not for several threads at a time."""

    def __init__(self, keys: Iterable[str]) -> None:
        """Takes keys that are folded already where case does not count; empty ones are never found."""
        self._buckets: dict[str, dict[int, frozenset[str]]] = {}
        self._short: tuple[str, ...]
        found: dict[str, dict[int, set[str]]] = {}
        short = set()
        for key in keys:
            if len(key) >= ANCHOR_CHARS:
                found.setdefault(key[:ANCHOR_CHARS], {}).setdefault(len(key), set()).add(key)
            elif key:
                short.add(key)
        for anchor, by_length in found.items():
            self._buckets[anchor] = {length: frozenset(some) for length, some in sorted(by_length.items())}
        self._short = tuple(sorted(short))
        self._remembered: dict[str, dict[str, Hit]] = {}

    def search(self, text: str) -> dict[str, Hit]:
        """Returns the keys that occur in a text. The result is shared: do not change it."""
        hits = self._remembered.get(text)
        if hits is None:
            hits = self._search(text)
            if len(self._remembered) >= MAX_REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
            self._remembered[text] = hits
        return hits

    def _search(self, text: str) -> dict[str, Hit]:
        hits: dict[str, Hit] = {}
        get = self._buckets.get
        for at in range(len(text) - ANCHOR_CHARS + 1):
            bucket = get(text[at : at + ANCHOR_CHARS])
            if bucket is not None:
                for length, keys in bucket.items():
                    key = text[at : at + length]
                    if key in keys:
                        _note(hits, text, key, at)
        for key in self._short:
            at = text.find(key)
            while at >= 0:
                _note(hits, text, key, at)
                if hits[key][1] >= 0:
                    break
                at = text.find(key, at + 1)
        return hits


def fold(text: str) -> str:
    """Folds case without changing the length, so that places stay the same."""
    folded = text.lower()
    if len(folded) == len(text):
        return folded
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def stands_alone(text: str, start: int, end: int) -> bool:
    """Tells whether no letter, digit or underscore of ASCII touches a part of a text.

    As in SillyTavern: other letters do not count, so that keys in Japanese or Chinese are found inside words.
    """
    return (start == 0 or text[start - 1] not in _WORD) and (end >= len(text) or text[end] not in _WORD)


def _note(hits: dict[str, Hit], text: str, key: str, at: int) -> None:
    hit = hits.get(key)
    if hit is None:
        hits[key] = at, at if stands_alone(text, at, at + len(key)) else -1
    elif hit[1] < 0 and stands_alone(text, at, at + len(key)):
        hits[key] = hit[0], at
