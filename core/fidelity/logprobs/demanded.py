"""Measures of a line that weights are asked for, as any other measure goes through a conversation: only on demand.

What a line costs is some readings of weights; so none of them is live.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from hashlib import sha256

from core.errors import UserError
from core.fidelity.conversation import About, Line
from core.fidelity.logprobs import apc, identification
from core.fidelity.logprobs.apc import score_apc
from core.fidelity.logprobs.constraint_trial import ConstraintTrial, labelled_turns, try_weights
from core.fidelity.logprobs.identification import score_identification
from core.fidelity.logprobs.verbaliser import Verbaliser
from core.fidelity.measuring import Measure
from core.fidelity.metric import Metric
from core.fidelity.score import ScoreValue
from core.inference.request import Ask
from core.inference.unsupported import Unsupported
from core.inference.weights.notes import open_notes

TURN_METRICS: tuple[Metric, ...] = (apc.METRIC, identification.METRIC)

_TRIALS: dict[str, ConstraintTrial] = {}
"""By the hash of weights, of this process. For any thread: two that try the same weights at once find the same."""

_ScoreLine = Callable[[About, Sequence[Line], int], ScoreValue]


def demanded_measures(ask: Ask, lane: str, weights_sha256: str, metrics: Sequence[str]) -> tuple[Measure, ...]:
    """Returns those measures of a line that are wanted; others of the names are passed over.

    Adding a line then raises CancelledError where the user stopped, and UserError where the weights cannot be run.

    Args:
        weights_sha256: Of the weights behind `ask`; empty: not known, and they are tried anew.
    """
    score_of = _scores(ask, lane, weights_sha256)
    return tuple(_measure(metric, score_of[metric.name]) for metric in TURN_METRICS if metric.name in metrics)


def score_last_line(
    ask: Ask, lane: str, weights_sha256: str, about: About, lines: Sequence[Line], metrics: Sequence[str]
) -> list[ScoreValue]:
    """Scores the last line alone, in the order of the names, which are of `TURN_METRICS`; raises as above."""
    score_of = _scores(ask, lane, weights_sha256)
    return [_unless_unsupported(name, score_of[name], about, lines) for name in metrics]


def trial_of(verbaliser: Verbaliser, weights_sha256: str) -> ConstraintTrial:
    """Returns how weights did on questions labelled by hand; asked once for each weights on a machine."""
    if not weights_sha256:
        return try_weights(verbaliser)
    found = _TRIALS.get(weights_sha256) or _find_trial(weights_sha256)
    if found is None:
        found = try_weights(verbaliser)
        with suppress(UserError), open_notes() as notes:
            notes.keep_note(weights_sha256, _note_name(), asdict(found))
    _TRIALS[weights_sha256] = found
    return found


def _find_trial(weights_sha256: str) -> ConstraintTrial | None:
    with suppress(UserError, TypeError), open_notes() as notes:
        note = notes.note(weights_sha256, _note_name())
        return ConstraintTrial(**note) if note is not None else None
    return None


@cache
def _note_name() -> str:
    """Returns the kind of the note about weights: a trial on other questions is another one."""
    return f"constraint trial {sha256(repr(labelled_turns()).encode()).hexdigest()[:12]}"


def is_demanded(name: str) -> bool:
    """Tells whether a metric is only measured where somebody names it: it asks weights."""
    return name in {metric.name for metric in TURN_METRICS}


class _ByLine:
    """One measure on its way through one conversation."""

    def __init__(self, metric: str, about: About, score: _ScoreLine) -> None:
        self._metric = metric
        self._about = about
        self._score = score
        self._lines: list[Line] = []

    def add(self, line: Line) -> list[ScoreValue]:
        """Scores the next line; what an engine such as a server cannot do has that as its reason."""
        self._lines.append(line)
        return [_unless_unsupported(self._metric, self._score, self._about, self._lines)]

    def sum_up(self) -> dict[str, list[ScoreValue]]:
        """Returns nothing: the mean of a speaker's lines stands."""
        return {}


def _scores(ask: Ask, lane: str, weights_sha256: str) -> Mapping[str, _ScoreLine]:
    return {
        apc.METRIC.name: lambda about, lines, place: _apc(ask, lane, weights_sha256, about, lines, place),
        identification.METRIC.name: lambda about, lines, place: score_identification(ask, lane, about, lines, place),
    }


def _unless_unsupported(metric: str, score: _ScoreLine, about: About, lines: Sequence[Line]) -> ScoreValue:
    try:
        return score(about, lines, len(lines) - 1)
    except Unsupported as error:
        return ScoreValue(metric, None, str(error))


def _measure(metric: Metric, score: _ScoreLine) -> Measure:
    return Measure((metric,), lambda about: _ByLine(metric.name, about, score))


def _apc(ask: Ask, lane: str, weights_sha256: str, about: About, lines: Sequence[Line], place: int) -> ScoreValue:
    """Scores a line against what somebody else said last, by weights that can tell."""
    line, verbaliser = lines[place], Verbaliser(ask, lane)
    statements = about.personas.get(line.speaker, ())
    if statements:
        trial = trial_of(verbaliser, weights_sha256)
        if trial.reason:
            return ScoreValue(apc.METRIC.name, None, trial.reason)
        verbaliser = trial.tuned(verbaliser)
    query = next((one.text for one in reversed(lines[:place]) if one.speaker != line.speaker), "")
    return score_apc(verbaliser, about.name(line.speaker), statements, query, line.text)
