"""The single facts of a cast as vectors, and which of them a turn comes closest to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from core.fidelity.conversation import About
from core.fidelity.meaning.vectors import Vector, vector_of, vectors_of

N_KEPT = 256
"""Characters whose facts are kept: several measures ask for the same."""
NO_PERSONA = "Nothing is known of this character that a turn could be compared with."
NO_WORDS = "The turn has no words that could be compared."


@dataclass(frozen=True, slots=True)
class Nearest:
    """The statement that lies closest to a text."""

    number: int
    """Counted from 1."""
    statement: str
    cosine: float
    """In [-1, 1]."""

    def evidence(self) -> dict[str, Any]:
        """Returns what a person needs to check it."""
        return {"statement": self.statement, "statement_number": self.number, "cosine": self.cosine}


class Facts:
    """What is known of one character. Never empty."""

    def __init__(self, statements: Sequence[tuple[int, str]]) -> None:
        """Takes numbered statements that have words."""
        self._statements = statements
        self.vectors = vectors_of([statement for _, statement in statements])
        """(n_statements, n_dimensions)"""
        self.whole = vector_of(" ".join(statement for _, statement in statements))
        """Of all statements as one text."""

    def __len__(self) -> int:
        """How many statements there are."""
        return len(self._statements)

    def nearest(self, vector: Vector) -> Nearest:
        """Returns the statement closest to a vector of length 1; of equals the first."""
        cosines = self.vectors @ vector
        return self.at(int(cosines.argmax()), float(cosines.max()))

    def at(self, place: int, cosine: float) -> Nearest:
        """Returns the statement at a row of `vectors`."""
        number, statement = self._statements[place]
        return Nearest(number, statement, max(-1.0, min(1.0, cosine)))


def facts_of(statements: Iterable[str]) -> Facts | None:
    """Returns the facts of a character; None where there are none with words."""
    return _facts_of(tuple(statements))


@lru_cache(N_KEPT)
def _facts_of(statements: tuple[str, ...]) -> Facts | None:
    numbered = [(number, one) for number, one in enumerate(statements, 1) if np.any(vector_of(one))]
    return Facts(numbered) if numbered else None


def facts_of_cast(about: About) -> dict[str, Facts]:
    """Returns the facts of all of whom any are known, by speaker."""
    found = {speaker: facts_of(statements) for speaker, statements in about.personas.items()}
    return {speaker: facts for speaker, facts in found.items() if facts is not None}
