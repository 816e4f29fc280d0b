"""The tree of turns of a playtest: paths, alternatives, branches, and what was cut off. Pure."""

from collections.abc import Collection, Sequence

from models.playtest import Turn


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
