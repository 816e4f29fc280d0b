"""KL and Jensen-Shannon per token: acceptance numbers of methods 3.6, and their laws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from core.inference.batching.logprobs import divergence, js_per_token, kl_per_token

LN_2 = math.log(2)
Floats = NDArray[np.float32]


def log_softmax(logits: Floats) -> Floats:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return (shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))).astype(np.float32)


def log_rows(*rows: tuple[float, ...]) -> Floats:
    with np.errstate(divide="ignore"):
        return np.log(np.array(rows, dtype=np.float32))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Floats, Floats]:
    shape = draw(array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8))
    logits = arrays(np.float32, shape, elements=st.floats(-30, 30, width=32))
    return log_softmax(draw(logits)), log_softmax(draw(logits))


def test_acceptance():
    q, p = log_rows((0.5, 0.5)), log_rows((0.9, 0.1))
    assert kl_per_token(q, p)[0] == pytest.approx(0.510826, abs=1e-6)
    assert kl_per_token(p, q)[0] == pytest.approx(0.368064, abs=1e-6)
    assert js_per_token(q, p)[0] == pytest.approx(0.101749, abs=1e-6)
    assert js_per_token(q, p)[0] / math.log(2) == pytest.approx(0.146793, abs=1e-6)


def test_acceptance_equal_contexts_and_doubled_temperature():
    logits = np.random.default_rng(7).normal(0, 4, (20, 4096)).astype(np.float32)
    q = log_softmax(logits)
    assert np.all(kl_per_token(q, q) <= 1e-6)
    assert np.all(kl_per_token(log_softmax(logits / 2), q) > 0.1)


def test_rounding_never_makes_kl_negative():
    """Rows whose float32 sums are a hair off 1."""
    q = log_rows((0.5, 0.5))
    assert kl_per_token(q, q + np.float32(1e-6))[0] == 0


def test_one_value_for_each_token():
    q, p = log_rows((0.5, 0.5), (0.9, 0.1)), log_rows((0.5, 0.5), (0.1, 0.9))
    assert kl_per_token(q, p) == pytest.approx([0, 0.8 * math.log(9)], abs=1e-6)
    assert js_per_token(q, p).shape == (2,)
    assert divergence(q, p).argmax_differs.tolist() == [False, True]


def test_no_tokens():
    none = np.zeros((0, 5), dtype=np.float32)
    assert kl_per_token(none, none).shape == js_per_token(none, none).shape == (0,)


def test_excluded_tokens():
    """Masked by a grammar: what q excludes adds nothing, what p alone excludes is infinitely far."""
    masked, free = log_rows((1.0, 0.0)), log_rows((0.5, 0.5))
    assert kl_per_token(masked, free)[0] == pytest.approx(LN_2, abs=1e-6)
    assert kl_per_token(free, masked)[0] == math.inf
    assert kl_per_token(masked, masked)[0] == 0
    assert js_per_token(log_rows((1.0, 0.0)), log_rows((0.0, 1.0)))[0] == pytest.approx(LN_2, abs=1e-6)


@given(pairs())
def test_kl_is_not_negative_and_jensen_shannon_is_symmetric_and_bounded(pair: tuple[Floats, Floats]):
    q, p = pair
    assert np.all(kl_per_token(q, p) >= 0)
    js = js_per_token(q, p)
    assert np.all((js >= 0) & (js <= math.log(2)))
    assert np.array_equal(js, js_per_token(p, q))


@given(pairs())
def test_agrees_with_the_sum_in_double_precision(pair: tuple[Floats, Floats]):
    q, p = (array.astype(np.float64) for array in pair)
    middle = np.log((np.exp(q) + np.exp(p)) / 2)
    kl = np.sum(np.exp(q) * (q - p), axis=1)
    js = np.sum(np.exp(q) * (q - middle) + np.exp(p) * (p - middle), axis=1) / 2
    assert kl_per_token(*pair) == pytest.approx(np.maximum(kl, 0), abs=2e-5)
    assert js_per_token(*pair) == pytest.approx(js, abs=2e-5)
