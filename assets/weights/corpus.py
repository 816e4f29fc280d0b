"""The corpus as plays: licensed human dialogue, with personas where it has them and new names throughout.

A held-out part is told by its id, and the test split of Synthetic-Persona-Chat is not in the corpus at all.
"""

import hashlib
import json
import lzma
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assets.weights.sample import NARRATOR, Line, Persona, Play
from assets.weights.words import PLAIN_SETTINGS, draw_names, word_list

SHARES = {
    "synthetic-persona-chat": 0.74,
    "standardebooks-fiction-dialogue": 0.08,
    "self-dialogue-corpus": 0.05,
    "casino": 0.06,
    "standardebooks-drama": 0.04,
    "chatterbot-corpus": 0.015,
    "avalon-nlu": 0.015,
}
"""Part of the human samples that each source gives."""

_MAX_TURN_WORDS = 45
_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "—": " - ", "–": "-", "\u2060": None})
_STOP_WORDS = frozenset(word_list("stop_words"))


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One line of the corpus."""

    id: str
    personas: dict[str, list[str]]
    scene: str
    turns: tuple[tuple[str, str], ...]


def is_validation(id: str) -> bool:
    """Whether a dialogue is held out."""
    return int.from_bytes(hashlib.blake2b(id.encode()).digest()) % 100 < 2


def load_dialogues(folder: Path, source: str, held_out: bool = False) -> list[Dialogue]:
    """Loads the training part of one source, or the held-out part."""
    return [dialogue for dialogue in _read_dialogues(folder, source) if is_validation(dialogue.id) == held_out]


@cache
def _read_dialogues(folder: Path, source: str) -> tuple[Dialogue, ...]:
    return tuple(_read_dialogue(row) for row in _rows(folder, source))


def load_rooms(folder: Path) -> list[tuple[str, str]]:
    """Loads places: a title and the first sentence about it."""
    rooms = [(row["name"], row["description"].split(". ")[0].strip(". ")) for row in _rows(folder, "light_rooms")]
    return [(name[:1].upper() + name[1:], f"{text}.") for name, text in rooms if name and 20 < len(text) < 160]


def _rows(folder: Path, source: str) -> Iterator[dict[str, Any]]:
    with lzma.open(folder / f"{source}.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _read_dialogue(row: dict[str, Any]) -> Dialogue:
    turns = tuple((turn["speaker"], _tidy(turn["text"])) for turn in row["turns"])
    personas = {name: [_tidy(fact) for fact in facts] for name, facts in row["personas"].items()}
    return Dialogue(row["id"], personas, row["scene"] or "", tuple(turn for turn in turns if turn[1]))


def _tidy(text: str) -> str:
    text = re.sub(r"\s+", " ", text.translate(_QUOTES)).strip()
    words = text.split(" ")
    if len(words) <= _MAX_TURN_WORDS:
        return text
    short = " ".join(words[:_MAX_TURN_WORDS])
    end = max(short.rfind(mark) for mark in ".!?")
    return short[: end + 1] if end > 20 else ""


def play_from_dialogue(dialogue: Dialogue, rooms: list[tuple[str, str]], rng: random.Random) -> Play:
    """Makes a play of a dialogue: new names, a place, and short thoughts where a turn leans on a fact."""
    speakers = list(dict.fromkeys(speaker for speaker, _ in dialogue.turns if speaker != NARRATOR))
    names = dict(zip(speakers, draw_names(len(speakers), rng), strict=True))
    pattern = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names) or r"(?!)")

    def rename(text: str) -> str:
        return pattern.sub(lambda match: names[match[0]], text)

    facts = {names[one]: [rename(fact) for fact in dialogue.personas.get(one, [])] for one in speakers}
    lines = []
    for speaker, text in _window(dialogue, rng):
        name = names.get(speaker, NARRATOR)
        thought = think_about(rename(text), facts.get(name, []), lines[-1] if lines else None, rng)
        lines.append(Line(name, rename(text), thought))
    title, setting = rng.choice(rooms) if rng.random() < 0.5 else rng.choice(PLAIN_SETTINGS)
    cast = tuple(Persona(names[one], tuple(rng.sample(facts[names[one]], len(facts[names[one]])))) for one in speakers)
    return Play("corpus", title, setting, cast, tuple(lines))


def _window(dialogue: Dialogue, rng: random.Random) -> tuple[tuple[str, str], ...]:
    n_turns = len(dialogue.turns)
    start = rng.randrange(n_turns - 11) if n_turns > 30 and rng.random() < 0.3 else 0
    return dialogue.turns[start:]


def think_about(text: str, facts: list[str], before: Line | None, rng: random.Random) -> str:
    """A thought that goes before a turn: the fact that it leans on, or what the turn is about to do."""
    words = _content_words(text)
    best = max(facts, key=lambda fact: len(words & _content_words(fact)), default="")
    if len(words & _content_words(best)) >= 2:
        return rng.choice(("I can tell them this. {}", "It is true. {}", "{} I will say so.", "{}")).format(best)
    if before is not None and before.text.endswith("?"):
        return rng.choice(
            ("{} asks me. I will answer.", "That is a question for me. {} wants to know.", "{} wants an answer.")
        ).format(before.speaker)
    if text.endswith("?"):
        return rng.choice(("I want to know more.", "I will ask.", "I am curious about this.", "Let me ask about it."))
    return rng.choice(
        (
            "I will keep this going.",
            "I like this talk.",
            "That is easy to say.",
            "I will say what I think.",
            "I will be friendly.",
            "I agree, more or less.",
            "I should not talk too much.",
        )
    )


def _content_words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower().replace("'", ""))) - _STOP_WORDS
