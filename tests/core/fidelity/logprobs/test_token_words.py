"""Tokens told by words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.logprobs.token_words import examples, sum_by_word


def test_pieces_of_a_word_are_summed() -> None:
    tokens = ["The", " ke", "eper", "'s", " lamp", ".", " *", "sits", "*", "\n", "No"]
    words = sum_by_word(tokens, [1.0, 0.5, 0.25, 0.25, 2.0, 0.0, 0.0, 3.0, 0.0, 0.0, 4.0])
    assert [word for _, word, _ in words] == ["The", " keeper's", " lamp", ".", " *", "sits", "*", "\n", "No"]
    assert words[1] == (1, " keeper's", 1.0)


def test_apostrophes_belong_to_words_and_chinese_has_no_spaces() -> None:
    assert [word for _, word, _ in sum_by_word([" o", "'", "clock", "!"], [1.0] * 4)] == [" o'clock", "!"]
    assert [word for _, word, _ in sum_by_word([" don", "’", "t", " '", "a"], [1.0] * 5)] == [" don’t", " '", "a"]
    assert [word for _, word, _ in sum_by_word(["我", "喜欢", "海"], [1.0] * 3)] == ["我", "喜欢", "海"]


def test_what_comes_before_the_first_does_not_count() -> None:
    assert sum_by_word(["se", "cret", " out", "side"], [9.0, 9.0, 1.0, 1.0], first=2) == [(2, " outside", 2.0)]


def test_examples_are_the_first_few() -> None:
    found = examples((place, str(place), 0.0) for place in range(9))
    assert [one["place"] for one in found] == [0, 1, 2, 3, 4]


@given(st.lists(st.tuples(st.text(max_size=4), st.floats(-20, 20)), max_size=40), st.integers(0, 5))
def test_nothing_is_lost_or_added(rows: list[tuple[str, float]], first: int) -> None:
    tokens, nats = [token for token, _ in rows], [value for _, value in rows]
    words = sum_by_word(tokens, nats, first)
    assert "".join(word for _, word, _ in words) == "".join(tokens[first:])
    assert sum(total for _, _, total in words) == pytest.approx(sum(nats[first:]), abs=1e-9)
    assert [place for place, _, _ in words] == sorted({place for place, _, _ in words})
