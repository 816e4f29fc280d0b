"""Lanes on sequences: who holds what, and that background work never changes what the foreground finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inference.batching.prefix_cache import IDLE_REQUESTS, MIN_GAIN_TOKENS, Lane, PrefixCache, common_prefix

tokens_of = st.lists(st.integers(0, 3), max_size=12)
uses = st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans(), tokens_of), max_size=60)


def use(cache: PrefixCache, name: str, background: bool, tokens: list[int]) -> int:
    """Reads tokens into a lane as the engine does; returns how many were held already."""
    lane = Lane(name, background)
    for idle in cache.begin_request(background=background):
        cache.forget(idle)
    held = cache.touch(lane)
    if held is None:
        victim = cache.victim(background)
        if isinstance(victim, Lane):
            cache.forget(victim)
        held = cache.add(lane)
    kept = common_prefix(held.tokens, tokens)
    held.tokens[:] = tokens
    held.n_whole = len(tokens)
    return kept


def tokens_in(cache: PrefixCache, name: str, background: bool = False) -> list[int]:
    held = cache.look(Lane(name, background))
    return held.tokens if held else []


@given(tokens_of, tokens_of)
def test_common_prefix_is_the_longest(left: list[int], right: list[int]) -> None:
    length = common_prefix(left, right)
    assert left[:length] == right[:length]
    assert length == min(len(left), len(right)) or left[length] != right[length]


@given(st.integers(2, 5), uses)
def test_a_sequence_serves_one_lane_at_a_time(n_sequences: int, steps: list[tuple[str, bool, list[int]]]) -> None:
    cache = PrefixCache(n_sequences)
    for name, background, tokens in steps:
        use(cache, name, background, tokens)
        held = cache.look(Lane(name, background))
        assert held
        assert cache.owner(held.sequence) == Lane(name, background)
        taken = [sequence for sequence in range(n_sequences) if cache.owner(sequence)]
        assert len(taken) == len(cache)
        assert sorted([*taken, *cache.free_sequences()]) == list(range(n_sequences))


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
    assert tokens_in(cache, "a") == [1, 2]
    assert not tokens_in(cache, "b")


def test_a_pinned_lane_does_not_give_way() -> None:
    cache = PrefixCache(3)
    for name in "ab":
        use(cache, name, False, [1, 2])
    assert cache.victim(False, {Lane("a", False)}) == Lane("b", False)
    assert cache.victim(False, {Lane("a", False), Lane("b", False)}) is False


def test_the_foreground_takes_sequences_from_the_background() -> None:
    cache = PrefixCache(3)
    for name in "xyz":
        use(cache, name, True, [1])
    use(cache, "a", False, [5])
    use(cache, "b", False, [6])
    assert [len(tokens_in(cache, name, True)) for name in "xyz"].count(1) == 1


def test_the_background_always_has_a_sequence() -> None:
    cache = PrefixCache(2)
    for name in "abc":
        use(cache, name, False, [1])
    use(cache, "x", True, [2])
    assert tokens_in(cache, "c") == [1]
    assert tokens_in(cache, "x", True) == [2]


def test_a_lane_long_unused_is_idle() -> None:
    cache = PrefixCache(4)
    use(cache, "a", False, [1])
    for _ in range(IDLE_REQUESTS):
        use(cache, "b", False, [2])
    assert tokens_in(cache, "a")
    use(cache, "b", False, [2])
    assert not tokens_in(cache, "a")


def test_the_longest_beginning_is_found_where_it_is() -> None:
    cache = PrefixCache(5)
    scene = list(range(MIN_GAIN_TOKENS))
    use(cache, "a", False, [*scene, 1, 2, 3])
    use(cache, "b", False, [*scene, 1, 2, 4, 5])
    use(cache, "c", False, [9])
    source = cache.source(Lane("c", False), [*scene, 1, 2, 4, 6], 0)
    assert source == (Lane("b", False), MIN_GAIN_TOKENS + 3)
    assert cache.source(Lane("c", False), [*scene, 1, 2, 4, 6], 4) is None, "too little is spared"


def test_only_whole_strides_are_copied_where_strides_count() -> None:
    cache = PrefixCache(5)
    scene = list(range(50))
    use(cache, "a", False, scene)
    held = cache.look(Lane("a", False))
    assert held
    held.n_whole = 45
    assert cache.source(Lane("b", False), scene, 0, stride=16) == (Lane("a", False), 32)
    assert cache.source(Lane("b", False), scene, 0) == (Lane("a", False), 50)


def test_a_lane_moves_to_a_free_sequence() -> None:
    cache = PrefixCache(3)
    use(cache, "a", False, [1])
    held = cache.look(Lane("a", False))
    assert held
    before = held.sequence
    assert cache.move(Lane("a", False), cache.free_sequences()[0]) == before
    assert cache.owner(before) is None
    assert tokens_in(cache, "a") == [1]


def test_one_sequence_is_too_few() -> None:
    with pytest.raises(ValueError, match="one sequence"):
        PrefixCache(1)
