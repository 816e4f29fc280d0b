"""The trust game: whether somebody plays as they say that they would. Formulas, and the rules of the game.

The trustor has 10 and sends x; the trustee receives 3 x and returns y. Beliefs are distributions over amounts.

Source: belief-behaviour consistency in the trust game (methods 2.12); the formulas are our own.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.fidelity.judging.agreement import spearman
from core.fidelity.logprobs.distributions import normalised, wasserstein
from core.fidelity.metric import Metric

METRIC = Metric(
    name="trust-game",
    title="Plays as believed",
    unit="share",
    low=0.0,
    high=1.0,
    better="higher",
    needs="log-probabilities",
    how_to_read="1: the character sends what it expected of itself before it knew the game; 0: ten coins off.",
    source="Belief-behaviour consistency in the trust game",
    scope="speaker",
    cost="weights",
    inputs="what the character expects to send, before the rules and with them; what it sends",
    formula="1 - sum over a of P(a) |E[B] - a| / 10",
)
ENDOWMENT, FACTOR = 10, 3


@dataclass(frozen=True, slots=True)
class Consistency:
    """Beliefs against actions of several personas, or of several rounds of one."""

    error: float
    """Mean of |E[B] - a| / 10, [0, 1]."""
    log_score: float | None
    """Mean of log B(a), nats; None: something was done that was believed impossible."""
    rho: float | None
    """Spearman's, over personas; None: fewer than two, or all the same."""
    population: float
    """W1 of pooled beliefs and pooled actions, over 10."""


def payoffs(sent: int, returned: int) -> tuple[int, int]:
    """Returns what trustor and trustee have in the end: 10 - x + y and 3 x - y.

    Raises ValueError where that cannot be played.
    """
    if not 0 <= sent <= ENDOWMENT or not 0 <= returned <= FACTOR * sent:
        raise ValueError(f"{sent} cannot be sent and {returned} returned")
    return ENDOWMENT - sent + returned, FACTOR * sent - returned


def expected(belief: Sequence[float]) -> float:
    """Returns the expected amount of a distribution over 0, 1, 2 …"""
    return math.fsum(amount * share for amount, share in enumerate(normalised(belief)))


def belief_error(belief: Sequence[float], action: int) -> float:
    """Returns |E[B] - a| / 10, [0, 1]."""
    return abs(expected(belief) - action) / ENDOWMENT


def log_score(belief: Sequence[float], action: int) -> float | None:
    """Returns log B(a) in nats; None where it was believed impossible."""
    share = normalised(belief)[action]
    return math.log(share) if share > 0 else None


def consistency(beliefs: Sequence[Sequence[float]], actions: Sequence[int]) -> Consistency:
    """Compares beliefs with actions, one each. Raises ValueError for none."""
    if not actions or len(beliefs) != len(actions):
        raise ValueError("as many beliefs as actions, and at least one")
    logs = [log_score(belief, action) for belief, action in zip(beliefs, actions, strict=True)]
    known = [one for one in logs if one is not None]
    pooled = [math.fsum(column) for column in zip(*map(normalised, beliefs), strict=True)]
    done = [float(actions.count(amount)) for amount in range(len(pooled))]
    return Consistency(
        math.fsum(belief_error(belief, action) for belief, action in zip(beliefs, actions, strict=True)) / len(actions),
        math.fsum(known) / len(known) if len(known) == len(logs) else None,
        spearman([expected(belief) for belief in beliefs], [float(action) for action in actions]),
        wasserstein(pooled, done) / ENDOWMENT,
    )


def expected_consistency(beliefs: Mapping[int, Sequence[float]], shares: Sequence[float]) -> Consistency:
    """Compares beliefs with all that could be done, each by its share: what `consistency` comes to in many rounds.

    Args:
        beliefs: Action -> the belief that goes with it; actions without one are left out.
        shares: Of each action, 0, 1, 2 …

    Raises:
        ValueError: No action with a belief has a share.
    """
    actions = [action for action in beliefs if shares[action] > 0]
    weights = normalised([shares[action] for action in actions])
    logs = [log_score(beliefs[action], action) for action in actions]
    known = [weight * log for weight, log in zip(weights, logs, strict=True) if log is not None]
    done = dict(zip(actions, weights, strict=True))
    pooled = [
        math.fsum(weight * share for weight, share in zip(weights, column, strict=True))
        for column in zip(*(normalised(beliefs[action]) for action in actions), strict=True)
    ]
    return Consistency(
        math.fsum(
            weight * belief_error(beliefs[action], action) for action, weight in zip(actions, weights, strict=True)
        ),
        math.fsum(known) if len(known) == len(logs) else None,
        None,
        wasserstein(pooled, [done.get(amount, 0.0) for amount in range(len(shares))]) / ENDOWMENT,
    )


def forecast_errors(beliefs: Sequence[Sequence[float]], actions: Sequence[int], horizon: int) -> list[float]:
    """Returns the error of what was believed so many rounds before each action: h = 1, 3, 5 in the source."""
    if horizon < 1:
        raise ValueError("a forecast looks ahead")
    return [belief_error(beliefs[at - horizon], actions[at]) for at in range(horizon, len(actions))]


@dataclass(frozen=True, slots=True)
class AttributeEffect:
    """What an attribute of personas does, as it is believed and as it is played."""

    believed: float
    """Difference of group means, in coins: the first group less the second."""
    played: float
    eta_squared: float | None
    """Share of the variance of actions that lies between the groups; None: there is no variance."""

    @property
    def same_sign(self) -> bool:
        """Whether belief and behaviour go the same way."""
        return self.believed * self.played > 0 or self.believed == self.played == 0


def attribute_effect(believed: Mapping[str, Sequence[float]], played: Mapping[str, Sequence[float]]) -> AttributeEffect:
    """Compares two groups of personas, such as older and younger ones. Raises ValueError unless there are two."""
    if len(believed) != 2 or list(believed) != list(played):
        raise ValueError("two groups, the same on both sides")
    (first, second), (third, fourth) = believed.values(), played.values()
    return AttributeEffect(_mean(first) - _mean(second), _mean(third) - _mean(fourth), eta_squared(played))


def eta_squared(groups: Mapping[str, Sequence[float]]) -> float | None:
    """Returns the sum of squares between groups over the whole; None where nothing varies."""
    values = [value for group in groups.values() for value in group]
    centre = _mean(values)
    whole = math.fsum((value - centre) ** 2 for value in values)
    between = math.fsum(len(group) * (_mean(group) - centre) ** 2 for group in groups.values())
    return between / whole if whole > 1e-12 else None


def pull(behaviour_before: float, behaviour_after: float, belief_before: float, belief_imposed: float) -> float | None:
    """Returns the shift of behaviour over the shift of belief that was imposed; None where nothing was imposed."""
    shift = belief_imposed - belief_before
    return (behaviour_after - behaviour_before) / shift if abs(shift) > 1e-12 else None


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
