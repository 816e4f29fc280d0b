"""Where the drift of a character settles, and how fast: a line through its turns. Knows no weights.

D_t is the mean over the tokens of turn t of KL(q || p), in nats per token: see `core.inference.batching.logprobs`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.fidelity.metric import Metric

METRIC = Metric(
    name="drift",
    title="Drift",
    unit="nats per token",
    low=0.0,
    high=None,
    better="lower",
    needs="log-probabilities",
    how_to_read="How far the conversation has pulled the character from its persona, read afresh; 0 is not at all.",
    source="Drift No More (turn-wise KL divergence)",
)


MIN_TURNS = 6


@dataclass(frozen=True, slots=True)
class DriftFit:
    """The linear restoring dynamics D_{t+1} = D_t - a (D_t - D*), fitted."""

    a: float
    """Share of the distance to D* that one turn takes back, in (0, 2); over 1 it overshoots."""
    equilibrium: float
    """D*, where drift settles, in nats per token."""
    half_life_turns: float
    """Turns until half the distance to D* is gone; 0 when one turn is enough."""
    n_steps: int
    """Steps from one turn to the next that the fit rests on."""


@dataclass(frozen=True, slots=True)
class NoDriftFit:
    """Why there is no fit, as a sentence for the user."""

    reason: str


def fit_drift(values: Sequence[float | None]) -> DriftFit | NoDriftFit:
    """Fits a, D* and the half-life by ordinary least squares of D_{t+1} - D_t on D_t.

    Takes D_t of one character's own turns in order; None is a turn without a score, and no step goes across it.
    On short series least squares takes noise for pull: after 6 turns of noise around a level, a is near 1 and
    often over it. Read a and the half-life with that in mind; D* is the steadier number.

    Source: Drift No More (methods 2.2), linear case. We differ: D* below 0 is no fit, as KL cannot settle there.
    """
    steps = [(now, after) for now, after in pairwise(values) if now is not None and after is not None]
    if len(steps) < MIN_TURNS - 1:
        return NoDriftFit(f"A fit needs {MIN_TURNS} scored turns in a row.")
    line = _least_squares([now for now, _ in steps], [after - now for now, after in steps])
    if line is None:
        return NoDriftFit("Drift does not change from turn to turn, so there is nothing to fit.")
    slope, intercept = line
    a = -slope
    if not 0 < a < 2:
        return NoDriftFit("Drift does not settle in these turns: it runs away from any level.")
    if intercept < 0:
        return NoDriftFit("Drift is still falling: the fitted level lies below 0.")
    return DriftFit(a, intercept / a, half_life(a), len(steps))


def half_life(a: float) -> float:
    """Returns ln 0.5 / ln |1 - a| turns for 0 < a < 2; 0 at a = 1.

    Source: Drift No More (methods 2.2).
    """
    return math.log(0.5) / math.log(abs(1 - a)) if a != 1 else 0.0


def simulate_drift(a: float, equilibrium: float, start: float, n_steps: int, reminder: float = 0.0) -> list[float]:
    """Runs D_{t+1} = D_t - a (D_t - D*) - reminder without noise; returns D_0 to D_n, n_steps + 1 values.

    A constant reminder lowers the level that D settles at to D* - reminder / a.

    Source: Drift No More (methods 2.2).
    """
    values = [start]
    for _ in range(n_steps):
        values.append(values[-1] - a * (values[-1] - equilibrium) - reminder)
    return values


def _least_squares(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float] | None:
    """Returns slope and intercept, None when the xs are all the same."""
    mean_x, mean_y = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    variation = math.fsum((x - mean_x) ** 2 for x in xs)
    if variation <= 1e-18 * len(xs) * max(1.0, mean_x**2):
        return None
    slope = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / variation
    return slope, mean_y - slope * mean_x
