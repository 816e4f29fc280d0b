"""How far to trust a measure: what it was seen to notice, from the table that `tableread validate` made.

What was held against each other are a speaker's values over a whole dialogue: one turn tells less, and no number here
says how much less.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from core.fidelity.validation.corruptions import CORRUPTIONS

FILE_NAME = "trust.json"
SEES = 0.75
"""From this AUC on a measure is said to tell the two apart."""
HINTS = 0.6
"""From this AUC on it is said to have an inkling."""
_MAX_NAMED = 3
_TOLD = {corruption.name: corruption.told for corruption in CORRUPTIONS}
_PLURAL = {corruption.name: corruption.plural for corruption in CORRUPTIONS}


@dataclass(frozen=True, slots=True)
class Seen:
    """How well a measure tells sound dialogues from such as were spoilt in one way."""

    corruption: str
    auc: float
    low: float
    high: float
    n: int

    @property
    def is_sure(self) -> bool:
        """Whether chance alone does not explain it."""
        return self.low > 0.5


@dataclass(frozen=True, slots=True)
class Trust:
    """What is known of one measure."""

    metric: str
    seen: tuple[Seen, ...]
    """The corruptions that it was tried on, best told first; empty: it was not tried."""

    @property
    def best(self) -> float:
        """The highest AUC, in [0, 1]; 0.5 where nothing is known."""
        return self.seen[0].auc if self.seen else 0.5

    @property
    def separates(self) -> bool:
        """Whether it tells anything apart at all, beyond chance."""
        return any(one.auc >= HINTS and one.is_sure for one in self.seen)

    def sentence(self) -> str:
        """Returns how far to trust it, for a tooltip."""
        if not self.seen:
            return "It has not been tried on dialogues that were spoilt on purpose."
        told = [one for one in self.seen if one.auc >= SEES and one.is_sure]
        hinted = [one for one in self.seen if HINTS <= one.auc < SEES and one.is_sure]
        if told:
            said = f"Tells {_listed(told)}."
        elif hinted:
            said = f"Has an inkling, no more: tells {_listed(hinted)}."
        else:
            return f"Tells none of the spoilt dialogues from sound ones. {self._how}"
        misled = [one for one in self.seen if one.high < 1 - HINTS]
        missed = [one for one in self.seen if (one.auc < HINTS or not one.is_sure) and one not in misled]
        return " ".join(filter(None, (said, _missed(missed), _misled(misled), self._how)))

    @property
    def _how(self) -> str:
        n = max(one.n for one in self.seen)
        return f"Tried over whole dialogues, not single turns: {n:,} and spoilt copies of them."


def trust_of(metric: str) -> Trust:
    """Returns what the shipped table says of a measure."""
    table = load_table()
    return table.get(metric, Trust(metric, ()))


@cache
def load_table() -> Mapping[str, Trust]:
    """Loads the table that Tableread brings along, at the first call; empty where none came along."""
    path = files("assets") / "measures" / FILE_NAME
    return parse_table(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def parse_table(data: Mapping[str, Any]) -> dict[str, Trust]:
    """Builds the table from what `tableread validate --table` writes. Raises KeyError for anything else."""
    found: dict[str, list[Seen]] = {}
    for row in data["rows"]:
        seen = Seen(str(row["corruption"]), float(row["auc"]), float(row["low"]), float(row["high"]), int(row["n"]))
        found.setdefault(str(row["metric"]), []).append(seen)
    return {metric: Trust(metric, _best_first(seen)) for metric, seen in found.items()}


def _best_first(seen: Sequence[Seen]) -> tuple[Seen, ...]:
    return tuple(sorted(seen, key=lambda one: -one.auc))


def _listed(seen: Sequence[Seen]) -> str:
    parts = [f"{_TOLD.get(one.corruption, one.corruption)} in {_of_hundred(one.auc)}" for one in seen[:_MAX_NAMED]]
    return _joined([f"{parts[0]} of 100 pairs", *parts[1:]], "and")


def _of_hundred(auc: float) -> int:
    """Never 100: the next pair may be the first that it does not tell."""
    return min(round(100 * auc), 99)


def _missed(seen: Sequence[Seen]) -> str:
    return f"Does not see {_named(seen, 'or')}." if seen else ""


def _misled(seen: Sequence[Seen]) -> str:
    return f"Takes {_named(seen, 'and')} for the better." if seen else ""


def _named(seen: Sequence[Seen], word: str) -> str:
    """Names all, in the order of the list of corruptions: what a measure is blind to must not hide in a count."""
    order = list(_PLURAL)
    first = sorted(
        (one.corruption for one in seen), key=lambda name: order.index(name) if name in order else len(order)
    )
    return _joined([_PLURAL.get(name, name) for name in first], word)


def _joined(parts: Sequence[str], word: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"
