"""Contrast: whom of the cast a turn sounds like, its own speaker or another one."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.fidelity.conversation import About, Line
from core.fidelity.meaning.adherence import Best
from core.fidelity.meaning.persona import NO_PERSONA, NO_WORDS, Facts, facts_of_cast
from core.fidelity.meaning.vectors import Vector, is_blank, vector_of
from core.fidelity.measuring import Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

METRIC = Metric(
    name="meaning.contrast",
    title="Own persona against the others'",
    unit="difference of cosines",
    low=-2.0,
    high=2.0,
    better="higher",
    needs="embeddings",
    how_to_read="Above 0 the turn is nearer to its own character's facts; below, to those of another of the cast.",
    source="Eval4Sim (adherence), against the facts of the others in the same scene",
    cost="light",
    inputs="the turns and the single facts of the whole cast",
    formula="turn: max cos(turn, own statements) - max cos(turn, others' statements); speaker: the same of adherences",
)
_NO_OTHERS = "Nothing is known of anybody else in the cast."


class Contrast:
    """Contrast on its way through a conversation."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._facts = facts_of_cast(about)
        self._best: dict[str, dict[str, Best]] = {}
        """Speaker -> whose facts -> what the speaker's turns came closest to."""
        self._n_lines = 0

    def add(self, line: Line) -> list[ScoreValue]:
        """Scores a turn against the facts of the whole cast."""
        self._n_lines += 1
        reason = _why_not(self._facts, line.speaker)
        vector = vector_of(line.text)
        if reason is None and is_blank(vector):
            reason = NO_WORDS
        if reason is not None:
            return [ScoreValue(METRIC.name, None, reason)]
        best = self._best.setdefault(line.speaker, {whose: Best(facts) for whose, facts in self._facts.items()})
        for one in best.values():
            one.add(vector, self._n_lines)
        return [self._score(line.speaker, vector)]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        """Scores speakers: adherence to the own persona less that to the persona of the others that fits best."""
        return {speaker: [self._sum_up(speaker, best)] for speaker, best in self._best.items()}

    def _score(self, speaker: str, vector: Vector) -> ScoreValue:
        nearest = {whose: facts.nearest(vector) for whose, facts in self._facts.items()}
        own = nearest.pop(speaker)
        other = max(nearest, key=lambda whose: nearest[whose].cosine)
        evidence = own.evidence() | self._of_other(other, nearest[other].evidence())
        return ScoreValue(METRIC.name, own.cosine - nearest[other].cosine, evidence=evidence)

    def _sum_up(self, speaker: str, best: Mapping[str, Best]) -> ScoreValue:
        fits = {whose: one.fit for whose, one in best.items() if whose != speaker}
        other = max(fits, key=lambda whose: fits[whose])
        evidence: dict[str, Any] = {"n_turns": best[speaker].n_turns, "own": best[speaker].fit}
        evidence |= self._of_other(other, {"fit": fits[other], "statements": best[other].evidence()[:3]})
        return ScoreValue(METRIC.name, best[speaker].fit - fits[other], evidence=evidence)

    def _of_other(self, other: str, evidence: dict[str, Any]) -> dict[str, Any]:
        return {"other": {"speaker": other, "name": self._about.name(other), **evidence}}


def _why_not(facts: Mapping[str, Facts], speaker: str) -> str | None:
    if speaker not in facts:
        return NO_PERSONA
    return _NO_OTHERS if len(facts) < 2 else None


MEASURE = Measure((METRIC,), Contrast)
