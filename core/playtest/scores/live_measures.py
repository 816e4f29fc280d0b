"""The measures that need no weights, kept on their way along the branch that is being played.

What a role did not hear it cannot echo or answer: a turn is measured among the lines that its speaker heard. As long as
a branch only grows a turn costs the same however long the scene is; after a jump its path is gone through anew.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from core.fidelity.conversation import About
from core.fidelity.measures import MEANING_MEASURES, WORD_MEASURES
from core.fidelity.measuring import Measure
from core.fidelity.score import ScoreValue
from core.hearing.perception import hears
from core.path import only
from core.playtest.looking_back.recorded import round_of
from core.playtest.scores.lines import about_script, is_line, line_of
from core.playtest.script import Script
from models.playtest import Turn

LIVE_MEASURES: tuple[Measure, ...] = tuple(
    one for one in (*WORD_MEASURES, *MEANING_MEASURES) if any(metric.scope == "turn" for metric in one.metrics)
)
LIVE_METRICS: tuple[str, ...] = tuple(
    metric.name for one in LIVE_MEASURES for metric in one.metrics if metric.scope == "turn"
)
_EVERYTHING = ""
"""Stands for a role that has heard all lines."""


class LiveMeasures:
    """Measures turns of one playtest, on whatever branch. For one thread."""

    def __init__(self, measures: Sequence[Measure] = LIVE_MEASURES) -> None:
        self._measures = measures
        self._heard: dict[str, _Heard] = {}
        self._about: tuple[Script, About] | None = None

    def score(self, script: Script, history: Sequence[Turn], turn: Turn) -> list[ScoreValue]:
        """Scores a turn; numbers of turns in the evidence are those of the playtest.

        Args:
            script: With the cast as it stands.
            history: The path to the turn, first to last, without it.
        """
        about = self._about_script(script)
        role_id = turn.speaker_id
        key = role_id if round_of(turn) is not None or not _heard_all(history, role_id) else _EVERYTHING
        heard = self._heard.get(key)
        if heard is None or heard.about is not about or not heard.is_on(history):
            heard = self._heard[key] = _Heard(about, self._measures, key)
        return heard.score(history, turn)

    def _about_script(self, script: Script) -> About:
        if self._about is None or self._about[0] is not script:
            self._about = (script, about_script(script))
        return self._about[1]


class _Heard:
    """Measures along the lines that one role heard on one branch."""

    def __init__(self, about: About, measures: Sequence[Measure], role_id: str) -> None:
        self.about = about
        self._role_id = role_id
        self._running = [one.begin(about) for one in measures]
        self._metrics = [metric.name for one in measures for metric in one.metrics if metric.scope == "turn"]
        self._numbers: list[int] = []
        """Of the turns that were measured, in their order."""
        self._n_passed = 0
        self._last: Turn | None = None
        """The last turn of the path that was passed."""
        self._waiting: list[Turn] = []
        """Lines of a simultaneous round: heard when it is over."""

    def is_on(self, history: Sequence[Turn]) -> bool:
        """Whether a path goes on from where this stands."""
        if self._last is None:
            return True
        return self._n_passed <= len(history) and history[self._n_passed - 1].id == self._last.id

    def score(self, history: Sequence[Turn], turn: Turn) -> list[ScoreValue]:
        """Goes along the path up to a turn, and scores that."""
        in_round = round_of(turn)
        for one in history[self._n_passed :]:
            self._pass(one, in_round)
        self._n_passed, self._last = len(history) + 1, turn
        if not is_line(turn):
            return [ScoreValue(metric, None, "The turn has no words.") for metric in self._metrics]
        self._release(in_round)
        scores = self._add(turn)
        return [
            ScoreValue(score.metric, score.value, score.reason, _renumbered(score.evidence, self._numbers))
            for score in scores
        ]

    def _pass(self, turn: Turn, in_round: int | None) -> None:
        if not is_line(turn) or (self._role_id and not hears(turn, self._role_id)):
            return
        own_round = round_of(turn)
        if self._role_id and own_round is not None and own_round == in_round and turn.speaker_id != self._role_id:
            self._waiting.append(turn)
            return
        self._release(own_round)
        self._add(turn)

    def _release(self, in_round: int | None) -> None:
        """Hears what waited, unless its round still lasts."""
        if self._waiting and round_of(self._waiting[0]) != in_round:
            waiting, self._waiting = self._waiting, []
            for turn in waiting:
                self._add(turn)

    def _add(self, turn: Turn) -> list[ScoreValue]:
        self._numbers.append(turn.number)
        line = line_of(turn, self.about)
        return [score for one in self._running for score in one.add(line)]


def _heard_all(history: Sequence[Turn], role_id: str) -> bool:
    lines = only(history, "measured", is_line)
    return len(only(lines, ("heard", role_id), lambda turn: hears(turn, role_id))) == len(lines)


def _renumbered(evidence: Mapping[str, Any], numbers: Sequence[int]) -> dict[str, Any]:
    """Returns evidence whose "turn" and "turns" are numbers of turns, where they were numbers of lines."""
    return {key: _renumber(key, value, numbers) for key, value in evidence.items()}


def _renumber(key: str, value: Any, numbers: Sequence[int]) -> Any:
    if key == "turn" and isinstance(value, int) and 0 < value <= len(numbers):
        return numbers[value - 1]
    if key == "turns" and isinstance(value, list) and all(isinstance(one, int) for one in value):
        return [_renumber("turn", one, numbers) for one in value]
    if isinstance(value, dict):
        return _renumbered(value, numbers)
    return [_renumber("", one, numbers) for one in value] if isinstance(value, list) else value
