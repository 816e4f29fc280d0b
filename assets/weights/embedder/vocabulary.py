"""The pieces that get a vector: MiniLM's English word pieces, then the corpus's frequent words that it would cut."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from core.fidelity.meaning.word_pieces import WordPieces

_ENGLISH = re.compile(r"(##)?[a-z0-9]+")
_NEW_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")


def choose_pieces(minilm: Path, texts: Mapping[str, int], n_pieces: int) -> list[str]:
    """Returns at most `n_pieces` pieces; `texts` says how often each text occurs."""
    lines = (minilm / "vocab.txt").read_text("utf-8").split("\n")
    pieces = [line for line in lines if _ENGLISH.fullmatch(line)]
    known = set(pieces)
    words: Counter[str] = Counter()
    for text, count in texts.items():
        for word in _NEW_WORD.findall(text.lower()):
            if word not in known:
                words[word] += count
    return pieces + [word for word, _ in words.most_common(n_pieces - len(pieces))]


def count_pieces(cut: WordPieces, texts: Mapping[str, int]) -> Counter[int]:
    """Counts how often each piece occurs, by number."""
    counts: Counter[int] = Counter()
    for text, count in texts.items():
        for number in cut.numbers(text):
            counts[number] += count
    return counts
