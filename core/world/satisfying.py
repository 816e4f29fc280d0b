"""Whether a condition can hold at all, whatever happens: its own contradictions."""

from collections.abc import Iterator
from itertools import product

from core.world.meaning import Been, Lasted, Meaning, Test
from core.world.packing import parts_of
from core.world.slots import Slots
from core.world.state import WorldState

MAX_TRIALS = 5_000
MAX_WORK = 200_000
"""Trials times what the condition asks for in each."""
Read = tuple[str, int | str]


def can_hold(meaning: Meaning, slots: Slots) -> tuple[bool, bool]:
    """Returns whether a condition can hold, and whether it can fail, by trying every sort of value it can tell apart.

    Where these are too many it can do both.
    """
    found_values: dict[Read, set[int]] = {}
    n_parts = 0
    for part in parts_of(meaning):
        n_parts += 1
        key, values = _critical(part, slots)
        found_values.setdefault(key, set()).update(values)
    n_trials = 1
    for several in found_values.values():
        n_trials *= len(several)
        if n_trials > MAX_TRIALS or n_trials * (n_parts + len(slots.all) // 100) > MAX_WORK:
            return True, True
    choices = {key: sorted(several) for key, several in found_values.items()}
    found = {state.holds(meaning) for state in _states(choices, slots)}
    return True in found, False in found


def _critical(part: Test | Been | Lasted, slots: Slots) -> tuple[Read, list[int]]:
    """Returns what a part reads, and values on both sides of where its answer changes."""
    match part:
        case Test(slot, _, value):
            bounds = slots.all[slot]
            near = {value - 1, value, value + 1, bounds.low, bounds.high}
            return ("slot", slot), [one for one in near if bounds.low <= one <= bounds.high]
        case Been(beat_id):
            return ("been", beat_id), [0, 1]
        case Lasted(_, number, is_here):
            return ("here" if is_here else "all", ""), [max(0, number + step) for step in (-1, 0, 1)]


def _states(choices: dict[Read, list[int]], slots: Slots) -> Iterator[WorldState]:
    start = slots.start
    for trial in product(*choices.values()):
        values, visited, turns = list(start), set(), {"here": 0, "all": 0}
        for (kind, key), value in zip(choices, trial, strict=True):
            match kind:
                case "slot":
                    values[int(key)] = value
                case "been":
                    visited.update({str(key)} if value else set())
                case _:
                    turns[kind] = value
        yield WorldState(tuple(values), None, frozenset(visited), turns["all"], turns["here"])
