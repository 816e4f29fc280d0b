"""One after the other, in the order of the cast."""

from core.turn_taking.occasion import Decision, Occasion


def round_robin(occasion: Occasion) -> Decision:
    """The next present behind the member of the cast who spoke last."""
    why = "next in order" if occasion.spoken_ids else "first in order"
    return Decision(occasion.in_order[0].role_id, why)
