"""The five factors inferred from what somebody writes, such as posts: by words that show them, each cited.

Source: Orca (a Big Five report from posts), by rules. It says which way somebody leans, not how far with any precision.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from core.authoring.drafting.proposal import Proposal, still_new
from core.authoring.drafting.reading_words import load_reading_words
from core.authoring.drafting.stopping import IsCancelled, never, stop_if
from core.characters.statements import split_sentences
from models.character import CharacterBase

MIN_HITS = 1
PRIOR = 2
"""So many undecided words weigh against the first ones found."""
SPREAD = 45
"""Degrees from the middle that one-sided evidence without end would reach."""
MAX_POSTS_CHARS = 200_000
"""Of all posts together, what is read."""
LOOK_BACK_CHARS = 60
"""So far before a word is looked for what denies it."""
_MAX_QUOTES = 3

_DENIAL = re.compile(r"\b(?:not|never|no|hardly|without|\w+n['’]t)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leaning:
    """What the words of some texts say about one factor."""

    factor: str
    n_much: int
    n_little: int
    quotes: tuple[str, ...]

    @property
    def degree(self) -> int:
        """From 0 to 100; 50 when as much speaks for it as against it."""
        total = self.n_much + self.n_little + PRIOR
        return round(50 + SPREAD * (self.n_much - self.n_little) / total)


def infer_big_five(posts: Sequence[str], cancelled: IsCancelled = never) -> list[Leaning]:
    """Returns a leaning for each factor that any word speaks of."""
    sentences = [sentence for post in _first_chars(posts) for sentence in split_sentences(post)]
    found = [
        _lean(factor, much, little, sentences, cancelled)
        for factor, (much, little) in load_reading_words().big_five.items()
    ]
    return [leaning for leaning in found if leaning.n_much + leaning.n_little >= MIN_HITS]


def read_posts(posts: Sequence[str], character: CharacterBase, cancelled: IsCancelled = never) -> list[Proposal]:
    """Proposes the factors that posts speak of, with the sentences that show them."""
    proposals = []
    for leaning in infer_big_five(posts, cancelled):
        why = f"{leaning.n_much} words show much {leaning.factor}, {leaning.n_little} little."
        path = f"layers.personal.big_five.{leaning.factor}"
        proposals.append(Proposal(path, leaning.degree, why, " … ".join(leaning.quotes)))
    return still_new(character, proposals)


def _first_chars(posts: Sequence[str]) -> Iterator[str]:
    left = MAX_POSTS_CHARS
    for post in posts:
        if left <= 0:
            return
        yield post[:left]
        left -= len(post)


def _lean(
    factor: str, much: tuple[str, ...], little: tuple[str, ...], sentences: list[str], cancelled: IsCancelled
) -> Leaning:
    counts = {1: 0, -1: 0}
    quotes: list[str] = []
    for sentence in sentences:
        stop_if(cancelled)
        hits = [sign * _sign(sentence, match.start()) for sign, match in _matches(sentence, much, little)]
        for hit in hits:
            counts[hit] += 1
        if hits and len(quotes) < _MAX_QUOTES:
            quotes.append(sentence[:200])
    return Leaning(factor, counts[1], counts[-1], tuple(quotes))


def _matches(sentence: str, much: tuple[str, ...], little: tuple[str, ...]) -> list[tuple[int, re.Match[str]]]:
    return [(1, match) for match in _pattern(much).finditer(sentence)] + [
        (-1, match) for match in _pattern(little).finditer(sentence)
    ]


def _sign(sentence: str, place: int) -> int:
    """A denied word counts for the other side."""
    return -1 if _DENIAL.search(sentence, max(0, place - LOOK_BACK_CHARS), place) else 1


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = "|".join(re.escape(word).replace(r"\*", r"\w*").replace(r"\-", "[ -]") for word in words)
    return re.compile(rf"\b(?:{alternatives})\b", re.IGNORECASE)
