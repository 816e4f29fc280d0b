"""Scores as words for the terminal."""

from collections.abc import Iterable, Mapping

from core.fidelity.catalogue import DEFAULT_CHARTS, METRICS
from core.fidelity.metric import Metric

_BETTER = {"higher": "higher is better", "lower": "lower is better"}


def shown_metrics() -> tuple[Metric, ...]:
    """Returns the usual metrics that say something by themselves, without a human mean beside."""
    return tuple(METRICS[name] for name in DEFAULT_CHARTS if METRICS[name].better in _BETTER)


def say_scores(scores: Mapping[str, float | None]) -> str:
    """Returns the scores of a turn on one line; empty where there are none."""
    said = ((metric.title, scores.get(metric.name)) for metric in shown_metrics())
    return "   ".join(f"{title} {say_value(value)}" for title, value in said if value is not None)


def say_value(value: float) -> str:
    """Returns a score with two decimals; never -0.00."""
    return f"{round(value, 2) + 0.0:.2f}"


def explain_scores(names: Iterable[str]) -> str:
    """Returns what the scores that were shown are measured in, and which way is better."""
    known = {*names}
    said = (f"{one.title}: {one.unit}, {_BETTER[one.better]}" for one in shown_metrics() if one.name in known)
    return "; ".join(said)
