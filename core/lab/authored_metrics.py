"""What the author of a scene said, for judged metrics: goals of roles, moral levels, traits of the Big Five, rules.

A judge that is told what was meant need not guess it. Names are masked, as in all that a judge reads.
"""

from collections.abc import Callable

from core.fidelity.judged import goals, moral, playtester, psyplay
from core.fidelity.judged.goals import Goal
from core.fidelity.judged.psyplay import FACTORS, DesignatedTrait
from core.fidelity.judging.judged_metric import JudgedMetric
from core.playtest.script import Part, Script
from models.persona import PersonalIdentity

Hide = Callable[[str], str]
"""Puts masks for names."""
LIKE_MOST = 10
"""Degrees so near to the middle of 0 to 100 are like most people's: no trait was given."""


def as_authored(judged: JudgedMetric, script: Script, hide: Hide) -> JudgedMetric:
    """Returns a metric with what the script says of it; the metric itself where it says nothing."""
    if judged is goals.JUDGED:
        given = goals_of(script, hide)
        return goals.goals_metric(given) if given else judged
    if judged is moral.JUDGED:
        levels = {part.role_id: level for part in script.parts if (level := _personal(part).moral_level) is not None}
        return moral.moral_metric(levels) if levels else judged
    if judged is psyplay.JUDGED:
        traits = {part.role_id: found for part in script.parts if (found := traits_of(part))}
        return psyplay.psyplay_metric(traits) if traits else judged
    if judged is playtester.JUDGED:
        rules = hide(script.scenario.rules).strip()
        return playtester.playtester_metric(rules) if rules else judged
    return judged


def goals_of(script: Script, hide: Hide) -> list[Goal]:
    """Returns what each role wants, over the whole scene."""
    wanted = [(part.character.name, part.role.goal.strip()) for part in script.parts if part.role.goal.strip()]
    return [Goal(hide(f"{name} wants this: {goal}")) for name, goal in wanted]


def traits_of(part: Part) -> list[DesignatedTrait]:
    """Returns the traits that a character's layers set apart from most people's."""
    degrees = {factor: getattr(_personal(part).big_five, factor) for factor in FACTORS}
    return [
        DesignatedTrait(factor, "high" if degree > 50 else "low", _in_words(abs(degree - 50)))
        for factor, degree in degrees.items()
        if degree is not None and abs(degree - 50) > LIKE_MOST
    ]


def _in_words(distance: int) -> str:
    """Returns how strong a trait is, in the steps in which characters are told theirs."""
    return "a bit" if distance <= 25 else "very" if distance <= 40 else "extremely"


def _personal(part: Part) -> PersonalIdentity:
    return part.character.persona.personal
