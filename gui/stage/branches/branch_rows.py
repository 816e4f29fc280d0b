"""The branches of a playtest as the rows of a tree: where each leaves another, its name, its scores. Knows no Qt."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gui.stage.branch_lanes import find_lanes
from gui.stage.reading import BranchMark, ScoreCell, StageTurn
from gui.stage.turn_tree import TurnTree

FIRST_WORDS = 60
MAX_LOOKED_AT = 400
"""Turns of a branch whose scores make its thumbnail; of a longer one, every n-th."""


@dataclass(frozen=True, slots=True)
class BranchRow:
    """One branch: the part of it that no older branch has."""

    leaf: StageTurn
    first: StageTurn
    """Its first turn of its own, which carries its name."""
    depth: int
    """How many branches it has left on the way from the first turn."""
    fork_number: int
    """Number of the last turn that it shares with another; 0 for one that begins at the beginning."""
    fork_place: int
    """Place of the branch that it leaves, in the list of all; its own for one that begins at the beginning."""
    only: StageTurn
    """The first turn that no other branch goes through: what deleting the branch takes away, with all that follows."""
    name: str
    """As a person named it; empty otherwise."""
    named: StageTurn
    """The turn that carries the name, or would."""

    @property
    def n_own(self) -> int:
        """How many turns no older branch has."""
        return self.leaf.number - self.fork_number

    @property
    def first_words(self) -> str:
        """What it begins with, on one line."""
        words = " ".join(self.first.text.split())
        return words if len(words) <= FIRST_WORDS else words[: FIRST_WORDS - 1] + "…"


def list_branches(tree: TurnTree, marks: Mapping[int, BranchMark]) -> list[BranchRow]:
    """Returns the branches in the order of the map of branches."""
    rows: list[BranchRow] = []
    lanes = find_lanes(tree)
    last_forks: dict[int, int] = {}
    for place, lane in enumerate(lanes):
        if lane.fork_number and lane.fork_lane != place:
            last_forks[lane.fork_lane] = max(lane.fork_number, last_forks.get(lane.fork_lane, 0))
    for place, lane in enumerate(lanes):
        is_beginning = not lane.fork_number or lane.fork_lane == place
        own = _own_turns(tree, lane.leaf, lane.fork_number)
        named = [turn for turn in own if turn.id in marks and marks[turn.id].name]
        carrier = named[-1] if named else own[0]
        rows.append(
            BranchRow(
                leaf=lane.leaf,
                first=own[0],
                depth=0 if is_beginning else rows[lane.fork_lane].depth + 1,
                fork_number=lane.fork_number,
                fork_place=place if is_beginning else lane.fork_lane,
                only=own[max(0, last_forks.get(place, 0) - lane.fork_number)],
                name=marks[carrier.id].name if named else "",
                named=carrier,
            )
        )
    return rows


def _own_turns(tree: TurnTree, leaf: StageTurn, fork_number: int) -> list[StageTurn]:
    own = []
    turn: StageTurn | None = leaf
    while turn is not None and turn.number > fork_number:
        own.append(turn)
        turn = tree.get(turn.parent_id)
    return own[::-1]


def path_of(
    tree: TurnTree, rows: Sequence[BranchRow], place: int, known: dict[int, list[StageTurn]]
) -> list[StageTurn]:
    """Returns all turns of a branch, by those of the branches that it leaves; `known` keeps what was found."""
    waiting = [place]
    while waiting[-1] not in known:
        row = rows[waiting[-1]]
        if row.fork_place == waiting[-1]:
            break
        waiting.append(row.fork_place)
    for one in reversed(waiting):
        if one not in known:
            row = rows[one]
            before = known[row.fork_place][: row.fork_number] if row.fork_place != one else []
            known[one] = before + _own_turns(tree, row.leaf, row.fork_number)
    return known[place]


def sketch_line(
    path: list[StageTurn], scores: Mapping[int, Mapping[str, ScoreCell]], metric: str, n_points: int
) -> list[tuple[float, float]]:
    """Returns a score along a branch in about so many points: (share of the branch in [0, 1], value)."""
    stride = max(1, len(path) // MAX_LOOKED_AT)
    found = []
    for turn in path[::stride]:
        cell = scores.get(turn.id, {}).get(metric)
        if cell is not None and cell.value is not None and math.isfinite(cell.value):
            found.append(((turn.number - 1) / max(1, len(path) - 1), cell.value))
    size = max(1, -(-len(found) // n_points))
    pieces = [found[start : start + size] for start in range(0, len(found), size)]
    return [(sum(x for x, _ in piece) / len(piece), sum(y for _, y in piece) / len(piece)) for piece in pieces]
