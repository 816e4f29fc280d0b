"""ROUGE-L: worked examples, an independent witness, and its laws."""

import tracemalloc
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.words.overlap import MAX_COMPARED, common_subsequence, rouge_l, rouge_l_of

texts = st.lists(st.sampled_from("abcd"), max_size=12).map(" ".join)


def test_example_of_the_paper():
    """Lin (2004), section 3.1: precision and recall are 3/4 against the first candidate, 2/4 against the second."""
    reference = "police killed the gunman"
    assert rouge_l("police kill the gunman", reference) == pytest.approx(0.75)
    assert rouge_l("the gunman kill police", reference) == pytest.approx(0.5)


def test_length_difference_counts():
    assert rouge_l("the lamp was dark", "the lamp was dark and nobody moved at all") == pytest.approx(2 * 4 / 13)


def test_case_and_punctuation_do_not_count():
    assert rouge_l("No. I will not!", "no i will NOT") == 1


def test_no_words_overlap_nothing():
    assert rouge_l("", "") == rouge_l("…", "word") == 0


def test_long_texts_keep_few_rows():
    a, b = ["a"] * 6_000, ["b", *["a"] * 6_000]
    assert rouge_l_of(a, b) == 12_000 / 12_001
    assert len(common_subsequence(a, b)) == MAX_COMPARED - 1


def test_memory_does_not_grow_with_the_square_of_the_length():
    words = [str(number) for number in range(80_000)]
    tracemalloc.start()
    rouge_l_of(words, words)
    common_subsequence(words, words)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 60_000_000


@given(texts, texts)
def test_agrees_with_the_textbook_recursion(a: str, b: str):
    left, right = a.split(), b.split()

    @cache
    def common(i: int, j: int) -> int:
        if i == len(left) or j == len(right):
            return 0
        if left[i] == right[j]:
            return 1 + common(i + 1, j + 1)
        return max(common(i + 1, j), common(i, j + 1))

    expected = 2 * common(0, 0) / (len(left) + len(right)) if left and right else 0
    assert rouge_l(a, b) == pytest.approx(expected)
    assert rouge_l(a, b) == pytest.approx(rouge_l(b, a))


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_what_is_common_stands_in_both_and_is_as_long_as_rouge_says(a: list[str], b: list[str]):
    common = common_subsequence(a, b)
    for words in (a, b):
        rest = iter(words)
        assert all(word in rest for word in common)
    assert rouge_l_of(a, b) == (2 * len(common) / (len(a) + len(b)) if a and b else 0)
