"""Whether a sentence asks for what lies beyond a date, or for something on a list. Pure.

Source: concept incongruence (methods 2.13); the expressions are ours.
"""

import re

from core.fidelity.words.tokens import content_words, split_words

_MONTHS_TEXT = "january february march april may june july august september october november december"
_MONTHS = _MONTHS_TEXT.split()
_YEAR = re.compile(rf"\b(?:({'|'.join(_MONTHS)})\s+(?:of\s+)?)?(1\d{{3}}|20\d{{2}}|21\d{{2}})s?\b", re.IGNORECASE)
_ASKS = re.compile(
    r"\?|\b(?:tell\s(?:me|us)|do\syou\sknow|what\sdo\syou|who\s(?:is|was|will)|describe|explain|remember|have\syou)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
_MOST = 0.6
"""Share of the telling words of an entry that a sentence must have to be about it."""


def asks(sentence: str) -> bool:
    """Whether a sentence asks for something."""
    return bool(_ASKS.search(sentence))


def questions_of(text: str) -> list[str]:
    """Returns the sentences of a turn that ask for something."""
    return [sentence.strip() for sentence in _SENTENCE.findall(text) if asks(sentence)]


def dates_beyond(sentence: str, last: str) -> list[str]:
    """Returns the dates of a sentence that lie after the last year or month of a text, in words.

    The words can follow `You cannot know about`: `the year 1950`, `the 1950s`, `May 1926`.
    """
    limit = max(map(_moment_of, _YEAR.finditer(last)), default=None)
    if limit is None:
        return []
    return [_in_words(match) for match in _YEAR.finditer(sentence) if _is_later(_moment_of(match), limit)]


def is_about(sentence: str, entry: str) -> bool:
    """Whether a sentence has most of the telling words of something."""
    telling = content_words(split_words(entry))
    return bool(telling) and len(telling & content_words(split_words(sentence))) >= _MOST * len(telling)


def _in_words(match: re.Match[str]) -> str:
    if match[1]:
        return match[0]
    return f"the {match[0]}" if match[0].endswith("s") else f"the year {match[0]}"


def _moment_of(match: re.Match[str]) -> tuple[int, int]:
    """Returns year and month, from 1; 0: no month is named."""
    return int(match[2]), _MONTHS.index(match[1].casefold()) + 1 if match[1] else 0


def _is_later(asked: tuple[int, int], last: tuple[int, int]) -> bool:
    """Whether a year, or a month where both name one, lies after the last that can be known."""
    return asked[0] > last[0] or (asked[0] == last[0] and 0 < last[1] < asked[1])
