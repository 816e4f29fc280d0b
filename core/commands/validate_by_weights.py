"""What the trial of the measures asks the weights: grounding and drift of some lines of the one speaker looked at."""

from collections.abc import Collection, Sequence

from core.fidelity.measuring import Measured, mean_score
from core.fidelity.score import ScoreValue
from core.fidelity.validation.dialogues import Dialogue
from core.fidelity.validation.trial import Scorer
from core.inference.request import Engine
from core.playtest.scores.conversation_scores import ConversationScorer

WEIGHTS_TURNS = 20
"""Of a dialogue; the weights need up to a third of a second for a line on a small machine."""
WEIGHTS_LINES = 4
"""The last lines of the speaker in these turns are scored, and the one line that is foreign."""


def weights_scorer(engine: Engine, metrics: Sequence[str]) -> Scorer:
    """Returns what scores a dialogue by weights. What has been read once in the same words is not read again."""
    known: dict[tuple[object, ...], list[ScoreValue]] = {}

    def score(dialogue: Dialogue, places: Collection[int]) -> Measured:
        wanted = {*dialogue.places(dialogue.target)[-WEIGHTS_LINES:], *places}
        turns = [(line.speaker, line.text) for line in dialogue.lines]
        personas = dialogue.about.personas
        scorer = ConversationScorer(turns, personas, dialogue.about.scene, metrics, engine)
        by_line: list[tuple[ScoreValue, ...]] = []
        for place in range(len(turns)):
            scores: list[ScoreValue] = []
            key = (dialogue.target, tuple(personas.items()), dialogue.about.scene, tuple(turns[: place + 1]))
            if place not in wanted or key in known:
                scorer.skip_next()
                scores = known.get(key, []) if place in wanted else []
            else:
                scores = known[key] = scorer.score_next()
            by_line.append(tuple(scores))
        found = [[one for line in by_line for one in line if one.metric == metric] for metric in metrics]
        summary = {metric: mean_score(metric, scores) for metric, scores in zip(metrics, found, strict=True)}
        return Measured(tuple(by_line), {dialogue.target: summary})

    return score
