"""A judge's licence: how well it reads, on 60 items in which it has to find out who is speaking.

Source: PersonaEval, Zhou et al. (2025), arXiv 2508.10014, where people reach 90.8 % and the best weights about 69 %.
The items are our own, see `assets/judging/cut_licence.py`. All options count, however many an item has.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from core.fidelity.judging.agreement import krippendorff_alpha
from core.fidelity.judging.judge import Judge, Question
from core.fidelity.judging.verdicts import Choice, NotJudged

Badge = Literal["red", "amber", "green"]

AMBER_FROM, GREEN_FROM = 0.4, 0.6
CHANCE = 0.25
N_BINS = 20
_Z95 = 1.959964
_SYSTEM = (
    "You read scenes of plays with great care. Names are hidden: people are called Person A, Person B and so on, and "
    "those who speak in the scene are called Voice 1, Voice 2 and so on. Each voice is one person. You find out who "
    "it is by how somebody speaks, what they want and what they know."
)


@dataclass(frozen=True, slots=True)
class Item:
    """One question who is speaking."""

    key: str
    excerpt: tuple[tuple[str, str], ...]
    """(voice, words) of each turn."""
    voice: str
    """Whose name is asked for."""
    candidates: tuple[tuple[str, tuple[str, ...]], ...]
    """(name, earlier lines) of each who may be it."""
    answer: int
    """Place of the right candidate."""
    play: str = ""

    @property
    def options(self) -> tuple[str, ...]:
        """What can be answered."""
        return tuple(name for name, _ in self.candidates)

    @property
    def question(self) -> Question:
        """What a judge is asked."""
        known = "\n\n".join("\n".join((f"Earlier, {name} said:", *lines)) for name, lines in self.candidates)
        scene = "\n".join(f"{voice}: {text}" for voice, text in self.excerpt)
        return Question(_SYSTEM, f"{known}\n\nThe scene:\n{scene}\n\nWho is {self.voice}?")


@dataclass(frozen=True, slots=True)
class Licence:
    """What a judge reached. Shares are of all items; one that could not be judged counts as wrong."""

    top1: float
    low: float
    """Of the 95 % interval of `top1` (Wilson)."""
    high: float
    top2: float
    mean_rank: float | None
    """Of the right candidate, 1 is best; None and so on: nothing was judged."""
    brier: float | None
    """Mean over items and options of (probability - truth)^2; 0.1875 is what a guess gives."""
    ece: float | None
    """How far the probability of the first choice is from how often it is right, 20 bins, [0, 1]."""
    badge: Badge
    position_bias: float | None
    """Mean of the items; None: the judge was asked in one order only."""
    self_agreement: float | None
    """Share of pairs of orders or samples of an item that choose alike, mean of the items."""
    alpha: float | None
    """Krippendorff's alpha (nominal) of the orders or samples, as if each were a person."""
    n: int
    n_failed: int
    how: str
    """`probabilities` or `samples`; `mixed`."""
    items: str
    """Which items: another text, another name."""

    def record(self) -> dict[str, Any]:
        """Returns what `Judge.licence` keeps. JSON."""
        return asdict(self)


def read_licence(record: Mapping[str, Any]) -> Licence | None:
    """Reads what `Licence.record` wrote; None where there is none, or one of other items."""
    try:
        licence = Licence(**record)
    except TypeError:
        return None
    is_sound = licence.badge in ("red", "amber", "green") and isinstance(licence.top1, int | float)
    return licence if is_sound and licence.items == current_items() else None


@lru_cache(maxsize=1)
def licence_items() -> tuple[Item, ...]:
    """Returns the items that ship with the app."""
    text = (resources.files("assets") / "judging" / "licence.json").read_text(encoding="utf-8")
    return tuple(_item(document) for document in json.loads(text)["items"])


def items_version(items: Sequence[Item]) -> str:
    """Names a set of items by its text."""
    return hashlib.sha256(repr(items).encode()).hexdigest()[:12]


@lru_cache(maxsize=1)
def current_items() -> str:
    """Names the items that ship with the app: what was reached on others says nothing of these."""
    return items_version(licence_items())


