"""Measures what the measures by meaning give for people, and writes `people.json` beside this script.

Run from the repository root: `python -m assets.references.meaning.measure [FOLDER]`, where FOLDER (`../shared` unless
told) holds `corpus/`. Only figures are written, no text of the corpora.
"""

import json
import lzma
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from assets.weights.corpus import load_dialogues
from core.fidelity.conversation import About, Line
from core.fidelity.meaning.authorship import answers, cosines, find_thresholds, grade
from core.fidelity.meaning.eval4sim import Conversation, adherence_curve, as_facts_and_lines, authorship_pairs
from core.fidelity.meaning.people import parse_people
from core.fidelity.meaning.vectors import vectors_of

N_DIALOGUES = 600
POOLS = (5, 10, 20, 50, 100, 200, 500)
PEOPLE = "topical-chat"
WITH_PERSONAS = "synthetic-persona-chat"
SOURCES = {
    "echo": "Topical-Chat (valid and test), people; Gopalakrishnan et al. 2019, CDLA-Sharing-1.0",
    "consistency": "Topical-Chat (valid and test), people; Gopalakrishnan et al. 2019, CDLA-Sharing-1.0",
    "adherence": "Synthetic-Persona-Chat, written by weights and checked by people; Jandaghi et al. 2023, CC BY 4.0",
}


def main() -> None:
    """Measures and writes."""
    corpus = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared") / "corpus"
    people = list(islice(read(corpus / f"{PEOPLE}.jsonl.xz"), 2 * N_DIALOGUES))
    found = {
        "how_measured": "assets/references/meaning/measure.py",
        "sources": SOURCES,
        "echo": measure_echo(people[:N_DIALOGUES]),
        **measure_consistency(people),
        "adherence": adherence_curve(read_held_out(corpus), POOLS),
    }
    parse_people(found)
    path = Path(__file__).with_name("people.json")
    path.write_text(json.dumps(rounded(found), indent=1) + "\n", encoding="utf-8")


def measure_echo(conversations: list[Conversation]) -> dict[str, float]:
    """Measures cosines of neighbours by two speakers, and of the same turns with turns of other conversations."""
    pairs = [
        (before.text, line.text)
        for _, lines in conversations
        for before, line in pairwise(lines)
        if before.speaker != line.speaker
    ]
    before, after = (vectors_of(side) for side in zip(*pairs, strict=True))
    own = np.einsum("ij,ij->i", before, after)
    shuffled = list(range(len(pairs)))
    random.Random(0).shuffle(shuffled)
    baseline = float(np.einsum("ij,ij->i", before[shuffled], after).mean())
    echo = np.maximum(own - baseline, 0)
    return {"baseline": baseline, "p95": float(np.quantile(echo, 0.95)), "mean": float(echo.mean())}


def measure_consistency(conversations: list[Conversation]) -> dict[str, Any]:
    """Finds the verifier's thresholds on one half of the conversations, and grades it on the other."""
    graded = []
    for part in (conversations[::2], conversations[1::2]):
        pairs = authorship_pairs(part)
        graded.append((cosines(pairs), [pair.same for pair in pairs]))
    thresholds = find_thresholds(*graded[0])
    grades = grade(answers(graded[1][0], thresholds), graded[1][1])
    return {"thresholds": list(thresholds), "consistency": {**asdict(grades), "overall": grades.overall}}


def read(path: Path) -> Iterator[Conversation]:
    """Reads a corpus."""
    with lzma.open(path, "rt", encoding="utf-8") as rows:
        for text in rows:
            row = json.loads(text)
            personas = {speaker: tuple(facts) for speaker, facts in (row["personas"] or {}).items()}
            yield About(personas), [Line(turn["speaker"], turn["text"]) for turn in row["turns"]]


def read_held_out(folder: Path) -> list[Conversation]:
    """Reads what the house embedder never learned from: see `assets/weights/EMBEDDER_CARD.md`."""
    dialogues = load_dialogues(folder, WITH_PERSONAS, held_out=True)
    return [as_facts_and_lines(dialogue.personas, dialogue.turns) for dialogue in dialogues]


def rounded(value: Any) -> Any:
    """Returns the same with five decimals."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return round(value, 5) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
