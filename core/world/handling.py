"""What characters can do by acts, as moves of the checker: they go from place to place, and take, put and change props.

It may happen at any moment, and need not. As everywhere in the checker, what no condition reads is not kept. Who can
reach what is not asked: a beat that waits for something to be done is called unreachable only where nobody could ever.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from core.world.meaning import SetTo, Test
from core.world.slots import AWAY, EVERYWHERE, FIRST_PLACE, NOBODY_HOLDS, NOWHERE_LIES, SlotKind
from core.world.steps import Rules


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a character can do, as far as a condition reads it."""

    sets: tuple[SetTo, ...]
    """What it changes; kept slots only."""
    needs: tuple[Test, ...] = ()
    """What must hold for it: all of these; kept slots only."""


class Handling:
    """What can be done in a story."""

    def __init__(self, rules: Rules, reads: Collection[Test]) -> None:
        """Takes what conditions ask of slots: these are kept, others are not."""
        self._slots = rules.slots
        self._rules = rules
        self._values: dict[int, set[int]] = {}
        for test in reads:
            self._values.setdefault(test.slot, {self._slots.all[test.slot].start}).add(test.value)
        for slot, values in self._values.items():  # all values that nothing asks for are alike: one stands for them
            one = self._slots.all[slot]
            values.update(next(([value] for value in range(one.low, one.high + 1) if value not in values), ()))

    def deeds(self) -> Iterator[Deed]:
        """Yields what can be done, each once."""
        if not self._rules.story.has_acts:
            return
        world = self._rules.story.world
        for prop in world.props:
            if self._is_ever_there(prop.name):
                yield from self._changes(prop.name)
                yield from self._moves(prop.name)
        for role in self._rules.story.roles:
            yield from self._ways(self._slots.index(SlotKind.ROLE_PLACE, role.id))

    def _changes(self, prop: str) -> Iterator[Deed]:
        slot = self._slots.index(SlotKind.PROP_STATE, prop)
        for value in self._kept(slot):
            yield Deed((SetTo(slot, value),))

    def _moves(self, prop: str) -> Iterator[Deed]:
        """Yields who can have a prop and where it can lie: it is held or lies somewhere, never both."""
        holder, place = self._slots.index(SlotKind.HOLDER, prop), self._slots.index(SlotKind.PROP_PLACE, prop)
        for value in self._kept(holder):
            if value != NOBODY_HOLDS:
                yield self._deed((holder, value), (place, NOWHERE_LIES))
        for value in self._kept(place):
            if value != NOWHERE_LIES:
                yield self._deed((place, value), (holder, NOBODY_HOLDS))
        yield from self._elsewhere(holder, place)

    def _elsewhere(self, holder: int, place: int) -> Iterator[Deed]:
        """Yields that a prop is taken or put where no condition asks for it."""
        if holder in self._values and self._slots.place_codes:
            yield self._deed((holder, NOBODY_HOLDS), *([(place, 1)] if place in self._values else []))
        if place in self._values and self._slots.role_codes:
            yield self._deed((place, NOWHERE_LIES), *([(holder, 1)] if holder in self._values else []))

    def _ways(self, slot: int) -> Iterator[Deed]:
        """Yields where a role can go: along the ways between places, out of the scene, and back."""
        if slot not in self._values:
            return
        places = self._rules.story.world.places
        has_ways = any(place.adjacent for place in places)
        yield Deed((SetTo(slot, AWAY),))
        yield Deed((SetTo(slot, EVERYWHERE),), (Test(slot, "=", AWAY),))
        codes = {place.id: FIRST_PLACE + code for code, place in enumerate(places)}
        for place in places:
            yield Deed((SetTo(slot, codes[place.id]),), (Test(slot, "<", FIRST_PLACE),))
            targets = place.adjacent if has_ways else codes
            for target in targets:
                if target in codes and target != place.id:
                    yield Deed((SetTo(slot, codes[target]),), (Test(slot, "=", codes[place.id]),))

    def _kept(self, slot: int) -> list[int]:
        one = self._slots.all[slot]
        return sorted(value for value in self._values.get(slot, ()) if one.low <= value <= one.high)

    def _deed(self, *pairs: tuple[int, int]) -> Deed:
        return Deed(tuple(SetTo(slot, value) for slot, value in pairs if slot in self._values))

    def _is_ever_there(self, prop: str) -> bool:
        """Whether somebody has a prop or it lies somewhere, at the start or by a beat."""
        slots = {self._slots.index(kind, prop) for kind in (SlotKind.HOLDER, SlotKind.PROP_PLACE)}
        if any(self._slots.all[slot].start for slot in slots):
            return True
        acts = (act for beat in self._rules.beats.values() for act in (*beat.effects, *beat.failure_effects))
        return any(act.slot in slots and isinstance(act, SetTo) and act.value for act in acts)
