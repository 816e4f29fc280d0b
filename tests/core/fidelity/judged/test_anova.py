"""One-way analysis of variance against numbers that are known."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.fidelity.judged.anova import one_way_anova
from tests.examples import n_examples


def test_a_known_f() -> None:
    """Three groups with means 5, 9 and 10: between 84 with 2, within 68 with 15, so F = 9.26."""
    found = one_way_anova([[6, 8, 4, 5, 3, 4], [8, 12, 9, 11, 6, 8], [13, 9, 11, 8, 7, 12]])
    assert found is not None
    assert found.f == pytest.approx(42 / (68 / 15))
    assert (found.df_between, found.df_within) == (2, 15)
    assert 0.0005 <= found.p < 0.01


def test_groups_that_are_alike_and_groups_that_never_vary() -> None:
    alike = one_way_anova([[1, 2, 3], [1, 2, 3]])
    assert alike is not None
    assert (alike.f, alike.p) == (0.0, 1.0)
    apart = one_way_anova([[1, 1, 1, 1], [2, 2, 2, 2]])
    assert apart is not None
    assert apart.f is None
    assert apart.p == pytest.approx(2 / 70, abs=0.015)
    same = one_way_anova([[1, 1], [1, 1]])
    assert same is not None
    assert (same.f, same.p) == (0.0, 1.0)


@pytest.mark.parametrize("groups", [[], [[1.0, 2.0]], [[1.0], [2.0]], [[], [1.0, 2.0]]])
def test_too_little_to_compare(groups: list[list[float]]) -> None:
    assert one_way_anova(groups) is None


@settings(max_examples=n_examples(20, 200), deadline=None)
@given(st.lists(st.lists(st.integers(1, 10), min_size=2, max_size=5), min_size=2, max_size=5))
def test_p_is_a_share_and_seeds_repeat(groups: list[list[int]]) -> None:
    found = one_way_anova(groups, n_shuffles=50)
    assert found is not None
    assert 1 / 51 <= found.p <= 1
    assert found.f is None or found.f >= 0
    assert found == one_way_anova(groups, n_shuffles=50)
