"""Numbers as people write them: in digits with or without groups, and in words up to the millions.

Each text is read to the end of the number or not at all: `forty-none` is no number, `2-3` begins with one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

MAX_DIGITS = 12
_UP_TO_NINETEEN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TWENTY_TO_NINETY = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL = {word: number for number, word in enumerate(_UP_TO_NINETEEN.split())}
TENS = {word: number * 10 for number, word in enumerate(_TWENTY_TO_NINETY.split(), start=2)}
SCALES = {"thousand": 1_000, "million": 1_000_000}
_DIGITS = re.compile(r"\d+(?:[.,'’\u00a0\u202f]\d+)*(?: \d{3}\b)*")
_GROUPED = re.compile(r"\d{1,3}(?:([.,'’\u00a0\u202f ])\d{3})(?:\1\d{3})*")
_DECIMAL = re.compile(r"(\d+)[.,](\d+)")
_HALF = re.compile(r"half\s+(?=an?\s+(?:dozen|hundred|thousand|million)\b)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_GAP = re.compile(r"(?P<and>\s+and\s+)|-|\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NumberInText:
    """A number and where it ends."""

    value: int | Fraction
    end: int


def number_of(text: str) -> int | None:
    """Returns the whole number that all of a text is, or None."""
    text = text.strip()
    found = read_number(text)
    return found.value if found and found.end == len(text) and isinstance(found.value, int) else None


def read_number(text: str, start: int = 0) -> NumberInText | None:
    """Reads the number that begins at a place: `1,000`, `12.5`, `forty-two`, `two hundred and six`,
    `half a dozen`."""
    half = _HALF.match(text, start)
    if half is not None:
        whole = _read_words(text, half.end())
        return NumberInText(whole.value // 2, whole.end) if whole and whole.value % 2 == 0 else None
    digits = _DIGITS.match(text, start)
    if digits is None:
        return _read_words(text, start)
    value = _digits_value(digits[0])
    is_whole = not _WORD.match(text, digits.end())
    return NumberInText(value, digits.end()) if value is not None and is_whole else None


def find_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yields where each number of a text begins and ends."""
    end = 0
    for word in re.finditer(r"\w+", text):
        found = read_number(text, word.start()) if word.start() >= end else None
        if found is not None:
            end = found.end
            yield word.start(), end


def write_digits(text: str) -> str:
    """Returns a text with its whole numbers in plain digits: `over sixty` becomes `over 60`."""
    parts, last = [], 0
    for start, end in find_numbers(text):
        number = number_of(text[start:end])
        parts += [text[last:start], text[start:end] if number is None else str(number)]
        last = end
    return "".join([*parts, text[last:]])


def _digits_value(digits: str) -> int | Fraction | None:
    if len(digits) > 2 * MAX_DIGITS:
        return None
    plain = re.sub(r"\D", "", digits)
    if len(plain) > MAX_DIGITS:
        return None
    if digits == plain or _GROUPED.fullmatch(digits):
        return int(plain)
    decimal = _DECIMAL.fullmatch(digits)
    return Fraction(f"{int(decimal[1])}.{decimal[2]}") if decimal else None


def _read_words(text: str, start: int) -> NumberInText | None:
    """Reads words. Each may only follow what it can follow: after `forty` comes `two` and not `twelve`."""
    counting = _Counting()
    place, end = start, start
    while word := _WORD.match(text, place):
        if not counting.take(word[0].casefold()):
            break
        place = word.end()
        if counting.is_number:
            end = place
        gap = _GAP.match(text, place)
        if gap is None or (gap["and"] and not counting.may_say_and):
            break
        place = gap.end()
    return NumberInText(counting.total + counting.part, end) if end > start else None


@dataclass(slots=True)
class _Counting:
    """A number in words, as far as it was heard."""

    total: int = 0
    """The finished thousands."""
    part: int = 0
    """What is below a thousand."""
    last: str = ""
    is_number: bool = False
    scale: int = 10**9
    """The next scale is smaller."""

    @property
    def may_say_and(self) -> bool:
        """Whether `and` may come next, as in `two hundred and six`."""
        return self.last in {"hundred", *SCALES}

    def take(self, word: str) -> bool:
        """Takes the next word in; False where it does not go on."""
        if self.last == "dozen" or not self._add(word):
            return False
        self.last = word
        self.is_number = word not in {"a", "an"}
        return True

    def _add(self, word: str) -> bool:
        one = 1 if self.last in {"a", "an"} else 0
        if word in {"a", "an"}:
            return not self.last
        if word in SMALL and not one:
            after_tens = self.last in TENS and 0 < SMALL[word] < 10
            if not (after_tens or not self.last or self.may_say_and):
                return False
            self.part += SMALL[word]
        elif word in TENS and not one:
            if self.last and not self.may_say_and:
                return False
            self.part += TENS[word]
        elif word == "hundred" and 0 < self.part + one < 100:
            self.part = (self.part + one) * 100
        elif word == "dozen" and self.part + one > 0 and not self.total:
            self.part = (self.part + one) * 12
        elif word in SCALES and self.part + one > 0 and SCALES[word] < self.scale:
            self.scale = SCALES[word]
            self.total, self.part = self.total + (self.part + one) * self.scale, 0
        else:
            return False
        return True
