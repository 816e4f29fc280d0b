"""The user says who is next."""

from core.turn_taking.occasion import Decision, Occasion


def directed(_occasion: Occasion) -> Decision:
    """Nobody, until the user says."""
    return Decision(None, "you say who speaks next", waits=True)
