"""How important a memory is: by its words, and by the digits that weights would answer with."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inference.request import Scored, Usage
from core.memory.importance import expected_importance, importance_of, importance_requests

USAGE = Usage(0, 0, 0, 0.0, 0.0)


def answers(*probabilities: float) -> list[Scored]:
    return [Scored((1,), ("x",), (math.log(max(one, 1e-30)),), USAGE) for one in probabilities]


def test_the_formula_adds_feeling_length_and_weight() -> None:
    assert importance_of("") == importance_of("…") == 1.0
    assert importance_of("Soup again.") == 1.2  # soup, again: two words of twenty
    assert importance_of("joy") == pytest.approx(1 + 4 * 0.5 + 2 / 20)
    assert importance_of("ledger key") == pytest.approx(1 + 3 * 0.5 + 2 * 2 / 20)
    assert importance_of("Nice weather.") < importance_of("I hid the key.") < importance_of("You betrayed our secret!")


@given(st.text(max_size=400))
def test_importance_lies_between_1_and_10(text: str) -> None:
    assert 1 <= importance_of(text) <= 10


def test_weights_are_asked_for_each_digit_after_the_same_chat() -> None:
    requests = importance_requests("mara memory", "Mara", "Keeps the light.", "Theo: I sold the boat.")
    assert [request.completion for request in requests] == [str(digit) for digit in range(10)]
    assert {request.messages for request in requests} == {requests[0].messages}
    assert "Theo: I sold the boat." in requests[0].messages[-1].content


def test_the_expectation_is_over_the_digits_that_were_likely() -> None:
    assert expected_importance(answers(*[0.05] * 10)) == 5.5
    assert expected_importance(answers(0, 0, 0, 0, 0, 0, 0, 0, 0.2, 0.6)) == pytest.approx(1 + 8.75)
    assert expected_importance(answers(*[0.001] * 10)) is None
    assert expected_importance(answers(0.5)) is None
