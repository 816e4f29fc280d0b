"""What goes into the next batch."""

from hypothesis import example, given
from hypothesis import strategies as st

from core.inference.batching.prefix_cache import Lane
from core.inference.batching.scheduler import GAP_S, N_ROWS_MAX, Scheduler
from core.inference.batching.want import Kind, Reading, Want
from core.inference.request import Layout

N_BATCH = 64


def want(number: int, kind: Kind, n_tokens: int = 1) -> Want:
    tokens = [0] * n_tokens
    return Want(Lane(f"{number}", kind is Kind.BACKGROUND), kind, tokens, Reading(), n_tokens - 1, number)


def ready(one: Want) -> int:
    return min(N_BATCH, len(one.tokens) - one.n_held)


kinds = st.lists(st.tuples(st.sampled_from(Kind), st.integers(1, 200)), max_size=100)


@given(st.sampled_from(Layout), kinds, st.floats(0, 1))
@example(Layout.SHARED, [(Kind.WRITE, 1)], 5e-324)
def test_a_batch_keeps_its_bounds(layout: Layout, asked: list[tuple[Kind, int]], cost_s: float) -> None:
    scheduler = Scheduler(layout, N_BATCH)
    scheduler.note(2, 2 * cost_s)
    wants = [want(number, kind, 1 if kind is Kind.WRITE else size) for number, (kind, size) in enumerate(asked)]
    parts = scheduler.compose(wants, ready)
    assert bool(parts) == bool(wants)
    assert sum(n_tokens for _, n_tokens in parts) <= N_BATCH
    assert sum(max(0, n_tokens - one.n_without_rows) for one, n_tokens in parts) <= N_ROWS_MAX
    assert all(0 < n_tokens <= ready(one) for one, n_tokens in parts)
    assert len({one.lane for one, _ in parts}) == len(parts)
    if layout is Layout.APART:
        assert len(parts) <= 1
    if layout is Layout.BATCHED:
        assert len(parts) <= 1 or all(one.kind is Kind.WRITE for one, _ in parts)


def test_the_background_waits_for_the_foreground() -> None:
    for layout in Layout:
        wants = [want(1, Kind.BACKGROUND, 50), want(2, Kind.READ, 50)]
        assert [one.number for one, _ in Scheduler(layout, N_BATCH).compose(wants, ready)] == [2]


def test_words_and_prompts_take_turns() -> None:
    scheduler = Scheduler(Layout.APART, N_BATCH)
    wants = [want(1, Kind.WRITE), want(2, Kind.READ, 200)]
    served = [scheduler.compose(wants, ready)[0][0].number for _ in range(6)]
    assert sorted(served) == [1, 1, 1, 2, 2, 2]
    assert served[0] != served[1] != served[2]


def test_all_who_write_have_their_turn() -> None:
    scheduler = Scheduler(Layout.APART, N_BATCH)
    wants = [want(number, Kind.WRITE) for number in range(5)]
    served = [scheduler.compose(wants, ready)[0][0].number for _ in range(10)]
    assert sorted(served) == sorted([*range(5)] * 2)


def test_those_who_write_share_a_batch() -> None:
    for layout in (Layout.BATCHED, Layout.SHARED):
        wants = [want(number, Kind.WRITE) for number in range(5)]
        assert len(Scheduler(layout, N_BATCH).compose(wants, ready)) == 5


def test_reading_along_does_not_hold_up_words() -> None:
    for layout in Layout:
        scheduler = Scheduler(layout, N_BATCH)
        wants = [want(1, Kind.WRITE), want(2, Kind.ALONG, 50)]
        scheduler.note(10, 10 * GAP_S)
        took = sum(n for _ in range(4) for one, n in scheduler.compose(wants, ready) if one.kind is Kind.ALONG)
        assert took == (4 if layout is Layout.SHARED else 0), "one token at a time where it shares a batch, else none"
        assert scheduler.compose(wants[1:], ready)[0][1] == 50, "in a pause all of it"


def test_where_one_writes_others_read_along_between_its_words() -> None:
    scheduler = Scheduler(Layout.APART, N_BATCH)
    scheduler.note(10, 0.001)
    wants = [want(1, Kind.WRITE), want(2, Kind.ALONG, 16)]
    assert {scheduler.compose(wants, ready)[0][0].number for _ in range(2)} == {1, 2}


def test_slow_weights_read_along_too() -> None:
    scheduler = Scheduler(Layout.APART, N_BATCH)
    scheduler.note(1, GAP_S)
    scheduler.note(16, 6 * GAP_S)
    wants = [want(1, Kind.WRITE), want(2, Kind.ALONG, 16)]
    assert {scheduler.compose(wants, ready)[0][0].number for _ in range(2)} == {1, 2}
