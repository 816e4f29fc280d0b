"""Spoiled conversations are told from sound ones, with the corruptions that `tableread validate` tries."""

import json
import lzma
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import pytest

from core.fidelity.measuring import Measure, measure
from core.fidelity.validation.auc import area
from core.fidelity.validation.corruptions import CORRUPTIONS, spoil
from core.fidelity.validation.dialogues import Dialogue, find_dialogue
from core.fidelity.words import adherence, bleed, echo, repetition

Spoil = Callable[[str], list[Dialogue]]


@pytest.fixture(scope="module")
def sound(shared: Path) -> list[Dialogue]:
    with lzma.open(shared / "corpus" / "synthetic-persona-chat.jsonl.xz", "rt", encoding="utf-8") as file:
        rows = [json.loads(row) for row in islice(file, 80)]
    found = [
        find_dialogue(
            str(number), "corpus", [(turn["speaker"], turn["text"]) for turn in row["turns"]], row["personas"]
        )
        for number, row in enumerate(rows)
    ]
    return [dialogue for dialogue in found if dialogue is not None]


@pytest.fixture(scope="module")
def spoiled(sound: list[Dialogue]) -> Spoil:
    def by(name: str) -> list[Dialogue]:
        corruption = next(one for one in CORRUPTIONS if one.name == name)
        tried = [spoil(corruption, one, sound[(place + 7) % len(sound)], seed=7) for place, one in enumerate(sound)]
        return [found.dialogue for found in tried if found is not None]

    return by


def mean(metric: str, one: Measure, dialogue: Dialogue) -> float:
    score = measure(dialogue.about, dialogue.lines, [one]).summaries[dialogue.target][metric]
    return score.value or 0.0


def auc(metric: str, one: Measure, higher: Sequence[Dialogue], lower: Sequence[Dialogue]) -> float:
    return area(
        [mean(metric, one, dialogue) for dialogue in higher], [mean(metric, one, dialogue) for dialogue in lower]
    )


def test_own_lines_again(sound: list[Dialogue], spoiled: Spoil):
    bad = spoiled("repetition")
    assert auc("repetition", repetition.MEASURE, bad, sound) >= 0.95
    assert auc("repetition.exact", repetition.MEASURE, bad, sound) >= 0.95


def test_the_partner_s_lines(sound: list[Dialogue], spoiled: Spoil):
    bad = spoiled("echo")
    assert auc("echo.rouge", echo.MEASURE, bad, sound) >= 0.95
    assert auc("bleed", bleed.MEASURE, bad, sound) >= 0.90


def test_going_on_as_the_other(sound: list[Dialogue], spoiled: Spoil):
    assert auc("bleed", bleed.MEASURE, spoiled("bleed"), sound) >= 0.95


def test_another_s_persona(sound: list[Dialogue], spoiled: Spoil):
    bad = spoiled("persona_swap")
    assert auc("adherence.tfidf", adherence.MEASURE, sound, bad) >= 0.80
    assert auc("adherence.told", adherence.MEASURE, sound, bad) >= 0.80
