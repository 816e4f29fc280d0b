"""What roles can come to know by hearing, as moves of the checker: who knows a fact tells it to somebody it can meet.

It may happen at any moment, and need not. As everywhere in the checker, what no condition reads is not kept: such a
place or such knowledge may be whatever it can be at all, over the whole story. So a beat that waits for somebody to
hear something is called unreachable only where nobody who can know it can ever meet them. A fact that the text of a
beat tells may be heard from the narrator by whoever is there. What a line says that its speaker cannot know, and what
the user or the director tell, is left out: a scene should not need it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from core.world.meaning import Act, AllOf, ChangeBy, Fixed, Meaning, OneOf, SetTo, Test, compare
from core.world.slots import AWAY, EVERYWHERE, KNOWN, SUSPECTED, SlotKind
from core.world.spoken import has_most, stem, telling_stems, words_of
from core.world.steps import Rules
from core.world.watch import Look

MAX_KEPT_APART = 200
"""Of more roles than this each may meet each other: who can meet whom is not worth the time."""
MAX_MEETINGS = 200_000
"""Pairs of roles times places; beyond that it is asked only whether two can ever meet."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """A role can hear of a fact."""

    slot: int
    """Its knowledge of the fact, which must be below the level."""
    level: int
    """`SUSPECTED` or `KNOWN`: what it has to do with the fact then."""
    condition: Meaning
    """Somebody who knows as much can tell it. Reads kept slots only."""


class Hearsay:
    """Who can hear of what in a story."""

    def __init__(self, rules: Rules, reads: Collection[Test], look: Look = lambda: None) -> None:
        """Takes what conditions ask of slots: these are kept, others are not."""
        self._look = look
        self._slots = rules.slots
        self._rules = rules
        self._kept = {test.slot for test in reads}
        self._asks_suspicion = {rules.slots.all[test.slot].fact_id for test in reads if test.value == SUSPECTED}
        self._role_ids = [role.id for role in rules.story.roles]
        self._learns, self._by_place = rules.story.hearing.learns, rules.story.hearing.by_place

    def can_hear(self, role_id: str, fact_id: str) -> bool:
        """Whether a role can ever hear of a fact from somebody who knows it."""
        if not self._learns:
            return False
        if fact_id in self._narrated:
            return True
        others = (one for one in self._role_ids if one != role_id)
        return any(
            KNOWN in self._levels[self._knowledge(one, fact_id)] and self._may_meet(one, role_id) for one in others
        )

    def moves(self) -> Iterator[Hearing]:
        """Yields what can be heard, as far as a condition reads it. Suspicion counts where something asks for it."""
        for slot in sorted(self._kept) if self._learns else ():
            one = self._slots.all[slot]
            if one.kind != SlotKind.KNOWLEDGE:
                continue
            self._look()
            for level in (SUSPECTED, KNOWN):
                if level == SUSPECTED and one.fact_id not in self._asks_suspicion:
                    continue
                condition = self._telling(one.key, one.fact_id, level)
                if condition != Fixed(False):
                    yield Hearing(slot, level, condition)

    def _telling(self, role_id: str, fact_id: str, level: int) -> Meaning:
        """Returns when somebody can tell a role a fact."""
        if level == KNOWN and fact_id in self._narrated:
            return self._test(self._place(role_id), "!=", AWAY)
        others = (other for other in self._role_ids if other != role_id)
        return _any_of(
            _all_of((self._test(self._knowledge(other, fact_id), ">=", level), self._meeting(other, role_id)))
            for other in others
        )

    def _meeting(self, one: str, other: str) -> Meaning:
        """Returns when two can hear each other: both are there, and in one place or wherever they are needed."""
        if len(self._role_ids) ** 2 * len(self._slots.place_codes) > MAX_MEETINGS:
            return Fixed(self._may_meet(one, other))
        a, b = self._place(one), self._place(other)
        both = _all_of((self._test(a, "!=", AWAY), self._test(b, "!=", AWAY)))
        if not self._by_place:
            return both
        ways = [_all_of((self._test(a, "=", EVERYWHERE), both)), _all_of((self._test(b, "=", EVERYWHERE), both))]
        shared = sorted((self._places[a] & self._places[b]) - {AWAY, EVERYWHERE})
        return _any_of([*ways, *(_all_of((self._test(a, "=", at), self._test(b, "=", at))) for at in shared)])

    def _test(self, slot: int, sign: str, value: int) -> Meaning:
        """Returns a test of a slot; of one that is not kept, whether it can ever hold."""
        possible = self._places.get(slot) or self._levels[slot]
        if not any(compare(one, sign, value) for one in possible):
            return Fixed(False)
        return Test(slot, sign, value) if slot in self._kept else Fixed(True)

    def _may_meet(self, one: str, other: str) -> bool:
        if len(self._role_ids) > MAX_KEPT_APART:
            return True
        here, there = (self._places[self._place(role_id)] - {AWAY} for role_id in (one, other))
        return bool(here and there) and (not self._by_place or bool(here & there) or EVERYWHERE in here | there)

    @cached_property
    def _places(self) -> Mapping[int, frozenset[int]]:
        """Slot -> where a role can ever be."""
        slots = [self._place(role_id) for role_id in self._role_ids]
        found = {slot: {self._slots.all[slot].start} for slot in slots}
        for act in self._acts():
            if act.slot in found and isinstance(act, SetTo):
                found[act.slot].add(act.value)
        return {slot: frozenset(values) for slot, values in found.items()}

    @cached_property
    def _levels(self) -> Mapping[int, frozenset[int]]:
        """Slot -> what a role can ever have to do with a fact: at the start, by a beat, or by hearing of it."""
        knowledge = {slot: one for slot, one in enumerate(self._slots.all) if one.kind == SlotKind.KNOWLEDGE}
        found = {slot: {one.start} for slot, one in knowledge.items()}
        for act in self._acts():
            if act.slot in found and not isinstance(act, ChangeBy):
                found[act.slot].add(act.value)
        for fact in self._rules.story.world.facts:
            self._look()
            if fact.id in self._narrated:
                for role_id in self._role_ids:
                    found[self._knowledge(role_id, fact.id)].add(KNOWN)
            self._spread({role_id: found[self._knowledge(role_id, fact.id)] for role_id in self._role_ids})
        return {slot: frozenset(values) for slot, values in found.items()}

    @cached_property
    def _narrated(self) -> frozenset[str]:
        """Ids of the facts that the text of some beat tells."""
        texts = [frozenset(map(stem, words_of(beat.text))) for beat in self._rules.story.beats if beat.text.strip()]
        found = set()
        for fact in self._rules.story.world.facts if texts else ():
            self._look()
            telling = telling_stems(fact.text)
            if any(has_most(said, telling) for said in texts):
                found.add(fact.id)
        return frozenset(found)

    def _spread(self, levels: Mapping[str, set[int]]) -> None:
        """Adds what roles can come to by hearing of one fact."""
        for level in (SUSPECTED, KNOWN):
            waiting = [role_id for role_id, several in levels.items() if max(several) >= level]
            lacking = [role_id for role_id, several in levels.items() if level not in several and min(several) < level]
            while waiting and lacking:
                teller = waiting.pop()
                reached = [role_id for role_id in lacking if role_id != teller and self._may_meet(teller, role_id)]
                for role_id in reached:
                    levels[role_id].add(level)
                lacking = [role_id for role_id in lacking if level not in levels[role_id]]
                waiting += reached

    def _acts(self) -> Iterator[Act]:
        for beat in self._rules.beats.values():
            yield from beat.effects
            yield from beat.failure_effects

    def _place(self, role_id: str) -> int:
        return self._slots.index(SlotKind.ROLE_PLACE, role_id)

    def _knowledge(self, role_id: str, fact_id: str) -> int:
        return self._slots.index(SlotKind.KNOWLEDGE, role_id, fact_id)


def _all_of(parts: Collection[Meaning]) -> Meaning:
    needed = tuple(dict.fromkeys(part for part in parts if part != Fixed(True)))
    if Fixed(False) in needed:
        return Fixed(False)
    return AllOf(needed) if len(needed) > 1 else needed[0] if needed else Fixed(True)


def _any_of(ways: Iterator[Meaning] | Collection[Meaning]) -> Meaning:
    open_ways = tuple(dict.fromkeys(way for way in ways if way != Fixed(False)))
    if Fixed(True) in open_ways:
        return Fixed(True)
    return OneOf(open_ways) if len(open_ways) > 1 else open_ways[0] if open_ways else Fixed(False)
