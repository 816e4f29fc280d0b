"""The state of a world at one moment, and what holds in it. Immutable: a step makes another one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.world.meaning import (
    Act,
    AllOf,
    AtLeast,
    Been,
    ChangeBy,
    Fixed,
    Lasted,
    Meaning,
    Neither,
    OneOf,
    SetTo,
    Test,
    compare,
)
from core.world.slots import AWAY, EVERYWHERE, FIRST_PLACE, KNOWN, SUSPECTED, SlotKind, Slots
from models.world import VariableKind


class Outcome(StrEnum):
    """How a scene came to its end."""

    WIN = "win"
    LOSE = "lose"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class WorldState:
    """Where a scene stands."""

    values: tuple[int, ...]
    """A number for each slot, see `core.world.slots`."""
    beat_id: str | None = None
    """The beat that the scene is in."""
    visited: frozenset[str] = frozenset()
    """The beats that have been entered, events too."""
    n_turns: int = 0
    n_turns_here: int = 0
    """Turns since the present beat was entered."""
    outcome: Outcome | None = None
    """How it ended; None while it goes on."""

    def with_acts(self, acts: Sequence[Act], slots: Slots) -> "WorldState":
        """Returns the state after effects, one after the other."""
        if not acts:
            return self
        values = list(self.values)
        for act in acts:
            bounds = slots.all[act.slot]
            match act:
                case SetTo(slot, value):
                    values[slot] = value
                case ChangeBy(slot, amount):
                    values[slot] = min(bounds.high, max(bounds.low, values[slot] + amount))
                case AtLeast(slot, value):
                    values[slot] = max(values[slot], value)
        return replace(self, values=tuple(values))

    def holds(self, meaning: Meaning) -> bool:
        """Whether a condition holds."""
        match meaning:
            case Fixed(holds):
                return holds
            case Test(slot, sign, value):
                return compare(self.values[slot], sign, value)
            case Been(beat_id):
                return beat_id in self.visited
            case Lasted(sign, number, is_here):
                return compare(self.n_turns_here if is_here else self.n_turns, sign, number)
            case Neither(inner):
                return not self.holds(inner)
            case AllOf(parts):
                return all(map(self.holds, parts))
            case OneOf(parts):
                return any(map(self.holds, parts))


class StateReader:
    """A state in the words of its author: values, holders, places and who knows what."""

    def __init__(self, slots: Slots, state: WorldState) -> None:
        self._slots = slots
        self._state = state

    def variables(self) -> dict[str, int | str | bool]:
        """Returns the value of each variable."""
        shown: dict[str, int | str | bool] = {}
        for variable in self._slots.story.world.variables:
            number = self._number(SlotKind.VARIABLE, variable.name)
            match variable.kind:
                case VariableKind.FLAG:
                    shown[variable.name] = bool(number)
                case VariableKind.CHOICE:
                    shown[variable.name] = variable.choices[number]
                case _:
                    shown[variable.name] = number
        return shown

    def holder(self, prop: str) -> str | None:
        """Returns the id of the role that holds a prop, or None."""
        code = self._number(SlotKind.HOLDER, prop)
        return self._slots.story.roles[code - 1].id if code else None

    def prop_place(self, prop: str) -> str | None:
        """Returns the id of the place where a prop lies, or None."""
        code = self._number(SlotKind.PROP_PLACE, prop)
        return self._slots.story.world.places[code - 1].id if code else None

    def prop_state(self, prop: str) -> str | None:
        """Returns the state of a prop, or None when it has but one."""
        states = next(one.states for one in self._slots.story.world.props if one.name == prop)
        return states[self._number(SlotKind.PROP_STATE, prop)] if states else None

    def role_place(self, role_id: str) -> str | None:
        """Returns the id of the place where a role is; None when it is away or wherever it is needed."""
        code = self._number(SlotKind.ROLE_PLACE, role_id)
        return None if code in {EVERYWHERE, AWAY} else self._slots.story.world.places[code - FIRST_PLACE].id

    def is_present(self, role_id: str) -> bool:
        """Whether a role is in the scene."""
        return self._number(SlotKind.ROLE_PLACE, role_id) != AWAY

    def known_facts(self, role_id: str) -> frozenset[str]:
        """Returns the ids of the facts that a role knows."""
        return self._facts_with(role_id, KNOWN)

    def suspected_facts(self, role_id: str) -> frozenset[str]:
        """Returns the ids of the facts that a role suspects."""
        return self._facts_with(role_id, SUSPECTED)

    def _facts_with(self, role_id: str, number: int) -> frozenset[str]:
        facts = self._slots.story.world.facts
        return frozenset(fact.id for fact in facts if self._number(SlotKind.KNOWLEDGE, role_id, fact.id) == number)

    def _number(self, kind: SlotKind, key: str, fact_id: str = "") -> int:
        return self._state.values[self._slots.index(kind, key, fact_id)]


def describe_changes(slots: Slots, before: WorldState, after: WorldState) -> dict[str, int | str | bool]:
    """Returns what a step changed: as it is named in conditions -> what it is now, for people to read."""
    return {
        _slot_name(slots, index): _slot_value(slots, index, after.values[index])
        for index in range(len(slots.all))
        if before.values[index] != after.values[index]
    }


def describe_slot(slots: Slots, index: int, number: int) -> tuple[str, int | str | bool]:
    """Returns what a slot is called in conditions, and what a number in it stands for."""
    return _slot_name(slots, index), _slot_value(slots, index, number)


def _slot_name(slots: Slots, index: int) -> str:
    slot = slots.all[index]
    match slot.kind:
        case SlotKind.VARIABLE:
            return slot.key
        case SlotKind.HOLDER:
            return f"{slot.key}.holder"
        case SlotKind.PROP_PLACE:
            return f"{slot.key}.place"
        case SlotKind.PROP_STATE:
            return f"{slot.key}.state"
    role = next(role.name for role in slots.story.roles if role.id == slot.key)
    return f"{role} knows {slot.fact_id}" if slot.kind == SlotKind.KNOWLEDGE else f"{role} at"


def _slot_value(slots: Slots, index: int, number: int) -> int | str | bool:
    slot, world = slots.all[index], slots.story.world
    match slot.kind:
        case SlotKind.VARIABLE:
            variable = next(one for one in world.variables if one.name == slot.key)
            if variable.kind == VariableKind.FLAG:
                return bool(number)
            return variable.choices[number] if variable.kind == VariableKind.CHOICE else number
        case SlotKind.HOLDER:
            return slots.story.roles[number - 1].name if number else "nobody"
        case SlotKind.PROP_PLACE:
            return world.places[number - 1].name if number else "nowhere"
        case SlotKind.PROP_STATE:
            return next(one for one in world.props if one.name == slot.key).states[number]
        case SlotKind.ROLE_PLACE:
            return {EVERYWHERE: "present", AWAY: "away"}.get(number) or world.places[number - FIRST_PLACE].name
    return {0: "no", 1: "suspects", 2: "yes"}[number]
