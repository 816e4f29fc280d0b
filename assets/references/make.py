"""Measures the human anchors and writes one JSON file each, beside this script.

Run from the repository root: `python -m assets.references.make [FOLDER]`, where FOLDER (`../shared` unless
told) holds `corpus/` and `cases/metrics/`. Only measurements are written, no text of the corpora.
"""

import json
import lzma
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import measure as measure_conversation
from core.fidelity.reference import parse_reference
from core.fidelity.words import echo, repetition, talk
from core.fidelity.words.echo import jaccard
from core.fidelity.words.fingerprint import FEATURES, fingerprint
from core.fidelity.words.tokens import content_words, tokenise
from core.fidelity.words.voice import VOICE_METRICS, VoiceCounter, z_of

Conversation = list[tuple[str, str]]
"""(speaker, text) of each turn."""

LENGTHS = (5, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 300)
MIN_TEXTS = 400
"""Norms of a length are kept from this many texts on; the small published anchors stay as published, without."""

OF_TURNS = ("echo.rouge", "repetition", "talk.words")

HOW = (
    "A text is all turns of {who} in one conversation, joined by blanks. Words are lower case runs of a-z, 0-9 and "
    "the apostrophe. voice.mattr: MATTR, window 50; voice.hdd: HD-D, sample 42; voice.yule_k: Yule's K; mean, sample "
    "sd, 5th and 95th percentile over texts. by_length: the same over the first n words of the texts that have as "
    "many. voice.z: mean absolute z of the three against by_length where there is one, else against whole texts. "
    "echo: Jaccard overlap of content words with the last turn of the other speaker, over turns; 0 where neither "
    "has one. echo.rouge, repetition, talk.words: over turns that have them; in them and in the fingerprint a "
    "typographic apostrophe joins, and accents do not count. fingerprint: the features of USI, each over texts. "
    "Measured by assets/references/make.py."
)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Where human conversations come from, and which of their speakers are people."""

    name: str
    title: str
    path: str
    source: str
    licence: str
    attribution: str
    read: Callable[[Path], Iterator[Conversation]]
    people: str | None = None
    """The one speaker to measure; None measures everybody."""


def read_dialogues(path: Path) -> Iterator[Conversation]:
    """Reads the corpora of `corpus/`."""
    for row in _read_rows(path):
        yield [(turn["speaker"], turn["text"]) for turn in row["turns"]]


def read_mirrorbench(path: Path) -> Iterator[Conversation]:
    """Reads the corpora of MirrorBench."""
    for row in _read_rows(path):
        yield [(turn["role"], turn["content"]) for turn in row["turns"]]


def mirrorbench(name: str, title: str, file: str, attribution: str) -> Corpus:
    """A corpus of MirrorBench: the user is the human, the assistant is not."""
    return Corpus(
        name=name,
        title=title,
        path=f"cases/metrics/{file}",
        source="MirrorBench, SAP (repository SAP/mirrorbench)",
        licence="Apache-2.0",
        attribution=attribution,
        read=read_mirrorbench,
        people="user",
    )


CORPORA = (
    Corpus(
        name="topical-chat",
        title="Topical-Chat: two people chat about things they have read",
        path="corpus/topical-chat.jsonl.xz",
        source="Topical-Chat, valid and test splits; Gopalakrishnan et al. (2019), Amazon",
        licence="CDLA-Sharing-1.0; these measurements are Results in its sense, and free of it",
        attribution="Topical-Chat (valid/test only), Gopalakrishnan et al. 2019, Amazon; CDLA-Sharing-1.0.",
        read=read_dialogues,
    ),
    Corpus(
        name="self-dialogue",
        title="Self-dialogue Corpus: one person writes both sides of a chat",
        path="corpus/self-dialogue-corpus.jsonl.xz",
        source="Self-dialogue Corpus; Fainberg et al. (2018), University of Edinburgh",
        licence="BSD-3-Clause",
        attribution="Self-dialogue Corpus, Fainberg et al. 2018, University of Edinburgh; BSD 3-Clause.",
        read=read_dialogues,
    ),
    mirrorbench(
        name="clariq",
        title="ClariQ: people ask a search system and answer its questions",
        file="clariq_mirror.jsonl.xz",
        attribution="ClariQ as kept in MirrorBench, SAP; Apache-2.0.",
    ),
    mirrorbench(
        name="chatbot-arena",
        title="Chatbot Arena: people ask chatbots",
        file="chatbot_arena_mirror.jsonl.xz",
        attribution="Chatbot Arena conversations as kept in MirrorBench, SAP; Apache-2.0.",
    ),
)


def measure(corpus: Corpus, folder: Path) -> dict[str, Any]:
    """Measures a corpus; the JSON of a reference."""
    texts: list[list[str]] = []
    fingerprints: list[dict[str, float]] = []
    echoes: list[float] = []
    of_turns: dict[str, list[float]] = {name: [] for name in OF_TURNS}
    for conversation in corpus.read(folder / corpus.path):
        people = {speaker for speaker, _ in conversation if corpus.people in (None, speaker)}
        texts += [_text_of(conversation, person) for person in sorted(people)]
        fingerprints += [fingerprint(_turns_of(conversation, person)) for person in sorted(people)]
        echoes += _echoes(conversation, people)
        for name, value in _turn_values(conversation, people):
            of_turns[name].append(value)
    lengths = [len(text) for text in texts]
    data: dict[str, Any] = {
        "name": corpus.name,
        "title": corpus.title,
        "source": corpus.source,
        "licence": corpus.licence,
        "attribution": corpus.attribution,
        "how_measured": HOW.format(who="one speaker" if corpus.people is None else f"the {corpus.people}"),
        "n_texts": len(texts),
        "n_turns_with_partner": len(echoes),
        "n_tokens": {"total": sum(lengths), "median": statistics.median(lengths), **_spread(lengths, digits=1)},
        "metrics": {
            **_voice_norms(texts),
            "echo": _spread(echoes),
            **{name: _spread(values) for name, values in of_turns.items()},
        },
        "fingerprint": {name: _spread([one[name] for one in fingerprints]) for name in FEATURES},
        "by_length": [
            {"n_tokens": length, "n_texts": len(cut), "metrics": _voice_norms(cut)}
            for length in LENGTHS
            if len(cut := [text[:length] for text in texts if len(text) >= length]) >= MIN_TEXTS
        ],
    }
    reference = parse_reference(data)
    data["metrics"]["voice.z"] = _spread([z_of(VoiceCounter(text), reference).value for text in texts])
    return data


def _read_rows(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _text_of(conversation: Conversation, person: str) -> list[str]:
    return tokenise(" ".join(_turns_of(conversation, person)))


def _turns_of(conversation: Conversation, person: str) -> list[str]:
    return [text for speaker, text in conversation if speaker == person]


def _echoes(conversation: Conversation, people: set[str]) -> list[float]:
    echoes = []
    last_words: dict[str, frozenset[str]] = {}
    for speaker, text in conversation:
        words = content_words(tokenise(text))
        partner = next((name for name in reversed(last_words) if name != speaker), None)
        if partner is not None and speaker in people:
            echoes.append(jaccard(words, last_words[partner]))
        last_words.pop(speaker, None)
        last_words[speaker] = words
    return echoes


def _turn_values(conversation: Conversation, people: set[str]) -> Iterator[tuple[str, float]]:
    lines = [Line(speaker, text) for speaker, text in conversation]
    measured = measure_conversation(About(), lines, (echo.MEASURE, repetition.MEASURE, talk.MEASURE))
    for line, scores in zip(lines, measured.by_line, strict=True):
        if line.speaker in people:
            yield from ((one.metric, one.value) for one in scores if one.metric in OF_TURNS and one.value is not None)


def _voice_norms(texts: list[list[str]]) -> dict[str, dict[str, float]]:
    voices = [VoiceCounter(text) for text in texts]
    raw = [(voice.mattr, voice.hdd(), voice.yule_k) for voice in voices]
    return {metric: _spread(values) for metric, values in zip(VOICE_METRICS, zip(*raw, strict=True), strict=True)}


def _spread(values: Sequence[float], digits: int = 6) -> dict[str, float]:
    percentiles = statistics.quantiles(values, n=20, method="inclusive")
    spread = {
        "mean": statistics.fmean(values),
        "sd": statistics.stdev(values),
        "p05": percentiles[0],
        "p95": percentiles[-1],
    }
    return {name: round(value, digits) for name, value in spread.items()}


def main() -> None:
    """Writes every reference."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared")
    for corpus in CORPORA:
        data = measure(corpus, folder)
        path = Path(__file__).with_name(f"{corpus.name}.json")
        path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"{path.name}: {data['n_texts']} texts, {data['n_tokens']['mean']} words each")


if __name__ == "__main__":
    main()
