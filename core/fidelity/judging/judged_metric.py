"""A judged metric: how a judge is asked for one score of a turn, of a speaker or of a whole conversation.

The conversation comes with masked names; whoever calls reveals them in the evidence again (`judged`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.fidelity.conversation import About, Line
from core.fidelity.judging.judge import Judge
from core.fidelity.judging.masks import Masked
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue

JudgeTurn = Callable[[Judge, About, Sequence[Line], int], ScoreValue]
"""Judge, what is known, all lines up to the turn and perhaps more, place of the turn from 0."""
JudgeSpeaker = Callable[[Judge, About, Sequence[Line], str], ScoreValue]
"""Judge, what is known, all lines, speaker."""
JudgeWhole = Callable[[Judge, About, Sequence[Line]], ScoreValue]


@dataclass(frozen=True, slots=True)
class JudgedMetric:
    """One of the three functions is set: the one that the metric's scope names.

    They raise nothing for what a judge fails at: that is a score without a value, and its reason. They may raise
    UserError where the judge cannot be run at all, and CancelledError where it was stopped.
    """

    metric: Metric
    prompt_version: str
    """Changes whenever a word of the question does; kept with each score."""
    judge_turn: JudgeTurn | None = None
    judge_speaker: JudgeSpeaker | None = None
    judge_whole: JudgeWhole | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What one judged score is about."""

    turn: int | None = None
    """Place of the line from 0."""
    speaker: str = ""


def targets_of(judged: JudgedMetric, lines: Sequence[Line]) -> list[Target]:
    """Returns all that a metric can be judged on: each line, each speaker, or the whole."""
    if judged.judge_turn is not None:
        return [Target(turn=place) for place in range(len(lines))]
    if judged.judge_speaker is not None:
        return [Target(speaker=speaker) for speaker in dict.fromkeys(line.speaker for line in lines)]
    return [Target()]


def ask_judge(judged: JudgedMetric, judge: Judge, masked: Masked, target: Target) -> ScoreValue:
    """Has one score judged; names in its reason and evidence are the real ones again.

    Raises:
        UserError: The judge cannot be run at all.
        CancelledError: It was stopped.
    """
    score = _ask(judged, judge, masked, target)
    masks = masked.masks
    return ScoreValue(
        score.metric,
        score.value,
        None if score.reason is None else masks.reveal(score.reason),
        masks.reveal_all(score.evidence),
    )


def _ask(judged: JudgedMetric, judge: Judge, masked: Masked, target: Target) -> ScoreValue:
    if judged.judge_turn is not None and target.turn is not None:
        return judged.judge_turn(judge, masked.about, masked.lines, target.turn)
    if judged.judge_speaker is not None and target.speaker:
        return judged.judge_speaker(judge, masked.about, masked.lines, target.speaker)
    if judged.judge_whole is not None:
        return judged.judge_whole(judge, masked.about, masked.lines)
    return ScoreValue(judged.metric.name, None, "This metric is not judged on that.")
