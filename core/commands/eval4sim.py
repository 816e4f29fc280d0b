"""`tableread eval4sim`: how near a set of chats comes to people's, by Eval4Sim."""

from collections.abc import Sequence
from pathlib import Path

from core.commands.printing import console, print_json
from core.fidelity.catalogue import METRICS
from core.fidelity.meaning.eval4sim import as_facts_and_lines, compare_set_with_people
from core.interchange.conversations import read_conversations


def eval4sim(files: Sequence[Path], *, as_json: bool) -> None:
    """Runs the command: all files are one set. Raises UserError where one cannot be read."""
    chats = [as_facts_and_lines(one.personas, one.turns) for path in files for one in read_conversations(path)]
    for score in compare_set_with_people(chats):
        if as_json:
            row = {"metric": score.metric, "value": score.value, "reason": score.reason, "evidence": score.evidence}
            print_json(row | {"n_conversations": len(chats)})
            continue
        value = f"{score.value:.4f}" if score.value is not None else f"– ({score.reason})"
        console().print(f"{METRICS[score.metric].title}: {value}", markup=False)
