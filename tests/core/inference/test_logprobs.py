"""Arithmetic on distributions, against the definitions and known cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import log_softmax as scipy_log_softmax
from scipy.special import rel_entr

from core.inference.kept_rows import KeptRows
from core.inference.logprobs import divergence, is_usable, js_per_token, kl_per_token, log_softmax

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


def row(value: float) -> np.ndarray:
    return np.full(100, value, np.float32)


def test_rows_are_kept_for_the_tokens_that_were_drawn() -> None:
    kept = KeptRows()
    key = kept.begin([1, 2])
    for token in (7, 8, 9):
        kept.add(key, token, row(token))
    found = kept.rows([1, 2], [7, 8, 5], 0, 2)
    assert found is not None
    assert found[:, 0].tolist() == [7, 8]
    assert kept.rows([1, 2], [7, 8, 5], 0, 3) is None
    assert kept.rows([1, 3], [7, 8, 9], 0, 2) is None


def test_the_oldest_rows_go_when_there_are_too_many() -> None:
    kept = KeptRows(limit_bytes=4 * 400)
    for context in ([1], [2]):
        key = kept.begin(context)
        for token in range(3):
            kept.add(key, token, row(token))
    assert kept.rows([1], [0, 1, 2], 0, 3) is None
    assert kept.rows([2], [0, 1, 2], 0, 3) is not None


def test_an_answer_that_is_too_long_is_not_kept_at_all() -> None:
    kept = KeptRows(limit_bytes=2 * 400)
    key = kept.begin([1])
    for token in range(5):
        kept.add(key, token, row(token))
    assert kept.rows([1], [0], 0, 1) is None
