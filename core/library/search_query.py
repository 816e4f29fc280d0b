"""What a person types into a search, as words and phrases; and where they are in a text. Knows no database.

Every word must be found; the end of a word may be missing. Words in quotes stand together, as they are. Case and
accents do not count. Scripts without spaces between words are searched letter by letter.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

MAX_QUERY_CHARS = 1_000
MAX_TERMS = 24
Span = tuple[int, int]
"""Begin and end in a text."""
_PARTS = re.compile(r'"([^"]*)(?:"|$)|([^\s"]+)')
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese."""


@dataclass(frozen=True)
class Term:
    """Words that stand together."""

    words: tuple[str, ...]
    is_open: bool
    """Whether the last word may go on."""

    @property
    def is_unspaced(self) -> bool:
        """Whether it is in a script that has no spaces between words."""
        return _UNSPACED.search("".join(self.words)) is not None


@dataclass(frozen=True)
class Query:
    """All that must be found."""

    terms: tuple[Term, ...] = ()

    def to_match(self) -> str:
        """Returns the expression of FTS5 for what it can find; empty when there is none."""
        return " ".join(_format(term) for term in self.terms if not term.is_unspaced)

    @property
    def pieces(self) -> tuple[str, ...]:
        """What must be found letter by letter."""
        return tuple(" ".join(term.words) for term in self.terms if term.is_unspaced)


def parse_query(text: str) -> Query:
    """Reads what was typed. Anything is allowed; what has no letter or digit in it is left out."""
    terms = []
    for phrase, word in _PARTS.findall(text[:MAX_QUERY_CHARS]):
        words = tuple(split_words(phrase or word))
        if words:
            terms.append(Term(words, is_open=not phrase))
    return Query(tuple(dict.fromkeys(terms))[:MAX_TERMS])


def split_words(text: str) -> list[str]:
    """Returns the words of a text as the index has them: letters and digits, with the marks above them."""
    words: list[str] = []
    is_inside = False
    for letter in text:
        kind = unicodedata.category(letter)
        is_letter = kind[0] in "LN" or kind == "Co" or (is_inside and kind == "Mn")
        if is_letter and is_inside:
            words[-1] += letter
        elif is_letter:
            words.append(letter)
        is_inside = is_letter
    return words


def fold(text: str) -> str:
    """Returns a text without case and accents."""
    return text.lower() if text.isascii() else "".join(map(_fold_letter, text))


def find_marks(text: str, query: Query) -> list[Span]:
    """Returns where the terms of a query are in a text, in order and without overlaps."""
    marks: list[Span] = []
    for span in sorted({span for term in query.terms for span in find_term(text, term)}):
        if not marks or span[0] >= marks[-1][1]:
            marks.append(span)
    return marks


def find_term(text: str, term: Term) -> list[Span]:
    """Returns where one term is in a text."""
    if term.is_unspaced:
        return [match.span() for match in re.finditer(re.escape(" ".join(term.words)), text)]
    folded = fold(text)
    spans = [match.span() for match in _pattern(term).finditer(folded)]
    if text.isascii() or not spans:
        return spans
    ends = list(accumulate(len(_fold_letter(letter)) for letter in text))
    return [(bisect_right(ends, begin), bisect_right(ends, end)) for begin, end in spans]


def cut_snippet(text: str, marks: Sequence[Span], n_chars: int) -> tuple[str, tuple[Span, ...]]:
    """Returns a piece of a text, on one line, around the first mark, and the marks in it."""
    first = marks[0][0] if marks else 0
    begin = max(0, first - n_chars // 4)
    if begin:
        begin = min(first, text.find(" ", begin, first) + 1 or begin)
    piece = "".join(" " if letter.isspace() else letter for letter in text[begin : begin + n_chars])
    shift = begin - (2 if begin else 0)
    end = begin + n_chars
    inside = tuple((a - shift, min(b, end) - shift) for a, b in marks if begin <= a < end)
    return ("… " if begin else "") + piece, inside


def _format(term: Term) -> str:
    return '"' + " ".join(term.words) + '"' + ("*" if term.is_open else "")


@lru_cache(maxsize=64)
def _pattern(term: Term) -> re.Pattern[str]:
    words = r"[\W_]+".join(re.escape(fold(word)) for word in term.words)
    return re.compile(rf"(?<![^\W_]){words}" + (r"[^\W_]*" if term.is_open else r"(?![^\W_])"))


@lru_cache(maxsize=4096)
def _fold_letter(letter: str) -> str:
    if unicodedata.category(letter) == "Mn":
        return ""
    decomposed = unicodedata.normalize("NFD", letter)
    plain, marks = decomposed[0], decomposed[1:]
    if any(unicodedata.category(mark) != "Mn" for mark in marks):
        return letter
    lower = plain.lower()
    return lower if len(lower) == 1 else plain
