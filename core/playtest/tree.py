"""The tree of turns of a playtest: paths, alternatives, branches, and what was cut off. Pure."""

from collections.abc import Collection, Sequence

from core.path import Folds, Path
from models.playtest import Turn

N_PATHS = 4
"""Paths that a tree keeps: those that were asked for last."""


class TurnTree:
    """The turns of a playtest, which are only ever added to. For any thread."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.turns: list[Turn] = []
        """All of them, in the order in which they were made."""
        self._by_id: dict[int | None, Turn] = {}
        self._children: dict[int | None, list[Turn]] = {}
        self._paths: dict[tuple[int | None, Collection[int]], Path[Turn]] = {}
        self._folds = Folds()
        for turn in turns:
            self.add(turn)

    def add(self, turn: Turn) -> None:
        """Adds a turn."""
        self.turns.append(turn)
        self._by_id[turn.id] = turn
        self._children.setdefault(turn.parent_id, []).append(turn)

    def get(self, turn_id: int) -> Turn | None:
        """Returns a turn, or None."""
        return self._by_id.get(turn_id)

    def children(self, turn_id: int | None) -> Sequence[Turn]:
        """Returns the turns that follow a turn, on all branches; None: those that begin the scene."""
        return self._children.get(turn_id, ())

    def path_to(self, head_id: int | None, cut: frozenset[int] = frozenset()) -> Path[Turn]:
        """Returns the turns from the first one to another one; see the function of this name."""
        known = self._paths
        path = known.get((head_id, cut))
        if path is None:
            whole = self._find_path(head_id, known)
            path = whole if not cut else Path(path_to(whole, head_id, cut), self._folds)
            self._paths = {(head_id, cut): path, **dict(list(known.items())[: N_PATHS - 1])}
        return Path(path, self._folds)

    def _find_path(
        self, head_id: int | None, known: dict[tuple[int | None, Collection[int]], Path[Turn]]
    ) -> Path[Turn]:
        turn = self._by_id.get(head_id) if head_id is not None else None
        tail: list[Turn] = []
        while turn is not None and (turn.id, frozenset()) not in known:
            tail.append(turn)
            turn = self._by_id.get(turn.parent_id) if turn.parent_id is not None else None
        before = known[turn.id, frozenset()] if turn is not None else ()
        return Path((*before, *reversed(tail)), self._folds)


def path_to(turns: Sequence[Turn], head_id: int | None, cut: Collection[int] = ()) -> list[Turn]:
    """Returns the turns from the first one to `head_id`: the branch being played.

    Args:
        cut: Ids of turns that begin a deleted branch: a path ends before the first of them.
    """
    by_id = {turn.id: turn for turn in turns}
    path: list[Turn] = []
    turn = by_id.get(head_id) if head_id is not None else None
    while turn is not None:
        path.append(turn)
        if turn.id in cut:
            path.clear()
        turn = by_id.get(turn.parent_id) if turn.parent_id is not None else None
    return path[::-1]


def living(turns: Sequence[Turn], cut: Collection[int]) -> list[Turn]:
    """Returns the turns that are on no deleted branch, in their order."""
    if not cut:
        return list(turns)
    parents = {turn.id: turn.parent_id for turn in turns}
    lives: dict[int | None, bool] = {None: True}
    for turn in turns:
        chain: list[int | None] = []
        one: int | None = turn.id
        while one not in lives:
            chain.append(one)
            one = parents.get(one)
        alive = lives[one]
        for one in reversed(chain):
            alive = alive and one not in cut
            lives[one] = alive
    return [turn for turn in turns if lives[turn.id]]


def siblings(turns: Sequence[Turn], turn: Turn) -> list[Turn]:
    """Returns the alternatives of a turn, itself included, in the order in which they were made."""
    return sorted((other for other in turns if other.parent_id == turn.parent_id), key=_age)


def tip_of(turns: Sequence[Turn], turn: Turn) -> Turn:
    """Returns the last turn of the newest branch that goes through a turn."""
    children: dict[int | None, list[Turn]] = {}
    for other in turns:
        children.setdefault(other.parent_id, []).append(other)
    while turn.id in children:
        turn = max(children[turn.id], key=_age)
    return turn


def branches(turns: Sequence[Turn]) -> list[Turn]:
    """Returns the last turn of every branch, oldest branch first."""
    parents = {turn.parent_id for turn in turns}
    return sorted((turn for turn in turns if turn.id not in parents), key=_age)


def _age(turn: Turn) -> int:
    return turn.id or 0
