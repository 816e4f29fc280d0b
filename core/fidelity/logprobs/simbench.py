"""SimBench: how near weights come to how a group of people answered, between exact (100) and uniform (0).

Human distributions come from a file of the user's; none is bundled, as the benchmark's licence allows evaluation only.
"""

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import UserError
from core.fidelity.logprobs.distributions import entropy, normalised, total_variation
from core.fidelity.metric import Metric
from core.inference.request import OPTIONS, Ask, Choose, Chosen, Message

METRIC = Metric(
    name="simbench",
    title="Like a group of people",
    unit="points",
    low=None,
    high=100.0,
    better="higher",
    needs="human reference",
    how_to_read="100 answers as the people did, 0 is no nearer to them than guessing evenly, below is farther.",
    source="SimBench score",
    scope="conversation",
    cost="weights",
    inputs="questions with options and how people answered them; the weights' log-probabilities of the options",
    formula="mean of 100 (1 - TV(people, weights) / mean TV(people, uniform) of the dataset)",
)
MAX_FILE_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class HumanItem:
    """A question and how people answered it."""

    question: str
    options: tuple[str, ...]
    human: tuple[float, ...]
    """Share of each option; they sum to 1."""
    group: str = ""
    """Who was asked, as they are told apart from others."""
    dataset: str = ""


@dataclass(frozen=True, slots=True)
class GroupScore:
    """How near the answers came, over all items."""

    score: float
    by_item: tuple[float, ...]
    low_entropy: float | None
    """Over the half of the items on which people agreed most; None: no such half."""
    high_entropy: float | None
    by_dataset: dict[str, float] = field(default_factory=dict)


def simbench_score(items: Sequence[HumanItem], predicted: Sequence[Sequence[float]]) -> GroupScore:
    """Scores predicted distributions.

    Raises ValueError for no items, and where people answered a whole dataset evenly: then there is no scale.

    Source: SimBench (methods 2.8).
    """
    evenly = defaultdict(list)
    for item in items:
        evenly[item.dataset].append(total_variation(item.human, [1.0] * len(item.human)))
    scale = {dataset: math.fsum(found) / len(found) for dataset, found in evenly.items()}
    if not items or min(scale.values()) <= 0:
        raise ValueError("no scale")
    scores = [
        100 * (1 - total_variation(item.human, shares) / scale[item.dataset])
        for item, shares in zip(items, predicted, strict=True)
    ]
    order = sorted(range(len(items)), key=lambda place: entropy(items[place].human))
    half = len(order) // 2
    return GroupScore(
        _mean(scores),
        tuple(scores),
        _mean([scores[place] for place in order[:half]]) if half else None,
        _mean([scores[place] for place in order[half:]]) if half else None,
        {
            dataset: _mean([score for score, item in zip(scores, items, strict=True) if item.dataset == dataset])
            for dataset in scale
        },
    )


def predict(ask: Ask, lane: str, item: HumanItem) -> tuple[float, ...]:
    """Returns the share of each option: the letters' probabilities, over all orders of the list.

    Source: SimBench (methods 2.8). We differ: only whole labels count, not all tokens that begin one (3.17).

    Raises:
        CancelledError: The user stopped.
        UserError: The weights cannot be run, or tell no probabilities.
    """
    group = f"You are a group of people: {item.group}. " if item.group else "You are a group of people. "
    text = f"{group}Answer as one of them would.\n\n{item.question}\n{OPTIONS}\nAnswer with the letter."
    chosen = ask(Choose(lane, (Message("user", text),), item.options))
    if not isinstance(chosen, Chosen):
        raise CancelledError
    return chosen.by_label


def read_human_items(path: Path) -> list[HumanItem]:
    """Reads lines of JSON: {"question", "options": [...], "human": [...], "group", "dataset"}.

    Raises:
        UserError: The file cannot be read, or a line is not like this.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise UserError(f"{path.name} is too large.", f"Give at most {MAX_FILE_BYTES // 10**6} MB.")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path.name} cannot be read.", "Choose another file.") from error
    return [_read_line(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _read_line(path: Path, number: int, line: str) -> HumanItem:
    try:
        row = json.loads(line)
        options, human = tuple(map(str, row["options"])), tuple(normalised([float(one) for one in row["human"]]))
        if len(options) != len(human) or len(set(options)) < max(2, len(options)):
            raise ValueError("options")
        return HumanItem(
            str(row["question"]), options, human, str(row.get("group", "")), str(row.get("dataset", path.stem))
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        message = f"Line {number:,} of {path.name} is no question with the shares of its options."
        raise UserError(message, 'Write {"question": …, "options": […], "human": […]} on each line.') from error


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
