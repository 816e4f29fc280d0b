"""Reminders fire when drift passes its bound, and then hold their peace."""

import pytest

from core.minds.reminders import drift_bound, remind
from models.scenario import RoleBase
from tests.core.minds.moments import moment, rules, text_of, turn

ON = rules(mind__reminders=True)
WHO = {"statements": ["{{char}} keeps the light.", "You hate rain", "You are old.", "You have a dog."]}


def test_the_bound_is_the_mean_and_two_deviations_of_the_first_three() -> None:
    assert drift_bound([1.0, 2.0, 3.0]) is None, "nothing to judge yet"
    assert drift_bound([1.0, 2.0, 3.0, 9.0]) == pytest.approx(2 + 2 * (2 / 3) ** 0.5)


def fired(drift: list[float], own: list[bool], stage: object = ON) -> bool:
    """Own turns 1, 2, ...: whether each had a reminder; and the drift of the first of them."""
    heard = [turn(n, "r0", "Hm.", **({"reminder": {"turn": 1}} if had else {})) for n, had in enumerate(own, start=1)]
    return remind(moment(heard, stage, drift=list(enumerate(drift, start=1)), character=WHO), {}) is not None


def test_it_fires_above_the_bound_only() -> None:
    assert fired([1, 1, 1, 2], [False] * 5)
    assert not fired([1, 1, 1, 1], [False] * 5)
    assert not fired([1, 1, 1], [False] * 4)
    assert not fired([1, 1, 1, 2], [False] * 5, rules())


def test_it_cools_down_for_three_own_turns() -> None:
    assert not fired([1, 1, 1, 2, 2], [False, False, False, True, False, False])
    assert not fired([1, 1, 1, 2, 2, 2], [False, False, True, False, False, True])
    assert fired([1, 1, 1, 2, 2, 2], [False, False, True, False, False, False])


def test_it_says_name_goal_and_the_first_statements() -> None:
    found = remind(
        moment(stage=ON, drift=[(1, 1.0), (2, 1.0), (3, 1.0), (7, 2.5)], character=WHO, role=RoleBase(goal="Sleep")), {}
    )
    expected = "Remember: you are Mara. Mara keeps the light. You hate rain. You are old. Your goal: Sleep."
    assert text_of(found) == expected
    assert found is not None
    assert found.record == {"drift": 2.5, "bound": 1.0, "turn": 7, "text": expected}
