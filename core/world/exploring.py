"""All states that a scene can come to, found in breadth, and from which of them no ending can be reached.

Source: RPGBench, validity search (methods 2.24).
"""

import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.world.packing import ENDING, LOSE, OVER, WIN, Packed
from core.world.watch import Look

CLOCK_EVERY = 2048
"""States between two looks at the clock; fewer where the rules are long."""
_CHARS_PER_LOOK = 50_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a search stops."""

    n_states: int = 10_000_000
    time_s: float = 120.0


@dataclass(slots=True)
class Exploration:
    """What was found. States are numbered in the order in which they were found."""

    states: list[int] = field(default_factory=list)
    parents: "array[int]" = field(default_factory=lambda: array("i"))
    """The state that a state was first reached from; -1 for one at the start."""
    depths: "array[int]" = field(default_factory=lambda: array("i"))
    signs: bytearray = field(default_factory=bytearray)
    targets: "array[int]" = field(default_factory=lambda: array("i"))
    """The states that follow, one state after the other."""
    offsets: "array[int]" = field(default_factory=lambda: array("q", [0]))
    stopped: str = ""
    """Why the search stopped before it was through: states, time or cancelled; empty when it was."""

    def count(self, sign: int) -> int:
        """Returns how many states are won, lost or ended."""
        return sum(1 for one in self.signs if one & sign)

    def first(self, sign: int) -> int | None:
        """Returns the nearest state that is won, lost or ended, or None."""
        return next((place for place, one in enumerate(self.signs) if one & sign), None)

    def path_to(self, place: int) -> list[int]:
        """Returns the states from the start to a state."""
        path = [place]
        while (place := self.parents[place]) >= 0:
            path.append(place)
        return path[::-1]

    def without_ending(self, look: Look = lambda: None) -> list[int]:
        """Returns the states from which no ending can be reached. Only of a search that went through.

        Args:
            look: Raises Stopped when it is time to stop.
        """
        ends = np.frombuffer(self.signs, dtype=np.uint8) & (WIN | LOSE | ENDING) != 0
        reaches = _reach_back(
            np.array(ends), np.asarray(self.targets, np.int64), np.asarray(self.offsets, np.int64), look
        )
        return [int(place) for place in np.nonzero(~reaches)[0]]

    def followers(self, place: int) -> list[int]:
        """Returns the states that may follow a state."""
        return list(self.targets[self.offsets[place] : self.offsets[place + 1]])


def explore(packed: Packed, limits: Limits, is_cancelled: Callable[[], bool]) -> Exploration:
    """Searches in breadth, from the states that a scene can begin in."""
    found = Exploration()
    index: dict[int, int] = {}
    for start in packed.starts():
        if start not in index:
            index[start] = len(found.states)
            _add(found, start, -1, 0, packed.judge(start))
    deadline = time.monotonic() + limits.time_s
    states, signs, targets, offsets = found.states, found.signs, found.targets, found.offsets
    parents, depths, successors, judge = found.parents, found.depths, packed.successors, packed.judge
    beat_bits, n_states = packed.beat_bits, limits.n_states
    clock_every = max(1, min(CLOCK_EVERY, _CHARS_PER_LOOK // (packed.n_chars + 1)))
    out: list[int] = []
    place = 0
    while place < len(states):
        if not place % clock_every:
            found.stopped = "cancelled" if is_cancelled() else "time" if time.monotonic() > deadline else ""
            if found.stopped:
                return found
        if not signs[place] & OVER:
            state, depth = states[place], depths[place] + 1
            out.clear()
            successors[state & beat_bits](state, out)
            for target in out:
                number = index.get(target)
                if number is None:
                    number = index[target] = len(states)
                    states.append(target)
                    parents.append(place)
                    depths.append(depth)
                    signs.append(judge(target))
                targets.append(number)
        offsets.append(len(targets))
        place += 1
        if len(states) > n_states:
            found.stopped = "states"
            return found
    return found


def _add(found: Exploration, state: int, parent: int, depth: int, sign: int) -> None:
    found.states.append(state)
    found.parents.append(parent)
    found.depths.append(depth)
    found.signs.append(sign)


def _reach_back(
    reaches: NDArray[np.bool_], targets: NDArray[np.int64], offsets: NDArray[np.int64], look: Look
) -> NDArray[np.bool_]:
    """Returns which states lead to one that is marked.

    Args:
        reaches: (n_states,) the marked ones; it is changed.
        targets: (n_edges,) where edges lead, those of one state after the other.
        offsets: (n_states + 1,) where the edges of a state begin.
    """
    sources = np.repeat(np.arange(len(reaches)), np.diff(offsets))
    order = np.argsort(targets, kind="stable")
    sources = sources[order]
    starts = np.searchsorted(targets[order], np.arange(len(reaches) + 1))
    frontier = np.nonzero(reaches)[0]
    while len(frontier):
        look()
        counts = starts[frontier + 1] - starts[frontier]
        first = np.repeat(starts[frontier] - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
        before = np.unique(sources[first + np.arange(counts.sum())])
        frontier = before[~reaches[before]]
        reaches[frontier] = True
    return reaches
