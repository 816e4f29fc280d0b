"""The tree of turns of the open playtest, indexed: as `core.playtest.tree`, without going through all turns."""

from collections.abc import Iterable

from gui.stage.reading import StageTurn


class TurnTree:
    """All turns of a playtest. Turns are only ever added."""

    def __init__(self, turns: Iterable[StageTurn] = ()) -> None:
        self._turns: dict[int, StageTurn] = {}
        self._children: dict[int | None, list[int]] = {}
        self._cut: frozenset[int] = frozenset()
        self._n_shown: int | None = None
        self._has_branches = False
        self._leaves: list[StageTurn] | None = None
        self.last_id = 0
        """The newest turn; 0 when there is none."""
        self.add(turns)

    def __len__(self) -> int:
        """How many turns are in sight."""
        if not self._cut:
            return len(self._turns)
        if self._n_shown is None:
            self._n_shown = len(self._all_after(None))
        return self._n_shown

    def add(self, turns: Iterable[StageTurn]) -> None:
        """Adds turns, oldest first; those known already are passed over."""
        for turn in turns:
            if turn.id not in self._turns:
                self._turns[turn.id] = turn
                self._leaves = self._n_shown = None
                self.last_id = max(self.last_id, turn.id)
                self._place(turn)

    def cut(self, turn_ids: Iterable[int]) -> bool:
        """Takes these turns, and all that follow them, out of the tree; others come back. Returns whether any did.

        They can still be got by their ids.
        """
        wanted = frozenset(turn_ids) & self._turns.keys()
        if wanted == self._cut:
            return False
        self._cut = wanted
        self._children, self._has_branches, self._leaves, self._n_shown = {}, False, None, None
        for turn in self._turns.values():
            self._place(turn)
        return True

    def _place(self, turn: StageTurn) -> None:
        if turn.id not in self._cut:
            siblings = self._children.setdefault(turn.parent_id, [])
            siblings.append(turn.id)
            self._has_branches |= len(siblings) > 1

    @property
    def has_branches(self) -> bool:
        """Whether any turn has alternatives."""
        return self._has_branches

    def get(self, turn_id: int | None) -> StageTurn | None:
        """Returns a turn, or None."""
        return self._turns.get(turn_id) if turn_id is not None else None

    def path_to(self, turn_id: int | None) -> list[StageTurn]:
        """Returns the turns from the first one to this one."""
        path = []
        turn = self.get(turn_id)
        while turn is not None:
            path.append(turn)
            turn = self.get(turn.parent_id)
        return path[::-1]

    def siblings(self, turn: StageTurn) -> list[int]:
        """Returns the ids of the alternatives of a turn, itself included, oldest first."""
        found = self._children.get(turn.parent_id, [])
        return found if turn.id in found else sorted([*found, turn.id])

    def n_after(self, turn_id: int | None) -> int:
        """Returns how many turns follow a turn directly: the branches that begin there."""
        return len(self._children.get(turn_id, ()))

    def tip_of(self, turn_id: int | None) -> int | None:
        """Returns the last turn of the newest branch through a turn; of all branches for None."""
        while children := self._children.get(turn_id):
            turn_id = children[-1]
        return turn_id

    def leaves(self) -> list[StageTurn]:
        """Returns the last turn of every branch: the oldest line first, then what left it, in the order of the tree.

        The place of a branch stays the same while turns are added to it.
        """
        if self._leaves is None and not self._has_branches and not self._cut:
            self._leaves = [self._turns[self.last_id]] if self._turns else []
        if self._leaves is None:
            self._leaves = []
            waiting = list(reversed(self._children.get(None, ())))
            while waiting:
                turn_id = waiting.pop()
                children = self._children.get(turn_id)
                if children:
                    waiting.extend(reversed(children))
                else:
                    self._leaves.append(self._turns[turn_id])
        return self._leaves

    def _all_after(self, turn_id: int | None) -> list[int]:
        """Returns the ids of all turns in sight that follow a turn."""
        found = list(self._children.get(turn_id, ()))
        for one in found:
            found.extend(self._children.get(one, ()))
        return found
