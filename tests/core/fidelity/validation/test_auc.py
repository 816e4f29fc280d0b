"""The area under the ROC curve and its interval."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.validation.auc import area, in_order, separate

# few different values, so that ties are common
VALUES = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=30)
PAIRS = st.lists(st.tuples(st.integers(-5, 5).map(float), st.integers(-5, 5).map(float)), min_size=1, max_size=30)


def test_what_lies_apart_is_told_apart() -> None:
    assert area([3, 4], [1, 2]) == 1
    assert area([1, 2], [3, 4]) == 0
    assert area([1, 2, 3], [2]) == 0.5
    assert area([2, 2], [1, 2]) == 0.75


@given(VALUES, VALUES)
def test_the_area_is_the_share_of_pairs_and_turns_round(a: list[float], b: list[float]) -> None:
    pairs = [(x > y) + (x == y) / 2 for x in a for y in b]
    assert math.isclose(area(a, b), sum(pairs) / len(pairs), abs_tol=1e-12)
    assert math.isclose(area(a, b) + area(b, a), 1, abs_tol=1e-12)
    assert area(a, a) == pytest.approx(0.5)


@given(PAIRS)
def test_the_interval_holds_the_area_and_turns_round(pairs: list[tuple[float, float]]) -> None:
    clean, spoilt = ([one[side] for one in pairs] for side in (0, 1))
    found, turned = separate(clean, spoilt), separate(spoilt, clean)
    assert 0 <= found.low <= found.auc + 1e-12
    assert found.auc - 1e-12 <= found.high <= 1
    assert found.n == len(pairs)
    assert (turned.auc, turned.low, turned.high) == pytest.approx((1 - found.auc, 1 - found.high, 1 - found.low))


def test_equal_copies_are_at_a_half_with_no_doubt() -> None:
    found = separate([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert (found.auc, found.low, found.high) == (0.5, 0.5, 0.5)


def test_perfect_separation_leaves_room_for_doubt_that_shrinks_with_n() -> None:
    few, many = (separate([1.0] * n, [0.0] * n) for n in (10, 200))
    assert few.auc == many.auc == few.high == many.high == 1
    assert few.low == pytest.approx(0.025 ** (1 / 10))
    assert few.low < many.low < 1


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    truth = 0.5 * (1 + math.erf(1 / 2))  # two normal distributions one standard deviation apart
    hits = 0
    for _ in range(300):
        shared = rng.normal(size=60) * 0.5
        clean, spoilt = (shared + rng.normal(size=60) * math.sqrt(0.75) + shift for shift in (1.0, 0.0))
        found = separate(list(clean), list(spoilt))
        hits += found.low <= truth <= found.high
    assert 0.92 <= hits / 300 <= 0.99


def test_no_pairs_are_no_comparison() -> None:
    with pytest.raises(ValueError, match="no pairs"):
        separate([], [])
    with pytest.raises(ValueError, match="no pairs"):
        separate([1.0], [1.0, 2.0])


def test_the_better_end_is_the_metrics_own() -> None:
    assert in_order([3.0], [1.0], "higher") == ([3.0], [1.0])
    assert in_order([3.0], [1.0], "lower") == ([-3.0], [-1.0])
    clean, spoilt = in_order([1.0, 2.0, 3.0], [9.0, -9.0, 2.0], "reference")
    assert clean == [-1, 0, -1]
    assert spoilt == [-7, -11, 0]
    assert in_order([1.0, 2.0, 3.0], [9.0], "neither")[1] == [-7]
