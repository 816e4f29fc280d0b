"""What the embedder learns from: who a speaker is and what it said, and single sentences. Nothing that is held out."""

import random
from collections import Counter
from pathlib import Path

from assets.weights.corpus import Dialogue, load_dialogues
from assets.weights.embedder.retrieval import Case

PERSONA_SOURCE = "synthetic-persona-chat"
"""The publisher's train and new splits; the test split is not in the corpus."""
SENTENCE_SOURCES = {
    "synthetic-persona-chat": 110_000,
    "self-dialogue-corpus": 30_000,
    "topical-chat": 8_000,
    "standardebooks-fiction-dialogue": 10_000,
    "standardebooks-drama": 8_000,
    "casino": 4_000,
    "star": 5_000,
    "taskmaster-3": 2_000,
    "taskmaster-4": 1_000,
    "avalon-nlu": 800,
    "chatterbot-corpus": 1_500,
}
"""How many turns of each source the sentences for the encoder are drawn from."""
_MAX_WORDS = 60


def load_pairs(corpus: Path, held_out: bool = False) -> list[tuple[Case, Case]]:
    """Loads both speakers of each dialogue that has two personas."""
    pairs = []
    for dialogue in load_dialogues(corpus, PERSONA_SOURCE, held_out):
        cases = [_case(dialogue, name) for name in dialogue.personas]
        if len(cases) == 2 and all(case.turns and case.persona for case in cases):
            pairs.append((cases[0], cases[1]))
    return pairs


def _case(dialogue: Dialogue, name: str) -> Case:
    turns = tuple(text for speaker, text in dialogue.turns if speaker == name)
    return Case(tuple(dialogue.personas[name]), turns)


def load_sentences(corpus: Path, n: int) -> tuple[list[str], Counter[str]]:
    """Loads `n` sentences for the encoder, every statement first, and how often each text occurs in all sources."""
    rng = random.Random(0)
    facts: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    drawn: list[str] = []
    for source, n_turns in SENTENCE_SOURCES.items():
        dialogues = load_dialogues(corpus, source)
        facts.update({fact for dialogue in dialogues for each in dialogue.personas.values() for fact in each})
        turns = Counter(text for dialogue in dialogues for _, text in dialogue.turns)
        short = sorted(text for text in turns if len(text.split()) <= _MAX_WORDS)
        rng.shuffle(short)
        drawn += short[:n_turns]
        counts += turns
    rng.shuffle(drawn)
    return [*sorted(facts), *drawn][:n], counts + facts
