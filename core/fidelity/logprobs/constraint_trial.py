"""Whether weights can say what matters for an answer and what follows from one: tried on questions labelled by hand.

Source: methods 2.3 (a temperature calibrated on 50 hand labels). We differ: weights that cannot tell are told so.
"""

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.fidelity.logprobs.apc import relevance_chat, standing_chat
from core.fidelity.logprobs.verbaliser import STANDINGS, YES_NO, Verbaliser, calibrate

MIN_RELEVANCE = 0.65
"""Balanced accuracy from which weights may say what matters; a half is chance."""
MIN_STANDING = 0.5
"""The same for what follows from an answer; a third is chance."""

Labelled = list[tuple[list[float], int]]


@dataclass(frozen=True, slots=True)
class LabelledTurn:
    """A fact, a question, an answer, and what a person said of them."""

    name: str
    fact: str
    query: str
    answer: str
    relevant: bool
    standing: str


@dataclass(frozen=True, slots=True)
class ConstraintTrial:
    """How some weights did."""

    relevance: float
    """Balanced accuracy: the mean over the labels of how often they were found."""
    standing: float
    relevance_temperature: float
    standing_temperature: float
    n: int
    """Questions of each kind."""

    @property
    def reason(self) -> str:
        """Why these weights cannot be used, as a sentence; empty: they can."""
        if self.relevance >= MIN_RELEVANCE and self.standing >= MIN_STANDING:
            return ""
        return (
            f"These weights cannot tell: on {self.n} questions labelled by hand they found what matters in "
            f"{self.relevance:.0%} (chance 50%) and what follows in {self.standing:.0%} (chance 33%)."
        )

    def tuned(self, verbaliser: Verbaliser) -> Verbaliser:
        """Returns the verbaliser at the temperatures that were found."""
        temperatures = {YES_NO: self.relevance_temperature, STANDINGS: self.standing_temperature}
        return Verbaliser(verbaliser.ask, verbaliser.lane, temperatures)


def try_weights(verbaliser: Verbaliser) -> ConstraintTrial:
    """Asks all labelled questions: five short readings each.

    Raises:
        CancelledError: The user stopped.
        UserError: The weights cannot be run, or tell no probabilities.
    """
    relevance: Labelled = []
    standing: Labelled = []
    for turn in labelled_turns():
        chat = relevance_chat(turn.name, turn.fact, turn.query)
        relevance.append((verbaliser.logprobs(chat, YES_NO), 0 if turn.relevant else 1))
        chat = standing_chat(turn.name, turn.fact, turn.query, turn.answer)
        standing.append((verbaliser.logprobs(chat, STANDINGS), STANDINGS.index(turn.standing)))
    return ConstraintTrial(
        balanced_accuracy(relevance),
        balanced_accuracy(standing),
        calibrate(relevance),
        calibrate(standing),
        len(relevance),
    )


def balanced_accuracy(labelled: Sequence[tuple[Sequence[float], int]]) -> float:
    """Returns the mean over the labels that occur of the share of their questions whose likeliest label they are."""
    found: dict[int, list[bool]] = {}
    for row, right in labelled:
        found.setdefault(right, []).append(row[right] == max(row) and list(row).count(row[right]) == 1)
    return math.fsum(sum(ones) / len(ones) for ones in found.values()) / len(found)


@cache
def labelled_turns() -> tuple[LabelledTurn, ...]:
    """Returns the questions labelled by hand."""
    text = (files("assets") / "questionnaires" / "_constraint-labels.toml").read_text(encoding="utf-8")
    return tuple(LabelledTurn(**row) for row in tomllib.loads(text)["rows"])
