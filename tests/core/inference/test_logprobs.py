"""Arithmetic on distributions, against the definitions and known cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import log_softmax as scipy_log_softmax
from scipy.special import rel_entr

from core.inference.batching.kept_rows import N_ANSWERS, KeptRows
from core.inference.batching.logprobs import (
    divergence,
    is_usable,
    js_per_token,
    kl_per_token,
    log_softmax,
    token_logprobs,
)

logits = arrays(np.float32, (3, 40), elements=st.floats(-30, 30, width=32))


@given(logits)
def test_log_softmax_is_that_of_scipy(rows: np.ndarray) -> None:
    assert log_softmax(rows) == pytest.approx(scipy_log_softmax(rows.astype(np.float64), axis=-1), abs=1e-5)


@given(logits, logits)
def test_divergences_follow_their_definitions(one: np.ndarray, other: np.ndarray) -> None:
    q, p = log_softmax(one), log_softmax(other)
    exact_q, exact_p = np.exp(q.astype(np.float64)), np.exp(p.astype(np.float64))
    assert kl_per_token(q, p) == pytest.approx(rel_entr(exact_q, exact_p).sum(axis=-1), rel=1e-3, abs=1e-5)
    middle = (exact_q + exact_p) / 2
    js = (rel_entr(exact_q, middle) + rel_entr(exact_p, middle)).sum(axis=-1) / 2
    assert js_per_token(q, p) == pytest.approx(js, rel=1e-3, abs=1e-5)
    assert js_per_token(q, p) == pytest.approx(js_per_token(p, q), abs=1e-6)


@given(logits)
def test_equal_distributions_do_not_diverge(rows: np.ndarray) -> None:
    found = divergence(log_softmax(rows), log_softmax(rows.copy()))
    assert found.kl == pytest.approx(0, abs=1e-6)
    assert found.js == pytest.approx(0, abs=1e-6)
    assert not found.argmax_differs.any()


def test_impossible_tokens_count_for_nothing() -> None:
    rows = log_softmax(np.array([[0.0, 0.0, -np.inf]], np.float32))
    reference = log_softmax(np.array([[0.0, 0.0, 0.0]], np.float32))
    assert kl_per_token(rows, reference) == pytest.approx(np.log(1.5), abs=1e-6)


def test_distributions_without_overlap_are_ln_2_apart() -> None:
    rows = log_softmax(np.array([[50.0, -50.0], [-50.0, 50.0]], np.float32))
    assert js_per_token(rows[:1], rows[1:]) == pytest.approx(np.log(2))


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_broken_numbers_are_noticed(broken: float) -> None:
    assert is_usable(np.zeros((2, 3), np.float32))
    assert not is_usable(np.array([[0.0, broken, 1.0]], np.float32))


def row(token: int) -> np.ndarray:
    """Logits that name the token they are for."""
    logits = np.zeros((1, 100), np.float32)
    logits[0, token] = 10
    return logits


def test_the_log_probability_of_a_token_is_its_own() -> None:
    logits = np.concatenate([row(3), row(4)])
    assert token_logprobs(logits, [3, 5]) == pytest.approx(log_softmax(logits)[[0, 1], [3, 5]], abs=1e-6)


def test_rows_are_kept_for_the_tokens_that_were_drawn() -> None:
    rows = KeptRows()
    kept = rows.begin([1, 2])
    rows.add(kept, [7, 8], np.concatenate([row(7), row(8)]))
    rows.add(kept, [9], row(9))
    found = rows.rows([1, 2], [7, 8, 5], 1, 2)
    assert found is not None
    assert found.argmax(axis=-1).tolist() == [8]
    assert rows.rows([1, 2], [7, 8, 5], 0, 3) is None
    assert rows.rows([1, 3], [7, 8, 9], 0, 2) is None
    assert len(rows.logprobs([1, 2], [7, 8, 5])) == 2
    assert rows.logprobs([1, 3], [7]) == []


def test_two_answers_to_one_chat_are_told_apart() -> None:
    rows = KeptRows()
    one, other = rows.begin([1]), rows.begin([1])
    rows.add(one, [7], row(7))
    rows.add(other, [8], row(8))
    assert len(rows.logprobs([1], [7])) == len(rows.logprobs([1], [8])) == 1
    assert rows.rows([1], [8], 0, 1) is not None


def test_another_first_token_is_known_where_its_distribution_was_kept() -> None:
    rows = KeptRows()
    rows.add(rows.begin([1]), [7], row(7))
    assert rows.logprobs([1], [8]) == pytest.approx([float(log_softmax(row(7))[0, 8])])
    assert len(rows.logprobs([1], [8, 7])) == 1
    assert rows.logprobs([1], []) == []
    rows.add(rows.begin([2]), [7], row(7), distributions=False)
    assert rows.logprobs([2], [8]) == []


def test_the_oldest_distributions_go_when_there_are_too_many() -> None:
    rows = KeptRows(limit_bytes=4 * 400)
    for context in ([1], [2]):
        kept = rows.begin(context)
        for token in range(3):
            rows.add(kept, [token], row(token))
    assert rows.rows([1], [0, 1, 2], 0, 3) is None
    assert rows.rows([2], [0, 1, 2], 0, 3) is not None
    assert len(rows.logprobs([1], [0, 1, 2])) == 3


def test_of_an_answer_that_is_too_long_only_the_log_probabilities_stay() -> None:
    rows = KeptRows(limit_bytes=2 * 400)
    kept = rows.begin([1])
    for token in range(5):
        rows.add(kept, [token], row(token))
    assert rows.rows([1], [0], 0, 1) is None
    assert len(rows.logprobs([1], [*range(5)])) == 5


def test_the_oldest_answers_are_forgotten() -> None:
    rows = KeptRows()
    for number in range(N_ANSWERS + 1):
        rows.add(rows.begin([number]), [1], row(1), distributions=False)
    assert rows.logprobs([0], [1]) == []
    assert len(rows.logprobs([1], [1])) == 1
