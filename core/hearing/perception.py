"""Who perceived a turn. The one place that decides what may enter anybody's view, memory or knowledge."""

from collections.abc import Sequence
from typing import TypeVar

from core.path import only
from models.playtest import TurnBase

ROUND_KEY = "round"
"""Where a turn's record keeps the number of the simultaneous round that it was spoken in."""

AnyTurn = TypeVar("AnyTurn", bound=TurnBase)


def hears(turn: TurnBase, role_id: str) -> bool:
    """Whether a role perceived a turn: its own always, another's when it was among the audience."""
    return turn.audience is None or turn.speaker_id == role_id or role_id in turn.audience


def heard_by(path: Sequence[AnyTurn], role_id: str, in_round: int | None = None) -> list[AnyTurn]:
    """Returns the turns of a path that a role has perceived.

    Args:
        in_round: The simultaneous round that is being spoken: what others say in it is heard when it is over.
    """
    heard = only(path, ("heard", role_id), lambda turn: hears(turn, role_id))
    if in_round is None:
        return heard
    return only(
        heard,
        ("before round", in_round),
        lambda turn: turn.speaker_id == role_id or turn.record.get(ROUND_KEY) != in_round,
    )


def before_round(path: Sequence[AnyTurn], in_round: int | None) -> Sequence[AnyTurn]:
    """Returns the path as it stood when a simultaneous round began, by which the world is told while it lasts.

    Args:
        in_round: The number of the round; None: no round is being spoken, and the path stays whole.
    """
    if in_round is None:
        return path
    return path[: next((at for at, turn in enumerate(path) if turn.record.get(ROUND_KEY) == in_round), len(path))]
