"""Judged metrics: how a judge is asked for scores of a turn, of a speaker or of a whole conversation.

The conversation comes with masked names; whoever calls reveals them in the evidence again (`ask_judge`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.fidelity.conversation import About, Line
from core.fidelity.judging.judge import Judge
from core.fidelity.judging.masks import Masked
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

JudgeTurn = Callable[[Judge, About, Sequence[Line], int], Sequence[ScoreValue]]
"""Judge, what is known, all lines up to the turn and perhaps more, place of the turn from 0."""
JudgeSpeaker = Callable[[Judge, About, Sequence[Line], str], Sequence[ScoreValue]]
"""Judge, what is known, all lines, speaker."""
Hide = Callable[[str], str]
"""Puts masks for names."""
JudgeWhole = Callable[[Judge, About, Sequence[Line]], Sequence[ScoreValue]]


@dataclass(frozen=True, slots=True)
class JudgedMetric:
    """Metrics of one scope that come of one asking, and one of three functions, which returns a score for each.

    The functions raise nothing for what a judge fails at: that is a score without a value, and its reason. They may
    raise UserError where the judge cannot be run at all, and CancelledError where it was stopped.
    """

    metrics: tuple[Metric, ...]
    prompt_version: str
    """Changes whenever a word of the question does; kept with each score."""
    judge_turn: JudgeTurn | None = None
    judge_speaker: JudgeSpeaker | None = None
    judge_whole: JudgeWhole | None = None
    masked: "Callable[[Hide], JudgedMetric] | None" = None
    """The same with names hidden in its own words, where it has any of the user's."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of its metrics."""
        return tuple(metric.name for metric in self.metrics)


@dataclass(frozen=True, slots=True)
class Target:
    """What one asking is about: a turn, a speaker, or, with neither, the whole conversation."""

    turn: int | None = None
    """Place of the line from 0."""
    speaker: str = ""


def targets_of(judged: JudgedMetric, lines: Sequence[Line]) -> list[Target]:
    """Returns all that a metric can be judged on: each line, each speaker, or the whole."""
    if judged.judge_turn is not None:
        return [Target(turn=place) for place in range(len(lines))]
    if judged.judge_speaker is not None:
        return [Target(speaker=speaker) for speaker in dict.fromkeys(line.speaker for line in lines)]
    return [Target()] if lines else []


def ask_judge(judged: JudgedMetric, judge: Judge, masked: Masked, target: Target) -> tuple[ScoreValue, ...]:
    """Has a turn, a speaker or the whole judged; names in reasons and evidence are the real ones again.

    Raises:
        UserError: The judge cannot be run at all.
        CancelledError: It was stopped.
    """
    asked = judged.masked(masked.masks.hide) if judged.masked is not None else judged
    return tuple(_revealed(score, masked) for score in _ask(asked, judge, masked, target))


def _ask(judged: JudgedMetric, judge: Judge, masked: Masked, target: Target) -> Sequence[ScoreValue]:
    if judged.judge_turn is not None and target.turn is not None:
        return judged.judge_turn(judge, masked.about, masked.lines, target.turn)
    if judged.judge_speaker is not None and target.speaker:
        return judged.judge_speaker(judge, masked.about, masked.lines, target.speaker)
    if judged.judge_whole is not None:
        return judged.judge_whole(judge, masked.about, masked.lines)
    return [ScoreValue(name, None, "This metric is not judged on that.") for name in judged.names]


def _revealed(score: ScoreValue, masked: Masked) -> ScoreValue:
    reason = None if score.reason is None else masked.masks.reveal(score.reason)
    return ScoreValue(score.metric, score.value, reason, masked.masks.reveal_all(score.evidence))
