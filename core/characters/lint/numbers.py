"""Ages, years and lengths of time in prose, in figures and in English words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.characters.lint.texts import Text

_FIRST = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
_ONES = _FIRST.split()
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: number for number, word in enumerate(_ONES)} | {
    word: 10 * number for number, word in enumerate(_TENS, start=2)
}
_NUMBER = rf"(\d{{1,3}}|(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_ONES[1:10])}))?|{'|'.join(_ONES)})"
_AGE = re.compile(
    rf"\b(?:(?:I am|I’m|I'm|you are|you’re|you're|she is|he is|they are|aged?|is)\s+)"
    rf"{_NUMBER}(?:[- ]years?[- ]old|\s+years of age|(?=[.,;)]|$))",
    re.IGNORECASE | re.MULTILINE,
)
_LASTING = re.compile(
    rf"\bfor\s+(?:the\s+(?:last|past)\s+)?{_NUMBER}\s+(?:long\s+)?(?:years|winters|summers)\b", re.IGNORECASE
)
_BEGUN = re.compile(
    r"\b(?:came|arrived|moved|settled|began|started|took over|joined|since)\b[^.!?\n]{0,60}?\b(1\d{3}|20\d{2})\b",
    re.IGNORECASE,
)
_BORN = re.compile(r"\bborn\b[^.!?\n]{0,40}?\b(1\d{3}|20\d{2})\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d.,])(1\d{3}|20\d{2})(?![\d])")


@dataclass(frozen=True, slots=True)
class Found:
    """A number in a text."""

    number: int
    text: Text
    start: int
    end: int

    @property
    def words(self) -> str:
        """The words as they stand, on one line."""
        return " ".join(self.text.text[self.start : self.end].split())


def find_ages(text: Text) -> Iterator[Found]:
    """Finds how old the text says that somebody is, in years."""
    return _find(_AGE, text)


def find_lengths(text: Text) -> Iterator[Found]:
    """Finds for how many years something has lasted."""
    return _find(_LASTING, text)


def find_beginnings(text: Text) -> Iterator[Found]:
    """Finds the years in which somebody came or began."""
    return _find(_BEGUN, text)


def find_births(text: Text) -> Iterator[Found]:
    """Finds years of birth."""
    return _find(_BORN, text)


def find_years(text: Text) -> Iterator[Found]:
    """Finds all years from 1000 to 2099."""
    return _find(_YEAR, text)


def years_in(text: str) -> tuple[int, ...]:
    """Returns the years that a text names."""
    return tuple(int(match[1]) for match in _YEAR.finditer(text))


def _find(pattern: re.Pattern[str], text: Text) -> Iterator[Found]:
    for match in pattern.finditer(text.text):
        yield Found(_value(match[1]), text, match.start(), match.end())


def _value(words: str) -> int:
    if words.isdecimal():
        return int(words)
    return sum(_WORDS[part] for part in re.split(r"[- ]", words.casefold()))
