"""The trust game with a character as the trustor: what it expects of itself, and what it does.

Each question stands alone behind the character's chat, like an item of a form.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from core.fidelity.interviews.respondent import OnItem, Respondent, nobody_looks
from core.fidelity.logprobs.trust_game import ENDOWMENT, METRIC, expected, expected_consistency
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


MAX_AFTER = 5
"""Amounts that a belief is asked for after: the likeliest to be sent."""


@dataclass(frozen=True, slots=True)
class Played:
    """What a character believes of itself, and what it does."""

    action: tuple[float, ...]
    """Share of each amount, 0 to 10, that is sent."""
    beliefs: Mapping[Condition, Mapping[int, tuple[float, ...]]]
    """Condition -> amount sent -> share of each amount that was expected. Before anything is sent it is one belief."""

    @property
    def before(self) -> tuple[float, ...]:
        """What was expected before anything was said of the game."""
        return next(iter(self.beliefs["before"].values()))


def play_trust_game(respondent: Respondent, on_item: OnItem = nobody_looks) -> Played:
    """Asks for what is sent and for the belief in each condition, all from the same moment; nothing is drawn.

    Raises:
        CancelledError: The user stopped.
        UserError: The weights cannot be run, or tell no probabilities.
    """
    amounts = range(ENDOWMENT + 1)
    action = weigh_amounts(respondent, f"{RULES} {_ACT} {_NUMBER}")
    likeliest = sorted(sorted(amounts, key=lambda amount: -action[amount])[:MAX_AFTER])
    sent = [amount for amount in likeliest if action[amount] > 0]
    n_questions = 3 + len(sent)
    on_item(1, n_questions)
    beliefs: dict[Condition, Mapping[int, tuple[float, ...]]] = {}
    for place, condition in enumerate(CONDITIONS[:2], 2):
        belief = weigh_amounts(respondent, f"{belief_question(condition, 0)} {_NUMBER}")
        beliefs[condition] = dict.fromkeys(amounts, belief)
        on_item(place, n_questions)
    after = {}
    for place, amount in enumerate(sent, 4):
        after[amount] = weigh_amounts(respondent, f"{belief_question('after', amount)} {_NUMBER}")
        on_item(place, n_questions)
    return Played(action, beliefs | {"after": after})


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
        logprobs.append(math.fsum(scored.logprobs) if isinstance(scored, Scored) else -math.inf)
    return shares(logprobs)


def score_trust_game(played: Played) -> ScoreValue:
    """Scores 1 - E|E[B] - a| / 10 of what was believed before the game, over all that could be sent.

    Evidence: every condition; `share` says how much of what is sent the condition looked at.
    """
    evidence = {
        "conditions": {condition: _summary(played, condition) for condition in CONDITIONS},
        "action": list(played.action),
        "belief": list(played.before),
        "why": f"It expected to give {expected(played.before):.1f} of {ENDOWMENT}, and sends "
        f"{expected(played.action):.1f} on average.",
    }
    error = expected_consistency(played.beliefs["before"], played.action).error
    return ScoreValue(METRIC.name, 1 - error, evidence=evidence)


def _summary(played: Played, condition: Condition) -> dict[str, float | None]:
    beliefs = played.beliefs[condition]
    found = expected_consistency(beliefs, played.action)
    share = math.fsum(played.action[amount] for amount in beliefs)
    return {"error": found.error, "log_score": found.log_score, "distance": found.population, "share": share}
