"""The trust game with a character as the trustor: what it expects of itself, and what it does.

Each question stands alone behind the character's chat, like an item of a form.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from core.fidelity.interviews.respondent import OnItem, Respondent, nobody_looks
from core.fidelity.logprobs.trust_game import ENDOWMENT, METRIC, belief_error, consistency, expected
from core.fidelity.logprobs.verbaliser import shares
from core.fidelity.score import ScoreValue
from core.inference.request import Score, Scored

Condition = Literal["before", "rules", "after"]
"""When the belief is asked for: before anything is said of the game, with its rules, or after something was sent."""
CONDITIONS: tuple[Condition, ...] = get_args(Condition)
RULES = (
    "A game for a study: you have 10 coins and send some of them, 0 to 10, to somebody you do not know. What you send "
    "is tripled, and they return to you as much of it as they like."
)
_BEFORE = "If you had 10 coins and could entrust some of them to a stranger, how many would you give?"
_EXPECT = "How many coins do you expect that you will send?"
_ACT = "How many coins do you send?"
_NUMBER = "Answer with a number from 0 to 10."


@dataclass(frozen=True, slots=True)
class Played:
    """One belief and what was done."""

    condition: Condition
    belief: tuple[float, ...]
    """Share of each amount, 0 to 10."""
    action: int
    action_shares: tuple[float, ...]
    """What the action was drawn from."""


def play_trust_game(
    respondent: Respondent, seed: int = 0, n_rounds: int = 5, on_item: OnItem = nobody_looks
) -> list[Played]:
    """Asks for the belief in each condition and draws actions; all rounds are played from the same moment.

    Raises:
        CancelledError: The user stopped.
        UserError: The weights cannot be run, or tell no probabilities.
    """
    rng = random.Random(seed)
    acting = weigh_amounts(respondent, f"{RULES} {_ACT} {_NUMBER}")
    on_item(1, len(CONDITIONS) + 1)
    actions = rng.choices(range(ENDOWMENT + 1), acting, k=n_rounds)
    found = []
    for place, condition in enumerate(CONDITIONS):
        beliefs = {
            action: weigh_amounts(respondent, f"{belief_question(condition, action)} {_NUMBER}")
            for action in (dict.fromkeys(actions) if condition == "after" else actions[:1])
        }
        on_item(place + 2, len(CONDITIONS) + 1)
        first = next(iter(beliefs.values()))
        found += [Played(condition, beliefs.get(action, first), action, acting) for action in actions]
    return found


def belief_question(condition: Condition, action: int) -> str:
    """Returns what is asked of the belief."""
    if condition == "before":
        return _BEFORE
    if condition == "rules":
        return f"{RULES} {_EXPECT}"
    return f"{RULES} You sent {action} of them. How many would you send another time?"


def weigh_amounts(respondent: Respondent, question: str) -> tuple[float, ...]:
    """Returns the share of each amount, 0 to 10.

    The full stop behind an amount tells 1 from the beginning of 10.
    """
    chat = respondent.asked(question)
    logprobs = []
    for amount in range(ENDOWMENT + 1):
        completion = f"{respondent.opening}{amount}."
        scored = respondent.run(Score(respondent.lane, chat, completion, respondent.adapters))
        assert isinstance(scored, Scored)
        logprobs.append(math.fsum(scored.logprobs))
    return shares(logprobs)


def score_trust_game(played: Sequence[Played]) -> ScoreValue:
    """Scores 1 - |E[B] - a| / 10 of what was believed before the game. Evidence: every condition."""
    if not played:
        return ScoreValue(METRIC.name, None, "Nothing was played.")
    before = [one for one in played if one.condition == "before"]
    evidence = {
        "conditions": {
            condition: _summary([one for one in played if one.condition == condition]) for condition in CONDITIONS
        },
        "actions": [one.action for one in before],
        "belief": list(before[0].belief),
        "why": f"It expected to give {expected(before[0].belief):.1f} of {ENDOWMENT}, and sent "
        f"{sum(one.action for one in before) / len(before):.1f} on average.",
    }
    error = math.fsum(belief_error(one.belief, one.action) for one in before) / len(before)
    return ScoreValue(METRIC.name, 1 - error, evidence=evidence)


def _summary(played: Sequence[Played]) -> dict[str, float | None]:
    found = consistency([one.belief for one in played], [one.action for one in played])
    return {"error": found.error, "log_score": found.log_score, "distance": found.population}
