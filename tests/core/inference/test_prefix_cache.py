"""Lanes on sequences: who holds what, and that background work never changes what the foreground finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inference.prefix_cache import IDLE_REQUESTS, Lane, PrefixCache, common_prefix

tokens_of = st.lists(st.integers(0, 3), max_size=12)
uses = st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans(), tokens_of), max_size=60)


def use(cache: PrefixCache, name: str, background: bool, tokens: list[int]) -> int:
    """Reads tokens into a lane as the engine does; returns how many were held already."""
    lane = Lane(name, background)
    cache.begin_request(background=background)
    cache.acquire(lane)
    kept = cache.n_common(lane, tokens)
    cache.trim(lane, kept)
    cache.extend(lane, tokens[kept:])
    return kept


@given(tokens_of, tokens_of)
def test_common_prefix_is_the_longest(left: list[int], right: list[int]) -> None:
    length = common_prefix(left, right)
    assert left[:length] == right[:length]
    assert length == min(len(left), len(right)) or left[length] != right[length]


@given(st.integers(2, 5), uses)
def test_a_sequence_serves_one_lane_at_a_time(n_sequences: int, steps: list[tuple[str, bool, list[int]]]) -> None:
    cache = PrefixCache(n_sequences)
    owners: dict[int, Lane] = {}
    for name, background, tokens in steps:
        use(cache, name, background, tokens)
        lane = Lane(name, background)
        owners[cache.acquire(lane)] = lane
        held = {owner: sequence for sequence, owner in owners.items() if cache.tokens(owner)}
        assert len(set(held.values())) == len(held)
        assert list(cache.tokens(lane)) == tokens
        assert 0 <= cache.acquire(lane) < n_sequences


@given(st.integers(2, 5), uses)
def test_background_work_never_changes_what_the_foreground_finds(
    n_sequences: int, steps: list[tuple[str, bool, list[int]]]
) -> None:
    mixed, alone = PrefixCache(n_sequences), PrefixCache(n_sequences)
    for name, background, tokens in steps:
        found = use(mixed, name, background, tokens)
        if not background:
            assert found == use(alone, name, False, tokens)


def test_the_lane_unused_for_longest_gives_way() -> None:
    cache = PrefixCache(3)
    for name in "aba":
        use(cache, name, False, [1, 2])
    use(cache, "c", False, [1, 2])
    assert list(cache.tokens(Lane("a", False))) == [1, 2]
    assert not cache.tokens(Lane("b", False))


def test_the_foreground_takes_sequences_from_the_background() -> None:
    cache = PrefixCache(3)
    for name in "xyz":
        use(cache, name, True, [1])
    use(cache, "a", False, [5])
    use(cache, "b", False, [6])
    assert [len(cache.tokens(Lane(name, True))) for name in "xyz"].count(1) == 1


def test_the_background_always_has_a_sequence() -> None:
    cache = PrefixCache(2)
    for name in "abc":
        use(cache, name, False, [1])
    use(cache, "x", True, [2])
    assert list(cache.tokens(Lane("c", False))) == [1]
    assert list(cache.tokens(Lane("x", True))) == [2]


def test_a_lane_long_unused_gives_its_sequence_back() -> None:
    cache = PrefixCache(4)
    use(cache, "a", False, [1])
    for _ in range(IDLE_REQUESTS):
        use(cache, "b", False, [2])
    assert cache.tokens(Lane("a", False))
    use(cache, "b", False, [2])
    assert not cache.tokens(Lane("a", False))


def test_one_sequence_is_too_few() -> None:
    with pytest.raises(ValueError, match="one sequence"):
        PrefixCache(1)
