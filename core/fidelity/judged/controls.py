"""Controls of MirrorBench's judges: a person against itself, and a played one against itself, set the scale's ends.

A judge that calls everything alike, or nothing, is seen by it; a score between the two controls becomes 0 to 1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.fidelity.judged.likeness import Talk
from core.fidelity.judged.resampling import Interval, mean_interval
from core.fidelity.score import ScoreValue

MIN_SPAN = 1e-6
JudgePair = Callable[[Talk, Talk], ScoreValue]
"""Judges a real and a played conversation, such as `likeness.judge_style` of one judge."""


@dataclass(frozen=True, slots=True)
class Controlled:
    """What a judge said of several pairs, with both controls."""

    raw: Interval | None
    """None: no pair could be judged."""
    calibrated: Interval | None
    """None: a control is missing, or they set no scale."""
    real_real: float | None
    """Mean control HH: a person's conversation against itself."""
    played_played: float | None
    """Mean control PP: a played conversation against itself."""
    n_failed: int
    """Pairs that could not be judged."""


def calibrate(value: float, played_played: float | None, real_real: float | None) -> float | None:
    """Returns clip((x - PP) / max(1e-6, HH - PP), 0, 1); None when a control is missing. Source: MirrorBench."""
    if played_played is None or real_real is None:
        return None
    return min(1.0, max(0.0, (value - played_played) / max(MIN_SPAN, real_real - played_played)))


def judge_with_controls(
    judge_pair: JudgePair,
    pairs: Sequence[tuple[Talk, Talk]],
    *,
    sets_scale: bool = True,
    n_resamples: int = 1_000,
    seed: int = 0,
) -> Controlled:
    """Judges pairs of a real and a played conversation, and both controls of each; intervals are bootstrapped.

    Args:
        sets_scale: The controls are the ends of the scale; False where both should be the same, such as a preference
            between two that are one: then they only show what is wrong with the judge.

    Source: MirrorBench: controls are means over episodes, 1,000 resamples.
    """
    values = _values(judge_pair, pairs)
    real_real = _mean(_values(judge_pair, [(real, real) for real, _ in pairs]))
    played_played = _mean(_values(judge_pair, [(played, played) for _, played in pairs]))
    ends = (played_played, real_real) if sets_scale else (None, None)
    calibrated = [one for one in (calibrate(value, *ends) for value in values) if one is not None]
    return Controlled(
        mean_interval(values, n_resamples=n_resamples, seed=seed) if values else None,
        mean_interval(calibrated, n_resamples=n_resamples, seed=seed) if calibrated else None,
        real_real,
        played_played,
        len(pairs) - len(values),
    )


def _values(judge_pair: JudgePair, pairs: Sequence[tuple[Talk, Talk]]) -> list[float]:
    scores = (judge_pair(real, played) for real, played in pairs)
    return [score.value for score in scores if score.value is not None]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
