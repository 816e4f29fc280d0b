"""The catalogue of measures: every metric by its name, in the order in which a user meets them. Measures nothing."""

from core.errors import UserError
from core.fidelity.judged import catalogue as judged
from core.fidelity.logprobs import apc, drift, grounding, identification, refusal, second_order, simbench, trust_game
from core.fidelity.meaning import adherence, coherence, contrast, eval4sim, separation, think_act
from core.fidelity.meaning import drift as anchor_drift
from core.fidelity.meaning import echo as meaning_echo
from core.fidelity.metric import Metric
from core.fidelity.words import (
    abstention,
    balance,
    bleed,
    echo,
    ending,
    fingerprints,
    mechanics,
    repetition,
    talk,
    thought_leak,
    voice,
)
from core.fidelity.words import adherence as words_of_persona

_CATALOGUE: tuple[Metric, ...] = (
    grounding.METRIC,
    drift.METRIC,
    *echo.METRICS,
    *voice.METRICS,
    *repetition.METRICS,
    *words_of_persona.METRICS,
    *abstention.METRICS,
    bleed.METRIC,
    *talk.METRICS,
    *fingerprints.METRICS,
    *balance.METRICS,
    ending.METRIC,
    *mechanics.METRICS,
    adherence.METRIC,
    contrast.METRIC,
    *anchor_drift.METRICS,
    *meaning_echo.METRICS,
    coherence.METRIC,
    think_act.METRIC,
    *separation.METRICS,
    *eval4sim.METRICS,
    apc.METRIC,
    identification.METRIC,
    second_order.METRIC,
    thought_leak.METRIC,
    trust_game.METRIC,
    refusal.METRIC,
    simbench.METRIC,
    *judged.METRICS,
)

DEFAULT_CHARTS = ("grounding", "drift", "meaning.adherence", "meaning.coherence", "echo", "voice.z")
"""What is shown where nobody chose: each told at least one kind of corrupted dialogue from a real one (`trust`)."""

METRICS: dict[str, Metric] = {metric.name: metric for metric in _CATALOGUE}


def parse_metric_names(text: str) -> tuple[str, ...]:
    """Parses names separated by commas, such as `grounding,voice`; the name of a group selects all its members.

    Where a metric has the very name of a group, such as `echo`, the name selects it alone.

    Returns each name once, in the order asked for. Raises UserError for an unknown name, and for none at all.
    """
    asked = [name.strip() for name in text.split(",") if name.strip()]
    if not asked:
        raise UserError("No metric is named.", _known_names())
    return tuple(dict.fromkeys(name for word in asked for name in _select(word)))


def _select(word: str) -> list[str]:
    names = [word] if word in METRICS else [name for name in METRICS if name.startswith(f"{word}.")]
    if not names:
        raise UserError(f"There is no metric “{word}”.", _known_names())
    return names


def _known_names() -> str:
    return f"Choose from: {', '.join(METRICS)}."
