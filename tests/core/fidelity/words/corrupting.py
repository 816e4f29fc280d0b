"""Conversations of the corpus, spoiled in ways that measures must notice, and how well they do."""

import json
import lzma
import random
from collections.abc import Callable, Sequence
from itertools import islice, pairwise
from pathlib import Path

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import Measure, measure

Conversation = tuple[About, list[Line]]


def read_conversations(shared: Path, n: int) -> list[Conversation]:
    with lzma.open(shared / "corpus" / "synthetic-persona-chat.jsonl.xz", "rt", encoding="utf-8") as file:
        rows = [json.loads(row) for row in islice(file, n)]
    return [
        (
            About({name: tuple(facts) for name, facts in row["personas"].items()}),
            [Line(turn["speaker"], turn["text"]) for turn in row["turns"]],
        )
        for row in rows
    ]


def repeat_own(about: About, lines: Sequence[Line], draw: random.Random) -> Conversation:
    """A quarter of the turns from the third on are an earlier one of the same speaker."""
    spoiled: list[Line] = []
    for line in lines:
        own = [one for one in spoiled if one.speaker == line.speaker]
        spoiled.append(draw.choice(own) if len(own) > 1 and draw.random() < 0.25 else line)
    return about, spoiled


def echo_partner(about: About, lines: Sequence[Line], draw: random.Random) -> Conversation:
    """A quarter of the turns are what the other has just said."""
    spoiled = list(lines[:1])
    for line in lines[1:]:
        before = spoiled[-1]
        copies = before.speaker != line.speaker and draw.random() < 0.25
        spoiled.append(Line(line.speaker, before.text if copies else line.text))
    return about, spoiled


def run_on(about: About, lines: Sequence[Line], draw: random.Random) -> Conversation:
    """A quarter of the turns go on as the other, with the line that the other then says."""
    spoiled = [
        Line(line.speaker, f"{line.text}\n{after.speaker}: {after.text}")
        if after.speaker != line.speaker and draw.random() < 0.25
        else line
        for line, after in pairwise(lines)
    ]
    return about, [*spoiled, lines[-1]]


def swap_personas(conversations: Sequence[Conversation]) -> list[Conversation]:
    """Each speaker gets the persona of somebody in the conversation after the next ones."""
    spoiled = []
    for place, (about, lines) in enumerate(conversations):
        others = list(conversations[(place + 7) % len(conversations)][0].personas.values())
        spoiled.append((About(dict(zip(about.personas, others, strict=False))), lines))
    return spoiled


def auc(
    metric: str, one: Measure, good: Sequence[Conversation], bad: Sequence[Conversation], *, higher_is_bad: bool
) -> float:
    """Returns how often a spoiled conversation measures worse than a sound one; of the mean over its speakers."""
    sound, spoiled = ([_mean(metric, one, *conversation) for conversation in side] for side in (good, bad))
    sign = 1 if higher_is_bad else -1
    worse = [(sign * b > sign * a) + 0.5 * (a == b) for a in sound for b in spoiled]
    return sum(worse) / len(worse)


def spoil(
    conversations: Sequence[Conversation], how: Callable[[About, Sequence[Line], random.Random], Conversation]
) -> list[Conversation]:
    draw = random.Random(7)
    return [how(about, lines, draw) for about, lines in conversations]


def _mean(metric: str, one: Measure, about: About, lines: Sequence[Line]) -> float:
    summaries = measure(about, lines, [one]).summaries
    values = [found.value for scores in summaries.values() if (found := scores.get(metric)) and found.value is not None]
    return sum(values) / len(values) if values else 0.0
