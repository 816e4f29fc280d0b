"""The refusal matrix: what a character could not answer it says so of, and of the rest too. Pure arithmetic.

Source: Tell Me What You Don't Know, RoleMRC (methods 2.17). We differ: the character is asked whether it could answer,
yes or no, and does not answer, so that a refusal is what it says of itself and is never seen.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from core.fidelity.metric import Metric

METRIC = Metric(
    name="role-knowledge",
    title="Says what it could answer",
    unit="share",
    low=0.0,
    high=1.0,
    better="higher",
    needs="log-probabilities",
    how_to_read="How often it rightly says that it could, or could not, answer; no refusal is seen. 0.5 is chance.",
    source="Tell Me What You Don't Know (refusal matrix); RoleMRC",
    scope="speaker",
    cost="weights",
    inputs="60 questions of the character's persona, horizon and of everyday sense; the weights' log-probabilities",
    formula="(mean P(no, could not answer) on conflicts + mean P(yes, could) without conflict) / 2",
)
Row = Literal["setting", "knowledge", "factual", "absent", "none"]
ROWS: tuple[Row, ...] = get_args(Row)
CONFLICTS: tuple[Row, ...] = ROWS[:-1]
TITLES: Mapping[Row, str] = {
    "setting": "Taken for somebody else",
    "knowledge": "Beyond what the role can know",
    "factual": "False premise",
    "absent": "Not in the persona",
    "none": "No conflict",
}
PASS = 0.8


@dataclass(frozen=True, slots=True)
class RefusalMatrix:
    """How often was refused."""

    rates: Mapping[Row, float]
    """Row -> mean refusal, [0, 1]; rows without questions are missing."""
    over_refusal: float | None
    """Refusal where nothing speaks against an answer."""
    balanced: float | None
    """Mean of refusal on conflicts and of answers on the rest; None: one side has no questions."""
    n_items: Mapping[Row, int]


def refusal_matrix(refusals: Sequence[tuple[Row, float]]) -> RefusalMatrix:
    """Sums up questions.

    Args:
        refusals: Row of each question and whether it was refused: 0, 1, or a probability.
    """
    by_row = {row: [share for one, share in refusals if one == row] for row in ROWS}
    rates = {row: _mean(found) for row, found in by_row.items() if found}
    conflicts = [share for row in CONFLICTS for share in by_row[row]]
    over = rates.get("none")
    balanced = (_mean(conflicts) + 1 - over) / 2 if conflicts and over is not None else None
    return RefusalMatrix(rates, over, balanced, {row: len(found) for row, found in by_row.items()})


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
