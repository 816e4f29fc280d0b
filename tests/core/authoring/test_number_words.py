"""Numbers in digits and in words: what is written is read again, and nothing is guessed."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.authoring.number_words import SMALL, TENS, find_numbers, number_of, read_number, write_digits

NAMES = {number: word for word, number in (SMALL | TENS).items()}


def in_words(number: int) -> str:
    if number in NAMES:
        return NAMES[number]
    if number < 100:
        return f"{NAMES[number - number % 10]}-{NAMES[number % 10]}"
    scale, name = (100, "hundred") if number < 1_000 else (1_000, "thousand")
    rest = number % scale
    joint = " and " if rest < 100 else " "
    return f"{in_words(number // scale)} {name}" + (f"{joint}{in_words(rest)}" if rest else "")


@given(st.integers(0, 999_999), st.sampled_from([str.lower, str.upper, str.title]))
def test_words_are_read_as_they_are_written(number: int, case: object) -> None:
    words = case(in_words(number))  # type: ignore[operator]
    assert number_of(words) == number
    assert write_digits(f"over {words} years") == f"over {number} years"


@given(st.integers(0, 10**11), st.sampled_from([",", ".", "'", "’", "\u00a0", "\u202f", " "]))
def test_groups_of_digits_are_one_number(number: int, mark: str) -> None:
    text = f"{number:,}".replace(",", mark)
    found = read_number(f"{text} people")
    assert found is not None
    assert (found.value, found.end) == (number, len(text))


@given(st.text(max_size=60))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    spans = list(find_numbers(text))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    write_digits(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("58", 58), ("fifty-eight", 58), ("Ninety", 90), ("forty two", 42), ("twelve", 12), ("a dozen", 12),
        ("half a dozen", 6), ("two dozen", 24), ("a thousand and one", 1_001), ("two hundred thousand", 200_000),
        ("a", None), ("hundred", None), ("forty-none", None), ("forty twelve", None), ("one two", None), ("2-3", None),
        ("1e3", None), ("1.5", None), ("1.2.3", None), ("tea", None), ("²", None), ("9" * 5_000, None),
    ],
)  # fmt: skip
def test_numbers_are_read_whole_or_not_at_all(text: str, number: int | None) -> None:
    assert number_of(text) == number


def test_decimals_are_exact() -> None:
    for text in ("12.5", "12,5"):
        found = read_number(f"{text} %")
        assert found is not None
        assert found.value == Fraction(25, 2)
