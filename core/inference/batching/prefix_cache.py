"""Which sequence holds which lane's tokens, and whose tokens may be had from where. Pure Python: no tensors.

Foreground lanes evict each other by recency, take sequences from background lanes freely, and always leave the
background one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

IDLE_REQUESTS = 64
"""A foreground lane unused for so many foreground requests gives its sequence back."""

N_BACKGROUND = 3
"""Sequences that are left to the background, where there are enough: scores weigh a turn in so many chats."""

MIN_GAIN_TOKENS = 24
"""What a copy from another lane must spare at least; reading fewer tokens costs no more than the copy."""


class Lane(NamedTuple):
    """Whose tokens. The same name has one lane in the foreground and another in the background."""

    name: str
    background: bool


class Source(NamedTuple):
    """Where the first tokens of a lane can be copied from."""

    lane: Lane
    n_tokens: int


@dataclass(slots=True)
class Held:
    """A sequence in use."""

    sequence: int
    tokens: list[int] = field(default_factory=list)
    n_whole: int = 0
    """Tokens, from the first, that were read in whole strides: what they left in memory depends on them alone."""
    used: int = 0
    """Value of the clock of its kind at the last use."""
    reader: object = None
    """Who knows that it holds the beginning of what it reads; anything that changes the lane otherwise clears it."""


class PrefixCache:
    """Lanes on `n_sequences` sequences, at least two."""

    def __init__(self, n_sequences: int) -> None:
        if n_sequences < 2:
            raise ValueError("one sequence for the foreground and one for the background at least")
        self._free = list(range(n_sequences))[::-1]
        self._n_foreground = n_sequences - (N_BACKGROUND if n_sequences > 2 * N_BACKGROUND else 1)
        self._lanes: dict[Lane, Held] = {}
        self._clock = {False: 0, True: 0}

    def __len__(self) -> int:
        """Returns the number of sequences in use."""
        return len(self._lanes)

    def begin_request(self, *, background: bool) -> list[Lane]:
        """Notes that a request begins: time, here, is counted in requests. Returns lanes that are idle for long."""
        self._clock[background] += 1
        oldest = self._clock[False] - IDLE_REQUESTS
        return (
            [] if background else [at for at, held in self._lanes.items() if not at.background and held.used < oldest]
        )

    def touch(self, lane: Lane) -> Held | None:
        """Returns what a lane holds and counts as a use; None when it has no sequence."""
        held = self._lanes.get(lane)
        if held:
            held.used = self._clock[lane.background]
        return held

    def look(self, lane: Lane) -> Held | None:
        """Returns what a lane holds; None when it has no sequence."""
        return self._lanes.get(lane)

    def victim(self, background: bool, pinned: Collection[Lane] = ()) -> Lane | bool:
        """Returns the lane that must go before a new one of this kind can have a sequence.

        True: none need go. False: none may, all are pinned.
        """
        if not background and self._count(False) >= self._n_foreground:
            return self._least_used(False, pinned)
        return True if self._free else self._least_used(True, pinned)

    def least_used(self, keep: Collection[Lane]) -> Lane | None:
        """Returns the lane to give up for its cells: of the background first; None when only those to keep are left."""
        candidates = [lane for lane in self._lanes if lane not in keep]
        return min(candidates, key=lambda lane: (not lane.background, self._lanes[lane].used), default=None)

    def add(self, lane: Lane) -> Held:
        """Gives a lane a free sequence; `victim` must be gone."""
        held = self._lanes[lane] = Held(self._free.pop(), used=self._clock[lane.background])
        return held

    def move(self, lane: Lane, sequence: int) -> int:
        """Gives a lane a certain free sequence instead of its own; returns the one that is free then."""
        self._free.remove(sequence)
        held = self._lanes[lane]
        left, held.sequence = held.sequence, sequence
        self._give_back(left)
        return left

    def owner(self, sequence: int) -> Lane | None:
        """Returns the lane that has a sequence; None when it is free."""
        return next((lane for lane, held in self._lanes.items() if held.sequence == sequence), None)

    def free_sequences(self) -> Sequence[int]:
        """Returns the sequences that nobody has, highest first."""
        return self._free

    def forget(self, lane: Lane) -> None:
        """Gives the sequence of a lane back."""
        held = self._lanes.pop(lane, None)
        if held:
            self._give_back(held.sequence)

    def _give_back(self, sequence: int) -> None:
        self._free.append(sequence)
        self._free.sort(reverse=True)  # the lowest next: neighbours share a batch

    def source(self, lane: Lane, tokens: Sequence[int], n_own: int, stride: int = 0) -> Source | None:
        """Returns the lane from which most of `tokens` can be copied, if that spares enough beyond the `n_own` held.

        Args:
            stride: Only whole strides count; 0: any token.
        """
        best = Source(lane, n_own + MIN_GAIN_TOKENS - 1)
        for other, held in self._lanes.items():
            n_usable = held.n_whole if stride else len(held.tokens)
            if other != lane and n_usable > best.n_tokens:
                n_common = common_prefix(held.tokens[:n_usable], tokens)
                n_common -= n_common % stride if stride else 0
                if n_common > best.n_tokens:
                    best = Source(other, n_common)
        return best if best.lane != lane else None

    def _least_used(self, background: bool, pinned: Collection[Lane]) -> Lane | bool:
        candidates = [lane for lane in self._lanes if lane.background == background and lane not in pinned]
        return min(candidates, key=lambda lane: self._lanes[lane].used) if candidates else False

    def _count(self, background: bool) -> int:
        return sum(lane.background == background for lane in self._lanes)


def common_prefix(left: Sequence[int], right: Sequence[int]) -> int:
    """Returns the length of the longest common prefix."""
    n_shorter = min(len(left), len(right))
    if list(left[:n_shorter]) == list(right[:n_shorter]):  # the usual case, in C
        return n_shorter
    for index, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return index
    return n_shorter
