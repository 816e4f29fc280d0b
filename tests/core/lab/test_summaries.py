"""Means, intervals, what is worst and how good a mean is, against numbers worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.catalogue import METRICS
from core.fidelity.reference import Norm
from core.lab.summaries import Usual, badness, difference, goodness_z, mean_interval, usual_of, worst_rows

GROUNDING, ECHO, VOICE = METRICS["grounding"], METRICS["echo"], METRICS["voice.mattr"]
NORM = Norm(mean=10.0, sd=2.0, p05=7.0, p95=13.0)


def test_the_interval_is_students() -> None:
    found = mean_interval(np.array([1.0, 2.0, 3.0, math.nan]))
    assert found is not None
    assert (found.mean, found.n) == (2.0, 3)
    assert found.high == pytest.approx(2.0 + 4.303 / math.sqrt(3))
    assert found.low == pytest.approx(2.0 - 4.303 / math.sqrt(3))


def test_one_value_has_no_width_and_none_has_no_mean() -> None:
    found = mean_interval(np.array([4.0]))
    assert found is not None
    assert (found.low, found.high) == (4.0, 4.0)
    assert mean_interval(np.array([math.nan])) is None


def test_a_difference_is_welchs() -> None:
    one, other = mean_interval(np.array([4.0, 6.0, 8.0])), mean_interval(np.array([1.0, 2.0, 3.0]))
    assert one is not None
    assert other is not None
    found = difference(one, other)
    assert found is not None
    assert found.mean == 4.0
    assert found.high - found.mean == pytest.approx(4.303 * math.sqrt(4 / 3 + 1 / 3))  # 2.94 degrees of freedom
    alone = mean_interval(np.array([5.0]))
    assert alone is not None
    assert difference(alone, other) is None


def test_bad_is_low_where_higher_is_better_and_far_where_people_are_the_reference() -> None:
    values = np.array([1.0, 2.0, 3.0, math.nan])
    assert np.argsort(badness(GROUNDING, values, None)[:3]).tolist() == [2, 1, 0]
    assert np.argsort(badness(ECHO, values, None)[:3]).tolist() == [0, 1, 2]
    assert badness(VOICE, np.array([8.0, 14.0]), NORM).tolist() == [1.0, 2.0]
    assert math.isnan(badness(GROUNDING, values, None)[3])


def test_good_is_above_zero_whichever_way_is_better() -> None:
    usual = Usual(2.0, 0.5)
    assert goodness_z(GROUNDING, 3.0, usual) == 2.0
    assert goodness_z(ECHO, 3.0, usual) == -2.0
    assert goodness_z(VOICE, 12.0, usual_of(np.array([1.0]), NORM)) == -1.0
    assert goodness_z(GROUNDING, 3.0, usual_of(np.array([3.0, 3.0]), None)) == 0.0


@given(st.lists(st.none() | st.integers(-9, 9), max_size=40), st.integers(1, 12), st.data())
def test_the_worst_are_the_head_of_the_sorted_list(values: list[int | None], n: int, data: st.DataObject) -> None:
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values))), np.bool_)
    bad = np.array([math.nan if one is None else float(one) for one in values], np.float64)
    allowed = [row for row in range(len(values)) if mask[row] and values[row] is not None]
    expected = sorted(allowed, key=lambda row: (-bad[row], row))[:n]
    assert worst_rows(bad, mask, n).tolist() == expected
