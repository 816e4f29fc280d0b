"""The table of a trial: rows for people to read, and the file that ships with Tableread. Both know no clock."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from core.fidelity.validation.corruptions import CORRUPTIONS
from core.fidelity.validation.dialogues import MAX_TURNS, MIN_FACTS, MIN_LINES, MIN_TURNS, Dialogue
from core.fidelity.validation.trial import Result

HOW_TO_READ = (
    "AUC: chance that of a sound dialogue and a spoilt one the metric calls the sound one better; 0.50 is no better "
    "than a coin, below 0.50 it prefers the spoilt one. With the 95 % interval. One value a dialogue, of the one "
    "speaker whose lines or persona were spoilt; for shuffle of the whole conversation; for foreign_line of that line, "
    "where the metric scores lines. Metrics without a better end count as "
    "better what is nearer to the median of the sound."
)


def text_table(results: Sequence[Result]) -> str:
    """Returns a line for each metric, with a column for each corruption."""
    names = [corruption.name for corruption in CORRUPTIONS]
    cells = {(one.metric, one.corruption): _cell(one) for one in results}
    metrics = list(dict.fromkeys(one.metric for one in results))
    first = max([len("metric"), *map(len, metrics)])
    head = "  ".join(["metric".ljust(first), *(name.ljust(_WIDTH) for name in names)]).rstrip()
    rows = [
        "  ".join([metric.ljust(first), *(cells.get((metric, name), "–").ljust(_WIDTH) for name in names)]).rstrip()
        for metric in metrics
    ]
    return "\n".join([head, *rows])


_WIDTH = len("0.50 .50–1.00")


def _cell(result: Result) -> str:
    found = result.separation
    low, high = (f"{bound:.2f}".removeprefix("0") for bound in (found.low, found.high))
    return f"{found.auc:.2f} {low}–{high}"


def make_table(
    results: Sequence[Result], dialogues: Sequence[Dialogue], n_by_weights: int, weights: str, seed: int
) -> dict[str, Any]:
    """Returns the JSON of the table that ships: what was found, and all that is needed to find it again.

    Args:
        n_by_weights: So many of the dialogues were tried by weights.
        weights: Their name and hash; empty: none were asked.
    """
    return {
        "format": "tableread-trust-1",
        "how_measured": HOW_TO_READ,
        "made_by": "tableread validate",
        "n": len(dialogues),
        "n_by_weights": n_by_weights,
        "seed": seed,
        "weights": weights,
        "sources": sorted({dialogue.source for dialogue in dialogues}),
        "taken": f"From {MIN_TURNS} turns on, the first {MAX_TURNS} of them; two speakers with {MIN_LINES} lines each, "
        f"half with {MIN_FACTS} facts or more on a speaker; those that nothing was trained on first.",
        "corruptions": {corruption.name: corruption.what for corruption in CORRUPTIONS},
        "rows": [one.row() for one in results],
    }


def format_table(table: Mapping[str, Any]) -> str:
    """Returns the text of the file: one row a line, so that a change can be read."""
    head = {key: value for key, value in table.items() if key != "rows"}
    rows = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in table["rows"])
    text = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
    return f'{text},\n "rows": [\n{rows}\n ]\n}}\n'
