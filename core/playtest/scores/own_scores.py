"""A project's own measures that need no judge, for each turn by itself.

Phrases and expressions are always looked for; a program runs only where its text was allowed on this machine.
"""

from collections.abc import Collection, Iterator

from core.errors import UserError
from core.fidelity.conversation import About
from core.fidelity.measuring import Measuring
from core.fidelity.own import OwnDefinition, own_measure
from core.fidelity.score import ScoreValue
from core.library.own_metrics import is_allowed, list_own_metrics, python_text
from core.playtest.scores.lines import about_script, is_line, line_of
from core.playtest.script import Script
from core.project import Project
from models.own_metric import OwnMetric, OwnMetricKind
from models.playtest import Turn

_Key = tuple[OwnDefinition, str]
"""A measure, and the text of its program."""


def definition_of(own: OwnMetric) -> OwnDefinition:
    """Returns an own measure as measures read it."""
    return OwnDefinition(own.id, own.name, own.kind, own.body, own.better, own.how_to_read)


class OwnScores:
    """Scores turns by the own measures as they stand at that moment. For one thread."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._running: dict[_Key, Measuring] = {}
        """Kept from turn to turn: a program stays in its process, and one that was ended is not tried again."""
        self._about: tuple[Script, About] | None = None

    def names(self) -> frozenset[str]:
        """Returns the metrics by which a turn would be scored now."""
        return frozenset(definition.metric_name for definition, _text in self._keys())

    def score(self, script: Script, turn: Turn, without: Collection[str] = ()) -> list[ScoreValue]:
        """Scores a turn.

        Args:
            script: With the cast as it stands.
            without: Metrics that are not wanted.
        """
        keys = [key for key in self._keys() if key[0].metric_name not in without]
        if not is_line(turn):
            return [ScoreValue(definition.metric_name, None, "The turn has no words.") for definition, _text in keys]
        self._begin(self._about_script(script), keys)
        line = line_of(turn, self._about_script(script))
        return [score for key in keys for score in self._running[key].add(line)]

    def _begin(self, about: About, keys: list[_Key]) -> None:
        folder = self._project.path.parent
        self._running = {
            key: self._running.get(key) or own_measure(key[0], folder, is_allowed).begin(about) for key in keys
        }

    def _about_script(self, script: Script) -> About:
        if self._about is None or self._about[0] is not script:
            self._about = (script, about_script(script))
            self._running.clear()
        return self._about[1]

    def _keys(self) -> Iterator[_Key]:
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
