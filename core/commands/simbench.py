"""`tableread simbench`: how near weights come to how groups of people answered."""

from pathlib import Path

from core.app_settings import load_settings
from core.commands.interview import showing_items
from core.commands.printing import console, print_json
from core.commands.replay import open_engines
from core.fidelity.logprobs.simbench import read_human_items
from core.inference.engine_choice import local_weights
from core.inference.weights.catalog import house_weights
from core.lab.people import compare_weights_with_people


def simbench(file: Path, weights: Path | None, as_json: bool) -> None:
    """Runs the command. Raises UserError for the world's faults."""
    items = read_human_items(file)
    with (
        open_engines(local_weights(load_settings(), weights or house_weights())) as (engine, _),
        showing_items() as step,
    ):
        found, shares = compare_weights_with_people(engine, items, step)
        name = engine.info.name
    if as_json:
        for item, score, predicted in zip(items, found.by_item, shares, strict=True):
            print_json(
                {
                    "question": item.question,
                    "dataset": item.dataset,
                    "group": item.group,
                    "options": list(item.options),
                    "human": list(item.human),
                    "weights": list(predicted),
                    "score": score,
                }
            )
        print_json(
            {
                "event": "end",
                "score": found.score,
                "low_entropy": found.low_entropy,
                "high_entropy": found.high_entropy,
                "by_dataset": found.by_dataset,
                "n": len(items),
                "weights": name,
            }
        )
        return
    out = console()
    for dataset, score in found.by_dataset.items():
        out.print(f"{dataset}: {score:.1f}", markup=False)
    out.print(
        f"{name}: {found.score:.1f} over {len(items):,} questions; 100 is as the people did, 0 as guessing evenly."
    )
