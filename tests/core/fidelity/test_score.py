"""The law of scores: a finite value or a reason, never both, never neither."""

import math

import pytest

from core.fidelity.score import ScoreValue


def test_value_or_reason():
    assert ScoreValue("echo", 0.0).reason is None
    assert ScoreValue("echo", None, "Nobody spoke.").value is None


@pytest.mark.parametrize(("value", "reason"), [(None, None), (None, ""), (0.5, "Both.")])
def test_both_or_neither_is_refused(value: float | None, reason: str | None):
    with pytest.raises(ValueError, match="either a value or a reason"):
        ScoreValue("echo", value, reason)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_values_are_finite(value: float):
    with pytest.raises(ValueError, match="finite"):
        ScoreValue("echo", value)
