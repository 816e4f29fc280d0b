"""Inclusion groups: of the entries of one group that fire together, one is used."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.lore.compiled import Entry
from core.lore.occasion import draw
from core.lore.scan_text import ScanText
from core.lore.verdicts import Rule, Verdict
from models.lore import KeyLogic


@dataclass(slots=True)
class GroupFilter:
    """Chooses among entries that are about to fire."""

    text: ScanText
    sticky: frozenset[str]
    """Ids of entries that stay."""
    step: int
    """Which step of the search it is: each draws anew."""
    drop: Callable[[Entry, Verdict], None]

    def filter(self, new: Sequence[Entry], used: Sequence[Entry]) -> list[Entry]:
        """Returns the entries that are left, in their order.

        Args:
            new: About to fire, the first counts most.
            used: Fired in earlier steps.
        """
        groups: dict[str, list[Entry]] = {}
        for entry in new:
            for name in dict.fromkeys(entry.groups):
                groups.setdefault(name, []).append(entry)
        if not groups:
            return list(new)
        dropped: set[Entry] = set()
        taken = {name: entry for entry in reversed(used) for name in entry.groups}
        has_sticky = {name for name, members in groups.items() if self._keep_sticky(name, members, dropped)}
        for name, members in groups.items():
            if name not in has_sticky:
                self._keep_best(name, members, dropped)
        for name, members in groups.items():
            if name not in has_sticky:
                self._choose(name, [entry for entry in members if entry not in dropped], taken.get(name), dropped)
        return [entry for entry in new if entry not in dropped]

    def _keep_sticky(self, name: str, members: list[Entry], dropped: set[Entry]) -> bool:
        """Where entries of a group stay from before, the others go."""
        staying = [entry for entry in members if entry.id in self.sticky]
        if staying:
            for entry in members:
                if entry not in staying:
                    self._drop(entry, Rule.GROUP_STICKY, name, staying[0], dropped)
        return bool(staying)

    def _keep_best(self, name: str, members: list[Entry], dropped: set[Entry]) -> None:
        """Where keys are counted, entries with fewer of them go."""
        if not any(entry.is_scored for entry in members):
            return
        scores = {entry: self.score(entry) for entry in members if entry not in dropped}
        if not scores:
            return
        best = max(scores, key=lambda entry: scores[entry])
        for entry, score in scores.items():
            if entry.is_scored and score < scores[best]:
                self._drop(entry, Rule.GROUP_SCORE, name, best, dropped, score)

    def _choose(self, name: str, members: list[Entry], taken: Entry | None, dropped: set[Entry]) -> None:
        if taken is not None:
            for entry in members:
                self._drop(entry, Rule.GROUP_USED, name, taken, dropped)
            return
        if len(members) <= 1:
            return
        first = [entry for entry in members if entry.source.group_override]
        winner = max(first, key=lambda entry: entry.source.order) if first else self._draw(name, members)
        for entry in members:
            if entry is not winner:
                self._drop(entry, Rule.GROUP_OVERRIDE if first else Rule.GROUP_DRAW, name, winner, dropped)

    def _draw(self, name: str, members: list[Entry]) -> Entry:
        total = sum(entry.source.group_weight for entry in members)
        drawn = draw(self.text.occasion.seed, "group", name, self.step) * total
        reached = 0
        for entry in members:
            reached += entry.source.group_weight
            if drawn <= reached:
                return entry
        return members[-1]

    def score(self, entry: Entry) -> int:
        """Returns how many keys of an entry are found; secondary ones count where they must be found."""
        if not entry.keys:
            return 0
        primary = sum(self.text.find_key(entry, key) is not None for key in entry.keys)
        secondary = sum(self.text.find_key(entry, key) is not None for key in entry.secondary)
        if entry.secondary and entry.source.logic == KeyLogic.AND_ANY:
            return primary + secondary
        if entry.secondary and entry.source.logic == KeyLogic.AND_ALL and secondary == len(entry.secondary):
            return primary + secondary
        return primary

    def _drop(self, entry: Entry, rule: Rule, name: str, winner: Entry, dropped: set[Entry], score: float = 0) -> None:
        if entry not in dropped:
            dropped.add(entry)
            self.drop(entry, Verdict(rule, rival=winner.id, group=name, number=score))
