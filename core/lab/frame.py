"""All scores of one or several playtests as columns: one row a turn, of all branches. Knows no Qt.

A frame is never changed: what is new makes another one, so that any thread may read it. Filters are boolean masks.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.fidelity.metric import Metric

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]
NONE_SAID, GOOD, OFF, BOTH = 0, 1, 2, 3
"""What people said of a turn: nothing, good, off, or now this and now that."""


@dataclass(frozen=True, slots=True)
class JudgeInfo:
    """Who said a judged score, and how far it can be trusted."""

    id: str
    name: str
    badge: str = ""
    """`green`, `amber` or `red`, as its licence says; empty: it was not examined yet."""


@dataclass(frozen=True, slots=True)
class Column:
    """One measure, or what one judge says of it."""

    key: str
    """The metric's name; of judged scores with `@` and the judge's id behind it."""
    metric: Metric
    judge: JudgeInfo | None = None

    @property
    def title(self) -> str:
        """Name for people; of judged scores with the judge's."""
        return self.metric.title if self.judge is None else f"{self.metric.title} · {self.judge.name}"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: the same role with the same name is one speaker in all playtests."""

    role_id: str
    name: str
    is_character: bool
    """False: the user, the narrator, or the director."""


@dataclass(frozen=True, slots=True)
class PlaytestInfo:
    """A playtest of a frame."""

    id: str
    name: str
    head_id: int
    """The last turn of the branch that is played; 0 before the first."""
    cast: tuple[tuple[str, str], ...] = ()
    """Role id and name, in the order of the cast."""


@dataclass(frozen=True, slots=True)
class BranchInfo:
    """One branch of a playtest, from its first turn to its last."""

    playtest_id: str
    head_id: int
    name: str
    """That a person gave it; empty: none."""
    n_turns: int


def say_branch(branch: BranchInfo) -> str:
    """Returns what a branch is called: its name, or how far it goes."""
    return branch.name or (f"To turn {branch.n_turns} (#{branch.head_id})" if branch.n_turns else "Empty")


@dataclass(frozen=True)
class Side:
    """One branch that is shown."""

    playtest_id: str
    head_id: int
    title: str
    rows: Rows
    """Of its turns, the first one first."""


@dataclass(frozen=True, slots=True)
class SpeakerScore:
    """A score of all that somebody said on a branch; of everybody where the role is empty."""

    playtest_id: str
    head_id: int
    role_id: str
    key: str
    value: float | None
    reason: str | None


@dataclass(frozen=True)
class ScoreFrame:
    """Columns over turns. All arrays have `n_rows` entries, in the order in which the turns were made."""

    playtests: tuple[PlaytestInfo, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    columns: Mapping[str, Column] = field(default_factory=dict)
    """By key, in the order of the catalogue."""
    turn_id: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """Rising."""
    parent: Rows = field(default_factory=lambda: np.zeros(0, np.intp))
    """Row of the turn before; -1 for none."""
    playtest: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    """Place in `playtests`."""
    number: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    """Number of the turn on its branch, from 1."""
    speaker: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    """Place in `speakers`."""
    label: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))
    """NONE_SAID, GOOD, OFF or BOTH."""
    is_cut: Mask = field(default_factory=lambda: np.zeros(0, np.bool_))
    """Whether the turn is on a branch that was deleted."""
    scores: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    """By key of column; NaN: no value."""
    speaker_scores: tuple[SpeakerScore, ...] = ()
    sides: tuple[Side, ...] = ()
    """The branches that are compared; without a choice, the one that is played of each playtest."""
    branches: tuple[BranchInfo, ...] = ()
    """What `with_branches` found, of each playtest the newest first."""
    branch_names: Mapping[int, str] = field(default_factory=dict)
    """Turn id -> name that a person gave the branch that begins there."""
    last_score_id: int = 0

    @property
    def n_rows(self) -> int:
        """How many turns there are, all branches."""
        return len(self.turn_id)

    def values(self, key: str) -> NDArray[np.float64]:
        """Returns the values of a column; NaN everywhere for one that is not there."""
        found = self.scores.get(key)
        return found if found is not None else np.full(self.n_rows, np.nan)

    @cached_property
    def on_sides(self) -> Mask:
        """Which turns are on a branch that is shown."""
        mask = np.zeros(self.n_rows, np.bool_)
        for side in self.sides:
            mask[side.rows] = True
        return mask

    @cached_property
    def by_characters(self) -> Mask:
        """Which turns characters spoke."""
        are = np.array([speaker.is_character for speaker in self.speakers], np.bool_)
        return are[self.speaker] if len(are) else np.zeros(self.n_rows, np.bool_)

    def row_of(self, turn_id: int) -> int:
        """Returns the row of a turn, or -1."""
        row = int(np.searchsorted(self.turn_id, turn_id))
        return row if row < self.n_rows and self.turn_id[row] == turn_id else -1

    def rows_of_turns(self, turn_ids: Iterable[int]) -> Rows:
        """Returns the rows of those turns that are in the frame."""
        wanted = np.array(sorted(set(turn_ids)), np.int64)
        if not len(wanted) or not self.n_rows:
            return np.zeros(0, np.intp)
        rows = np.minimum(np.searchsorted(self.turn_id, wanted), self.n_rows - 1)
        found: Rows = rows[self.turn_id[rows] == wanted]
        return found

    def path_to(self, head_id: int) -> Rows:
        """Returns the rows of a branch, the first turn first; what was deleted, and all before it, is left out."""
        row, runs = self.row_of(head_id), []
        starts, parents = self._run_starts, self.parent
        while row >= 0:
            start = int(starts[row])
            runs.append(np.arange(start, row + 1, dtype=np.intp))
            row = int(parents[start])
        rows: Rows = np.concatenate(runs[::-1]) if runs else np.zeros(0, np.intp)
        cut = np.flatnonzero(self.is_cut[rows]) if len(rows) else rows
        return rows[: int(cut[0])] if len(cut) else rows

    def leaves(self, playtest_id: str) -> list[int]:
        """Returns the ids of the last turns of all branches of a playtest that are not deleted, newest first."""
        place = next((place for place, one in enumerate(self.playtests) if one.id == playtest_id), -1)
        lives = (self.playtest == place) & ~self.is_cut
        has_children = np.zeros(self.n_rows, np.bool_)
        parents = self.parent[lives]
        has_children[parents[parents >= 0]] = True
        return [int(one) for one in self.turn_id[lives & ~has_children][::-1]]

    def with_branches(self, most: int) -> "ScoreFrame":
        """Returns the frame with the newest branches of each playtest listed, so many at most."""
        found = [self.branch(head) for one in self.playtests for head in self.leaves(one.id)[:most]]
        return replace(self, branches=tuple(found))

    def with_sides(
        self, heads: Mapping[str, Iterable[int]], say: Callable[[BranchInfo], str] = say_branch
    ) -> "ScoreFrame":
        """Returns the frame with other branches shown: playtest id -> ids of their last turns.

        A playtest without a choice shows the branch that is played. `say` names a branch.
        """
        sides = []
        for playtest in self.playtests:
            chosen = [head for head in heads.get(playtest.id, ()) if self.row_of(head) >= 0]
            for head in chosen or [playtest.head_id]:
                title = playtest.name
                if len(chosen) > 1:
                    branch = say(self.branch(head))
                    title = branch if len(self.playtests) == 1 else f"{title} · {branch}"
                sides.append(Side(playtest.id, head, title, self.path_to(head)))
        return replace(self, sides=tuple(sides))

    def branch(self, head_id: int) -> BranchInfo:
        """Returns what is known of the branch that ends with a turn; of several names the last one counts."""
        path = self.path_to(head_id)
        if not len(path):
            return BranchInfo("", head_id, "", 0)
        named = np.intersect1d(path, self.rows_of_turns(self.branch_names), assume_unique=True)
        name = self.branch_names[int(self.turn_id[named[-1]])] if len(named) else ""
        return BranchInfo(self.playtests[int(self.playtest[path[-1]])].id, head_id, name, int(self.number[path[-1]]))

    def sides_of(self, row: int) -> list[int]:
        """Returns the places of the sides that a turn is on."""
        return [place for place, side in enumerate(self.sides) if row in side.rows]

    @cached_property
    def _run_starts(self) -> Rows:
        """Of each row, the first of the rows before it that follow each other without a gap on one branch."""
        rows = np.arange(self.n_rows, dtype=np.intp)
        found: Rows = np.maximum.accumulate(np.where(self.parent == rows - 1, 0, rows)) if len(rows) else rows
        return found


@dataclass(frozen=True, slots=True)
class Filter:
    """Which turns are looked at. What is empty filters nothing."""

    speakers: frozenset[tuple[str, str]] = frozenset()
    """Role id and name of those whose turns are wanted."""
    playtest_ids: frozenset[str] = frozenset()
    labels: frozenset[int] = frozenset()
    """Of NONE_SAID, GOOD, OFF, BOTH."""
    column: str = ""
    """Key of a column whose values are wanted between `low` and `high`, both included."""
    low: float = -np.inf
    high: float = np.inf

    def mask(self, frame: ScoreFrame) -> Mask:
        """Returns which turns of the branches that are shown pass."""
        mask = frame.on_sides & frame.by_characters
        if self.speakers:
            wanted = [(one.role_id, one.name) in self.speakers for one in frame.speakers]
            mask &= np.array(wanted, np.bool_)[frame.speaker] if wanted else False
        if self.playtest_ids:
            known = [one.id in self.playtest_ids for one in frame.playtests]
            mask &= np.array(known, np.bool_)[frame.playtest] if known else False
        if self.labels:
            mask &= np.isin(frame.label, list(self.labels))
        if self.column:
            values = frame.values(self.column)
            with np.errstate(invalid="ignore"):
                mask &= (values >= self.low) & (values <= self.high)
        return mask


def column_key(metric: str, judge_id: str | None) -> str:
    """Returns the key of a column."""
    return metric if judge_id is None else f"{metric}@{judge_id}"
