"""Human anchors: what people's words measure, to compare a character's with.

Measured by `assets/references/make.py`, which says how; this only reads what it wrote.
"""

import json
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from core.errors import UserError

DEFAULT_REFERENCE = "topical-chat"
"""People who chat in turns; a speaker says about as much as one in a scene: 214 words, on the mean."""


@dataclass(frozen=True, slots=True)
class Norm:
    """How one metric spreads over human texts."""

    mean: float
    sd: float
    """Sample standard deviation."""
    p05: float
    p95: float
    """Nine texts of ten lie between `p05` and `p95`."""


@dataclass(frozen=True, slots=True)
class LengthNorms:
    """The norms of texts that are cut to one length."""

    n_tokens: int
    n_texts: int
    norms: Mapping[str, Norm]


@dataclass(frozen=True, slots=True)
class Reference:
    """Measures of one corpus of human texts; a text is all that one speaker says in one conversation."""

    name: str
    title: str
    source: str
    licence: str
    attribution: str
    how_measured: str
    n_texts: int
    mean_tokens: float
    """Mean length of a text."""
    norms: Mapping[str, Norm]
    """Of whole texts, by name of metric; `echo`, `echo.rouge`, `repetition` and `talk.words` are per turn."""
    fingerprint: Mapping[str, Norm] = field(default_factory=dict)
    """Of each feature of the fingerprint, over texts."""
    by_length: tuple[LengthNorms, ...] = ()
    """Of texts cut to their first words, in rising length; empty where the corpus has too few texts for it."""

    def norm(self, metric: str, n_tokens: int) -> Norm:
        """Returns the norm for a text of this length: between two measured lengths, on the line between them.

        Shorter and longer texts than were measured get the nearest one's; without lengths, that of whole texts.
        """
        if not self.by_length:
            return self.norms[metric]
        if n_tokens >= self.by_length[-1].n_tokens:
            return self.by_length[-1].norms[metric]
        place = bisect_left(self.by_length, n_tokens, key=_n_tokens)
        if place == 0:
            return self.by_length[0].norms[metric]
        shorter, longer = self.by_length[place - 1 : place + 1]
        weight = (n_tokens - shorter.n_tokens) / (longer.n_tokens - shorter.n_tokens)
        return _between(shorter.norms[metric], longer.norms[metric], weight)


@cache
def load_reference(name: str = DEFAULT_REFERENCE) -> Reference:
    """Loads a human reference by its name. Raises UserError for an unknown one."""
    known = reference_names()
    if name not in known:
        raise UserError(f"There is no human reference “{name}”.", f"Choose from: {', '.join(known)}.")
    text = (files("assets") / "references" / f"{name}.json").read_text(encoding="utf-8")
    return parse_reference(json.loads(text))


def reference_names() -> tuple[str, ...]:
    """Returns the names of all references, in alphabetical order."""
    folder = files("assets") / "references"
    return tuple(sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json")))


def parse_reference(data: dict[str, Any]) -> Reference:
    """Builds a reference from the JSON that `assets/references/make.py` writes."""
    return Reference(
        name=data["name"],
        title=data["title"],
        source=data["source"],
        licence=data["licence"],
        attribution=data["attribution"],
        how_measured=data["how_measured"],
        n_texts=data["n_texts"],
        mean_tokens=data["n_tokens"]["mean"],
        norms=_parse_norms(data["metrics"]),
        fingerprint=_parse_norms(data["fingerprint"]),
        by_length=tuple(
            LengthNorms(row["n_tokens"], row["n_texts"], _parse_norms(row["metrics"])) for row in data["by_length"]
        ),
    )


def _parse_norms(data: dict[str, dict[str, float]]) -> dict[str, Norm]:
    return {metric: Norm(**norm) for metric, norm in data.items()}


def _n_tokens(norms: LengthNorms) -> int:
    return norms.n_tokens


def _between(shorter: Norm, longer: Norm, weight: float) -> Norm:
    def mix(a: float, b: float) -> float:
        return a + (b - a) * weight

    return Norm(
        mean=mix(shorter.mean, longer.mean),
        sd=mix(shorter.sd, longer.sd),
        p05=mix(shorter.p05, longer.p05),
        p95=mix(shorter.p95, longer.p95),
    )
