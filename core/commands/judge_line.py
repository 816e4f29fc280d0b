"""What is said of every judged figure: who judged, how far to trust it, and whether it judged its own words."""

from typing import Any

from core.commands.printing import console
from core.fidelity.judging.judge import Identity

GRADED_ITSELF = "The weights that answered also judged. Weights like themselves: take --judge for others."
NOT_EXAMINED = "not examined: see tableread judge --licence"


def judge_document(judge: Identity, badge: str, *, graded_itself: bool | None = None) -> dict[str, Any]:
    """Returns what --json prints of a judge.

    Args:
        badge: Empty: it was not examined.
        graded_itself: None: it is not known who wrote what was judged.
    """
    return {"judge": judge.record(), "badge": badge or None, "graded_itself": graded_itself}


def print_judge(name: str, badge: str, *, graded_itself: bool | None = None, notice: str = GRADED_ITSELF) -> None:
    """Prints who judged as the last line; before it, in its own, that it judged itself."""
    out = console()
    if graded_itself:
        out.print(notice, style="dim", markup=False)
    out.print(f"Judged by {name} ({f'badge {badge}' if badge else NOT_EXAMINED}).", style="dim", markup=False)
