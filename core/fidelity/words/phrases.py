"""Lists of phrases that are looked for in turns, all lists in one pass over the words."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from core.fidelity.words.said import read_words

_MAX_END_WORDS = 8
_CLAUSE = re.compile(r"[^.,;:!?…\n()–—\"“”]+")


@dataclass(frozen=True, slots=True)
class PhraseList:
    """What counts for one thing."""

    name: str
    phrases: tuple[str, ...] = ()
    """Words in a row, anywhere in the turn."""
    whole: tuple[str, ...] = ()
    """The turn is nothing but this."""
    clauses: tuple[str, ...] = ()
    """What stands between two signs is nothing but this: `Well, so long, Theo.`"""
    ends: tuple[str, ...] = ()
    """What stands before a sign ends with this: `I really must go, Theo.`"""
    signs: tuple[str, ...] = ()
    """Characters in a row."""
    asks: bool = False
    """Counts only in a turn with a question mark."""


class PhraseBook:
    """Some lists, ready to be looked for. What a turn costs hardly depends on how long the lists are."""

    def __init__(self, lists: Iterable[PhraseList]) -> None:
        """Takes phrases apart by their first words."""
        self._single: dict[str, list[tuple[str, bool]]] = {}
        """Phrases of one word: the names of their lists, and whether they count in questions alone."""
        self._pairs: dict[tuple[str, str], list[tuple[tuple[str, ...], str, bool]]] = {}
        """The first two words of longer ones -> the words that follow, and the same."""
        self._wholes: dict[tuple[str, ...], str] = {}
        self._clauses: dict[tuple[str, ...], str] = {}
        self._ends: dict[tuple[str, ...], str] = {}
        self._signs: list[tuple[str, str]] = []
        for one in lists:
            for phrase in map(words_of_phrase, one.phrases):
                if len(phrase) == 1:
                    self._single.setdefault(phrase[0], []).append((one.name, one.asks))
                else:
                    self._pairs.setdefault((phrase[0], phrase[1]), []).append((phrase[2:], one.name, one.asks))
            self._wholes.update({words_of_phrase(phrase): one.name for phrase in one.whole})
            self._clauses.update({words_of_phrase(phrase): one.name for phrase in one.clauses})
            self._ends.update({words_of_phrase(phrase): one.name for phrase in one.ends})
            self._signs += [(sign, one.name) for sign in one.signs]

    def find(self, text: str) -> dict[str, str]:
        """Returns for each list that counts in this turn a phrase that made it."""
        tokens = words_of_phrase(text)
        found: dict[str, str] = {}
        asks = "?" in text
        for token in self._single.keys() & tokens:
            for name, only_asking in self._single[token]:
                if asks or not only_asking:
                    found.setdefault(name, token)
        for place, pair in enumerate(pairwise(tokens)):
            for rest, name, only_asking in self._pairs.get(pair, ()):
                if (asks or not only_asking) and tokens[place + 2 : place + 2 + len(rest)] == rest:
                    found.setdefault(name, " ".join((*pair, *rest)))
        if tokens in self._wholes:
            found[self._wholes[tokens]] = " ".join(tokens)
        for name, phrase in self._find_clauses(text):
            found.setdefault(name, phrase)
        for sign, name in self._signs:
            if sign in text:
                found.setdefault(name, sign)
        return found

    def _find_clauses(self, text: str) -> Iterator[tuple[str, str]]:
        if not self._clauses and not self._ends:
            return
        for clause in map(words_of_phrase, _CLAUSE.findall(text)):
            if clause in self._clauses:
                yield self._clauses[clause], " ".join(clause)
            for size in range(1, min(len(clause), _MAX_END_WORDS) + 1):
                if clause[-size:] in self._ends:
                    yield self._ends[clause[-size:]], " ".join(clause[-size:])


def words_of_phrase(text: str) -> tuple[str, ...]:
    """Returns the words of a phrase or a turn."""
    return read_words(text).tokens


@cache
def load_phrase_lists(name: str) -> tuple[PhraseList, ...]:
    """Loads the lists of `assets/measures/NAME.toml`."""
    text = (files("assets") / "measures" / f"{name}.toml").read_text(encoding="utf-8")
    return tuple(_parse(title, data) for title, data in tomllib.loads(text).items())


def _parse(name: str, data: Mapping[str, Any]) -> PhraseList:
    def strings(key: str) -> tuple[str, ...]:
        values: Sequence[str] = data.get(key, ())
        return tuple(values)

    return PhraseList(
        name,
        strings("phrases"),
        strings("whole"),
        strings("clauses"),
        strings("ends"),
        strings("signs"),
        bool(data.get("asks", False)),
    )
