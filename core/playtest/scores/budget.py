"""How much of a playtest's time its scores may take: which turns the weights score, and which they do not. Pure."""

import threading
from collections.abc import Mapping
from typing import Any

CREDIT_S = 0.5
"""Seconds of play that count before the first turn: so few turns are never left out for what one of them cost."""
N_DECIDED = 8
SPENT = "Not scored: the budget for scores was spent."


class ScoreBudget:
    """The account of one playtest: seconds played, seconds spent on scores. For any thread.

    A turn is scored when what the scores have cost, with what they are expected to cost for this turn, stays within
    the share of what was played, with what this turn is expected to take. Expected is the mean so far.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._played_s = 0.0
        self._n_played = 0
        self._scored_s = 0.0
        self._n_scored = 0
        self._decided: dict[int, bool] = {}

    @property
    def share(self) -> float:
        """What the scores added to what was played, so far; 0 before the first turn."""
        with self._lock:
            return self._scored_s / self._played_s if self._played_s else 0.0

    def add_played(self, seconds: float) -> None:
        """Notes what a turn took, without what was done for its scores meanwhile."""
        with self._lock:
            self._played_s += max(0.0, seconds)
            self._n_played += 1

    def add_scored(self, seconds: float, *, by_weights: bool) -> None:
        """Notes what the scores of a turn cost; it counts towards what one costs when the weights were asked."""
        with self._lock:
            self._scored_s += max(0.0, seconds)
            self._n_scored += by_weights

    def decide(self, number: int, share: float) -> bool:
        """Decides, before a turn is written, whether the weights will score it, and remembers that for `decided`."""
        with self._lock:
            found = self._decided[number] = self._fits(share)
            for old in list(self._decided)[:-N_DECIDED]:
                del self._decided[old]
            return found

    def decided(self, number: int, share: float) -> bool:
        """Returns what was decided for a turn; decides now where nothing was."""
        with self._lock:
            found = self._decided.pop(number, None)
            return self._fits(share) if found is None else found

    def _fits(self, share: float) -> bool:
        if share <= 0:
            return False
        next_played = self._played_s / self._n_played if self._n_played else 0.0
        next_scored = self._scored_s / self._n_scored if self._n_scored else 0.0
        return self._scored_s + next_scored <= share * (self._played_s + next_played + CREDIT_S)


def waited_of(record: Mapping[str, Any]) -> float:
    """Returns for how many seconds a turn waited for weights that worked for something else, by its own record."""
    engine = record.get("engine")
    if not isinstance(engine, dict) or not engine.get("work_s"):
        return 0.0
    return max(0.0, float(engine["waited_s"]) + float(record["total_s"]) - float(engine["work_s"]))
