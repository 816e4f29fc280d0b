"""What the measures by meaning give for people's own conversations.

Measured by `assets/references/meaning/measure.py`, which says how; this only reads what it wrote.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class EchoOfPeople:
    """Cosines of a turn with the turn before it."""

    baseline: float
    """Mean cosine where the two are of different conversations: what two turns have in common by being turns."""
    p95: float
    """95 of 100 turns of people echo less than this above the baseline."""
    mean: float
    """Mean echo above the baseline."""


@dataclass(frozen=True, slots=True)
class People:
    """All human references of this package."""

    echo: EchoOfPeople
    adherence: Mapping[int, float]
    """Number of speakers in the pool -> mean reciprocal rank; see `eval4sim`."""
    consistency: float
    """Overall score of the verifier, in [0, 1]."""
    thresholds: tuple[float, float]
    """Cosines of the verifier: below the first two texts are of two authors, above the second of one."""
    sources: Mapping[str, str]
    """What was measured -> the corpus it was measured on."""


@cache
def load_people() -> People:
    """Loads what the script wrote."""
    text = (files("assets") / "references" / "meaning" / "people.json").read_text(encoding="utf-8")
    return parse_people(json.loads(text))


def parse_people(data: Mapping[str, Any]) -> People:
    """Builds the references from the JSON that the script writes."""
    return People(
        echo=EchoOfPeople(**data["echo"]),
        adherence={int(pool): float(mrr) for pool, mrr in data["adherence"].items()},
        consistency=float(data["consistency"]["overall"]),
        thresholds=(float(data["thresholds"][0]), float(data["thresholds"][1])),
        sources=dict(data["sources"]),
    )
