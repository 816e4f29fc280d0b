"""How fast the measures that need no model are: one conversation of 10,000 turns, and 10,000 turns of many.

One thread. Seconds are of the process, so that what else the machine does falls out as far as it can; `token_us`, what
splitting a turn into words costs, says how fast the machine was meanwhile.

Predicted before it was first run whole: 7,000 turns/s for many conversations and 6,000 for one long one on a quiet core
(splitting a turn: 1.7 us), of which the voice takes a third and the fingerprint a fifth; the last thousand turns of a
long one cost at most 1.3 times what the second thousand does, which is HD-D's O(sqrt n). Asked for: 5,000.
"""

import argparse
import json
import lzma
from collections.abc import Sequence
from pathlib import Path
from time import process_time

from core.fidelity.conversation import About, Horizon, Line
from core.fidelity.measures import WORD_MEASURES
from core.fidelity.measuring import Measure, measure
from core.fidelity.reference import load_reference
from core.fidelity.words.said import read_words
from core.fidelity.words.tokens import tokenise
from tests.benchmarks.scene import report

CORPUS = "corpus/synthetic-persona-chat.jsonl.xz"
Conversation = tuple[About, list[Line]]
WANTED_TURNS_PER_S = 5_000


def read_corpus(shared: Path, n_turns: int) -> list[Conversation]:
    """Reads conversations until there are so many turns; the first speaker of each has a horizon."""
    found: list[Conversation] = []
    n_read = 0
    with lzma.open(shared / CORPUS, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            personas = {name: tuple(facts) for name, facts in row["personas"].items()}
            lines = [Line(turn["speaker"], turn["text"]) for turn in row["turns"]]
            found.append((About(personas, horizons={lines[0].speaker: Horizon("March 1926")}), lines))
            n_read += len(lines)
            if n_read >= n_turns:
                return found
    return found


def as_one(conversations: Sequence[Conversation], n_turns: int) -> Conversation:
    """Makes one conversation of two people of all these."""
    lines = [line for _, said in conversations for line in said][:n_turns]
    facts = list(conversations[0][0].personas.values())
    about = About({"a": facts[0], "b": facts[1]}, horizons={"a": Horizon("March 1926")})
    return about, [Line("ab"[place % 2], line.text) for place, line in enumerate(lines)]


def seconds_of(conversations: Sequence[Conversation], measures: Sequence[Measure]) -> float:
    """Returns what measuring takes."""
    read_words.cache_clear()
    began_s = process_time()
    for about, lines in conversations:
        measure(about, lines, measures)
    return process_time() - began_s


def seconds_by_thousand(conversation: Conversation, size: int) -> list[float]:
    """Returns what each so many turns take on the way through a conversation."""
    about, lines = conversation
    running = [one.begin(about) for one in WORD_MEASURES]
    read_words.cache_clear()
    found = []
    for start in range(0, len(lines), size):
        began_s = process_time()
        for line in lines[start : start + size]:
            for one in running:
                one.add(line)
        found.append(process_time() - began_s)
    return found


def main() -> None:
    """Runs both, the best of some rounds each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    n_turns, n_rounds = (2_000, 1) if asked.quick else (10_000, 5)
    many = read_corpus(asked.shared, n_turns)
    n_many = sum(len(lines) for _, lines in many)
    long = as_one(many, n_turns)
    load_reference()
    measure(*many[0], WORD_MEASURES)
    rounds = []
    for _ in range(n_rounds):
        began_s = process_time()
        for line in long[1]:
            tokenise(line.text)
        token_us = (process_time() - began_s) / len(long[1]) * 1e6
        rounds.append((seconds_of([long], WORD_MEASURES), seconds_of(many, WORD_MEASURES), token_us))
    by_measure = {
        one.metrics[0].name: round(seconds_of([long], [one]) / len(long[1]) * 1e6, 1) for one in WORD_MEASURES
    }
    report(us_by_measure_of_a_long_one=by_measure)
    steps = seconds_by_thousand(long, len(long[1]) // 10)
    report(
        threads=1,
        turns=n_turns,
        long_turns_per_s=round(len(long[1]) / min(one for one, _, _ in rounds)),
        corpus_turns_per_s=round(n_many / min(other for _, other, _ in rounds)),
        token_us=round(min(token for _, _, token in rounds), 2),
        last_to_second_tenth=round(steps[-1] / steps[1], 2),
        wanted_turns_per_s=WANTED_TURNS_PER_S,
    )


if __name__ == "__main__":
    main()
