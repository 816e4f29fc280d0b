"""How often the weights would have been wrong about the world, over a path of turns. Pure."""

from collections.abc import Sequence

from core.fidelity.words.mechanics import (
    NARRATOR_KEY,
    Mechanics,
    Round,
    measure,
    round_of_record,
    session_estimate,
)
from models.playtest import TurnBase

__all__ = ["NARRATOR_KEY", "Mechanics", "Round", "measure", "round_of", "session_estimate", "summarise"]


def summarise(path: Sequence[TurnBase]) -> Mechanics:
    """Returns the numbers over a path of turns."""
    return measure([one for turn in path if (one := round_of(turn)) is not None])


def round_of(turn: TurnBase) -> Round | None:
    """Returns what a turn's record says of the weights' judgement; None where they were not asked."""
    return round_of_record(turn.record)
