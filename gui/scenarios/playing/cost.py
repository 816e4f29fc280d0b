"""What rules cost a turn, in words."""

from typing import Any

from PySide6.QtCore import QCoreApplication

from models.scenario import TurnPolicy
from models.stage import NarratorMode, Reasoning, Recall, StageRules

_ASKING = (TurnPolicy.SPEAK_GATE, TurnPolicy.BIDDING, TurnPolicy.NAME_NEXT)


def describe_cost(rules: StageRules, policy: Any, thinks: bool) -> str:
    """Says what of the rules is on, and what the weights are asked beside the line itself."""
    on = [name for name, is_on in _parts(rules, thinks) if is_on]
    asked = [name for name, is_on in _requests(rules, policy) if is_on]
    first = _tr("On: %1.").replace("%1", ", ".join(on)) if on else _tr("Nothing of it is on: the cast only talks.")
    if not asked:
        return f"{first} {_tr('The weights are asked for nothing beside each line.')}"
    return f"{first} {_tr('Beside each line the weights are asked for: %1.').replace('%1', ', '.join(asked))}"


def _parts(rules: StageRules, thinks: bool) -> list[tuple[str, bool]]:
    return [
        (_tr("thoughts"), thinks and rules.thought.reasoning is not Reasoning.NONE),
        (_tr("memory"), rules.memory.recall is not Recall.OFF),
        (_tr("reflection"), rules.memory.reflects),
        (_tr("sessions"), rules.memory.sessions),
        (_tr("mood"), rules.mind.mood),
        (_tr("attention"), rules.mind.workspace),
        (_tr("plans"), rules.plan.plans),
        (_tr("coach"), bool(rules.plan.coach)),
        (_tr("sides of a persona"), rules.mind.variants),
        (_tr("horizon"), rules.mind.guards_horizon),
        (_tr("reminders"), rules.mind.reminders),
        (_tr("learning by hearing"), rules.hearing.learns),
        (_tr("overhearing"), rules.hearing.overhears > 0),
        (_tr("narrator"), rules.narrator.mode is not NarratorMode.OFF),
        (_tr("facilitator"), bool(rules.turns.facilitator)),
    ]


def _requests(rules: StageRules, policy: Any) -> list[tuple[str, bool]]:
    narrator = rules.narrator
    return [
        (_tr("whose turn it is"), policy in _ASKING),
        (_tr("how important a memory is"), rules.memory.recall is not Recall.OFF and rules.memory.asks_importance),
        (_tr("conclusions now and then"), rules.memory.reflects),
        (_tr("a plan now and then"), rules.plan.plans and rules.plan.asks_weights),
        (_tr("an act"), narrator.mode is not NarratorMode.OFF and narrator.asks_for_acts),
        (_tr("what comes of acts"), narrator.mode is NarratorMode.WEIGHTS),
        (_tr("whether it is a close"), rules.ending.natural and rules.ending.asks_weights),
    ]


def _tr(text: str) -> str:
    return QCoreApplication.translate("PlayingCost", text)
