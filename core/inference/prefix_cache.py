"""Which sequence holds which lane's tokens. Pure Python: knows tokens, not tensors.

What the foreground finds held depends on the foreground alone, never on the timing of background work: foreground
lanes evict each other by recency, take sequences from background lanes freely, and always leave the background one.
So the same requests meet the same held tokens, and weights give the same text.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

IDLE_REQUESTS = 64
"""A foreground lane unused for so many foreground requests gives its sequence back."""


class Lane(NamedTuple):
    """Whose tokens. The same name has one lane in the foreground and another in the background."""

    name: str
    background: bool


@dataclass(slots=True)
class _Held:
    """A sequence in use."""

    sequence: int
    tokens: list[int] = field(default_factory=list)
    used: int = 0
    """Value of the clock of its kind at the last use."""


class PrefixCache:
    """Lanes on `n_sequences` sequences, at least two."""

    def __init__(self, n_sequences: int) -> None:
        if n_sequences < 2:
            raise ValueError("one sequence for the foreground and one for the background at least")
        self._free = list(range(n_sequences))[::-1]
        self._n_foreground = n_sequences - 1
        self._lanes: dict[Lane, _Held] = {}
        self._clock = {False: 0, True: 0}

    def begin_request(self, *, background: bool) -> None:
        """Notes that a request begins: time, here, is counted in requests."""
        self._clock[background] += 1
        if not background:
            self._drop_idle()

    def acquire(self, lane: Lane) -> int:
        """Returns the sequence of a lane, taken from another lane if there is no free one. Counts as a use."""
        if lane not in self._lanes:
            self._make_room(lane.background)
            self._lanes[lane] = _Held(self._free.pop())
        held = self._lanes[lane]
        held.used = self._clock[lane.background]
        return held.sequence

    def tokens(self, lane: Lane) -> Sequence[int]:
        """Returns the tokens that a lane holds; none when it has no sequence."""
        held = self._lanes.get(lane)
        return held.tokens if held else ()

    def n_common(self, lane: Lane, tokens: Sequence[int]) -> int:
        """Returns how many tokens, from the first, a lane already holds."""
        return common_prefix(self.tokens(lane), tokens)

    def trim(self, lane: Lane, n_kept: int) -> None:
        """Notes that a lane holds only its first tokens now."""
        del self._lanes[lane].tokens[n_kept:]

    def extend(self, lane: Lane, tokens: Sequence[int]) -> None:
        """Notes that tokens were read into a lane."""
        self._lanes[lane].tokens.extend(tokens)

    def forget(self, lane: Lane) -> None:
        """Gives the sequence of a lane back."""
        held = self._lanes.pop(lane, None)
        if held:
            self._free.append(held.sequence)

    def _make_room(self, background: bool) -> None:
        if not background and self._count(False) >= self._n_foreground:
            self._evict(False)
        elif not self._free:
            self._evict(True)

    def _evict(self, background: bool) -> None:
        candidates = [lane for lane in self._lanes if lane.background == background]
        self.forget(min(candidates, key=lambda lane: self._lanes[lane].used))

    def _drop_idle(self) -> None:
        oldest = self._clock[False] - IDLE_REQUESTS
        for lane in [lane for lane, held in self._lanes.items() if not lane.background and held.used < oldest]:
            self.forget(lane)

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
