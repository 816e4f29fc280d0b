"""A project's own measures that need no judge, along the branch that is being played.

Phrases and expressions are always looked for; a program runs only where its text was allowed on this machine.
"""

from collections.abc import Collection, Iterator, Sequence

from core.errors import UserError
from core.fidelity.own import OwnDefinition, own_measure
from core.fidelity.score import ScoreValue
from core.library.own_metrics import is_allowed, list_own_metrics, python_text
from core.playtest.scores.live_measures import LiveMeasures
from core.playtest.script import Script
from core.project import Project
from models.own_metric import OwnMetric, OwnMetricKind
from models.playtest import Turn


def definition_of(own: OwnMetric) -> OwnDefinition:
    """Returns an own measure as measures read it."""
    return OwnDefinition(own.id, own.name, own.kind, own.body, own.better, own.how_to_read)


class OwnScores:
    """Scores turns by the own measures as they stand at that moment. For one thread."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: list[tuple[OwnDefinition, str]] = []
        self._measures = LiveMeasures(())
        """Kept while no measure changes: a program stays in its process, and one that was ended is not tried again."""

    def names(self) -> frozenset[str]:
        """Returns the metrics by which a turn would be scored now."""
        return frozenset(definition.metric_name for definition, _text in self._wanted())

    def score(
        self, script: Script, history: Sequence[Turn], turn: Turn, without: Collection[str] = ()
    ) -> list[ScoreValue]:
        """Scores a turn among the lines that its speaker heard.

        Args:
            script: With the cast as it stands.
            history: The path to the turn, first to last, without it.
            without: Metrics that are not wanted.
        """
        self._follow()
        if all(definition.metric_name in without for definition, _text in self._known):
            return []
        return [one for one in self._measures.score(script, history, turn) if one.metric not in without]

    def _follow(self) -> None:
        wanted = list(self._wanted())
        if wanted != self._known:
            folder, self._known = self._project.path.parent, wanted
            self._measures = LiveMeasures([own_measure(one, folder, is_allowed) for one, _text in wanted])

    def _wanted(self) -> Iterator[tuple[OwnDefinition, str]]:
        """Yields the measures, each with the text of its program."""
        for own in list_own_metrics(self._project):
            if own.kind == OwnMetricKind.PYTHON:
                text = self._allowed_text(own)
                if text:
                    yield definition_of(own), text
            elif own.kind != OwnMetricKind.RUBRIC:
                yield definition_of(own), ""

    def _allowed_text(self, own: OwnMetric) -> str:
        """Returns the program if it may run; else nothing, so that its turns can be caught up once it may."""
        try:
            text = python_text(self._project, own)
        except UserError:
            return ""
        return text if is_allowed(text) else ""
