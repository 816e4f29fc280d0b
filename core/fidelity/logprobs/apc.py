"""Persona constraints: whether a turn says what the last line asks for of the persona, and contradicts none of it.

Three labels by log-probabilities stand in for the trained classifiers of the source.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.fidelity.logprobs.verbaliser import STANDINGS, YES_NO, Verbaliser
from core.fidelity.meaning.embedder import house_embedder
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue
from core.inference.request import Message

METRIC = Metric(
    name="apc",
    title="Persona constraints",
    unit="statements",
    low=None,
    high=None,
    better="higher",
    needs="log-probabilities",
    how_to_read="Above 0, the turn said what of the persona was asked for; below 0, it contradicted some of it.",
    source="APC score (active and passive constraints), Delta-APC",
    cost="weights",
    inputs="the persona's statements, the last line of somebody else, the turn; the weights' log-probabilities",
    formula="sum over statements of r e - (1 - r) c, with r relevant to the line, e entailed, c contradicted",
)
N_RELEVANT = 20
"""Statements nearest to the last line, which are asked whether they matter; the others count as if they did not."""
N_EVIDENCE = 8


@dataclass(frozen=True, slots=True)
class Constraint:
    """One statement of a persona and one turn."""

    number: int
    """Of the statement, from 1."""
    statement: str
    relevant: float
    """P(it matters for an answer to the last line)."""
    entailed: float
    contradicted: float

    @property
    def satisfied(self) -> float:
        """(1 - r)(1 - c) + r e, in [0, 1].

        Source: APC (methods 2.3).
        """
        return (1 - self.relevant) * (1 - self.contradicted) + self.relevant * self.entailed

    @property
    def delta(self) -> float:
        """r e - (1 - r) c, in [-1, 1]: what the turn does better than one that says nothing of it."""
        return self.relevant * self.entailed - (1 - self.relevant) * self.contradicted


def apc(constraints: Sequence[Constraint]) -> float:
    """Returns the sum of what is satisfied, 0 to the number of statements."""
    return math.fsum(one.satisfied for one in constraints)


def delta_apc(constraints: Sequence[Constraint]) -> float:
    """Returns APC less that of a neutral answer, from minus to plus the number of statements."""
    return math.fsum(one.delta for one in constraints)


def score_apc(verbaliser: Verbaliser, name: str, statements: Sequence[str], query: str, response: str) -> ScoreValue:
    """Scores a turn by Delta-APC. Evidence: the statements that weigh most, each with its probabilities.

    Args:
        query: The last line of somebody else.

    Raises:
        CancelledError: The user stopped.
        UserError: The weights cannot be run, or tell no probabilities.
    """
    if not statements:
        return ScoreValue(METRIC.name, None, "The persona has no statements.")
    if not response.strip():
        return ScoreValue(METRIC.name, None, "The turn has no words.")
    if not query.strip():
        return ScoreValue(METRIC.name, None, "Nobody has said anything before this turn that could be answered.")
    found = weigh_statements(verbaliser, name, statements, query, response)
    by_weight = sorted(found, key=lambda one: -abs(one.delta))
    first = by_weight[0]
    evidence: dict[str, Any] = {
        "statement": first.statement,
        "statement_number": first.number,
        "why": _why(first),
        "statements": [_document(one) for one in by_weight[:N_EVIDENCE]],
        "n_statements": len(found),
        "apc": apc(found),
        "mean_apc": apc(found) / len(found),
        "query": query,
    }
    return ScoreValue(METRIC.name, delta_apc(found), evidence=evidence)


def weigh_statements(
    verbaliser: Verbaliser, name: str, statements: Sequence[str], query: str, response: str
) -> list[Constraint]:
    """Weighs each statement; only those nearest to the line are asked whether they matter.

    Source: APC (methods 2.3), 2 N questions; pruned by the house embedder.
    """
    asked = nearest(statements, query, N_RELEVANT)
    found = []
    for place, statement in enumerate(statements):
        standing = verbaliser.weigh(standing_chat(name, statement, query, response), STANDINGS)
        relevant = verbaliser.weigh(relevance_chat(name, statement, query), YES_NO)[0] if place in asked else 0.0
        found.append(Constraint(place + 1, statement, relevant, standing[0], standing[2]))
    return found


def nearest(statements: Sequence[str], query: str, n: int) -> set[int]:
    """Returns the places of the statements nearest to a line in meaning."""
    if len(statements) <= n:
        return set(range(len(statements)))
    vectors = house_embedder().embed([query, *statements])
    order = np.argsort(-(vectors[1:] @ vectors[0]), kind="stable")
    return set(order[:n].tolist())


def relevance_chat(name: str, statement: str, query: str) -> tuple[Message, ...]:
    """Returns what is asked for r. What stays the same from statement to statement comes first."""
    text = (
        f"Somebody says to {name}: “{query}”\nA fact about {name}: “{statement}”\n"
        f"Does {name} need this fact to answer? Answer yes or no."
    )
    return (Message("user", text),)


def standing_chat(name: str, statement: str, query: str, response: str) -> tuple[Message, ...]:
    """Returns what is asked for e and c."""
    text = (
        f"Somebody says to {name}: “{query}”\n{name} answers: “{response}”\nA fact about {name}: “{statement}”\n"
        "By the answer, is this fact entailed, neutral or contradicted? Answer with one of these words."
    )
    return (Message("user", text),)


def _why(one: Constraint) -> str:
    if one.delta > 0:
        return "The turn says this, and it was asked for."
    return "The turn contradicts this." if one.delta < 0 else "No statement is touched."


def _document(one: Constraint) -> dict[str, Any]:
    return {
        "statement": one.statement,
        "statement_number": one.number,
        "relevant": one.relevant,
        "entailed": one.entailed,
        "contradicted": one.contradicted,
        "delta": one.delta,
    }
