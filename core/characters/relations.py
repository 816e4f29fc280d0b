"""What a character is to others of the cast, as data and as the weights read it. Pure."""

from collections.abc import Sequence

from core.characters.layer_text import end_sentence
from models.relationship import RelationshipBase


class Relation(RelationshipBase):
    """An edge of the relationship map, with the name of the other instead of rows."""

    other: str
    """The name that the other has in the scene."""


def relations_text(relations: Sequence[Relation]) -> str:
    """Renders what a character thinks of others: a line for each of whom anything is said."""
    return "\n".join(filter(None, map(_line, relations)))


def _line(relation: Relation) -> str:
    other = relation.other
    parts = [
        f"{other}, to you: {end_sentence(relation.label)}" if relation.label.strip() else "",
        _trust(other, relation.trust),
        _power(other, relation.power),
        f"You and {other}: {end_sentence(relation.history)}" if relation.history.strip() else "",
        f"You believe of {other}: {end_sentence(relation.belief)}" if relation.belief.strip() else "",
    ]
    return " ".join(filter(None, parts))


def _trust(other: str, trust: int) -> str:
    if not trust:
        return ""
    if trust > 0:
        return f"You trust {other}{' a little' if trust < 25 else '' if trust < 75 else ' with everything'}."
    if trust > -25:
        return f"You do not quite trust {other}."
    return f"You distrust {other}." if trust > -75 else f"You do not trust {other} at all."


def _power(other: str, power: int) -> str:
    if not power:
        return ""
    if power > 0:
        return f"You have power over {other}." if power >= 50 else f"You have some power over {other}."
    return f"{other} has power over you." if power <= -50 else f"{other} has some power over you."
