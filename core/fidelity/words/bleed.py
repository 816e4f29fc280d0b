"""Bleed: a turn that goes on as somebody else, or says somebody else's line."""

import re
from collections.abc import Mapping, Sequence

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue
from core.fidelity.words.said import read_words
from core.fidelity.words.tokens import split_words

METRIC = Metric(
    name="bleed",
    title="Speaks for others",
    unit="share of turns",
    low=0.0,
    high=1.0,
    better="lower",
    needs="nothing",
    how_to_read="1: the turn goes on as somebody else, or says a line of theirs; the mean is a share of turns.",
    source="Tableread",
    inputs="the turn, the names of the cast, what others have said, and whether the turn had to be cut",
    formula="1 where it was cut, has another's “Name:”, or a sentence of six words that another has said",
)
_MIN_WORDS = 6
"""Shorter sentences are said by two people by chance."""
_SENTENCE = re.compile(r"[^.!?…\n]+")
_BEFORE_LABEL = ' \t\r\u00a0>*_[("“'
_AFTER_LABEL = ' \t\r\u00a0*_])"”'


class _Bleed:
    """Remembers who said each sentence first."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._number = 0
        self._speakers = {about.name(one).casefold(): one for one in (*about.personas, *about.names)}
        self._said: dict[tuple[str, ...], tuple[str, int]] = {}

    def add(self, line: Line) -> list[ScoreValue]:
        self._number += 1
        self._speakers.setdefault(self._about.name(line.speaker).casefold(), line.speaker)
        sentences = _long_sentences(line.text)
        score = self._score(line, sentences)
        for words in sentences:
            self._said.setdefault(words, (line.speaker, self._number))
        return [score]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        return {}

    def _score(self, line: Line, sentences: Sequence[tuple[str, ...]]) -> ScoreValue:
        if line.record and line.record.get("bled") is True:
            return ScoreValue("bleed", 1.0, evidence={"why": "It went on as somebody else and was cut there."})
        label = self._label_of_another(line) if ":" in line.text else None
        if label is not None:
            return ScoreValue("bleed", 1.0, evidence={"why": "It speaks as somebody else.", "words": [f"{label}:"]})
        for words in sentences:
            speaker, turn = self._said.get(words, (line.speaker, 0))
            if speaker != line.speaker:
                why = f"{self._about.name(speaker)} has said this."
                return ScoreValue("bleed", 1.0, evidence={"why": why, "words": [" ".join(words)], "turn": turn})
        return ScoreValue("bleed", 0.0)

    def _label_of_another(self, line: Line) -> str | None:
        """Returns the name of somebody else that stands before a colon where a line begins."""
        heads = (row.partition(":")[0] for row in line.text.split("\n") if ":" in row)
        names = (head.lstrip(_BEFORE_LABEL).rstrip(_AFTER_LABEL) for head in heads)
        return next((name for name in names if self._speakers.get(name.casefold(), line.speaker) != line.speaker), None)


def _long_sentences(text: str) -> list[tuple[str, ...]]:
    tokens = read_words(text).tokens
    if len(tokens) < _MIN_WORDS:
        return []
    sentences = _SENTENCE.findall(text)
    if len(sentences) == 1:
        return [tokens]
    return [words for sentence in sentences if len(words := tuple(split_words(sentence))) >= _MIN_WORDS]


MEASURE = Measure((METRIC,), _Bleed)
