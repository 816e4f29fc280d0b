"""A path through a tree of turns, and what follows from it, found by going on from where it was found before.

All that depends on the past is a fold over a path. Folded anew before each turn, a long scene would become slow; so
the last few states are kept, each with the turn that it holds after. A state is found again only for a path that goes
through that very turn at the same place: what another branch led to is never in it.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, SupportsIndex, TypeVar, overload

N_KEPT = 4
"""States of each fold that are kept: the last ones, and as many of those at every so many turns."""
EVERY = 64
"""Going back further than `N_KEPT` times that folds anew."""

Item = TypeVar("Item")
State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class _Known:
    """A state, and the path that it holds after, by its length and its last turn."""

    n_turns: int
    last: object
    state: Any


class Folds:
    """What is known of the paths of one tree. For any thread: what two find out at once is the same."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[_Known, ...]] = {}

    def after(
        self, path: Sequence[Item], what: Hashable, begin: State, go_on: Callable[[State, Sequence[Item]], State]
    ) -> State:
        """Returns the state after a path; see `fold`."""
        kept = self._known.get(what, ())
        n_turns, state = 0, begin
        for one in kept:
            if n_turns < one.n_turns <= len(path) and path[one.n_turns - 1] is one.last:
                n_turns, state = one.n_turns, one.state
        if n_turns == len(path):
            return state
        n_milestones = (len(path) - 1) // EVERY
        milestones = range(EVERY * max(n_turns // EVERY + 1, n_milestones - N_KEPT + 1), len(path), EVERY)
        for end in (*milestones, len(path)):
            state = go_on(state, path[n_turns:end])
            n_turns = end
            kept = (_Known(end, path[end - 1], state), *kept)
        self._known[what] = (
            *[one for one in kept if one.n_turns % EVERY][:N_KEPT],
            *[one for one in kept if not one.n_turns % EVERY][:N_KEPT],
        )
        return state


class Path(list[Item]):
    """Turns from the first one on, or those of them that somebody perceived. Not to be changed."""

    __slots__ = ("folds", "name")

    def __init__(self, turns: Iterable[Item], folds: Folds, name: tuple[Hashable, ...] = ()) -> None:
        """Takes the turns, what is known of their tree, and which of a path's turns they are; empty: all of them."""
        super().__init__(turns)
        self.folds = folds
        self.name = name

    @overload
    def __getitem__(self, place: SupportsIndex) -> Item: ...

    @overload
    def __getitem__(self, place: slice) -> list[Item]: ...

    def __getitem__(self, place: Any) -> Any:
        """Returns a turn, or some of them; the first ones are a path as well."""
        found = super().__getitem__(place)
        if isinstance(place, slice) and not place.start and place.step is None:
            return Path(found, self.folds, self.name)
        return found


def fold(path: Sequence[Item], what: Hashable, begin: State, go_on: Callable[[State, Sequence[Item]], State]) -> State:
    """Returns what follows from a path: for a `Path` from the last state that is known on, else from its first turn.

    Args:
        what: Names the fold, with all that it depends on beside the turns.
        begin: Before the first turn. No state is ever changed.
        go_on: A state and the turns after it, never none -> the state after those. What it gives for all of some turns
            is what it gives for the first and then the rest of them.
    """
    if isinstance(path, Path):
        return path.folds.after(path, (what, path.name), begin, go_on)
    return go_on(begin, path) if path else begin


def only(path: Sequence[Item], what: Hashable, keeps: Callable[[Item], bool]) -> list[Item]:
    """Returns those turns of a path that something is true of; of a `Path` they are one too, not to be changed.

    Args:
        what: Names what is true of them, as in `fold`.
    """
    if not isinstance(path, Path):
        return list(filter(keeps, path))
    folds, name = path.folds, (*path.name, what)
    nothing: Path[Item] = Path((), folds, name)
    return fold(path, what, nothing, lambda kept, turns: Path((*kept, *filter(keeps, turns)), folds, name))
