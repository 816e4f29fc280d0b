"""What the trial of the measures asks the weights, about some lines of the one speaker who is looked at."""

from collections.abc import Collection, Mapping, Sequence

from core.fidelity.logprobs.demanded import is_demanded, score_last_line
from core.fidelity.measuring import Measured, mean_score
from core.fidelity.score import ScoreValue
from core.fidelity.validation.dialogues import Dialogue
from core.fidelity.validation.trial import Scorer
from core.inference.request import Engine
from core.lab.respondents import ask_in_background
from core.playtest.scores.conversation_scores import ConversationScorer

WEIGHTS_TURNS = 20
"""Of a dialogue; the weights need up to a third of a second for a line on a small machine."""
WEIGHTS_LINES = 4
"""The last lines of the speaker in these turns are scored, and the one line that is foreign."""


def weights_scorer(engine: Engine, metrics: Sequence[str]) -> Scorer:
    """Returns what scores a dialogue by weights. What has been read once in the same words is not read again."""
    known: dict[tuple[object, ...], Sequence[ScoreValue]] = {}

    def score(dialogue: Dialogue, places: Collection[int]) -> Measured:
        wanted = {*dialogue.places(dialogue.target)[-WEIGHTS_LINES:], *places}
        keys = {place: _what_is_read(dialogue, place) for place in wanted}
        known.update(
            _score_lines(engine, metrics, dialogue, {keys[one]: one for one in wanted if keys[one] not in known})
        )
        by_line = [tuple(known[keys[place]]) if place in wanted else () for place in range(len(dialogue.lines))]
        found = [[one for line in by_line for one in line if one.metric == metric] for metric in metrics]
        summary = {metric: mean_score(metric, scores) for metric, scores in zip(metrics, found, strict=True)}
        return Measured(tuple(by_line), {dialogue.target: summary})

    return score


def _what_is_read(dialogue: Dialogue, place: int) -> tuple[object, ...]:
    personas = tuple(dialogue.about.personas.items())
    return personas, dialogue.about.scene, tuple((line.speaker, line.text) for line in dialogue.lines[: place + 1])


def _score_lines(
    engine: Engine, metrics: Sequence[str], dialogue: Dialogue, places: Mapping[tuple[object, ...], int]
) -> dict[tuple[object, ...], Sequence[ScoreValue]]:
    """Scores lines by their places, from 0; returns them by the same keys."""
    due = {place: key for key, place in places.items()}
    turns = [(line.speaker, line.text) for line in dialogue.lines]
    read = [metric for metric in metrics if not is_demanded(metric)]
    asked = [metric for metric in metrics if is_demanded(metric)]
    scorer = ConversationScorer(turns, dialogue.about.personas, dialogue.about.scene, read, engine)
    found: dict[tuple[object, ...], Sequence[ScoreValue]] = {}
    for place in range(max(due, default=-1) + 1):
        if place not in due:
            scorer.skip_next()
            continue
        lines, about = dialogue.lines[: place + 1], dialogue.about
        answers = score_last_line(ask_in_background(engine), "validate", engine.info.sha256, about, lines, asked)
        found[due[place]] = [*scorer.score_next(), *answers]
    return found
