"""Occasions made by hand: a cast of four, lines, and chance that says what it is told to say."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.turn_taking.occasion import Candidate, Line, Occasion
from models.stage import TurnTakingRules

NAMES = {"m": "Mara Voss", "t": "Theo", "i": "Ilse Ruud", "n": "Nils"}


def cast(ids: str = "mtin", talkativeness: Mapping[str, float] | None = None) -> list[Candidate]:
    talks = talkativeness or {}
    return [Candidate(one, NAMES[one], talkativeness=talks.get(one, 0.5)) for one in ids]


def said(speaker: str, text: str, hearers: str | None = None, in_round: int | None = None) -> Line:
    heard = None if hearers is None else frozenset(hearers)
    return Line(speaker, NAMES.get(speaker, speaker.title()), text, heard, in_round)


def chance(default: float = 0.0, **drawn: float) -> Callable[[str], float]:
    """What is drawn for, with `_` for what is no letter -> a number; anything else: the default."""
    return lambda what: drawn.get("".join(one if one.isalnum() else "_" for one in what), default)


def occasion(*lines: Line, candidates: Sequence[Candidate] | None = None, **changes: Any) -> Occasion:
    rules = changes.pop("rules", {})
    aside = frozenset(filter(None, [rules.get("facilitator")]))
    fields: dict[str, Any] = {"draw": chance(), "aside": aside, **changes}
    return Occasion(candidates or cast(), lines, TurnTakingRules(**rules), **fields)


class Answers:
    """Weights that say what they are told to."""

    def __init__(self, wants: Mapping[str, Sequence[float] | None]) -> None:
        self.wants = wants
        self.asked: list[tuple[str, str]] = []

    def weigh(self, role_id: str, question: str, answers: Sequence[str]) -> tuple[float, ...] | None:
        self.asked.append((role_id, question))
        wanted = self.wants.get(role_id)
        assert wanted is None or len(wanted) == len(answers)
        return tuple(wanted) if wanted is not None else None

    choose = weigh
