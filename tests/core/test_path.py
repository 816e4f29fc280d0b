"""What follows from a path is the same whether it is found by going on or from the first turn, on whatever branch."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from core.path import EVERY, N_KEPT, Folds, Path, fold, only


@dataclass(frozen=True, eq=False)
class Said:
    """A turn of a tree; equal to itself alone."""

    value: int
    parent: "Said | None" = None

    def path(self) -> list["Said"]:
        path: list[Said] = []
        one: Said | None = self
        while one is not None:
            path.append(one)
            one = one.parent
        return path[::-1]


grown = st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 3 * EVERY)), min_size=1, max_size=12)
"""Where each branch begins, as a place among all turns so far, and how many turns it adds."""


def build_tree(branches: Sequence[tuple[int, int]]) -> list[Said]:
    turns: list[Said] = []
    for place, n_turns in branches:
        turn = turns[place % len(turns)] if turns else None
        for _ in range(n_turns):
            turn = Said(len(turns) % 7, turn)
            turns.append(turn)
    return turns


def add_up(before: tuple[int, ...], turns: Sequence[Said]) -> tuple[int, ...]:
    """Depends on every turn and on their order."""
    assert turns
    total = before[-1] if before else 0
    return (*before, *((total := (3 * total + turn.value + 1) % 1009) for turn in turns))


def is_odd(turn: Said) -> bool:
    return turn.value % 2 == 1


@given(grown, st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 5)), max_size=30))
def test_going_on_is_folding_anew_after_any_jump(branches: list[tuple[int, int]], jumps: list[tuple[int, int]]) -> None:
    turns, folds = build_tree(branches), Folds()
    nothing: tuple[int, ...] = ()
    for place, n_dropped in jumps:
        plain = turns[place % len(turns)].path()
        path = Path(plain, folds)[: len(plain) - n_dropped if n_dropped < len(plain) else len(plain)]
        assert isinstance(path, Path)
        assert fold(path, "sum", nothing, add_up) == fold(list(path), "sum", nothing, add_up)
        odd = only(path, "odd", is_odd)
        assert odd == [turn for turn in path if is_odd(turn)]
        assert fold(odd, "sum", nothing, add_up) == fold(list(odd), "sum", nothing, add_up)
        assert only(odd, "small", lambda turn: turn.value < 5) == [turn for turn in odd if turn.value < 5]


@given(st.integers(1, 20 * EVERY))
def test_what_is_kept_has_a_bound(n_turns: int) -> None:
    folds = Folds()
    nothing: tuple[int, ...] = ()
    whole = build_tree([(0, n_turns)])
    for end in range(1, n_turns + 1, 7):
        fold(Path(whole[:end], folds), "sum", nothing, add_up)
    assert all(len(kept) <= 2 * N_KEPT for kept in folds._known.values())


def test_a_path_that_goes_on_looks_at_its_new_turns_only() -> None:
    turns, folds, seen = build_tree([(0, 10 * EVERY)]), Folds(), list[int]()

    def count(before: int, new: Sequence[Said]) -> int:
        seen.append(len(new))
        return before + len(new)

    assert fold(Path(turns[:-1], folds), "n", 0, count) == len(turns) - 1
    seen.clear()
    assert fold(Path(turns, folds), "n", 0, count) == len(turns)
    assert fold(Path(turns, folds)[:-1], "n", 0, count) == len(turns) - 1
    assert seen == [1]
    assert fold(Path(turns[: -EVERY - 5], folds), "n", 0, count) == len(turns) - EVERY - 5
    assert sum(seen) < 1 + EVERY


def test_only_beginnings_are_paths() -> None:
    path = Path(build_tree([(0, 9)]), Folds())
    assert isinstance(path[:4], Path)
    assert isinstance(path[0:-1], Path)
    assert not any(isinstance(some, Path) for some in (path[1:], path[::-1], path[::2], [*path]))
