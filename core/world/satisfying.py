"""Whether a condition can hold at all, whatever happens: its own contradictions."""

from collections.abc import Iterator
from itertools import product

from core.world.meaning import Been, Lasted, Meaning, Test
from core.world.packing import parts_of
from core.world.slots import Slots
from core.world.state import WorldState

MAX_TRIALS = 5_000
Read = tuple[str, int | str]


def can_hold(meaning: Meaning, slots: Slots) -> tuple[bool, bool]:
    """Returns whether a condition can hold, and whether it can fail, by trying every sort of value it can tell apart.

    Where these are too many it can do both.
    """
    choices: dict[Read, list[int]] = {}
    for part in parts_of(meaning):
        key, values = _critical(part, slots)
        choices[key] = sorted({*choices.get(key, ()), *values})
    n_trials = 1
    for values in choices.values():
        n_trials *= len(values)
    if n_trials > MAX_TRIALS:
        return True, True
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
