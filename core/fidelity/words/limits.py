"""Whether a sentence asks for what lies beyond a date, or for something on a list. Pure.

Source: concept incongruence (methods 2.13); the expressions are ours.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from core.fidelity.words.tokens import content_words, split_words

_MONTHS_TEXT = "january february march april may june july august september october november december"
_MONTHS = _MONTHS_TEXT.split()
_NUMBER = re.compile(r"(?<![\w.,$£€#/:])(\d{1,4})(s\b)?(?![\w%°]|[.,:/]\d)")
"""A number that stands by itself: no price, no clock, no part of a longer one."""
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})\s+(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s+)?(?:of\s+)?$", re.IGNORECASE)
_SAYS_YEAR = re.compile(r"\b(?:years?(?:\s+of)?|annos?|a\.?d\.?)\s+(?:a\.?d\.?\s+)?$", re.IGNORECASE)
_SAYS_TIME = re.compile(
    r"\b(?:in|since|by|before|after|until|till|from|during|around|about|circa|between|early|late|mid|of"
    r"|spring|summer|autumn|fall|winter|christmas|easter|new\s+year)[\s-]+$",
    re.IGNORECASE,
)
_SAYS_AMOUNT = re.compile(
    r"\b(?:what\s+about|how\s+about|(?P<amount>about"
    r"|(?:sum|price|cost|worth|total|number|crowd|army|fleet|speed|distance|height|depth|weight|score|room|cabin|part)"
    r"\s+of))\s+$",
    re.IGNORECASE,
)
"""`about 2000` is an amount, `what about 1950` is not."""
_OR_LATER = re.compile(r"^\s*(?:and|to|or|till|until|[-–—])\s*(?:the\s+)?$")
_ERA = re.compile(r"\s*(?:(?P<after>a\.?d\b\.?|c\.?e\b\.?)|(?P<before>b\.?c\b\.?(?:e\b\.?)?))", re.IGNORECASE)
_COUNTS = re.compile(
    r"[\s-]+(?!(?:is|was|has|does|this|its|his|us|as|yes|perhaps|always|besides|towards|across|unless|others)\b)"
    r"(?:[a-z]+s|[a-z]*(?:men|women|people|children|feet)|dollar|pound|mile|percent|per|hundred|thousand|million|head"
    r"|or\s+(?:so|more|less)|more|other|of)\b"
)
"""What is counted, as in `2000 dollars`: a word in the plural, in small letters."""
_SEEN = 40
"""Characters that are looked at on either side of a number."""
_MOST_LIKELY = range(1000, 2200)
_ASKS = re.compile(
    r"\?|\b(?:tell\s(?:me|us)|do\syou\sknow|what\sdo\syou|who\s(?:is|was|will)|describe|explain|remember|have\syou)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
_MOST = 0.6
"""Share of the telling words of an entry that a sentence must have to be about it."""


class _Date(NamedTuple):
    """A year, or a month of one, that a text names."""

    year: int
    """Negative before our era."""
    month: int
    """From 1; 0: none is named."""
    words: str
    n_years: int
    """1; more where a decade or a hundred years are meant."""


def asks(sentence: str) -> bool:
    """Whether a sentence asks for something."""
    return bool(_ASKS.search(sentence))


def questions_of(text: str) -> list[str]:
    """Returns the sentences of a turn that ask for something."""
    return [sentence.strip() for sentence in _SENTENCE.findall(text) if asks(sentence)]


def dates_beyond(sentence: str, last: str) -> list[str]:
    """Returns the dates of a sentence that lie after the last year or month of a text, in words.

    The words can follow `You cannot know about`: `the year 1950`, `the 1950s`, `May 1926`. In a sentence a number is a
    year where a word of time stands before it and nothing that is counted behind; in `last` any of three digits is.
    """
    limit = _limit_of(last)
    if limit is None:
        return []
    return [date.words for date in _dates(sentence) if _is_later((date.year, date.month), limit)]


def is_about(sentence: str, entry: str) -> bool:
    """Whether a sentence has most of the telling words of something."""
    telling = content_words(split_words(entry))
    return bool(telling) and len(telling & content_words(split_words(sentence))) >= _MOST * len(telling)


@lru_cache(maxsize=64)
def _limit_of(last: str) -> tuple[int, int] | None:
    """Returns the last year and month that a date in words names."""
    return max((_end_of(date) for date in _dates(last, is_date=True)), default=None)


def _dates(text: str, *, is_date: bool = False) -> Iterator[_Date]:
    """Yields the dates of a text.

    Args:
        is_date: Whether the text is nothing but a date, so that no word of time is needed.
    """
    end_of_last = None
    for match in _NUMBER.finditer(text):
        before = text[max(0, match.start() - _SEEN) : match.start()]
        after = text[match.end() : match.end() + _SEEN]
        goes_on = end_of_last is not None and bool(_OR_LATER.match(text[end_of_last : match.start()][:_SEEN]))
        date = _date_of(match, before, after, is_known=is_date or goes_on)
        if date is not None:
            end_of_last = match.end()
            yield date


def _date_of(match: re.Match[str], before: str, after: str, *, is_known: bool) -> _Date | None:
    """Reads a number between two pieces of text; None where it is no year."""
    year, decade, era = int(match[1]), bool(match[2]), _ERA.match(after)
    if len(match[1]) < 3 and era is None and before.rstrip(" .")[-1:] not in ("d", "D"):
        return None  # most numbers: neither `AD 40` nor `40 BC`
    if era is not None and (era["after"] or not decade):
        past = bool(era["before"])
        return _Date(-year if past else year, 0, f"the year {match[0]}{' BC' if past else ''}", 1)
    if _SAYS_YEAR.search(before):
        is_year = len(match[1]) >= 3 or bool(re.search(r"\ba\.?d\.?\s+$", before, re.IGNORECASE))
        return _Date(year, 0, f"the year {match[0]}", 1) if is_year else None
    if len(match[1]) < 3 or (_COUNTS.match(after) and not decade):
        return None
    month = _MONTH.search(before)
    if month is not None:
        return _Date(year, _MONTHS.index(month[1].casefold()) + 1, month[0] + match[0], 1)
    if decade:
        is_decade = year % 10 == 0 and (is_known or year in _MOST_LIKELY or before.lower().endswith("the "))
        return _Date(year, 0, f"the {match[0]}", 100 if year % 100 == 0 else 10) if is_decade else None
    amount = _SAYS_AMOUNT.search(before)
    says_time = bool(_SAYS_TIME.search(before)) and not (amount and amount["amount"])
    return _Date(year, 0, f"the year {match[0]}", 1) if is_known or says_time else None


def _end_of(date: _Date) -> tuple[int, int]:
    return date.year + date.n_years - 1, date.month


def _is_later(asked: tuple[int, int], last: tuple[int, int]) -> bool:
    """Whether a year, or a month where both name one, lies after the last that can be known."""
    return asked[0] > last[0] or (asked[0] == last[0] and 0 < last[1] < asked[1])
