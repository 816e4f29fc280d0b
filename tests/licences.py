"""A licence with a badge, for tests that show judges."""

from typing import Any

from core.fidelity.judging.licence import Badge, Licence, current_items


def licence_with(badge: Badge) -> dict[str, Any]:
    """Returns what `Judge.licence` keeps of a judge with this badge."""
    return Licence(
        top1=0.5,
        low=0.4,
        high=0.6,
        top2=0.7,
        mean_rank=1.8,
        brier=0.15,
        ece=0.1,
        badge=badge,
        position_bias=0.1,
        self_agreement=0.8,
        alpha=0.6,
        n=60,
        n_failed=0,
        how="probabilities",
        items=current_items(),
    ).record()
