"""Adherence by words: whether what somebody says has the words of their own persona, and not of another's."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.fidelity.conversation import About, Line
from core.fidelity.measuring import Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue
from core.fidelity.words.said import read_words
from core.fidelity.words.tfidf import Tfidf

_SOURCE = "Eval4Sim (adherence), TF-IDF by Salton and Buckley (1988)"
_INPUTS = "the words of the turn, and the single facts of the cast"
METRIC = Metric(
    name="adherence.tfidf",
    title="Words of the persona",
    unit="cosine",
    low=0.0,
    high=1.0,
    better="higher",
    needs="nothing",
    how_to_read="How near the turn's words are to the nearest single fact of its speaker; small talk is at 0.",
    source=_SOURCE,
    inputs=_INPUTS,
    formula="max over own facts of the cosine of TF-IDF vectors, without stop words",
)
CONTRAST = Metric(
    name="adherence.tfidf.contrast",
    title="Own words, not another's",
    unit="difference of cosines",
    low=-1.0,
    high=1.0,
    better="higher",
    needs="nothing",
    how_to_read="Nearness to own facts less that to the others'; below 0 it speaks as if it were another.",
    source=_SOURCE,
    inputs=_INPUTS,
    formula="max over own facts - max over facts of others, of the cosine of TF-IDF vectors",
)
TOLD = Metric(
    name="adherence.told",
    title="Persona told",
    unit="share of words",
    low=0.0,
    high=1.0,
    better="higher",
    needs="nothing",
    how_to_read="How much of each single fact was said so far; it climbs as a scene goes on, and never falls.",
    source="Tableread",
    scope="speaker",
    inputs="all turns of one speaker, and its single facts",
    formula="mean over facts of content words said / content words of the fact",
)
METRICS = (METRIC, CONTRAST, TOLD)
_NO_PERSONA = "Nothing is known of this speaker's persona."
_NO_WORDS = "The turn has no word that says what it is about."


_Near = tuple[int, float]


@dataclass(frozen=True, slots=True)
class _Fact:
    """A single fact of somebody in the cast."""

    speaker: str
    number: int
    """From 1."""
    text: str
    words: frozenset[str]


class _Adherence:
    """Compares turns with the facts of the cast. A turn costs the facts that share a word with it."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._facts = [
            _Fact(speaker, number, fact, words)
            for speaker, facts in about.personas.items()
            for number, fact in enumerate(facts, 1)
            if (words := read_words(fact).content)
        ]
        self._speakers = {fact.speaker for fact in self._facts}
        tfidf = Tfidf([fact.words for fact in self._facts]) if self._facts else None
        self._idf: Mapping[str, float] = tfidf.idf if tfidf else {}
        self._unknown = math.log(1 + len(self._facts)) + 1
        self._holders: dict[str, list[tuple[int, float]]] = {}
        """Word -> the facts that have it, with its weight there."""
        for place, vector in enumerate(tfidf.vectors if tfidf else ()):
            for word, weight in vector.items():
                self._holders.setdefault(word, []).append((place, weight))
        self._said: dict[str, set[str]] = {}

    def add(self, line: Line) -> list[ScoreValue]:
        words = read_words(line.text).content
        self._said.setdefault(line.speaker, set()).update(word for word in words if word in self._idf)
        if line.speaker not in self._speakers or not words:
            reason = _NO_WORDS if line.speaker in self._speakers else _NO_PERSONA
            return [ScoreValue(metric.name, None, reason) for metric in (METRIC, CONTRAST)]
        near = self._near(words)
        own, other = self._nearest(near, line.speaker)
        return [self._score(own, words), self._score_contrast(own, other, words)]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        return {speaker: [self._score_told(speaker, said)] for speaker, said in self._said.items()}

    def _near(self, words: frozenset[str]) -> dict[int, float]:
        """Returns the cosine of a turn's words with each fact that shares one."""
        near: dict[int, float] = {}
        squares = 0.0
        for word in words:
            weight = self._idf.get(word, self._unknown)
            squares += weight * weight
            for place, held in self._holders.get(word, ()):
                near[place] = near.get(place, 0.0) + weight * held
        length = math.sqrt(squares)
        return {place: min(total / length, 1.0) for place, total in near.items()}

    def _nearest(self, near: Mapping[int, float], speaker: str) -> tuple[_Near | None, _Near | None]:
        """Returns the nearest fact of the speaker, and that of all others: its place, and how near it is."""
        own: _Near | None = None
        other: _Near | None = None
        for one in near.items():
            if self._facts[one[0]].speaker == speaker:
                own = one if own is None or one[1] > own[1] else own
            else:
                other = one if other is None or one[1] > other[1] else other
        return own, other

    def _score(self, own: _Near | None, words: frozenset[str]) -> ScoreValue:
        if own is None:
            return ScoreValue("adherence.tfidf", 0.0, evidence={"words": []})
        fact = self._facts[own[0]]
        evidence = {"words": sorted(words & fact.words), "statement": fact.text, "statement_number": fact.number}
        return ScoreValue("adherence.tfidf", own[1], evidence=evidence)

    def _score_contrast(self, own: tuple[int, float] | None, other: _Near | None, words: frozenset[str]) -> ScoreValue:
        if len(self._speakers) < 2:
            return ScoreValue("adherence.tfidf.contrast", None, "Nothing is known of anybody else's persona.")
        value = (own[1] if own else 0.0) - (other[1] if other else 0.0)
        evidence: dict[str, object] = {}
        if other is not None:
            fact = self._facts[other[0]]
            evidence = {
                "words": sorted(words & fact.words),
                "other": self._about.name(fact.speaker),
                "other_statement": fact.text,
            }
        return ScoreValue("adherence.tfidf.contrast", value, evidence=evidence)

    def _score_told(self, speaker: str, said: set[str]) -> ScoreValue:
        facts = [fact for fact in self._facts if fact.speaker == speaker]
        if not facts:
            return ScoreValue("adherence.told", None, _NO_PERSONA)
        shares = [len(fact.words & said) / len(fact.words) for fact in facts]
        untold = [fact.number for fact, share in zip(facts, shares, strict=True) if not share]
        evidence = {"words": sorted(frozenset().union(*(fact.words for fact in facts)) & said), "untold": untold}
        return ScoreValue("adherence.told", sum(shares) / len(shares), evidence=evidence)


MEASURE = Measure(METRICS, _Adherence)
