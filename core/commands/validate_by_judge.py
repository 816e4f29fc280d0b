"""What the trial of the measures asks a judge: about the one speaker who is looked at, with all names masked."""

from collections.abc import Collection, Sequence

from core.fidelity.judging.judge import Judge
from core.fidelity.judging.judged_metric import JudgedMetric, Target, ask_judge
from core.fidelity.judging.masks import mask_names
from core.fidelity.measuring import WHOLE, Measured, mean_score
from core.fidelity.score import ScoreValue
from core.fidelity.validation.dialogues import Dialogue
from core.fidelity.validation.trial import Scorer

JUDGED_LINES = 2
"""The last lines of the speaker are judged, by what is judged line by line, and the one line that is foreign."""


def judge_scorer(judge: Judge, metrics: Sequence[JudgedMetric]) -> Scorer:
    """Returns what has a dialogue judged."""

    def score(dialogue: Dialogue, places: Collection[int]) -> Measured:
        masked = mask_names(dialogue.about, dialogue.lines)
        by_line: dict[int, list[ScoreValue]] = {}
        summaries: dict[str, dict[str, ScoreValue]] = {dialogue.target: {}, WHOLE: {}}
        for judged in metrics:
            for target in _targets(judged, dialogue, places):
                found = ask_judge(judged, judge, masked, target)
                if target.turn is None:
                    summaries[target.speaker or WHOLE] |= {one.metric: one for one in found}
                else:
                    by_line.setdefault(target.turn, []).extend(found)
        for name in (name for judged in metrics if judged.judge_turn is not None for name in judged.names):
            said = [one for scores in by_line.values() for one in scores if one.metric == name]
            summaries[dialogue.target][name] = mean_score(name, said)
        return Measured(tuple(tuple(by_line.get(place, ())) for place in range(len(dialogue.lines))), summaries)

    return score


def _targets(judged: JudgedMetric, dialogue: Dialogue, places: Collection[int]) -> list[Target]:
    if judged.judge_turn is not None:
        return [Target(turn=place) for place in sorted({*dialogue.places(dialogue.target)[-JUDGED_LINES:], *places})]
    return [Target(speaker=dialogue.target)] if judged.judge_speaker is not None else [Target()]
