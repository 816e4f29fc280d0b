"""A measure for what a user wants measured."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from core.fidelity.conversation import Line
from core.fidelity.measuring import Measure
from core.fidelity.own.definition import PHRASES, PYTHON, REGEX, OwnDefinition, metric_of
from core.fidelity.own.finding import begin_finding
from core.fidelity.own.running import begin_running
from core.fidelity.score import ScoreValue


class _Judged:
    """Scores nothing: a rubric is for a judge."""

    def __init__(self, metric: str) -> None:
        self._metric = metric

    def add(self, _line: Line) -> list[ScoreValue]:
        return [ScoreValue(self._metric, None, "A rubric is scored by a judge.")]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        return {}


def own_measure(definition: OwnDefinition, folder: Path | None, is_allowed: Callable[[str], bool]) -> Measure:
    """Returns the measure of phrases, a regular expression or a Python function; a rubric is not scored by it.

    What is wrong with a definition is the reason of each score, nothing is raised.

    Args:
        folder: Of the project, where Python files stand; None: there is none.
        is_allowed: Whether just this text may be run, such as `core.programs.is_allowed`.
    """
    metrics = (metric_of(definition),)
    if definition.kind in (PHRASES, REGEX):
        begin = begin_finding(definition)
        return Measure(metrics, lambda _about: begin())
    if definition.kind == PYTHON:
        return Measure(metrics, begin_running(definition, folder, is_allowed))
    return Measure(metrics, lambda _about: _Judged(definition.metric_name))
