"""Changes that the weights may name when they judge an act: each is legal, and one line of effects."""

from collections.abc import Iterable, Sequence

from core.narrator.acts import Act
from core.narrator.affordances import possible_acts
from core.narrator.feasibility import meant_effects
from core.narrator.situation import Situation
from core.world.effects import Add, format_effects
from core.world.state import WorldState
from models.world import VariableKind

MAX_UPDATES = 12
MAX_METERS = 3
"""Numbers that everybody knows, of which each may go up or down by one."""


def legal_updates(situation: Situation, act: Act) -> list[str]:
    """Returns what an act would do, what other acts of the same role would do, and steps of meters; each once."""
    others = (meant_effects(situation, other) for other in possible_acts(situation, act.role_id, MAX_UPDATES))
    lines = [*meant_effects(situation, act).splitlines(), *(line for text in others for line in text.splitlines())]
    return list(dict.fromkeys(lines))[:MAX_UPDATES] + list(meter_steps(situation))


def meter_steps(situation: Situation) -> dict[str, str]:
    """Returns the steps that numbers which everybody knows can still take, each with its number: none out of bounds."""
    values = situation.reader.variables()
    meters = [one for one in situation.world.variables if one.is_public and one.kind == VariableKind.INTEGER]
    return {
        format_effects((Add(meter.name, step),)): meter.name
        for meter in meters[:MAX_METERS]
        for step in (1, -1)
        if meter.low <= int(values[meter.name]) + step <= meter.high
    }


def one_step_each(situation: Situation, updates: Iterable[str]) -> dict[str, str]:
    """Returns the steps of meters among some updates, each with its meter: at most one for each."""
    known = meter_steps(situation)
    chosen: dict[str, str] = {}
    for update in updates:
        if update in known:
            chosen.setdefault(known[update], update)
    return {step: meter for meter, step in chosen.items()}


def after_updates(situation: Situation, effects: str) -> Situation:
    """Returns the scene after effects."""
    rules = situation.rules
    return Situation(rules, apply(situation, effects), situation.names)


def apply(situation: Situation, effects: str) -> WorldState:
    """Returns the state after effects. Raises UserError when they are not effects of this world."""
    rules = situation.rules
    return situation.state.with_acts(rules.read_changes(effects), rules.slots)


def count_wrong(situation: Situation, offered: Sequence[str], said: str, true: str) -> tuple[int, int]:
    """Returns in how many variables two sets of effects differ, and how many there are.

    Args:
        offered: Changes that say which variables count.
    """
    slots = {act.slot for line in offered for act in situation.rules.read_changes(line)}
    ours, truth = apply(situation, said).values, apply(situation, true).values
    return sum(ours[slot] != truth[slot] for slot in slots), len(slots)
