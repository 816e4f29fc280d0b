"""Where drift settles: the recurrence numbers of methods 3.6, and fits of what is known."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.logprobs.drift import DriftFit, NoDriftFit, fit_drift, half_life, simulate_drift


def test_acceptance_recurrence():
    assert simulate_drift(a=0.3, equilibrium=2, start=5, n_steps=10)[10] == pytest.approx(2.0847426, abs=1e-7)
    assert simulate_drift(0.3, 2, 5, 200, reminder=0.3)[-1] == pytest.approx(1.0, abs=1e-9)
    assert half_life(0.3) == pytest.approx(1.9434, abs=1e-4)


@given(
    a=st.floats(0.05, 1.9),
    equilibrium=st.floats(0, 10),
    start=st.floats(0, 10),
    n_steps=st.integers(5, 12),
)
def test_fit_recovers_what_was_simulated(a: float, equilibrium: float, start: float, n_steps: int):
    if abs(start - equilibrium) < 0.1:
        start = equilibrium + 1
    fit = fit_drift(simulate_drift(a, equilibrium, start, n_steps))
    if isinstance(fit, NoDriftFit):  # rounding put the level a hair below 0
        assert equilibrium < 1e-6
        return
    assert fit.a == pytest.approx(a, abs=1e-6)
    assert fit.equilibrium == pytest.approx(equilibrium, abs=1e-5)
    assert fit.half_life_turns == pytest.approx(half_life(fit.a))
    assert fit.n_steps == n_steps


@given(st.floats(0.01, 1.99).filter(lambda a: abs(a - 1) > 1e-6))
def test_half_life_halves_the_distance(a: float):
    assert abs(1 - a) ** half_life(a) == pytest.approx(0.5)


def test_half_life_of_one_step_is_zero():
    assert half_life(1) == 0


def test_fit_of_a_noisy_series_is_near():
    noise = random.Random(4)
    values = [0.2]
    for _ in range(400):
        values.append(values[-1] - 0.3 * (values[-1] - 0.8) + noise.gauss(0, 0.05))
    fit = fit_drift(values)
    assert isinstance(fit, DriftFit)
    assert fit.a == pytest.approx(0.3, abs=0.1)
    assert fit.equilibrium == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([], "6 scored turns"),
        (simulate_drift(0.3, 2, 5, 4), "6 scored turns"),
        ([1, 2, None, 1, 2, None, 1.5, 1.2], "6 scored turns"),
        ([0.4] * 8, "does not change"),
        (simulate_drift(-0.2, 2, 5, 8), "runs away"),
        (simulate_drift(2.5, 2, 2.1, 8), "runs away"),
        (simulate_drift(0.05, -4, 5, 8), "still falling"),
    ],
)
def test_no_fit_says_why(values: list[float | None], reason: str):
    fit = fit_drift(values)
    assert isinstance(fit, NoDriftFit)
    assert reason in fit.reason


def test_no_step_goes_across_a_turn_without_a_score():
    values: list[float | None] = [*simulate_drift(0.3, 2, 5, 4), None, *simulate_drift(0.3, 2, 0.5, 4)]
    fit = fit_drift(values)
    assert isinstance(fit, DriftFit)
    assert (fit.a, fit.equilibrium) == (pytest.approx(0.3), pytest.approx(2))
    assert fit.n_steps == 8
    assert math.isfinite(fit.half_life_turns)
