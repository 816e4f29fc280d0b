"""Semantic echo: how much of what the partner has just meant a turn says again, in whatever words."""

from collections.abc import Mapping, Sequence

from core.fidelity.conversation import About, Line
from core.fidelity.meaning.people import load_people
from core.fidelity.meaning.persona import NO_WORDS
from core.fidelity.meaning.vectors import Vector, cosine, is_blank, vector_of
from core.fidelity.measuring import Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

METRIC = Metric(
    name="meaning.echo",
    title="Echo in meaning",
    unit="cosine above chance",
    low=0.0,
    high=1.0,
    better="lower",
    needs="embeddings",
    how_to_read="How much the turn says what the last turn by somebody else said; 0 is no more than by chance.",
    source="SPASM (semantic echo)",
    cost="light",
    inputs="a turn and the last turn by anybody else",
    formula="max(cos(turn, partner's last turn) - mean cosine of turns of different human conversations, 0)",
)
RATE = Metric(
    name="meaning.echo.rate",
    title="Share of echoing turns",
    unit="share of turns",
    low=0.0,
    high=1.0,
    better="lower",
    needs="human reference",
    how_to_read="Share of turns that echo more than 95 of 100 human turns do; people are at 0.05.",
    source="SPASM (run-level echo rate)",
    scope="speaker",
    cost="light",
    inputs=METRIC.inputs,
    formula="share of turns with an echo above the 95th percentile of people's",
)
METRICS = (METRIC, RATE)


class MeaningEcho:
    """Semantic echo on its way through a conversation."""

    def __init__(self, about: About) -> None:
        self._about = about
        self._people = load_people().echo
        self._last: dict[str, tuple[int, Vector]] = {}
        """Each speaker's last turn; whoever spoke last stands last."""
        self._echoing: dict[str, list[int]] = {}
        self._n_scored: dict[str, int] = {}
        self._n_lines = 0

    def add(self, line: Line) -> list[ScoreValue]:
        """Compares a turn with the last one by anybody else."""
        self._n_lines += 1
        vector = vector_of(line.text)
        partner = next((name for name in reversed(self._last) if name != line.speaker), None)
        before = self._last.get(partner) if partner is not None else None
        self._last.pop(line.speaker, None)
        self._last[line.speaker] = (self._n_lines, vector)
        if partner is None or before is None:
            return [ScoreValue(METRIC.name, None, "Nobody else has spoken yet.")]
        if is_blank(vector) or is_blank(before[1]):
            return [ScoreValue(METRIC.name, None, NO_WORDS)]
        raw = cosine(vector, before[1])
        value = max(raw - self._people.baseline, 0.0)
        self._count(line.speaker, value)
        evidence = {"turn": before[0], "partner": self._about.name(partner), "cosine": raw}
        return [ScoreValue(METRIC.name, value, evidence=evidence | {"baseline": self._people.baseline})]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        """Scores how often each speaker echoes."""
        return {speaker: [self._rate(speaker)] for speaker in self._n_scored}

    def _count(self, speaker: str, value: float) -> None:
        self._n_scored[speaker] = self._n_scored.get(speaker, 0) + 1
        if value > self._people.p95:
            self._echoing.setdefault(speaker, []).append(self._n_lines)

    def _rate(self, speaker: str) -> ScoreValue:
        turns, n_turns = self._echoing.get(speaker, []), self._n_scored[speaker]
        evidence = {"turns": list(turns), "n_turns": n_turns, "above": self._people.p95}
        return ScoreValue(RATE.name, len(turns) / n_turns, evidence=evidence)


MEASURE = Measure(METRICS, MeaningEcho)
