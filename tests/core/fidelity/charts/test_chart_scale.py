"""Axes: bounds that hold the values, and round ticks inside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.charts.chart_scale import Scale, format_tick, nice_ticks, value_bounds

values = st.lists(st.floats(-1e6, 1e6), min_size=1)


def test_scale_maps_ends_and_keeps_outsiders_on_the_edge():
    scale = Scale(0, 10, start=200, end=100)
    assert [scale.place(value) for value in (0, 5, 10, -3, 99)] == [200, 150, 100, 200, 100]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-0.43, 0.36, [-0.4, -0.2, 0, 0.2]),
        (0.78, 1.0, [0.8, 0.85, 0.9, 0.95, 1.0]),
        (0, 276, [0, 100, 200]),
    ],
)
def test_ticks_are_round(low: float, high: float, ticks: list[float]):
    assert nice_ticks(low, high, 6) == pytest.approx(ticks)


def test_ticks_of_turns_are_whole():
    assert nice_ticks(1, 4, 10, whole=True) == [1, 2, 3, 4]
    assert nice_ticks(1, 23, 10, whole=True) == [5, 10, 15, 20]


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [(0.25, 0.05, "0.25"), (-0.4, 0.2, "−0.4"), (-0.0, 0.2, "0.0"), (1500, 500, "1,500"), (3, 1, "3")],
)
def test_ticks_are_written_as_precisely_as_their_step(value: float, step: float, text: str):
    assert format_tick(value, step) == text


@given(values)
def test_bounds_hold_the_values_and_ticks_the_bounds(numbers: list[float]):
    low, high = value_bounds(numbers, None, None)
    assert low < min(numbers) <= max(numbers) < high
    ticks = nice_ticks(low, high, 6)
    assert 2 <= len(ticks) <= 6
    assert all(low - 1e-6 * (high - low) <= tick <= high + 1e-6 * (high - low) for tick in ticks)


@given(st.lists(st.floats(0, 1)))
def test_bounds_stay_within_what_can_occur(numbers: list[float]):
    low, high = value_bounds(numbers, 0, 1)
    assert 0 <= low < high <= 1
    assert all(low <= number <= high for number in numbers)


def test_bounds_take_zero_in_when_it_is_near():
    assert value_bounds([0.1, 0.9], 0, None)[0] == 0
    assert value_bounds([0.8, 0.9], 0, None)[0] > 0.7
    assert value_bounds([-0.1, -0.9], None, None)[1] > 0
    assert value_bounds([-0.8, -0.9], None, None)[1] < -0.7
