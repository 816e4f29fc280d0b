"""The tree of turns of a playtest: paths, alternatives, branches. Pure."""

from collections.abc import Sequence

from models.playtest import Turn


def path_to(turns: Sequence[Turn], head_id: int | None) -> list[Turn]:
    """Returns the turns from the first one to `head_id`: the branch being played."""
    by_id = {turn.id: turn for turn in turns}
    path = []
    turn = by_id.get(head_id) if head_id is not None else None
    while turn is not None:
        path.append(turn)
        turn = by_id.get(turn.parent_id) if turn.parent_id is not None else None
    return path[::-1]


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