def examine(
    judge: Judge,
    items: Sequence[Item],
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Licence:
    """Asks a judge all items.

    Args:
        progress: Called after each item with how many are done, of how many.
        stop: Asked before each item.

    Raises:
        CancelledError: It was stopped.
        UserError: The judge cannot be run at all.
    """
    verdicts: list[Choice | NotJudged] = []
    for item in items:
        if stop is not None and stop():
            raise CancelledError
        verdicts.append(judge.choose(item.question, item.options))
        if progress is not None:
            progress(len(verdicts), len(items))
    return licence_of(items, verdicts)


def licence_of(items: Sequence[Item], verdicts: Sequence[Choice | NotJudged]) -> Licence:
    """Returns what verdicts on items amount to."""
    judged = [(item, verdict) for item, verdict in zip(items, verdicts, strict=True) if isinstance(verdict, Choice)]
    ranks = [rank_of(verdict.probabilities, item.answer) for item, verdict in judged]
    top1 = sum(rank == 1 for rank in ranks) / len(items) if items else 0.0
    low, high = wilson_interval(top1, len(items))
    choices = [verdict for _, verdict in judged]
    ways = {verdict.how for verdict in choices}
    return Licence(
        top1=top1,
        low=low,
        high=high,
        top2=sum(rank <= 2 for rank in ranks) / len(items) if items else 0.0,
        mean_rank=_mean(ranks),
        brier=_mean([brier(verdict.probabilities, item.answer) for item, verdict in judged]),
        ece=calibration_error(
            [max(one.probabilities) for one in choices], [one.best == item.answer for item, one in judged]
        ),
        badge=badge_of(top1),
        position_bias=_mean([one.position_bias for one in choices if one.position_bias is not None]),
        self_agreement=_mean([one.self_agreement for one in choices if one.self_agreement is not None]),
        alpha=krippendorff_alpha([list(one.votes) for one in choices]),
        n=len(items),
        n_failed=len(items) - len(judged),
        how=ways.pop() if len(ways) == 1 else "mixed" if ways else "",
        items=items_version(items),
    )


def badge_of(top1: float) -> Badge:
    """Returns the badge of a share of right answers."""
    return "red" if top1 < AMBER_FROM else "amber" if top1 < GREEN_FROM else "green"


def rank_of(probabilities: Sequence[float], answer: int) -> int:
    """Returns the place of the right option among all, 1 is likeliest; of equals the first stands first."""
    order = sorted(range(len(probabilities)), key=lambda place: -probabilities[place])
    return order.index(answer) + 1


def brier(probabilities: Sequence[float], answer: int) -> float:
    """Returns the mean over the options of the squared distance from the truth."""
    return sum((p - (place == answer)) ** 2 for place, p in enumerate(probabilities)) / len(probabilities)


def calibration_error(confidences: Sequence[float], is_right: Sequence[bool]) -> float | None:
    """Returns the expected calibration error: 20 equal bins, left open and right closed, weighted by their size."""
    if not confidences:
        return None
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in zip(confidences, is_right, strict=True):
        # 0.15 * 20 is 3 and a bit in floating point, and belongs to the bin that ends there
        bins.setdefault(math.ceil(round(confidence * N_BINS, 9)), []).append((confidence, right))
    gaps = (abs(sum(right for _, right in one) - sum(confidence for confidence, _ in one)) for one in bins.values())
    return sum(gaps) / len(confidences)


def wilson_interval(share: float, n: int) -> tuple[float, float]:
    """Returns the 95 % interval of a share. Source: Wilson (1927)."""
    if not n:
        return 0.0, 1.0
    middle = share + _Z95**2 / (2 * n)
    half = _Z95 * math.sqrt(share * (1 - share) / n + _Z95**2 / (4 * n**2))
    scale = 1 + _Z95**2 / n
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def _item(document: Mapping[str, Any]) -> Item:
    return Item(
        key=document["key"],
        excerpt=tuple((voice, text) for voice, text in document["excerpt"]),
        voice=document["voice"],
        candidates=tuple((one["name"], tuple(one["lines"])) for one in document["candidates"]),
        answer=document["answer"],
        play=document["play"],
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
