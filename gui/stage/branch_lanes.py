"""The tree of turns as lanes, one a branch: what the map of branches draws. Knows no Qt."""

from dataclasses import dataclass

from gui.stage.reading import StageTurn
from gui.stage.turn_tree import TurnTree


@dataclass(frozen=True, slots=True)
class Lane:
    """One branch: the part of it that no older branch has."""

    leaf: StageTurn
    fork_number: int
    """Number of the turn that it leaves another lane at; 0 for one that begins at the beginning."""
    fork_lane: int
    """The lane that it leaves."""


def find_lanes(tree: TurnTree) -> list[Lane]:
    """Returns a lane for each branch, from top to bottom."""
    if not tree.has_branches:
        return [Lane(leaf, 0, 0) for leaf in tree.leaves()]
    owner: dict[int, int] = {}
    lanes = []
    for place, leaf in enumerate(tree.leaves()):
        turn: StageTurn | None = leaf
        while turn is not None and turn.id not in owner:
            owner[turn.id] = place
            turn = tree.get(turn.parent_id)
        lanes.append(Lane(leaf, turn.number if turn else 0, owner[turn.id] if turn else place))
    return lanes


def turn_on_lane(tree: TurnTree, lane: Lane, number: float) -> StageTurn:
    """Returns the turn of a branch whose number is nearest."""
    path = tree.path_to(lane.leaf.id)
    return path[min(max(round(number) - 1, 0), len(path) - 1)]


def lane_of(tree: TurnTree, lanes: list[Lane], turn: StageTurn) -> int:
    """Returns the lane that a turn lies on: of the oldest branch through it."""
    for place, lane in enumerate(lanes):
        found: StageTurn | None = lane.leaf
        while found is not None and found.number > turn.number:
            found = tree.get(found.parent_id)
        if found is not None and found.id == turn.id:
            return place
    return 0
