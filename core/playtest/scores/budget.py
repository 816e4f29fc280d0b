"""How much of a playtest's time its scores may take: which turns are scored, and which are not. Pure."""

import threading
from collections import Counter
from collections.abc import Mapping
from typing import Any

CREDIT_S = 0.5
CREDIT_LASTS_S = 10.0
"""Seconds of play that count before the first turn, so that the first turns are never left out for what one of them
cost; they fade away while so many seconds are played."""
UNSEEN = 1.5
"""What a score costs for each second that is counted of it: messages between processes and threads that wait for one
another are not. Measured by `tests/benchmarks/score_cost.py`."""
N_COLD = {"played": 1, "weighed": 2}
"""First times of each role that are not counted: then weights are loaded and all is read for the first time; for the
scores too, where the second one may be the first that has a short view to compare with."""
N_DECIDED = 8
SPENT = "Not scored: the budget for scores was spent."


class ScoreBudget:
    """The account of one playtest: seconds played, seconds spent on scores. For any thread.

    The weights score a turn when what all scores have cost, with what they are expected to cost for this turn, stays
    within the share of what was played, with what this turn is expected to take. Expected is the mean so far. The
    measures that need no weights are cheap: they are only left out where they alone would cost more than the share.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: Counter[tuple[str, str]] = Counter()
        self._played_s = 0.0
        self._n_played = 0
        self._measured_s = 0.0
        self._n_measured = 0
        self._weighed_s = 0.0
        self._n_weighed = 0
        self._decided: dict[int, bool] = {}

    @property
    def share(self) -> float:
        """What the scores added to what was played, so far; 0 before the first turn."""
        with self._lock:
            return (self._measured_s + self._weighed_s) / self._played_s if self._played_s else 0.0

    def add_played(self, role_id: str, seconds: float) -> None:
        """Notes what a turn took, without what was done for its scores meanwhile."""
        with self._lock:
            if self._is_warm("played", role_id):
                self._played_s += max(0.0, seconds)
                self._n_played += 1

    def add_measured(self, seconds: float) -> None:
        """Notes what the measures of a turn cost that need no weights, and what keeping its scores cost."""
        with self._lock:
            self._measured_s += UNSEEN * max(0.0, seconds)
            self._n_measured += 1

    def add_weighed(self, role_id: str, seconds: float) -> None:
        """Notes what it cost that the weights scored a turn."""
        with self._lock:
            if self._is_warm("weighed", role_id):
                self._weighed_s += UNSEEN * max(0.0, seconds)
                self._n_weighed += 1

    def may_measure(self, share: float) -> bool:
        """Whether the next turn is measured at all."""
        with self._lock:
            return share > 0 and self._measured_s + self._next_measured_s <= share * self._next_played_s

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

    def _is_warm(self, what: str, role_id: str) -> bool:
        self._times[what, role_id] += 1
        return self._times[what, role_id] > N_COLD[what]

    def _fits(self, share: float) -> bool:
        spent_s = self._measured_s + self._next_measured_s + self._weighed_s + _mean(self._weighed_s, self._n_weighed)
        return share > 0 and spent_s <= share * self._next_played_s

    @property
    def _next_measured_s(self) -> float:
        return _mean(self._measured_s, self._n_measured)

    @property
    def _next_played_s(self) -> float:
        played_s = self._played_s + _mean(self._played_s, self._n_played)
        return played_s + CREDIT_S * max(0.0, 1 - played_s / CREDIT_LASTS_S)


def _mean(total: float, n: int) -> float:
    return total / n if n else 0.0


def waited_of(record: Mapping[str, Any]) -> float:
    """Returns for how many seconds a turn waited for weights that worked for something else, by its own record."""
    engine = record.get("engine")
    if not isinstance(engine, dict) or not engine.get("work_s"):
        return 0.0
    return max(0.0, float(engine["waited_s"]) + float(record["total_s"]) - float(engine["work_s"]))
